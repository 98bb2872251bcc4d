// SPDX-License-Identifier: MIT
/* What `speedup history check` finds, and what it makes of builds that are measured again. */
#include <signal.h>

#include "tests/history.h"

#define TIMEOUT .timeout = 120

/* `count` sessions, the later ones of which are so much slower. */
static void write_step(int count, int at, double step)
{
    double changes[31];
    for (int i = 0; i < count; i++)
        changes[i] = (i >= at ? step : 0) + (i % 2 != 0 ? .002 : -.002);
    write_history(changes, count);
}

Test(history_check, a_slower_commit_is_found, TIMEOUT)
{
    write_step(14, 10, .1);
    struct outcome o = program("history check --db h.db");
    cr_expect_eq(o.status, 4, "exit %d: %s", o.status, o.err);
    expect_said(o.out, "SLOWER  #2 " POOL);
    expect_said(o.out, "slower at c000011 (session 11, 2026-01-11 12:00)");
    expect_said(o.out, "ok      #1 " SERIAL);
    cr_expect_eq(program("history check --db h.db --fail-on none").status, 0);
    cr_expect_eq(program("history check --db h.db --fail-on broken").status, 0);
    cr_expect_eq(program("history check --db h.db --fail-on 'Broken, REGRESSION '").status, 4);
    cr_expect_eq(program("history check --db h.db -f serial").status, 0);
    o = program("history check --db h.db -s 2 --json");
    cr_expect_eq(o.status, 4);
    const char *before, *after;
    int slower;
    json_t *all = json_loads(o.out, 0, NULL);
    cr_assert_eq(json_unpack(json_object_get(all, "check"), "{s:[{s:b, s:[{s:{s:s}, s:{s:s}}]}]}",
                             "series", "slower", &slower, "changes", "before", "commit", &before,
                             "after", "commit", &after),
                 0, "%s", o.out);
    cr_expect_str_eq(before, "c000010");
    cr_expect_str_eq(after, "c000011");
    cr_expect(slower);
    json_decref(all);
}

Test(history_check, a_faster_commit_is_no_alarm, TIMEOUT)
{
    write_step(14, 7, -.1);
    struct outcome o = program("history check --db h.db");
    cr_expect_eq(o.status, 0, "%s", o.out);
    expect_said(o.out, "faster at c000008");
}

Test(history_check, what_was_mended_is_no_alarm, TIMEOUT)
{
    double changes[24];
    for (int i = 0; i < 24; i++)
        changes[i] = (i >= 8 && i < 16 ? .1 : 0) + (i % 2 != 0 ? .002 : -.002);
    write_history(changes, 24);
    struct outcome o = program("history check --db h.db -f thread-pool");
    cr_expect_eq(o.status, 0, "%s", o.out);
    expect_said(o.out, "slower at c000009");
    expect_said(o.out, "faster at c000017");
}

Test(history_check, what_was_mended_by_half_is_an_alarm_still, TIMEOUT)
{
    double changes[30];
    for (int i = 0; i < 30; i++)
        changes[i] = (i < 10 ? 0 : i < 20 ? .105 : .07) + (i % 2 != 0 ? .002 : -.002);
    write_history(changes, 30);
    struct outcome o = program("history check --db h.db");
    cr_expect_eq(o.status, 4, "%s", o.out);
    expect_said(o.out, "SLOWER  #2 " POOL);
    expect_said(o.out, "faster at c000021");
    expect_said(o.out, "it is still 7.0 % slower than before c000011 (session 11,");
    expect_said(o.out, "p is corrected for 2 series");
    o = program("history check --db h.db -s 2 --json");
    json_t *all = json_loads(o.out, 0, NULL);
    const char *since;
    int together;
    cr_assert_eq(json_unpack(json_object_get(all, "check"), "{s:i, s:[{s:{s:s}}]}", "corrected_for",
                             &together, "series", "since", "commit", &since),
                 0, "%s", o.out);
    cr_expect_str_eq(since, "c000011");
    cr_expect_eq(together, 1);
    json_decref(all);
}

Test(history_check, few_sessions_say_nothing, TIMEOUT)
{
    write_step(10, 5, .1);
    struct outcome o = program("history check --db h.db");
    cr_expect_eq(o.status, 5, "%s", o.out);
    expect_said(o.out, "10 sessions with a time; fewer than 11 say nothing");
    cr_expect_eq(program("history check --db h.db --fail-on regression").status, 0);
}

