// SPDX-License-Identifier: MIT
#include <criterion/criterion.h>
#include <string.h>

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
