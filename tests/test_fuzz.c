// SPDX-License-Identifier: MIT
/* Files that nobody should trust: whatever is in them, their readers say what is wrong, and where.
 * `make fuzz` tries a hundred times as many under the sanitizers. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "tests/program.h"

#define FUZZ "exec ${SPEEDUP%%/*}/tests/fuzz_main "

/* Ten thousand in all; under a sanitizer and beside others, each part keeps its time limit. */
enum { PART = 2000 };

static void expect_part(int number)
{
    unsigned long inputs = 0, read = 0, refused = 0;
    struct outcome o = command(FUZZ "--from %d --count %d --jobs 2", number * PART, PART);
    cr_expect_eq(o.status, 0, "%s%s", o.out, o.err);
    cr_expect_eq(sscanf(o.out, "%lu inputs: %lu read, %lu refused", &inputs, &read, &refused), 3,
                 "%s", o.out);
    cr_expect_eq(inputs, PART, "%s", o.out);
    cr_expect_geq(read, PART / 10, "too few files get through to what prints them: %s", o.out);
    cr_expect_geq(refused, PART / 10, "too few files are wrong: %s", o.out);
}

Test(fuzz, ten_thousand_files_1)
{
    expect_part(0);
}

Test(fuzz, ten_thousand_files_2)
{
    expect_part(1);
}

Test(fuzz, ten_thousand_files_3)
{
    expect_part(2);
}

Test(fuzz, ten_thousand_files_4)
{
    expect_part(3);
}

Test(fuzz, ten_thousand_files_5)
{
    expect_part(4);
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

/* Where nothing can be opened any more, every reader fails, and none can say at which line; nor can
 * a sanitizer look for leaks. */
Test(fuzz, what_fails_is_told_and_can_be_tried_alone)
{
    struct outcome o =
        command("export ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0; ulimit -n 4; " FUZZ
                "--seed 3 --from 40 --count 10");
    cr_expect_eq(o.status, 1, "%s%s", o.out, o.err);
    cr_expect_not_null(strstr(o.err, "fuzz: input 40 of seed 3 is a mistake of ours: "), "%s",
                       o.err);
    cr_expect_not_null(strstr(o.err, "fuzz_main --seed 3 --from 40 --count 1\n"), "%s", o.err);
}
