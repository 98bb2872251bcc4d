// SPDX-License-Identifier: MIT
/* The recipe for a gate, docs/ci/, on a small project whose times are known exactly: both the
 * script and the steps of the workflow, as they are in the files that people copy. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/program.h"

#define SAMPLE "$ROOT/tests/data/ci-sample"
#define COMMIT                                                                                     \
    "git add -A && git -c user.name=a -c user.email=a@b -c commit.gpgsign=false commit -qm "

/* A repository in this test's directory: its first commit, called `base`, and one more, in which
 * the program is of that version. */
static void make_project(const char *version)
{
    struct outcome o = command(
        "git init -q . && mkdir -p docs/ci scripts && cp $ROOT/docs/ci/speedup.sh docs/ci/ && "
        "cp " SAMPLE "/Makefile " SAMPLE "/mock . && cp " SAMPLE "/scripts/setup scripts/ && "
        "cp " SAMPLE
        "/versions/equal version && printf '/tmp/\\n/speedup-ci/\\n' >.gitignore && " COMMIT
        "base && git tag base && cp " SAMPLE "/versions/%s version && "
        "echo %s >README && " COMMIT "new",
        version, version);
    cr_assert_eq(o.status, 0, "%s%s", o.out, o.err);
}

/* ---- the script --------------------------------------------------------------------------- */

static void expect_script(const char *version, int status, const char *verdict, const char *said)
{
    make_project(version);
    struct outcome o = command("GITHUB_STEP_SUMMARY=$PWD/summary.md GITHUB_ACTIONS=true "
                               "docs/ci/speedup.sh base HEAD");
    cr_expect_eq(o.status, status, "%s%s", o.out, o.err);
    cr_expect_not_null(strstr(o.out, verdict), "%s%s", o.out, o.err);
    if (said != NULL)
        cr_expect_not_null(strstr(o.out, said), "%s", o.out);
    else
        cr_expect_null(strstr(o.out, "::"), "%s", o.out);
    char *table = program_file("speedup-ci/comparison.md"), *summary = program_file("summary.md");
    cr_assert_not_null(table);
    cr_assert_not_null(summary);
    cr_expect_not_null(strstr(table, verdict), "%s", table);
    cr_expect_str_eq(table, summary);
    cr_expect_not_null(program_file("speedup-ci/comparison.json"));
}

Test(ci, slower_by_ten_percent_fails)
{
    expect_script("slower", 4, "REGRESSION",
                  "::error title=speedup::HEAD does not pass: something "
                  "is slower than in base, or broken; ");
}

Test(ci, equal_passes)
{
    expect_script("equal", 0, "UNCHANGED", NULL);
}

Test(ci, too_noisy_passes_with_a_warning)
{
    expect_script("noisy", 0, "INCONCLUSIVE",
                  "::warning title=speedup::it cannot be said "
                  "whether HEAD is slower than base: too noisy, or ");
}

static void expect_stop(const char *words, int status, const char *sentence)
{
    struct outcome o = command("%s", words);
    cr_expect_eq(o.status, status, "%s: %d: %s%s", words, o.status, o.out, o.err);
    cr_expect_not_null(strstr(o.err, sentence), "%s: %s", words, o.err);
}

