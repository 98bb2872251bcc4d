// SPDX-License-Identifier: MIT
/* `speedup compare` as a whole, with builds whose times are known: tests/data/fake-build. */
#include "bench/compare/comparison.h"
#include "tests/fake_build.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the exit codes ----------------------------------------------------------------------- */

Test(gate_program, equal_is_success)
{
    expect_code(QUIET, QUIET, 0, "UNCHANGED");
}

Test(gate_program, slower_is_a_regression)
{
    expect_code(QUIET, "FAKE_NS=11220000 FAKE_NOISE=0.002", 4, "REGRESSION");
}

Test(gate_program, faster_is_success)
{
    expect_code(QUIET, "FAKE_NS=9180000 FAKE_NOISE=0.002", 0, "IMPROVEMENT");
}

Test(gate_program, noise_is_inconclusive)
{
    expect_code("FAKE_NS=10200000 FAKE_NOISE=0.9", "FAKE_NS=10200000 FAKE_NOISE=0.9", 5,
                "INCONCLUSIVE");
}

Test(gate_program, what_cannot_be_compared_is_refused)
{
    expect_code(QUIET, QUIET " FAKE_TYPE=sanitizer", 6,
                "one is a release build and the other a sanitizer build");
    expect_code(QUIET, QUIET " FAKE_CPU=other", 6, "machines that differ: cpu");
    expect_code(QUIET, QUIET " FAKE_NAME=other", 6, "no case in common");
}

/* Both have a regression and too much noise: the first counts. */
Test(gate_program, fail_on_chooses_what_fails)
{
    const char *slow = "FAKE_NS=11220000 FAKE_NOISE=0.002", *noisy = "FAKE_NS=9180000 FAKE_NOISE=1";
    cr_expect_eq(compare(QUIET, slow, "--fail-on broken").status, 0);
    cr_expect_eq(compare(QUIET, slow, "--fail-on none").status, 0);
    cr_expect_eq(compare(QUIET, slow, "--fail-on 'Broken, REGRESSION '").status, 4);
    cr_expect_eq(compare(noisy, noisy, "--fail-on regression").status, 0);
    cr_expect_eq(compare(QUIET, QUIET, "--fail-on unchanged").status, 4);
}

/* ---- commands ----------------------------------------------------------------------------- */

Test(gate_program, commands_are_compared_by_their_whole_time)
{
    struct outcome o = program("compare --run --pairs 8 --seed 1 --margin 20%% --min-effect 40%% "
                               "--json 'sleep 0.16' 'sleep 0.32'");
    cr_expect_eq(o.status, 4, "%d: %s%s", o.status, o.out, o.err);
    cr_expect_not_null(strstr(o.out, "\"kind\": \"commands\""), "%s", o.out);
}

Test(gate_program, a_command_that_fails_is_broken)
{
    struct outcome o = program("compare --run true 'echo no such luck; false'");
    cr_expect_eq(o.status, 4, "%d: %s%s", o.status, o.out, o.err);
    cr_expect_not_null(strstr(o.out, "exited with 1: no such luck"), "%s", o.out);
}

Test(gate_program, a_base_that_fails_compares_nothing)
{
    struct outcome o = program("compare --run 'echo no such luck; false' true");
    cr_expect_eq(o.status, 1, "%d: %s%s", o.status, o.out, o.err);
    cr_expect_not_null(strstr(o.err, "nothing can be compared: the base side failed twice in 2 "
                                     "runs: exited with 1: no such luck"),
                       "%s", o.err);
    o = program("compare --run 'exit 127' true");
    cr_expect_eq(o.status, 2, "%d: %s", o.status, o.err);
    o = program("compare --run true 'exit 127'");
    cr_expect_eq(o.status, 4, "%d: %s", o.status, o.err);
}

/* ---- what it writes ----------------------------------------------------------------------- */

Test(gate_program, its_file_can_be_believed)
{
    struct comparison c;
    char path[4200], why[512];
    struct outcome o = compare(QUIET, "FAKE_NS=11220000 FAKE_NOISE=0.002", "-o x.json --markdown");
    cr_assert_eq(o.status, 4, "%s", o.err);
    cr_expect_not_null(strstr(o.out, "| fake/threads/n:1 | **REGRESSION** | 10"), "%s", o.out);
    snprintf(path, sizeof(path), "%s/x.json", program_directory());
    cr_assert_eq(comparison_open(&c, path, why, sizeof(why)), 0, "%s", why);
    cr_expect_str_eq(c.status, "complete");
    cr_expect_eq(c.repetitions, 15, "150 ms of 10.2 ms each");
    cr_assert_eq(c.case_count, 2);
    cr_expect_eq(c.cases[1].pair_count, 30);
    cr_expect_str_eq(c.cases[1].workload, "fake");
    comparison_close(&c);
}

