// SPDX-License-Identifier: MIT
/* Builds whose times are known, for tests of `speedup compare`. */
#ifndef SPEEDUP_TESTS_FAKE_BUILD_H
#define SPEEDUP_TESTS_FAKE_BUILD_H

#include <criterion/criterion.h>
#include <string.h>

#include "tests/program.h"

/* The settings of one that does not vary: see tests/data/fake-build. */
#define QUIET "FAKE_NS=10200000 FAKE_NOISE=0.002"

/* A build of that name in this test's directory. */
static inline void make_build(const char *name, const char *settings)
{
    struct outcome o = command("printf '#!/bin/sh\\n%s exec %s/tests/data/fake-build \"$@\"\\n' > "
                               "%s && chmod +x %s",
                               settings, program_root(), name, name);
    cr_assert_eq(o.status, 0, "%s", o.err);
}

/* Both are made, and compared. */
static inline struct outcome compare(const char *base, const char *news, const char *options)
{
    make_build("a", base);
    make_build("b", news);
    return program("compare --seed 1 %s ./a ./b", options);
}

/* It ends with that code, and says the word. */
static inline void expect_code(const char *base, const char *news, int code, const char *word)
{
    struct outcome o = compare(base, news, "");
    cr_expect_eq(o.status, code, "%s: exit %d:\n%s%s", word, o.status, o.out, o.err);
    cr_expect(strstr(o.out, word) != NULL || strstr(o.err, word) != NULL, "no '%s' in:\n%s%s", word,
              o.out, o.err);
}

#endif