Test(ci, what_cannot_be_compared_fails)
{
    make_project("equal");
    expect_stop("docs/ci/speedup.sh", 2,
                "error: usage: speedup.sh BASE [NEW] [OPTION|WORKLOAD...]");
    expect_stop("docs/ci/speedup.sh --max-time 10s", 2, "error: usage: speedup.sh BASE ");
    expect_stop("docs/ci/speedup.sh base --max-time x", 2, "--max-time");
    expect_stop("docs/ci/speedup.sh nowhere", 2,
                "error: there is no commit nowhere here; fetch all of the history");
    expect_stop("BUILD='echo no luck; false' docs/ci/speedup.sh base", 1,
                "no luck\nspeedup.sh: error: base cannot be built with ");
    expect_stop("BUILD='false; true' docs/ci/speedup.sh base", 1,
                "error: base cannot be built with 'false; true'");
    expect_stop("docs/ci/speedup.sh base HEAD --no-such-option", 2,
                "error: HEAD could not be compared with base");
    expect_stop("SPEEDUP=/nonexistent docs/ci/speedup.sh base", 1,
                "error: there is no program /nonexistent that could compare; SPEEDUP names one");
    expect_stop(
        "unset SPEEDUP; PROGRAM=mine RUN=true docs/ci/speedup.sh base", 1,
        "/speedup-ci/new/mine that could compare; SPEEDUP names one, such as that of another "
        "checkout");
    expect_stop("RUN='exit 3' docs/ci/speedup.sh base HEAD --max-time 20s", 3, "both sides fail: ");
}

/* Of a gate that writes a table and ends so. */
Test(ci, every_end_has_its_words)
{
    static const struct {
        int code, status;
        const char *sentence;
    } rows[] = {
        {4, 4, "HEAD does not pass: something is slower than in base, or broken; the table says "},
        {5, 0, "warning: it cannot be said whether HEAD is slower than base: too noisy, or some"},
        {3, 3, "HEAD could not be compared with base; the table and the messages say why"},
        {130, 130, "the comparison of HEAD with base was interrupted; the table has what was "}};
    char words[128];
    make_project("equal");
    cr_assert_eq(
        command("printf '#!/bin/sh\necho table\nexit $CODE\n' >gate && chmod +x gate").status, 0);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        snprintf(words, sizeof(words), "CODE=%d SPEEDUP=./gate docs/ci/speedup.sh base",
                 rows[i].code);
        expect_stop(words, rows[i].status, rows[i].sentence);
    }
    expect_stop("GIT_DIR=/nonexistent docs/ci/speedup.sh base", 128, "not a git repository");
}

static void expect_page(const char *words, const char *sentence, const char *reason)
{
    command("rm -f summary.md; GITHUB_STEP_SUMMARY=$PWD/summary.md; export GITHUB_STEP_SUMMARY; %s",
            words);
    char *page = program_file("summary.md");
    cr_assert_not_null(page, "%s", words);
    cr_expect_not_null(strstr(page, sentence), "%s: %s", words, page);
    cr_expect_not_null(strstr(page, reason), "%s: %s", words, page);
}

Test(ci, the_page_of_the_job_says_why_there_is_no_comparison)
{
    make_project("equal");
    expect_page("docs/ci/speedup.sh nowhere", "no comparison\n\nthere is no commit nowhere", "");
    expect_page("BUILD='echo no luck; false' docs/ci/speedup.sh base",
                "\n\nbase cannot be built with ", "\n    no luck\n");
    expect_page("SPEEDUP=$SPEEDUP docs/ci/speedup.sh base --margin 80%",
                "\n\nHEAD could not be compared with base", "    speedup compare: --margin: 80%");
}

/* Not even those that are gone, as on a disk that is not there today. */
Test(ci, worktrees_of_others_are_left_alone)
{
    make_project("equal");
    struct outcome o = command(
        "git worktree add -q --detach tmp/mine && rm -rf tmp/mine && "
        "docs/ci/speedup.sh base && docs/ci/speedup.sh base && git worktree list >list && "
        "grep -c /tmp/mine list && grep -c /speedup-ci/base list && grep -c /speedup-ci/new list");
    cr_expect_eq(o.status, 0, "%s%s", o.out, o.err);
    cr_expect(strlen(o.out) > 6 && strcmp(o.out + strlen(o.out) - 6, "1\n1\n1\n") == 0, "%s",
              program_file("list"));
}

/* Of the words before the first option, the second may be left out; workloads come last. */
Test(ci, the_new_commit_may_be_left_out)
{
    make_project("slower");
    struct outcome o = command("docs/ci/speedup.sh base -R serial work");
    cr_expect_eq(o.status, 4, "%d: %s%s", o.status, o.out, o.err);
    cr_expect_not_null(strstr(o.err, "something is slower than in base"), "%s", o.err);
}