Test(history_check, a_case_that_broke_is_an_alarm_and_a_gap, TIMEOUT)
{
    WRITE_MADE("a.json", .day = 1);
    WRITE_MADE("b.json", .day = 2, .broke = "BROKEN");
    cr_assert_eq(program("history add --db h.db a.json b.json").status, 0);
    struct outcome o = program("history check --db h.db");
    cr_expect_eq(o.status, 4);
    expect_said(o.out, "BROKEN  #2 " POOL);
    cr_expect_eq(program("history check --db h.db --fail-on regression,inconclusive").status, 5,
                 "what broke is no session that says something");
    json_t *points = shown_points("-s 2");
    cr_expect(json_is_null(json_object_get(json_array_get(points, 1), "change")));
    json_decref(points);
}

/* Also where it has been well for long: a gap is no level. */
Test(history_check, a_case_that_failed_on_both_sides_is_an_alarm, TIMEOUT)
{
    write_step(12, 12, 0);
    WRITE_MADE("failed.json", .day = 13, .broke = "FAILED");
    cr_assert_eq(program("history add --db h.db failed.json").status, 0);
    struct outcome o = program("history check --db h.db");
    cr_expect_eq(o.status, 4, "exit %d: %s", o.status, o.out);
    expect_said(o.out, "BROKEN  #2 " POOL);
    expect_said(o.out, "its latest session failed, or gave a wrong answer");
    cr_expect_eq(program("history check --db h.db --fail-on regression").status, 0);
    WRITE_MADE("well.json", .day = 14);
    cr_assert_eq(program("history add --db h.db well.json").status, 0);
    cr_expect_eq(program("history check --db h.db").status, 0, "it is past");
}

/* ---- a newer reference -------------------------------------------------------------------- */

static void add_over(const char *reference, int first, int last, const char *broke)
{
    char name[32];
    for (int day = first; day <= last; day++) {
        snprintf(name, sizeof(name), "over%02d.json", day);
        WRITE_MADE(name, .day = day, .change = day % 2 != 0 ? .002 : -.002, .broke = broke,
                   .reference = reference);
        struct outcome o = program("history add --db h.db %s", name);
        cr_assert_eq(o.status, 0, "%s", o.err);
    }
}

/* The documented way to accept a change. */
Test(history_check, a_newer_reference_ends_the_alarm, TIMEOUT)
{
    write_step(14, 10, .1);
    cr_expect_eq(program("history check --db h.db").status, 4);
    add_over("0.2.0+3333333", 15, 26, NULL);
    struct outcome o = program("history check --db h.db");
    cr_expect_eq(o.status, 0, "%s", o.out);
    expect_said(o.out, "past    #2 " POOL " over 0.1.0+1111111 on ");
    expect_said(o.out, ": until 2026-01-14 12:00; series 4 took its place\n");
    expect_said(o.out, "ok      #4 " POOL " over 0.2.0+3333333 on ");
    expect_said(o.out, "p is corrected for 2 series");
    cr_expect_null(strstr(o.out, "slower at"), "%s", o.out);
    cr_expect_eq(program("history check --db h.db -s 2").status, 4, "asked for, it is judged");
    o = program("history check --db h.db -f thread-pool --json");
    json_t *all = json_loads(o.out, 0, NULL);
    int together, successor, judged[2];
    cr_assert_eq(json_unpack(json_object_get(all, "check"), "{s:i, s:[{s:i, s:b}, {s:n, s:b}]}",
                             "corrected_for", &together, "series", "successor", &successor,
                             "judged", &judged[0], "successor", "judged", &judged[1]),
                 0, "%s", o.out);
    cr_expect(together == 1 && successor == 4 && !judged[0] && judged[1], "%s", o.out);
    json_decref(all);
    add_over("0.1.0+1111111", 27, 27, NULL); /* who measures over the old one again means it */
    o = program("history check --db h.db");
    cr_expect_eq(o.status, 4, "%s", o.out);
    expect_said(o.out, "SLOWER  #2 ");
    expect_said(o.out, "past    #4 ");
}

