// SPDX-License-Identifier: MIT
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/picture.h"
#include "bench/text.h"

/* Whatever a file or a program says, a terminal and a JSON file can take it afterwards. */
Test(text, clean)
{
    static const struct {
        const char *dirty, *clean;
    } cases[] = {
        {"", ""},
        {"plain ~", "plain ~"},
        {"µs, ≥, 😀", "µs, ≥, 😀"},
        {"\033[31mred\n\177", "?[31mred??"},
        {"\302\233 is a control character, too", "?? is a control character, too"},
        {"\302\240", "\302\240"},
        {"cut in the middle: \342\211", "cut in the middle: ??"},
        {"\360\237\230", "???"},
        {"\300\200 \355\240\200 \364\220\200\200 \377", "?? ??? ???? ?"},
        {"\342a\211", "?a?"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[64];
        snprintf(text, sizeof(text), "%s", cases[i].dirty);
        text_clean(text);
        cr_expect_str_eq(text, cases[i].clean, "%zu: %s", i, text);
    }
}

/* What is no character is neither printed nor counted. */
Test(text, characters)
{
    static const struct {
        const char *text;
        size_t bytes;
    } all[] = {{"a", 1},
               {"\xc3\xa9x", 2},
               {"\xe2\x98\x85", 3},
               {"\xf0\x9f\x92\xa9", 4},
               {"", 0},
               {"\033", 0},
               {"\n", 0},
               {"\x7f", 0},
               {"\xc2\x9b", 0},
               {"\xc3", 0},
               {"\xe2\x98", 0},
               {"\xc0\xaf", 0},
               {"\xed\xa0\x80", 0}};
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
        cr_expect_eq(text_character(all[i].text), all[i].bytes, "number %zu", i);
    cr_expect_eq(text_width("a\xc2\x9b\xc3\xa9\xc3"), 2);
}

Test(text, trimmed)
{
    cr_expect_eq(text_trimmed("a CPU  "), 5);
    cr_expect_eq(text_trimmed(" a"), 2);
    cr_expect_eq(text_trimmed("   "), 0);
    cr_expect_eq(text_trimmed(""), 0);
}

Test(text, in_a_picture)
{
    char *script;
    size_t size;
    FILE *out = open_memstream(&script, &size);
    picture_text(out, "it's\n\033\xc3\xa9\xc2\x85\xc3 \"`\\%");
    fclose(out);
    cr_expect_str_eq(script, "\"it's  \xc3\xa9    \\\"\\140\\\\%\"");
    free(script);
}
