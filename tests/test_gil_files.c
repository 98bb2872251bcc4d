// SPDX-License-Identifier: MIT
/* Files of `speedup gil` that it has not written itself. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "tests/program.h"

#define TIMEOUT .timeout = 120

/* Outside of what the laboratory measures an axis has no end, or no beginning. */
Test(gil_files, an_interval_that_nobody_measured, TIMEOUT)
{
    static const char *const wrong[] = {
        "0", "-5", "999", "1000000001", "1000000000000000000", "5e6", "\"5 ms\""};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct outcome o = command("sed '0,/5000000,/s//%s,/' $ROOT/tests/data/gil-echo.json "
                                   ">x.json; exec $SPEEDUP plot x.json",
                                   wrong[i]);
        const char *sentence = wrong[i][0] == '"'
                                   ? "its \"interval_ns\" is neither a number nor null"
                                   : "a whole number from 1000 (1 µs) to 1e+09 (1 s)";
        cr_expect(o.status == 1 && strstr(o.err, sentence) != NULL, "%s: %d: %s", wrong[i],
                  o.status, o.err);
        cr_expect(program_file("x.svg") == NULL, "%s", wrong[i]);
    }
}

Test(gil_files, a_parameter_that_nobody_can_set, TIMEOUT)
{
    static const char *const wrong[] = {"\"think\": \"no\"", "\"think\": -1", "\"pin\": \"maybe\"",
                                        "\"pin\": 99"};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct outcome o = command("echo '{\"experiment\": \"echo\", \"parameters\": {%s}, "
                                   "\"cells\": [{}]}' >x.json; exec $SPEEDUP plot x.json",
                                   wrong[i]);
        cr_expect(o.status == 1 &&
                      strstr(o.err, "has a value that `speedup gil` does not take") != NULL,
                  "%s: %d: %s", wrong[i], o.status, o.err);
    }
}

/* Its stdout is not ours, which may be JSON. */
Test(gil_files, what_gnuplot_says_is_no_result, TIMEOUT)
{
    struct outcome o = command(
        "mkdir bin; printf '#!/bin/sh\\necho noise; exit 1\\n' >bin/gnuplot; chmod +x "
        "bin/gnuplot; PATH=$PWD/bin:$PATH exec $SPEEDUP gil sleep -p repeat=5 -p time=1ms --json "
        "--chart x.svg");
    cr_expect(o.status == 1, "exit %d: %s", o.status, o.err);
    cr_expect(strstr(o.out, "\"cells\"") != NULL && strstr(o.out, "noise") == NULL, "%s", o.out);
    cr_expect(strstr(o.err, "noise") != NULL, "%s", o.err);
}
