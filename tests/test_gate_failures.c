// SPDX-License-Identifier: MIT
/* What `speedup compare` makes of builds that fail: tests/data/fake-build. */
#include "tests/fake_build.h"

#include <criterion/criterion.h>
#include <string.h>

Test(gate_failures, what_fails_on_the_new_side_is_broken)
{
    expect_code(QUIET, QUIET " FAKE_FAIL=wrong", 4, "BROKEN");
    expect_code(QUIET, QUIET " FAKE_MISSING=1", 4, "of 15 repetitions");
}

/* A build that measures, and ends in another way then. */
#define ENDS_WITH(how)                                                                             \
    QUIET "; export FAKE_NS FAKE_NOISE FAKE_FAIL; $ROOT/tests/data/fake-build \"$@\"; " how ";"

/* As in its cleanup: all that it measured is there. */
Test(gate_failures, a_new_side_that_dies_at_its_end_is_broken)
{
    expect_code(QUIET, ENDS_WITH("kill -SEGV $$"), 4, "was killed by signal 11");
    expect_code(QUIET, ENDS_WITH("echo leak; exit 23"), 4, "./b exited with 23: leak");
    expect_code(ENDS_WITH("exit 1"), QUIET, 1, "the base side failed twice in 2 runs: ./a exited");
}

/* What its file says tells more than its last line. */
Test(gate_failures, a_side_that_dies_says_why_in_its_file)
{
    expect_code(
        QUIET,
        ENDS_WITH("sed -i \"s/\\\"jobs\\\"/\\\"message\\\":\\\"it hung\\\",&/\" \"$7\"; exit 1"), 4,
        "./b exited with 1: it hung");
}

/* It ends with 3 then, for which no other case is to blame. */
Test(gate_failures, a_case_that_fails_is_not_its_side)
{
    struct outcome o = compare(QUIET, QUIET " FAKE_FAIL=wrong", "");
    cr_expect_eq(o.status, 4, "%d: %s%s", o.status, o.out, o.err);
    cr_expect_not_null(strstr(o.out, "2 cases: 1 broken by the new side, 1 unchanged"), "%s",
                       o.out);
}

/* Whoever adds a case adds one that works. */
Test(gate_failures, what_is_added_and_fails_is_broken)
{
    const char *without = "set -- \"$@\" -f serial; " QUIET;
    expect_code(without, QUIET, 0, "ADDED");
    expect_code(without, QUIET " FAKE_FAIL=wrong", 4, "failed twice in 2 runs: wrong");
    command("./a run -r 5 -o a.json; ./b run -r 5 -o b.json");
    struct outcome o = program("compare a.json b.json");
    cr_expect_eq(o.status, 0, "%d: %s", o.status, o.err);
    cr_expect_not_null(strstr(o.out, "BROKEN"), "%s", o.out);
    cr_expect_eq(program("compare --fail-on broken a.json b.json").status, 4);
}

Test(gate_failures, what_fails_on_the_base_side_is_repaired)
{
    expect_code(QUIET " FAKE_FAIL=wrong", QUIET, 0, "REPAIRED");
}

Test(gate_failures, what_fails_on_both_sides_is_a_failure)
{
    expect_code(QUIET " FAKE_FAIL=wrong", QUIET " FAKE_FAIL=wrong", 3, "FAILED");
}

Test(gate_failures, both_sides_that_write_nothing_are_a_failure)
{
    struct outcome o = program("compare /bin/false /bin/false");
    cr_expect_eq(o.status, 3, "%d: %s", o.status, o.err);
    cr_expect_not_null(strstr(o.err, "both sides fail"), "%s", o.err);
}