/* A machine has no other's place. */
Test(history_check, another_machine_ends_no_alarm, TIMEOUT)
{
    write_step(14, 10, .1);
    WRITE_MADE("other.json", .day = 15, .fingerprint = "fedcba9876543210");
    cr_assert_eq(program("history add --db h.db other.json").status, 0);
    struct outcome o = program("history check --db h.db");
    cr_expect_eq(o.status, 4, "%s", o.out);
    expect_said(o.out, " on fedcba98: 1 session with a time");
    cr_expect_null(strstr(o.out, "past"), "%s", o.out);
}

/* Else it would fail for ever for a machine that is gone. */
Test(history_check, what_has_no_session_since_is_left_out, TIMEOUT)
{
    write_step(14, 10, .1);
    WRITE_MADE("other.json", .day = 15, .fingerprint = "fedcba9876543210");
    cr_assert_eq(program("history add --db h.db other.json").status, 0);
    struct outcome o =
        program("history check --db h.db --since 2026-01-14T12:00:01Z --fail-on regression");
    cr_expect_eq(o.status, 0, "%s", o.out);
    cr_expect_null(strstr(o.out, "SLOWER"), "%s", o.out);
    expect_said(o.out, ": 1 session with a time");
    o = program("history check --db h.db --since 2026-01-14T12:00:00Z");
    cr_expect_eq(o.status, 4, "%s", o.out);
    o = program("history show --db h.db --since 2026-01-16");
    cr_expect_eq(o.status, 2);
    expect_said(o.err, "there is no series with a session since 2026-01-16T00:00:00Z; ");
    cr_expect_eq(program("history show --db h.db --since yesterday").status, 2);
}

Test(history_check, a_newer_reference_ends_what_was_broken, TIMEOUT)
{
    add_over("0.1.0+1111111", 1, 2, "BROKEN");
    cr_expect_eq(program("history check --db h.db").status, 4);
    add_over("0.2.0+3333333", 3, 3, NULL);
    struct outcome o = program("history check --db h.db");
    cr_expect_eq(o.status, 5, "%s", o.out);
    expect_said(o.out, "past    #2 ");
}

/* ---- measured again ----------------------------------------------------------------------- */

/* The paths of the sessions lead nowhere here. */
Test(history_check, builds_that_are_gone_leave_a_suspect, TIMEOUT)
{
    write_step(14, 10, .1);
    struct outcome o = program("history check --db h.db --confirm");
    cr_expect_eq(o.status, 4);
    expect_said(o.out, "the build of session 10, ./speedup-2222222, cannot be run");
    o = program("history check --db h.db --confirm --builds 'b/{commit}/speedup'");
    cr_expect_eq(o.status, 4);
    expect_said(o.out, "b/c000010/speedup, cannot be run");
}

/* A build whose times are known, where the commit of a session is; it says it is of that one. */
static void make_build(const char *commit, const char *ns)
{
    struct outcome o =
        command("mkdir -p b/%s && printf '#!/bin/sh\nFAKE_VERSION=0.1.0+%s FAKE_NOISE=0.002 "
                "FAKE_NS=%s exec %s/tests/data/fake-build \"$@\"\n' >b/%s/speedup && "
                "chmod +x b/%s/speedup",
                commit, commit, ns, program_root(), commit, commit);
    cr_assert_eq(o.status, 0, "%s", o.err);
}

/* Fourteen sessions of such builds, the last four of which are slower; NULL: each from a path of
 * its own. */
static void make_sessions(const char *build)
{
    char name[32], path[4096];
    for (int i = 1; i <= 14; i++) {
        json_t *file = make_comparison(
            &(const struct made){.day = i, .change = (i > 10 ? .1 : 0) + (i % 2 ? .002 : -.002)});
        json_t *head = json_object_get(file, "comparison"), *cases = json_object_get(head, "cases");
        json_t *side = json_object_get(json_object_get(head, "sides"), "new");
        json_object_set_new(json_array_get(cases, 1), "name", json_string("fake/threads/n:1"));
        snprintf(name, sizeof(name), "b/c%06d/speedup", i);
        json_object_set_new(side, "what", json_string(build != NULL ? build : name));
        snprintf(path, sizeof(path), "%s/%02d.json", program_directory(), i);
        cr_assert_eq(json_dump_file(file, path, 0), 0);
        json_decref(file);
    }
    cr_assert_eq(program("history add --db h.db ??.json").status, 0);
}

static void expect_confirmed(const char *words, int status, const char *sentence)
{
    struct outcome o = program("history check --db h.db -s 2 --confirm %s", words);
    cr_expect_eq(o.status, status, "exit %d: %s%s", o.status, o.out, o.err);
    expect_said(o.out, sentence);
}

