// SPDX-License-Identifier: MIT
/* Google Benchmark's own compare script reads our result files. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/program.h"

#define SCRIPT "/usr/share/benchmark/compare.py"
#define RUN    "/usr/bin/python3 " SCRIPT " --no-color "

static void need_script(void)
{
    if (command("test -f " SCRIPT).status != 0)
        cr_skip_test("there is no " SCRIPT "; it is in the package libbenchmark-tools");
    if (command("/usr/bin/python3 -c 'import scipy'").status != 0)
        cr_skip_test("compare.py needs scipy, which is in the package python3-scipy");
}

Test(compare_script, reads_result_files)
{
    need_script();
    cr_assert_eq(program("run sleep -p time=1ms -R threads -n 2 -r 9 -o a.json").status, 0);
    cr_assert_eq(program("run sleep -p time=1ms -R threads -n 2 -r 9 -o b.json").status, 0);
    struct outcome o = command(RUN "benchmarks a.json b.json");
    cr_expect_eq(o.status, 0, "%s", o.err);
    cr_expect_not_null(strstr(o.out, "sleep/tasks:16/time:1ms/jitter:0/tail:0/serial/n:1"), "%s",
                       o.out);
    cr_expect_not_null(strstr(o.out, "sleep/tasks:16/time:1ms/jitter:0/tail:0/threads/n:2"), "%s",
                       o.out);
    cr_expect_not_null(strstr(o.out, "_pvalue"), "no repetitions were compared:\n%s", o.out);
    o = command(RUN "filters a.json serial/n:1 threads/n:2");
    cr_expect_eq(o.status, 0, "%s", o.err);
    cr_expect_not_null(strstr(o.out, "[serial/n:1 vs. threads/n:2]"), "%s", o.out);
}

/* The times that it shows are ours: 16 waits of 1 ms one by one, and nothing has changed. */
Test(compare_script, reads_the_same_times)
{
    need_script();
    cr_assert_eq(program("run sleep -p time=1ms -R threads -n 2 -r 1 -o a.json").status, 0);
    struct outcome o = command(RUN "benchmarks a.json a.json | grep /serial/");
    char name[256];
    double time, cpu, old_time, new_time;
    cr_assert_eq(sscanf(o.out, "%255s %lf %lf %lf %lf", name, &time, &cpu, &old_time, &new_time), 5,
                 "%s", o.out);
    cr_expect_eq(time, 0, "%s", o.out);
    cr_expect_eq(old_time, new_time, "%s", o.out);
    struct outcome ours =
        command("/usr/bin/python3 -c 'import json; c = json.load(open(\"a.json\"))"
                "[\"speedup\"][\"jobs\"][0][\"cases\"][0]; "
                "print(round(c[\"runs\"][1][\"run_ns\"] / 1e6))'");
    double ms = 0;
    cr_assert_eq(sscanf(ours.out, "%lf", &ms), 1, "%s%s", ours.out, ours.err);
    cr_expect_geq(ms, 16);
    cr_expect_leq(fabs(round(old_time) - ms), 0, "theirs:\n%sours: %g ms", o.out, ms);
}

/* What failed has no time, and must not look like one of 0. */
Test(compare_script, knows_no_failed_case)
{
    need_script();
    cr_assert_eq(program("run fault -R bad-drop -n 1 -r 1 -o a.json").status, 3);
    struct outcome o = command(RUN "benchmarks a.json a.json");
    cr_expect_eq(o.status, 0, "%s", o.err);
    cr_expect_not_null(strstr(o.out, "/serial/n:1"), "%s", o.out);
    cr_expect_null(strstr(o.out, "bad-drop"), "%s", o.out);
}

Test(compare_script, reads_the_reference)
{
    need_script();
    struct outcome o = command(RUN "benchmarks $ROOT/results/reference/quick.json "
                                   "$ROOT/results/reference/quick.json");
    cr_expect_eq(o.status, 0, "%s", o.err);
    cr_expect_not_null(strstr(o.out, "OVERALL_GEOMEAN"), "%s", o.out);
}
