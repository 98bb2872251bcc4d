// SPDX-License-Identifier: MIT
/* How `speedup compare` ends where something fails by chance, never ends, or time is over. */
#include "bench/compare/child.h"
#include "bench/compare/comparison.h"
#include "tests/fake_build.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define FLAKY_TWICE                                                                                \
    "; export FAKE_NS FAKE_NOISE; echo >> runs; n=$(wc -l < runs);"                                \
    " [ $n -ne 6 ] && [ $n -ne 7 ] || exit 1;"
#define FLAKY "; export FAKE_NS; echo >> runs; [ $(wc -l < runs) -ne 6 ] || exit 1;"

/* ---- failures by chance ------------------------------------------------------------------- */

/* Each fails its 6th run, and the new one is slower. */
Test(gate_ends, a_failure_by_chance_hides_nothing)
{
    for (int side = 0; side < 2; side++) {
        make_build("a", side == 0 ? "FAKE_NS=10200000" FLAKY : "FAKE_NS=10200000");
        make_build("b", side == 1 ? "FAKE_NS=20400000" FLAKY : "FAKE_NS=20400000");
        command("rm -f runs");
        struct outcome o = program("compare --seed 1 ./a ./b");
        cr_expect_eq(o.status, 4, "%d: %s%s", o.status, o.out, o.err);
        cr_expect_not_null(strstr(o.out, "REGRESSION"), "%s", o.out);
        cr_expect_null(strstr(o.out, "BROKEN"), "%s", o.out);
    }
}

/* Each fails its 6th run and the same once more, and never again: neither is to blame. */
Test(gate_ends, a_failure_on_both_sides_alike_is_no_verdict)
{
    for (int side = 0; side < 2; side++) {
        make_build("a", side == 0 ? QUIET FLAKY_TWICE : QUIET);
        make_build("b", side == 1 ? QUIET FLAKY_TWICE : QUIET);
        command("rm -f runs");
        struct outcome o = program("compare --seed 1 -o x.json ./a ./b");
        cr_expect_eq(o.status, 5, "%d: %s%s", o.status, o.out, o.err);
        cr_expect_not_null(strstr(o.out, "both sides may fail by the same chance: in 30 more"),
                           "%s", o.out);
        cr_expect_not_null(strstr(o.out, "failed twice in "), "%s", o.out);
        o = command("grep -c '\"stage\": \"recheck\"' x.json");
        cr_expect_str_eq(o.out, "30\n");
    }
}

/* What a build says last may be long, and is cut within a character: in one of the two, whatever
 * stands before it. */
Test(gate_ends, what_fails_is_told_of_in_any_language)
{
    static const char *const ends[] = {"", "."};
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        struct comparison c;
        char path[4200], why[512];
        command("rm -f runs; awk 'BEGIN { while (i++ < 200) printf \"é\"; print \"%s\" }' >said",
                ends[i]);
        make_build("a", QUIET);
        make_build("b", QUIET "; export FAKE_NS FAKE_NOISE; echo >> runs; n=$(wc -l < runs);"
                              " [ $n -ne 6 ] && [ $n -ne 7 ] || { cat said; exit 1; };");
        struct outcome o = program("compare --seed 1 -o x.json ./a ./b");
        cr_expect_eq(o.status, 5, "%d: %s%s", o.status, o.out, o.err);
        cr_expect_not_null(strstr(o.out, "ééé"), "%s", o.out);
        snprintf(path, sizeof(path), "%s/x.json", program_directory());
        cr_assert_eq(comparison_open(&c, path, why, sizeof(why)), 0, "%s", why);
        cr_expect_eq(c.case_count, 2);
        comparison_close(&c);
    }
}

/* One to find out, one in the warm-up, and 5 that show that the new side always fails. */
Test(gate_ends, what_takes_long_is_not_repeated_to_learn_that)
{
    struct outcome o = program("compare --run --seed 1 'echo >> runs; sleep 0.2' false");
    cr_expect_eq(o.status, 4, "%d: %s%s", o.status, o.out, o.err);
    o = command("wc -l < runs");
    cr_expect_str_eq(o.out, "7\n");
}

/* ---- an early end ------------------------------------------------------------------------- */

Test(gate_ends, an_interrupt_keeps_what_is_complete)
{
    struct comparison c;
    char path[4200], why[512];
    make_build("a", QUIET " FAKE_DELAY=0.05");
    struct outcome o = program_signal(SIGINT, "] screen", "compare -o x.json ./a ./a");
    cr_expect_eq(o.status, 130, "%d: %s", o.status, o.err);
    snprintf(path, sizeof(path), "%s/x.json", program_directory());
    cr_assert_eq(comparison_open(&c, path, why, sizeof(why)), 0, "%s", why);
    cr_expect_str_eq(c.status, "interrupted");
    cr_expect_not_null(strstr(o.out, "interrupted; what the complete pairs say"), "%s", o.out);
    cr_expect_null(strstr(o.out, "interrupted: interrupted"), "%s", o.out);
    comparison_close(&c);
}