#define BUILDS "--builds 'b/{commit}/speedup'"

Test(history_check, builds_beside_a_change_are_measured_again, TIMEOUT)
{
    make_sessions("build/speedup");
    make_build("c000010", "10200000");
    make_build("c000011", "11220000");
    expect_confirmed(BUILDS, 4, "measured again: REGRESSION, +");
    make_build("c000011", "10200000");
    expect_confirmed(BUILDS, 0, "measured again: UNCHANGED");
    make_build("c000011", "10200000 FAKE_CPU=other");
    expect_confirmed(BUILDS, 4, "`speedup compare` ended with 6");
    make_build("c000011", "10200000 FAKE_DELAY=0.1");
    cr_expect_eq(
        program_signal(SIGINT, "pair 1 of", "history check --db h.db -s 2 --confirm " BUILDS)
            .status,
        130);
}

/* What measures ends with the one that asked it to, and nothing is left. */
static void expect_ended(int signal)
{
    make_sessions("build/speedup");
    make_build("c000010", "10200000 FAKE_DELAY=0.1");
    make_build("c000011", "11220000 FAKE_DELAY=0.1");
    struct outcome o =
        program_signal(signal, "pair 1 of", "history check --db h.db -s 2 --confirm " BUILDS);
    cr_expect_eq(o.status, 130, "exit %d: %s%s", o.status, o.out, o.err);
    cr_expect_null(strstr(o.out, "SLOWER"), "%s", o.out);
}

Test(history_check, measuring_again_ends_on_sigterm, TIMEOUT)
{
    expect_ended(SIGTERM);
}

Test(history_check, measuring_again_ends_with_its_terminal, TIMEOUT)
{
    expect_ended(SIGHUP);
}

/* Not even one half is done in that time. */
Test(history_check, measuring_again_has_a_limit, TIMEOUT)
{
    make_sessions("build/speedup");
    make_build("c000010", "10200000 FAKE_DELAY=3");
    make_build("c000011", "10200000 FAKE_DELAY=3");
    expect_confirmed(BUILDS " --max-time 1s", 4, "`speedup compare` ended with 1");
}

/* Both take once, twice, once and four times as long in turn: no coin makes a verdict of that. */
Test(history_check, what_is_too_noisy_to_say_is_unsure, TIMEOUT)
{
    make_sessions("build/speedup");
    make_build("c000010", "20400000");
    make_build("c000011", "$(echo >>$0.n; n=$(wc -l <$0.n); echo $((10200000 << 2 * (n & 1))))");
    expect_confirmed(BUILDS, 5, "UNSURE  #2 fake/threads/n:1");
    expect_confirmed(BUILDS, 5, "measured again: INCONCLUSIVE, ");
    expect_confirmed(BUILDS " --fail-on regression,broken", 0, "UNSURE");
}

/* A build is as fast as itself, and that must not excuse the commit. */
Test(history_check, a_build_is_not_compared_with_itself, TIMEOUT)
{
    make_sessions("b/c000014/speedup");
    make_build("c000014", "10200000");
    expect_confirmed("", 4, "the builds of sessions 10 and 11 are both b/c000014/speedup");
    expect_confirmed("", 4, "builds/{commit}/speedup");
    make_build("c000010", "10200000");
    cr_assert_eq(command("ln -s c000010 b/c000011").status, 0);
    expect_confirmed(BUILDS, 4, "are both b/c000011/speedup");
}

Test(history_check, another_commits_build_says_nothing, TIMEOUT)
{
    make_sessions(NULL);
    make_build("c000010", "10200000");
    make_build("c000011", "10200000 FAKE_VERSION=0.1.0+c000014");
    expect_confirmed("", 4, "b/c000011/speedup is 0.1.0+c000014 by now");
    make_build("c000011", "10200000 FAKE_VERSION=0.1.0+c000011-dirty");
    expect_confirmed("", 4, "b/c000011/speedup is 0.1.0+c000011-dirty by now");
    make_build("c000011", "10200000 FAKE_VERSION=0.1.0+c0000110aa"); /* a longer hash */
    expect_confirmed("", 0, "measured again: UNCHANGED");
    make_build("c000010", "10200000 FAKE_VERSION=0.1.0+fffffff");
    expect_confirmed("", 4, "b/c000010/speedup is 0.1.0+fffffff by now");
}
