// SPDX-License-Identifier: MIT
/* The test binary: Criterion's, with a closing line "N passed, N failed, N skipped".
 *
 * Where SPEEDUP_SET_UP=1 says that the machine lacks nothing, a test may skip only if
 * tests/expected-skips.txt names it; any other skip is a failure. */
#include <criterion/criterion.h>
#include <criterion/hooks.h>
#include <criterion/options.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/scratch.h"

/* Asked by the leak sanitizer: Criterion leaks, and tests end without cleaning up after themselves.
 * Leaks are looked for in the program that tests run. */
int __lsan_is_turned_off(void);
int __lsan_is_turned_off(void)
{
    return 1;
}

static struct {
    size_t passed, failed, skipped;
} tally;

/* Is there a line "SUITE/NAME: why it may skip"? */
static bool expected_skip(const struct criterion_test *test)
{
    char name[256], line[512];
    int length = snprintf(name, sizeof(name), "%s/%s:", test->category, test->name);
    bool found = false;
    FILE *list = fopen("tests/expected-skips.txt", "r");
    while (list != NULL && !found && fgets(line, sizeof(line), list) != NULL)
        found = strncmp(line, name, (size_t)length) == 0;
    if (list != NULL)
        fclose(list);
    return found;
}

static void count_skip(const struct criterion_test_stats *stats)
{
    const struct criterion_test *test = stats->test;
    const char *reason = stats->message != NULL ? stats->message : "disabled in its source";
    const char *set_up = getenv("SPEEDUP_SET_UP");
    if (set_up != NULL && strcmp(set_up, "1") == 0 && !expected_skip(test)) {
        printf("failed   %s/%s: skipped (%s), and tests/expected-skips.txt does not allow it\n",
               test->category, test->name, reason);
        tally.failed++;
    } else {
        printf("skipped  %s/%s: %s\n", test->category, test->name, reason);
        tally.skipped++;
    }
}

/* Criterion counts a test that a filter left out as skipped too; only a test that ran has a reason.
 */
static void count(const struct criterion_test_stats *stats)
{
    if (stats->test_status == CR_STATUS_PASSED)
        tally.passed++;
    else if (stats->test_status == CR_STATUS_FAILED)
        tally.failed++;
    else if (stats->message != NULL || criterion_options.pattern == NULL)
        count_skip(stats);
}

ReportHook(POST_ALL)(struct criterion_global_stats *all)
{
    for (struct criterion_suite_stats *suite = all->suites; suite != NULL; suite = suite->next) {
        for (struct criterion_test_stats *test = suite->tests; test != NULL; test = test->next)
            count(test);
    }
}

/* Runs all tests, with one directory below which each test makes its own: see tests/program.h. */
static int run_all(struct criterion_test_set *tests)
{
    char scratch[PATH_MAX];
    int err = scratch_make(NULL, scratch);
    if (err != 0) {
        fprintf(stderr, "no directory for the tests' files: %s; is TMPDIR writable?\n",
                strerror(-err));
        return EXIT_FAILURE;
    }
    setenv("SPEEDUP_SCRATCH", scratch, 1);
    bool good = criterion_run_all_tests(tests);
    scratch_remove(scratch);
    /* A crash in a tear-down is a warning to Criterion: it fails the run, but no test. */
    if (!good && tally.failed == 0)
        tally.failed = 1;
    bool none = tally.passed + tally.failed + tally.skipped == 0;
    if (none)
        fprintf(stderr, "no test was run: --list shows what --filter 'SUITE/NAME' can match\n");
    printf("%zu passed, %zu failed, %zu skipped\n", tally.passed, tally.failed, tally.skipped);
    return tally.failed > 0 || none ? EXIT_FAILURE : EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0); /* keeps its place among Criterion's lines on stderr */
    struct criterion_test_set *tests = criterion_initialize();
    criterion_options.timeout = 120; /* seconds, for a test that sets none */
    int status = EXIT_SUCCESS;
    if (criterion_handle_args(argc, argv, true))
        status = run_all(tests);
    criterion_finalize(tests);
    return status;
}
