// SPDX-License-Identifier: MIT
/* Files that nobody should trust: whatever is in them, their readers say what is wrong, and where.
 * `make fuzz` tries a hundred times as many under the sanitizers. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "tests/program.h"

#define FUZZ "exec ${SPEEDUP%%/*}/tests/fuzz_main "

Test(fuzz, ten_thousand_files)
{
    unsigned long read = 0, refused = 0;
    struct outcome o = command(FUZZ "--count 10000 --jobs 2");
    cr_expect_eq(o.status, 0, "%s%s", o.out, o.err);
    cr_expect_eq(sscanf(o.out, "10000 inputs: %lu read, %lu refused", &read, &refused), 2, "%s",
                 o.out);
    cr_expect_geq(read, 1000, "too few files get through to what prints them: %s", o.out);
    cr_expect_geq(refused, 1000, "too few files are wrong: %s", o.out);
}

/* Each input can be made again without those before it. */
Test(fuzz, inputs_depend_on_their_number_alone)
{
    char *all = command(FUZZ "--print --from 7 --count 2").out;
    char *first = command(FUZZ "--print --from 7 --count 1").out;
    char *second = command(FUZZ "--print --from 8 --count 1").out;
    char *other = command(FUZZ "--print --seed 2 --from 8 --count 1").out;
    cr_expect_gt(strlen(first), 1000);
    cr_expect_eq(strncmp(all, first, strlen(first)), 0);
    cr_expect_str_eq(all + strlen(first), second);
    cr_expect_str_neq(second, other);
}

/* Where nothing can be opened any more, every reader fails, and none can say at which line. */
Test(fuzz, what_fails_is_told_and_can_be_tried_alone)
{
    struct outcome o = command("ulimit -n 4; " FUZZ "--seed 3 --from 40 --count 10");
    cr_expect_eq(o.status, 1, "%s%s", o.out, o.err);
    cr_expect_not_null(strstr(o.err, "fuzz: input 40 of seed 3 is a mistake of ours: "), "%s",
                       o.err);
    cr_expect_not_null(strstr(o.err, "fuzz_main --seed 3 --from 40 --count 1\n"), "%s", o.err);
}
