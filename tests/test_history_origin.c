// SPDX-License-Identifier: MIT
/* When a session was measured, and of which commit: what is kept of both, and what is said. */
#include <time.h>

#include "bench/history/commit.h"
#include "bench/history/date.h"
#include "tests/history.h"

#define TIMEOUT .timeout = 120

/* ---- dates --------------------------------------------------------------------------------- */

Test(history_origin, dates_are_read_and_written, TIMEOUT)
{
    static const struct {
        const char *text;
        int64_t seconds;
    } good[] = {{"1970-01-01", 0},
                {"2026-01-31T12:34:56Z", 1769862896},
                {"2026-01-31 13:34:56+01:00", 1769862896},
                {"2026-01-31T07:04:56-0530", 1769862896},
                {"2024-02-29", 1709164800}};
    static const char *const bad[] = {
        "",           "2026",        "2026-13-01",          "2026-1-1",
        "2025-02-29", "2026-01-01x", "2026-01-01T25:00:00", "now"};
    char text[DATE_MAX];
    int64_t seconds;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        cr_expect_eq(date_read(good[i].text, &seconds), 0, "%s", good[i].text);
        cr_expect(seconds == good[i].seconds, "%s: %lld", good[i].text, (long long)seconds);
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        cr_expect_neq(date_read(bad[i], &seconds), 0, "%s", bad[i]);
    cr_expect_str_eq(date_print(text, 1769862896, false), "2026-01-31T12:34:56Z");
    cr_expect_str_eq(date_print(text, 1769862896, true), "2026-01-31 12:34");
}

Test(history_origin, a_clock_that_jumps_is_told_and_dates_decide, TIMEOUT)
{
    WRITE_MADE("a.json", .day = 10);
    WRITE_MADE("back.json", .day = 5);
    WRITE_MADE("again.json", .started = "2026-01-10T12:00:00Z", .version = "0.1.0+again00");
    struct outcome o = program("history add --db h.db a.json back.json again.json");
    cr_assert_eq(o.status, 0, "%s", o.err);
    expect_said(o.err,
                "back.json: note: it is dated 2026-01-05T12:00:00Z, before the last session");
    static const char *const order[] = {"c000005", "c000010", "again00"};
    json_t *points = shown_points("-f serial");
    for (size_t i = 0; i < 3; i++)
        cr_expect_str_eq(json_string_value(json_object_get(json_array_get(points, i), "commit")),
                         order[i]);
    json_decref(points);
}

/* Also where the first case of the file is new, and so has no session before. */
Test(history_origin, a_clock_that_went_back_is_told_once, TIMEOUT)
{
    WRITE_MADE("a.json", .day = 10);
    WRITE_MADE("back.json", .day = 5);
    WRITE_MADE("new.json", .day = 6);
    cr_assert_eq(command("sed -i 's|serial/n:1|serial/n:3|' new.json").status, 0);
    cr_assert_eq(program("history add --db h.db a.json").status, 0);
    struct outcome o = program("history add --db h.db new.json");
    expect_said(o.err, "new.json: note: it is dated 2026-01-06T12:00:00Z, before the last session");
    o = program("history add --db h.db back.json");
    char *note = strstr(o.err, "before the last session");
    cr_assert_not_null(note, "%s", o.err);
    cr_expect_null(strstr(note + 1, "before the last session"), "%s", o.err);
}

static void write_ahead(const char *name, int64_t seconds)
{
    char started[DATE_MAX];
    WRITE_MADE(name, .started = date_print(started, (int64_t)time(NULL) + seconds, false),
               .version = "0.1.0+ahead00");
}

/* It would stay the latest session, and hide what is slower or broken later. */
Test(history_origin, a_session_of_the_future_is_refused, TIMEOUT)
{
    char date[DATE_MAX];
    write_ahead("ahead.json", 86400);
    write_ahead("fast.json", 200); /* as clocks differ */
    struct outcome o = program("history add --db h.db ahead.json");
    cr_expect_eq(o.status, 1, "exit %d: %s", o.status, o.out);
    expect_said(o.err, "in the future; was a clock wrong? Say with --date when it was measured");
    cr_expect_null(program_file("h.db"));
    o = program("history add --db h.db fast.json");
    cr_expect_eq(o.status, 0, "%s", o.err);
    o = program("history add --db h.db --date 2026-01-02 ahead.json");
    cr_expect_eq(o.status, 0, "%s", o.err);
    expect_said(o.out, ": 2 cases of ahead00, 2026-01-02T00:00:00Z");
    date_print(date, (int64_t)time(NULL) + (int64_t)2 * 86400, false);
    o = program("history add --db h.db --date %s ahead.json", date);
    cr_expect_eq(o.status, 2, "exit %d: %s", o.status, o.out);
    expect_said(o.err, "' is more than a day ahead of the clock here");
    date_print(date, (int64_t)time(NULL) + 80000, false); /* today, in another zone */
    WRITE_MADE("other.json", .day = 7);
    cr_expect_eq(program("history add --db h.db --date %s other.json", date).status, 0);
}

