// SPDX-License-Identifier: MIT
/* What tests of pictures share: whether there can be any, and what is in them. */
#ifndef SPEEDUP_TESTS_DRAWN_H
#define SPEEDUP_TESTS_DRAWN_H

#include <criterion/criterion.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "tests/program.h"

/* How gnuplot writes what is filled with colours of the house into an SVG. */
#define ORANGE "fill = 'rgb(213,  94,   0)'"
#define BLUE   "fill = 'rgb(  0, 114, 178)'"
#define YELLOW "fill = 'rgb(255, 240, 200)'"

/* Skips the test where nothing can be drawn. */
static inline void need_gnuplot(void)
{
    if (system("command -v gnuplot >/dev/null") != 0)
        cr_skip_test("gnuplot is not installed");
}

/* How often the word is in a file, which must be there. */
static inline size_t count_in(const char *path, const char *word)
{
    char *text = program_file(path), *at = text;
    size_t n = 0;
    cr_assert_not_null(text, "there is no %s", path);
    for (; (at = strstr(at, word)) != NULL; at += strlen(word))
        n++;
    free(text);
    return n;
}

#endif
