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
    unsigned long inputs = 0, read = 0, compared = 0, refused = 0;
    struct outcome o = command(FUZZ "--from %d --count %d --jobs 2", number * PART, PART);
    cr_expect_eq(o.status, 0, "%s%s", o.out, o.err);
    cr_expect_eq(sscanf(o.out, "%lu inputs: %lu read, %lu of them comparisons, %lu refused",
                        &inputs, &read, &compared, &refused),
                 4, "%s", o.out);
    cr_expect_eq(inputs, PART, "%s", o.out);
    cr_expect_geq(read, PART / 10, "too few files get through to what prints them: %s", o.out);
    cr_expect_geq(compared, PART / 200, "too few comparisons are printed: %s", o.out);
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

/* Of a file that is refused as it is nothing is printed, but where a mistake happens to mend it. */
Test(fuzz, every_seed_is_read_as_it_is)
{
    struct outcome o = command(FUZZ "--plain");
    cr_expect_eq(o.status, 0, "%s%s", o.out, o.err);
    cr_expect_null(strstr(o.out, "refused"), "%s", o.out);
    static const char *const both[] = {"comparison-small.json", "comparison-stored.json"};
    for (int i = 0; i < 2; i++) {
        char *line = strstr(o.out, both[i]);
        cr_assert_not_null(line, "%s", o.out);
        line[strcspn(line, "\n")] = '\0';
        cr_expect_not_null(strstr(line, "a comparison"), "%s", line);
        line[strlen(line)] = '\n';
    }
}

/* Each input can be made again without those before it. */
Test(fuzz, inputs_depend_on_their_number_alone)
{
    char *all = command(FUZZ "--print --from 7 --count 2").out;
    char *first = command(FUZZ "--print --from 7 --count 1").out;
    char *second = command(FUZZ "--print --from 8 --count 1").out;
    char *other = command(FUZZ "--print --seed 2 --from 8 --count 1").out;
    cr_expect_gt(strlen(first), 100);
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
