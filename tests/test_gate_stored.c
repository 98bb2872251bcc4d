// SPDX-License-Identifier: MIT
/* `speedup compare` of two result files. */
#include "tests/fake_build.h"

#include <criterion/criterion.h>
#include <string.h>

Test(gate_stored, they_advise)
{
    make_build("a", QUIET);
    make_build("b", "FAKE_NS=11220000 FAKE_NOISE=0.002");
    make_build("c", QUIET " FAKE_CPU=other");
    cr_assert_eq(command("./a run -r 5 -o a.json && ./b run -r 5 -o b.json && ./c run -r 5 -o "
                         "c.json")
                     .status,
                 0);
    struct outcome o = program("compare a.json a.json");
    cr_expect_eq(o.status, 0, "%s", o.err);
    cr_expect_not_null(strstr(o.out, "cannot tell less than 5 %"), "%s", o.out);
    o = program("compare a.json b.json");
    cr_expect_eq(o.status, 0, "%s", o.err);
    cr_expect_not_null(strstr(o.out, "Two stored files advise"), "%s", o.out);
    cr_expect_eq(program("compare a.json c.json").status, 6);
    o = program("compare --margin 2%% a.json b.json");
    cr_expect_eq(o.status, 2, "%d: %s", o.status, o.out);
    cr_expect_not_null(strstr(o.err, "leave --margin and --min-effect out"), "%s", o.err);
    cr_expect_eq(program("compare a.json ./a").status, 2);
}

/* A case that failed in both is no failure of the comparison, unless it is asked for. */
Test(gate_stored, they_fail_by_nothing_but_what_is_asked_for)
{
    make_build("a", QUIET " FAKE_FAIL=wrong");
    cr_assert_eq(command("./a run -r 5 -o a.json").status, 3);
    struct outcome o = program("compare a.json a.json");
    cr_expect_eq(o.status, 0, "%d: %s", o.status, o.err);
    cr_expect_not_null(strstr(o.out, "FAILED"), "%s", o.out);
    cr_expect_eq(program("compare --fail-on none a.json a.json").status, 0);
    cr_expect_eq(program("compare --fail-on failed a.json a.json").status, 4);
}

/* What changed is not what two sessions differ by, also where it is all there is. */
Test(gate_stored, they_can_differ_by_one_case)
{
    make_build("a", QUIET);
    make_build("b", "FAKE_NS=21600000");
    cr_assert_eq(command("./a run -r 5 -f serial -o a.json && ./b run -r 5 -f serial -o b.json && "
                         "./a run -r 3 -o few.json")
                     .status,
                 0);
    struct outcome o = program("compare a.json b.json");
    cr_expect_not_null(strstr(o.out, "REGRESSION"), "%s", o.out);
    o = program("compare b.json a.json");
    cr_expect_not_null(strstr(o.out, "IMPROVEMENT"), "%s", o.out);
    o = program("compare few.json few.json");
    cr_expect_eq(o.status, 0, "%s", o.err);
    cr_expect_not_null(strstr(o.out, "no case has 4 rounds"), "%s", o.out);
    cr_expect_not_null(strstr(o.out, "measure with -r 4 or more"), "%s", o.out);
}

/* The second half of the rounds takes 40 % more: 1.4 to the power of 3 x 1.4826 is 4.5. */
Test(gate_stored, they_cannot_differ_on_a_restless_machine)
{
    make_build("a", "FAKE_NS=10000000");
    make_build("b", "FAKE_NS=20000000");
    cr_assert_eq(command("for s in a b; do ./$s run -r 8 -o $s.json; done && sed -Ei "
                         "'s/(\"round\":[5-8],[^}]*\"run_ns\":)1/\\11.4/g; "
                         "s/(\"round\":[5-8],[^}]*\"run_ns\":)2/\\12.8/g; s/\\.([48])0/\\1/g' "
                         "a.json b.json && grep -q 14000000 a.json && grep -q 28000000 b.json")
                     .status,
                 0);
    struct outcome o = program("compare a.json b.json");
    cr_expect_eq(o.status, 0, "%s", o.err);
    cr_expect_not_null(strstr(o.out, "cannot tell less than 350 %"), "%s", o.out);
    cr_expect_null(strstr(o.out, "REGRESSION"), "%s", o.out);
}

/* Of six rounds of the second case, two take 60 ms in the first file and four in the second: no
 * median knows of the rarer ones. */
Test(gate_stored, a_loud_case_is_not_judged_by_quiet_ones)
{
    make_build("a", "FAKE_NS=40000000");
    cr_assert_eq(command("./a run -r 6 -o a.json && cp a.json b.json && "
                         "slow() { sed -Ei \"/threads/s/(.*threads.*\\\"round\\\":$2,[^}]*"
                         "\\\"run_ns\\\":)4/\\16/\" $1; }; "
                         "for r in 2 4; do slow a.json $r; done; "
                         "for r in 1 3 5 6; do slow b.json $r; done; "
                         "test $(grep -o :60000000 a.json b.json | wc -l) = 6")
                     .status,
                 0);
    struct outcome o = program("compare --fail-on regression a.json b.json");
    cr_expect_eq(o.status, 0, "%d: %s", o.status, o.out);
    cr_expect_not_null(strstr(o.out, "+50.0 %"), "%s", o.out);
    cr_expect_not_null(strstr(o.out, "the rounds of this case differ by 18 % on average"), "%s",
                       o.out);
    cr_expect_not_null(strstr(o.out, "cannot tell less than 5 %"), "%s", o.out);
}

/* On whichever side it is, the other case is judged as before. */
Test(gate_stored, a_case_that_took_no_time_fails_alone)
{
    make_build("a", "FAKE_NS=10000000");
    make_build("b", "FAKE_NS=21000000");
    cr_assert_eq(command("for s in a b; do ./$s run -r 5 -o $s.json; sed -E "
                         "'s/(.*threads.*\"round\":3,[^}]*\"run_ns\":)[0-9]+/\\10/' $s.json "
                         ">$s-none.json; grep -q run_ns.:0, $s-none.json; done")
                     .status,
                 0);
    static const char *const files[] = {"a-none.json b.json", "a.json b-none.json"};
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        struct outcome o = program("compare %s", files[i]);
        cr_expect_eq(o.status, 0, "%d: %s", o.status, o.err);
        cr_expect_not_null(strstr(o.out, "it took no time"), "%s", o.out);
        cr_expect_null(strstr(o.out, "no case has 4 rounds"), "%s", o.out);
        cr_expect_not_null(strstr(o.out, "1 slower"), "%s", o.out);
    }
}
