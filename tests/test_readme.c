// SPDX-License-Identifier: MIT
/* What the README shows is what is there. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "tests/program.h"

static char *file_of(const char *name)
{
    char path[4096];
    snprintf(path, sizeof(path), "%s/%s", program_root(), name);
    char *text = program_file(path);
    cr_assert_not_null(text, "%s is not there", path);
    return text;
}

static void is_shown(const char *name)
{
    const char *code = strchr(file_of(name), '\n') + 1; /* without the licence */
    cr_expect_not_null(strstr(file_of("README.md"), code), "README.md does not show %s as it is",
                       name);
}

Test(readme, shows_the_example_workload)
{
    is_shown("tests/examples/cubes.c");
}

Test(readme, shows_the_example_runner)
{
    is_shown("tests/examples/batch.c");
}

Test(readme, files_that_it_names_exist)
{
    char *text = file_of("README.md");
    int links = 0;
    for (char *at = strstr(text, "]("); at != NULL; at = strstr(at + 2, "](")) {
        char name[256];
        cr_assert_eq(sscanf(at, "](%255[^)])", name), 1);
        cr_expect(strstr(name, "://") != NULL || file_of(name) != NULL);
        links++;
    }
    cr_expect_geq(links, 10);
}

/* Its commands, but for those that need a result file or a machine that is set up by hand. */
Test(readme, commands_run)
{
    cr_expect_eq(program("list --long").status, 0);
    cr_expect_eq(
        program("run primes -R threads,processes -n 1-4 -p limit=2M -p tasks=256 --dry-run").status,
        0);
    struct outcome o = program("run --example prime-ranges --answers -r 1 -R threads -n 1");
    cr_expect_eq(o.status, 0);
    cr_expect_not_null(strstr(o.out, "in all: 9592 values"));
    cr_expect_eq(program("run primes --gil new,none --dry-run").status, 0);
    cr_expect_eq(program("gil wake -k 0,1,2 -p count=10").status, 0);
    cr_expect_eq(program("plan --pin scatter").status, 0);
    cr_expect_eq(command("HWLOC_SYNTHETIC='pack:2 l3:2 core:8 pu:2' $SPEEDUP plan").status, 0);
}