/* Or what a history keeps of it would begin anew in each. */
Test(ci, a_command_is_called_the_same_in_every_checkout)
{
    make_project("equal");
    struct outcome o = command("RUN='test -e version && sleep 0.1' docs/ci/speedup.sh base "
                               "--max-time 5s --fail-on none; cat speedup-ci/comparison.md");
    cr_expect_not_null(strstr(o.out, "| cd base && test -e version && sleep 0.1 |"), "%s%s", o.out,
                       o.err);
    char *json = program_file("speedup-ci/comparison.json");
    cr_assert_not_null(json);
    cr_expect_null(strstr(json, "\"name\": \"cd /"), "%s", json);
}

/* Those lines of a page that begin with four spaces, from the first with this word to the next that
 * do not. */
static char *example(const char *page, const char *word)
{
    return command("awk '/^    / && /%s/ { on = 1 } !/^    / { on = 0 } on' $ROOT/%s", word, page)
        .out;
}

/* A repository `mine` that has nothing of this one, of which there is a checkout, built. */
static void make_other_project(const char *checkout)
{
    struct outcome o = command(
        "mkdir -p mine %s && cd %s && mkdir build scripts && ln -s $SPEEDUP build/speedup && "
        "ln -s $ROOT/docs docs && cp " SAMPLE "/scripts/setup scripts/ && echo all: >Makefile",
        checkout, checkout);
    cr_assert_eq(o.status, 0, "%s%s", o.out, o.err);
    o = command("cd mine && git init -q -b main . && echo /speedup/ >.gitignore && "
                "printf 'bench:\n\tcp slow $@ && chmod +x $@\n' >Makefile && "
                "printf '#!/bin/sh\n[ $1 = --fast ] && sleep 0.1\n' >slow && " COMMIT
                "old && git update-ref refs/remotes/origin/main HEAD && echo new >README && " COMMIT
                "new");
    cr_assert_eq(o.status, 0, "%s%s", o.out, o.err);
}

Test(ci, the_example_of_another_project_compares)
{
    make_other_project("speedup");
    char *lines = example("docs/ci.md", "SPEEDUP=");
    struct outcome o = command("unset SPEEDUP; cd mine; %s", lines);
    cr_expect_eq(o.status, 0, "%s: %d: %s%s", lines, o.status, o.out, o.err);
    cr_expect_not_null(strstr(o.out, "| cd base && ./bench --fast | "), "%s%s", o.out, o.err);
}

/* Runs it with these settings, in a checkout whose program is slower than that of its tag v1.0. */
static void expect_night(const char *settings, int status)
{
    make_project("slower");
    struct outcome o = command("git tag v1.0 base && mkdir mine && git clone -q . mine/checkout");
    cr_assert_eq(o.status, 0, "%s%s", o.out, o.err);
    char *lines = example("docs/history.md", "speedup.sh v1.0");
    o = command("set -e; %s cd mine/checkout; %s", settings, lines);
    cr_expect_eq(o.status, status, "%s: %d: %s%s", lines, o.status, o.out, o.err);
    cr_expect_not_null(strstr(o.out, "\nsession 1: 2 cases of "), "%s%s", o.out, o.err);
    cr_expect_not_null(strstr(o.out, ": 1 session with a time; fewer than 11 say nothing"), "%s%s",
                       o.out, o.err);
    cr_expect_not_null(program_file("mine/history.db"));
}

/* Its first night: what the gate's script measures is a session, and no alarm. */
Test(ci, the_nightly_example_begins_a_history)
{
    expect_night("", 0);
}

/* What fails on both sides does not keep the others out, and is an alarm. */
Test(ci, the_nightly_example_keeps_what_did_not_fail)
{
    expect_night("export MOCK_FAILS='no luck';", 4);
}

/* ---- the workflow ------------------------------------------------------------------------- */

