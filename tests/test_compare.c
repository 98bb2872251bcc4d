// SPDX-License-Identifier: MIT
/* Google Benchmark's own compare script reads our result files. */
#include <criterion/criterion.h>
#include <string.h>

#include "tests/program.h"

#define SCRIPT "/usr/share/benchmark/compare.py"

Test(compare_script, reads_result_files)
{
    if (command("test -f " SCRIPT).status != 0)
        cr_skip_test("there is no " SCRIPT "; it is in the package libbenchmark-tools");
    if (command("/usr/bin/python3 -c 'import scipy'").status != 0)
        cr_skip_test("compare.py needs scipy, which is in the package python3-scipy");
    cr_assert_eq(program("run sleep -p time=1ms -R threads -n 2 -r 9 -o a.json").status, 0);
    cr_assert_eq(program("run sleep -p time=1ms -R threads -n 2 -r 9 -o b.json").status, 0);
    struct outcome o = command("/usr/bin/python3 " SCRIPT " --no-color benchmarks a.json b.json");
    cr_expect_eq(o.status, 0, "%s", o.err);
    cr_expect_not_null(strstr(o.out, "sleep/tasks:16/time:1ms/jitter:0/tail:0/serial/n:1"), "%s",
                       o.out);
    cr_expect_not_null(strstr(o.out, "sleep/tasks:16/time:1ms/jitter:0/tail:0/threads/n:2"), "%s",
                       o.out);
    cr_expect_not_null(strstr(o.out, "_pvalue"), "no repetitions were compared:\n%s", o.out);
}