/* It says that it began before it sleeps. */
Test(gate_ends, an_interrupt_before_the_first_pair_promises_nothing)
{
    make_build("a", "echo started >&3; " QUIET " FAKE_DELAY=30");
    struct outcome o = program_signal(SIGINT, "started", "compare ./a ./a 3>&2");
    cr_expect_eq(o.status, 130, "%d: %s", o.status, o.err);
    cr_expect_not_null(strstr(o.err, "interrupted; no pair was complete"), "%s", o.err);
    cr_expect_null(strstr(o.err, "follows"), "%s", o.err);
}

/* Whatever is called a failure: no pair can be had of it. */
Test(gate_ends, time_that_is_over_before_a_pair_measures_nothing)
{
    make_build("a", QUIET " FAKE_DELAY=0.4");
    struct outcome o = program("compare --max-time 1s --fail-on none ./a ./a");
    cr_expect_eq(o.status, 1, "%d: %s%s", o.status, o.out, o.err);
    cr_expect_not_null(strstr(o.err, "nothing was measured: --max-time is over"), "%s", o.err);
    cr_expect_null(strstr(o.out, "Nothing speaks against"), "%s", o.out);
}

/* A pair takes 0.6 s at least, so that there are never all 11; the file, the table and the Markdown
 * tell of it. */
Test(gate_ends, time_that_is_over_is_told_of_where_the_pairs_are)
{
    struct comparison c;
    char path[4200], why[512];
    make_build("a", QUIET " FAKE_DELAY=0.3");
    struct outcome o = program("compare --max-time 6s --markdown -o x.json ./a ./a");
    cr_expect(o.status == 0 || o.status == 5, "%d: %s%s", o.status, o.out, o.err);
    cr_expect_not_null(strstr(o.out, "max-time was over after "), "%s", o.out);
    snprintf(path, sizeof(path), "%s/x.json", program_directory());
    cr_assert_eq(comparison_open(&c, path, why, sizeof(why)), 0, "%s", why);
    cr_expect_str_eq(c.status, "complete");
    cr_assert_not_null(c.message);
    cr_expect_not_null(strstr(c.message, "--max-time was over after "), "%s", c.message);
    comparison_close(&c);
}

/* It says that it began; the pipe ends once nobody can write into it any more. */
Test(gate_ends, a_child_does_not_outlive_who_runs_it, .timeout = 120)
{
    int ends[2], status;
    char script[64], byte;
    cr_assert_eq(pipe(ends), 0);
    snprintf(script, sizeof(script), "echo >/proc/self/fd/%d; exec sleep 600", ends[1]);
    char *const argv[] = {"/bin/sh", "-c", script, NULL};
    const struct child_order order = {.argv = argv, .deadline_ns = INT64_MAX};
    struct child child;
    pid_t runs = fork();
    if (runs == 0)
        _exit(child_run(&order, &child));
    cr_assert_gt(runs, 0);
    close(ends[1]);
    cr_assert_eq(read(ends[0], &byte, 1), 1);
    kill(runs, SIGKILL);
    cr_assert_eq(waitpid(runs, &status, 0), runs);
    cr_expect(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    cr_expect_eq(read(ends[0], &byte, 1), 0);
    close(ends[0]);
}

/* By the coin of seed 1 or 2, the new side or the base is the first to be measured. */
Test(gate_ends, a_new_side_that_never_ends_is_broken)
{
    for (int seed = 1; seed <= 4; seed++) {
        struct outcome o =
            program("compare --run --max-time 5s --seed %d 'sleep 0.1' 'sleep 600'", seed);
        cr_expect_eq(o.status, 4, "%d: %s%s", o.status, o.out, o.err);
        cr_expect_not_null(strstr(o.out, "BROKEN"), "%s", o.out);
        cr_expect_not_null(strstr(o.out, "the new side did not end within"), "%s", o.out);
    }
    make_build("a", QUIET);
    make_build("b", QUIET " FAKE_DELAY=600");
    struct outcome o = program("compare --max-time 5s --seed 1 ./a ./b");
    cr_expect_eq(o.status, 4, "%d: %s%s", o.status, o.out, o.err);
}

Test(gate_ends, a_base_that_never_ends_measures_nothing)
{
    struct outcome o = program("compare --run --max-time 3s --fail-on none 'sleep 600' true");
    cr_expect_eq(o.status, 1, "%d: %s%s", o.status, o.out, o.err);
    cr_expect_not_null(strstr(o.err, "nothing was measured"), "%s", o.err);
}