/* Runs every `run:` of these steps, each in a shell of its own, as a forge does, with the variables
 * that are written there before it; the first that fails ends it. */
static struct outcome run_steps(char *text, const char *directory)
{
    int steps = 0;
    char *line, name[32], value[128], settings[512] = "";
    struct outcome last = {.status = -1};
    while ((line = strsep(&text, "\n")) != NULL) {
        char *run = strstr(line, " run: ");
        size_t n = strlen(settings);
        if (sscanf(line, " %31[A-Z]: %127[^\n]", name, value) == 2)
            snprintf(settings + n, sizeof(settings) - n, "export %s='%s'; ", name, value);
        if (run == NULL)
            continue;
        last = command("cd %s; export GITHUB_ACTIONS=true; %sexec sh -e -c '%s'", directory,
                       settings, run + strlen(" run: "));
        steps++;
        if (last.status != 0)
            break;
    }
    cr_expect_eq(steps, 2, "%d steps were run", steps);
    return last;
}

static struct outcome run_workflow(void)
{
    return run_steps(command("cat $ROOT/docs/ci/speedup.yml").out, ".");
}

static void expect_workflow(const char *version, int status, const char *said)
{
    make_project(version);
    struct outcome o = run_workflow();
    cr_expect_eq(o.status, status, "%s: %s%s", version, o.out, o.err);
    cr_expect_not_null(strstr(o.out, said), "%s: %s%s", version, o.out, o.err);
}

Test(ci, workflow_fails_what_is_slower)
{
    expect_workflow("slower", 4, "::error title=speedup::");
}

Test(ci, workflow_passes_what_is_equal)
{
    expect_workflow("equal", 0, "UNCHANGED");
}

Test(ci, workflow_warns_where_it_is_too_noisy)
{
    expect_workflow("noisy", 0, "::warning title=speedup::");
}

/* The branch has become slower since the change was begun: that is not the change's doing. */
Test(ci, workflow_leaves_out_what_the_branch_did_meanwhile)
{
    make_project("equal");
    struct outcome o = command("git checkout -q -b main base && cp " SAMPLE
                               "/versions/slower version && " COMMIT "meanwhile && "
                               "git checkout -q -b change base && echo x >README && " COMMIT
                               "change && git checkout -q main && git -c user.name=a "
                               "-c user.email=a@b -c commit.gpgsign=false merge -q -m merge change "
                               "&& git checkout -q --detach");
    cr_assert_eq(o.status, 0, "%s%s", o.out, o.err);
    o = run_workflow();
    cr_expect_eq(o.status, 0, "%s%s", o.out, o.err);
    cr_expect_not_null(strstr(o.out, "UNCHANGED"), "%s%s", o.out, o.err);
    cr_expect_null(strstr(o.out, "REGRESSION"), "%s%s", o.out, o.err);
}

/* Its checkout of this repository lies inside, as a forge has it. */
Test(ci, the_workflow_of_another_project_compares)
{
    make_other_project("mine/speedup");
    struct outcome o =
        run_steps(command("awk '/^```/ { on = !on; next } on' $ROOT/docs/ci.md").out, "mine");
    cr_expect_eq(o.status, 0, "%d: %s%s", o.status, o.out, o.err);
    cr_expect_not_null(strstr(o.out, "| cd base && ./bench --fast | "), "%s%s", o.out, o.err);
}

/* What the test sets itself, the forge does: all of the history, and files that are kept whatever
 * happened. */
Test(ci, workflow_asks_for_what_the_script_needs)
{
    char *text = command("cat $ROOT/docs/ci/speedup.yml").out;
    static const char *const parts[] = {"on: pull_request\n", "          BASE: HEAD^1\n",
                                        "          fetch-depth: 0 #", "        if: always()\n",
                                        "          path: speedup-ci/comparison.*\n"};
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        cr_expect_not_null(strstr(text, parts[i]), "without '%s'", parts[i]);
    cr_expect_null(strstr(text, "${{"), "an expression that no test fills in");
}