/* ---- commits ------------------------------------------------------------------------------- */

Test(history_origin, the_commit_is_that_of_the_version, TIMEOUT)
{
    static const struct {
        const char *version, *commit;
    } all[] = {{"0.1.0+1a2b3c4", "1a2b3c4"},
               {"0.1.0+1a2b3c4-dirty", "1a2b3c4"},
               {"0.1.0+v1.0-3-g1a2b3c4-dirty", "1a2b3c4"},
               {"v1.0-rc-gold-12-g1a2b3c4", "1a2b3c4"},
               {"0.1.0+v1.0-rc1", "v1.0-rc1"},
               {"1.0-gcc", ""},
               {"1.0-gadget", ""},
               {"0.1.0", ""},
               {"0.1.0+", ""},
               {"0.1.0+a b", ""},
               {NULL, ""}};
    char commit[COMMIT_MAX];
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        cr_expect_eq(commit_of_version(all[i].version, commit), all[i].commit[0] != '\0');
        cr_expect_str_eq(commit, all[i].commit, "%s: %s", all[i].version, commit);
    }
    WRITE_MADE("a.json", .day = 2, .version = "0.1.0+v1.0-3-g1a2b3c4");
    expect_said(program("history add --db h.db a.json").out, "session 1: 2 cases of 1a2b3c4, ");
}

Test(history_origin, a_commit_that_git_does_not_know_is_a_note, TIMEOUT)
{
    WRITE_MADE("a.json", .day = 1);
    if (command("git init -q .").status != 0)
        cr_skip_test("there is no git");
    struct outcome o = program("history add --db h.db a.json");
    cr_expect_eq(o.status, 0);
    expect_said(o.err, "note: git does not know the commit c000001 here");
}

/* The branch moves on, and the session stays where it was. */
Test(history_origin, a_name_of_a_commit_is_kept_as_its_hash, TIMEOUT)
{
    static const char *const names[] = {"HEAD", "v1.0", "main"};
    char words[64];
    struct outcome o = command("git init -q -b main . && git config user.name a && "
                               "git config user.email a@b && git config commit.gpgsign false && "
                               "git commit -q --allow-empty -m one && git tag -a -m tagged v1.0 && "
                               "git rev-parse --short=12 HEAD");
    cr_assert_eq(o.status, 0, "%s", o.err);
    char *hash = strtok(o.out, "\n");
    for (int i = 0; i < 3; i++) {
        WRITE_MADE("a.json", .day = i + 1);
        o = program("history add --db h.db --commit %s a.json", names[i]);
        cr_expect_eq(o.status, 0, "%s", o.err);
        snprintf(words, sizeof(words), ": 2 cases of %s, 2026-01-0%d", hash, i + 1);
        expect_said(o.out, words);
        cr_expect_null(strstr(o.err, "kept as it is"), "%s", o.err);
    }
    WRITE_MADE("a.json", .day = 4);
    o = program("history add --db h.db --commit nowhere a.json");
    expect_said(o.out, ": 2 cases of nowhere, ");
    expect_said(o.err, "note: git does not know the commit nowhere here; it is kept as it is");
    WRITE_MADE("a.json", .day = 5);
    o = command("rm -rf .git && exec $SPEEDUP history add --db h.db --commit main a.json");
    expect_said(o.out, ": 2 cases of main, ");
    expect_said(o.err, "no checkout here in which git could say which commit main is");
}

/* Also where the tag looks like a hash: nightly ones are made of their dates. */
Test(history_origin, a_tag_of_digits_is_kept_as_its_hash, TIMEOUT)
{
    struct outcome o = command("git init -q -b main . && git config user.name a && "
                               "git config user.email a@b && git config commit.gpgsign false && "
                               "git commit -q --allow-empty -m one && git tag 20261129 && "
                               "git rev-parse --short=12 HEAD && git rev-parse HEAD");
    char words[128], name[64];
    cr_assert_eq(o.status, 0, "%s", o.err);
    char *hash = strtok(o.out, "\n"), *whole = strtok(NULL, "\n");
    WRITE_MADE("a.json", .day = 1);
    o = program("history add --db h.db --commit 20261129 a.json");
    snprintf(words, sizeof(words), ": 2 cases of %s, 2026-01-01", hash);
    expect_said(o.out, words);
    const int digits[] = {7, 12, 20, 40}; /* a hash stays as it was written */
    for (int i = 0; i < 4; i++) {
        WRITE_MADE("a.json", .day = i + 2);
        snprintf(name, sizeof(name), "%.*s", digits[i], whole);
        o = program("history add --db h.db --commit %s a.json", name);
        snprintf(words, sizeof(words), ": 2 cases of %s, 2026-01-0%d", name, i + 2);
        expect_said(o.out, words);
    }
}