/* p is of what is seen, not of who is right. */
Test(gate_program, its_words_are_explained_below_the_table)
{
    struct outcome o = compare(QUIET, QUIET, "");
    o = command("COLUMNS=400 $SPEEDUP compare --seed 1 ./a ./b | tr '\\n' ' '");
    cr_expect_not_null(strstr(o.out, "p: how often chance alone, at a margin of 1 %, would show as "
                                     "much, adjusted for all cases"),
                       "%s", o.out);
}

/* Who reads a pull request has seen no document of this. */
Test(gate_program, markdown_tells_what_it_is_of)
{
    struct outcome o =
        compare(QUIET " FAKE_VERSION=0.1.0+old", QUIET " FAKE_VERSION=0.1.0+new", "--markdown");
    static const char *const words[] = {"### speedup compare: 0.1.0+old → 0.1.0+new\n",
                                        "| case | verdict |",
                                        "\nbase, new: medians of the pairs · ",
                                        "sees: the slow-down that four of five",
                                        "at a margin of 1 %",
                                        "UNCHANGED: for certain less than 3 % slower",
                                        "\nbase: ./a (0.1.0+old) · new: ./b (0.1.0+new) · "};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        cr_expect_not_null(strstr(o.out, words[i]), "no '%s' in:\n%s", words[i], o.out);
}

Test(gate_program, lines_fit_in_eighty_columns)
{
    struct outcome o = compare(QUIET, "FAKE_NS=11220000 FAKE_NOISE=0.002", "");
    o = command("COLUMNS=80 $SPEEDUP compare --seed 1 ./a ./b | LC_ALL=C.UTF-8 awk "
                "'length($0) > 84 { print \"long: \" $0 }'");
    cr_expect_str_eq(o.out, "");
}

/* ---- real builds -------------------------------------------------------------------------- */

Test(gate_program, a_build_measures_itself)
{
    struct comparison c;
    char path[4200], why[512];
    struct outcome o = program("compare --max-time 20s --pairs 8 --fail-on broken -o x.json "
                               "$SPEEDUP $SPEEDUP primes -p limit=5k -R serial,threads -n 2");
    cr_expect_eq(o.status, 0, "%d: %s%s", o.status, o.out, o.err);
    snprintf(path, sizeof(path), "%s/x.json", program_directory());
    cr_assert_eq(comparison_open(&c, path, why, sizeof(why)), 0, "%s", why);
    cr_expect(c.paired && !c.commands && c.repetitions > 0);
    cr_expect_str_eq(c.status, "complete");
    cr_expect_str_eq(c.base_version, c.new_version);
    cr_assert_eq(c.case_count, 2);
    cr_expect_str_eq(c.cases[0].name, "primes/limit:5k/tasks:4/split:equal/serial/n:1");
    cr_expect_str_eq(c.cases[1].name, "primes/limit:5k/tasks:4/split:equal/threads/n:2");
    for (size_t i = 0; i < c.case_count; i++) { /* within a factor of ten, on whatever machine */
        cr_expect_str_eq(c.cases[i].workload, "primes");
        cr_expect_gt(c.cases[i].pair_count, 0);
        cr_expect(fabs(log(c.cases[i].new_ns / c.cases[i].base_ns)) < log(10), "%g and %g ns",
                  c.cases[i].base_ns, c.cases[i].new_ns);
    }
    comparison_close(&c);
}

/* Answers are checked, whatever is tested twice; a name is that of the plain work where nothing is.
 */
Test(gate_program, work_that_is_done_again_has_the_same_answers)
{
    struct outcome o =
        program("run primes -p limit=20k -p again=0.5 -R thread-pool -n 2 -r 1 -o x");
    cr_expect_eq(o.status, 0, "%s", o.err);
    o = program("run primes -p again=0.05 -R serial --dry-run");
    cr_expect_not_null(strstr(o.out, "primes/limit:100k/tasks:4/split:equal/again:0.05/serial"),
                       "%s", o.out);
    o = program("run primes -p again=5%% -R serial -r 1 -o x");
    cr_expect_eq(o.status, 2, "%s", o.err);
    cr_expect_not_null(strstr(o.err, "again: '5%' is no share"), "%s", o.err);
}

/* A second is enough for the simulated part alone. That computes in one thread, in which the thread
 * sanitizer has nothing to find, but for a minute: it is left to the program beside the tests. */
Test(gate_program, it_keeps_its_word_on_simulated_noise)
{
    unsetenv("SPEEDUP_PROGRAM");
    struct outcome o = program("compare --self-test --max-time 1s");
    cr_expect_eq(o.status, 5, "what was not tried is not known: %d: %s%s", o.status, o.out, o.err);
    cr_expect_not_null(strstr(o.out, "margin 0 %, no change"), "%s", o.out);
    cr_expect_not_null(strstr(o.out, "margin 1 %, no change"), "%s", o.out);
    cr_expect_not_null(strstr(o.out, "alarms in 2000   at most 35   holds"), "%s", o.out);
    cr_expect_not_null(strstr(o.out, "Too little time to say"), "%s", o.out);
    cr_expect_null(strstr(o.out, "keeps its word."), "%s", o.out);
    cr_expect_null(strstr(o.out, "nan"), "%s", o.out);
    cr_expect_null(strstr(o.out, "MISSED"), "%s", o.out);
}

/* ---- bad input ---------------------------------------------------------------------------- */

static const struct {
    const char *words, *sentence;
} bad[] = {
    {"compare", "name two builds"},
    {"compare x", "x: cannot be opened: No such file"},
    {"compare $SPEEDUP", "B is missing"},
    {"compare ./nowhere ./nowhere", "'./nowhere' is no build of this program: No such file"},
    {"compare . .", "it is a directory"},
    {"compare $ROOT/Makefile $ROOT/Makefile", "it may not be executed"},
    {"compare --run '' true", "a command is empty"},
    {"compare --run true true primes", "leave workloads"},
    {"compare --margin 200% a b", "--margin: 200% is out of bounds"},
    {"compare --margin 1 a b", "0.01 is 1%"},
    {"compare --margin x a b", "'x' is not a share"},
    {"compare --margin 5% a b", "--min-effect must be above --margin"},
    {"compare --min-effect -1% a b", "out of bounds"},
    {"compare --fail-on regresion a b", "did you mean 'regression'?"},
    {"compare --fail-on xyz a b", "there is no verdict 'xyz'; there are broken, "},
    {"compare --fail-on none,regression a b", "contradict each other"},
    {"compare --fail-on 'regression,, broken' a b", "there is no verdict ''"},
    {"compare --pairs 7 a b", "--pairs: 7 is out of bounds"},
    {"compare --max-time 0 a b", "--max-time"},
    {"compare --json --markdown a b", "choose one"},
    {"compare --self-test a b", "leave A, B"},
    {"compare --self-test --run", "leave A, B"},
    {"compare --self-test -R serial", "leave out what selects"},
    {"compare --self-test -o x.json", "leave --json, --markdown and -o out"},
    {"compare --self-test --json", "leave --json, --markdown and -o out"},
    {"compare --self-test --fail-on none", "leave --fail-on out"},
    {"compare --self-test --margin 2%", "leave --margin, --min-effect and --pairs out"},
    {"compare --self-test --min-effect 8%", "leave --margin, --min-effect and --pairs out"},
    {"compare --self-test --pairs 8", "leave --margin, --min-effect and --pairs out"},
    {"compare --seed 1 $ROOT/tests/data/result-small.json $ROOT/tests/data/result-small.json",
     "leave workloads and what is about measuring out"},
    {"compare -o '' a b", "the path is empty"},
};

Test(gate_program, bad_input_gets_one_sentence)
{
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct outcome o = program("%s", bad[i].words);
        cr_expect_eq(o.status, 2, "%s: exit %d", bad[i].words, o.status);
        cr_expect_not_null(strstr(o.err, bad[i].sentence), "%s: %s", bad[i].words, o.err);
        cr_expect_eq(strchr(o.err, '\n'), strrchr(o.err, '\n'), "%s: %s", bad[i].words, o.err);
    }
}

/* It is known once the cases are; two of them can be told of with 8. */
Test(gate_program, pairs_that_can_tell_nothing_are_refused)
{
    struct outcome o = program("compare --pairs 8 -o x.json $SPEEDUP $SPEEDUP primes -p limit=1k "
                               "-R serial,threads,thread-pool -n 2");
    cr_expect_eq(o.status, 2, "%d: %s%s", o.status, o.out, o.err);
    cr_expect_not_null(strstr(o.err, "--pairs 8 cannot tell of one of 3 cases that it is slower; "
                                     "name 9 or more, or fewer cases"),
                       "%s", o.err);
    make_build("a", QUIET);
    o = program("compare --pairs 8 ./a ./a");
    cr_expect_eq(o.status, 0, "%d: %s", o.status, o.err);
}

/* It is not waited for, and nothing is taken from it. */
Test(gate_program, a_pipe_is_refused)
{
    cr_assert_eq(command("mkfifo pipe").status, 0);
    struct outcome o = program("compare pipe pipe");
    cr_expect_eq(o.status, 2, "%d: %s", o.status, o.err);
    cr_expect_not_null(strstr(o.err, "'pipe' is no build of this program: it is no regular file"),
                       "%s", o.err);
}

Test(gate_program, what_a_build_does_not_understand_is_a_mistake)
{
    make_build("a", QUIET);
    struct outcome o = program("compare ./a ./a nosuch");
    cr_expect_eq(o.status, 2, "%d: %s", o.status, o.err);
    cr_expect_not_null(strstr(o.err, "there is no workload 'nosuch'"), "%s", o.err);
}
