// SPDX-License-Identifier: MIT
/* What is kept of comparisons, what is refused, and what is said of it. */
#include <math.h>

#include "bench/text.h"
#include "tests/history.h"

#define TIMEOUT .timeout = 120

/* ---- add ---------------------------------------------------------------------------------- */

Test(history, a_session_is_kept_as_it_was_measured, TIMEOUT)
{
    WRITE_MADE("a.json", .day = 2, .change = .1);
    struct outcome o = program("history add --db h.db --message 'with words' a.json");
    cr_assert_eq(o.status, 0, "%s", o.err);
    cr_expect_str_eq(o.out, "session 1: 2 cases of c000002, 2026-01-02T12:00:00Z\n");
    json_t *points = shown_points("-f thread-pool");
    const char *date, *commit, *version, *message, *verdict;
    double change, low, high, new_ns;
    cr_assert_eq(json_array_size(points), 1);
    cr_assert_eq(json_unpack(json_array_get(points, 0),
                             "{s:s, s:s, s:s, s:s, s:s, s:F, s:F, s:F, s:F}", "date", &date,
                             "commit", &commit, "version", &version, "message", &message, "verdict",
                             &verdict, "change", &change, "low", &low, "high", &high, "new_ns",
                             &new_ns),
                 0);
    cr_expect_str_eq(date, "2026-01-02T12:00:00Z");
    cr_expect_str_eq(commit, "c000002");
    cr_expect_str_eq(version, "0.1.0+c000002");
    cr_expect_str_eq(message, "with words");
    cr_expect_str_eq(verdict, "REGRESSION");
    cr_expect(fabs(change - .1) < 1e-12 && fabs(low - .096) < 1e-12 && fabs(high - .104) < 1e-12);
    cr_expect(new_ns == 4717986.5);
    json_decref(points);
}

Test(history, what_the_user_says_goes_before_the_file, TIMEOUT)
{
    WRITE_MADE("a.json", .day = 2, .change = .1);
    struct outcome o = program("history add --db h.db --commit v1.2 --date 2025-06-01 a.json");
    cr_expect_eq(o.status, 0, "%s", o.err);
    cr_expect_str_eq(o.out, "session 1: 2 cases of v1.2, 2025-06-01T00:00:00Z\n");
}

Test(history, the_same_session_is_refused, TIMEOUT)
{
    WRITE_MADE("a.json", .day = 2, .change = .1);
    WRITE_MADE("other.json", .day = 2, .change = .11); /* of the same moment: an edited copy */
    cr_assert_eq(program("history add --db h.db a.json").status, 0);
    struct outcome o = program("history add --db h.db a.json");
    cr_expect_eq(o.status, 1);
    expect_said(o.err, "a.json: it has been added before, as session 1; nothing was added");
    o = command("sed 's/,\"/,\\n \"/g' a.json >b.json; exec $SPEEDUP history add --db h.db b.json");
    cr_expect_eq(o.status, 1, "%s", o.out);
    expect_said(o.err, "b.json: it has been added before, as session 1"); /* laid out otherwise */
    o = program("history add --db h.db other.json");
    cr_expect_eq(o.status, 1);
    expect_said(o.err, "begun at 2026-01-02T12:00:00Z, has been added before, in session 1");
    json_t *points = shown_points("-f serial");
    cr_expect_eq(json_array_size(points), 1);
    json_decref(points);
}

/* One event starts both, and they have one series. */
Test(history, twin_machines_may_begin_in_the_same_second, TIMEOUT)
{
    WRITE_MADE("a.json", .day = 2, .change = .1);
    WRITE_MADE("b.json", .day = 2, .change = .1, .host = "twin");
    WRITE_MADE("again.json", .day = 2, .change = .11, .host = "twin");
    struct outcome o = program("history add --db h.db a.json b.json");
    cr_expect_eq(o.status, 0, "%s", o.err);
    o = program("history add --db h.db again.json");
    cr_expect_eq(o.status, 1);
    expect_said(o.err, "begun at 2026-01-02T12:00:00Z, has been added before, in session 2");
    json_t *points = shown_points("-f serial");
    cr_expect_eq(json_array_size(points), 2);
    json_decref(points);
}

/* A good file among bad ones is kept. */
Test(history, each_file_counts_by_itself, TIMEOUT)
{
    WRITE_MADE("a.json", .day = 1);
    WRITE_MADE("b.json", .day = 2);
    struct outcome o = program("history add --db h.db a.json none.json a.json b.json");
    cr_expect_eq(o.status, 1);
    expect_said(o.err, "none.json: cannot be opened: No such file or directory");
    expect_said(o.out, "session 1: 2 cases of c000001");
    expect_said(o.out, "2 cases of c000002");
}

static void expect_refused(const char *words, int status, const char *sentence)
{
    struct outcome o = program("history add --db h.db %s", words);
    cr_expect_eq(o.status, status, "%s: exit %d", words, o.status);
    expect_said(o.err, sentence);
    cr_expect_str_empty(o.out);
}

Test(history, what_is_not_comparable_is_refused, TIMEOUT)
{
    WRITE_MADE("results.json", .day = 1, .kind = "results");
    WRITE_MADE("failed.json", .day = 1, .status = "failed");
    WRITE_MADE("dirty.json", .day = 1, .reference = "0.1.0+1111111-dirty");
    WRITE_MADE("plain.json", .day = 2, .reference = "0.1.0"); /* as a tarball's build */
    WRITE_MADE("date.json", .started = "yesterday");
    expect_refused("results.json", 6, "results.json: it compares two stored files, which only");
    expect_refused("failed.json", 1, "its status is 'failed'");
    expect_refused("dirty.json", 1, "which two different builds may be");
    expect_refused("plain.json", 1, "its base side is 0.1.0, which does not say of which commit");
    expect_refused("date.json", 1, "'started' is 'yesterday', which is no date");
    expect_refused("$ROOT/tests/data/result-small.json", 1, "result-small.json: not a valid");
    cr_expect_eq(program("history add --db h.db --reference pinned dirty.json plain.json").status,
                 0);
}

Test(history, what_adds_nothing_leaves_nothing, TIMEOUT)
{
    WRITE_MADE("failed.json", .day = 1, .status = "failed");
    expect_refused("none.json failed.json", 1, "none.json: cannot be opened");
    cr_expect_null(program_file("h.db"));
    cr_expect_eq(program("history add none.json").status, 1);
    cr_expect_neq(command("test -e results").status, 0);
}

Test(history, the_same_name_twice_is_refused, TIMEOUT)
{
    json_t *file = make_comparison(&(const struct made){.day = 1});
    json_t *cases = json_object_get(json_object_get(file, "comparison"), "cases");
    json_object_set_new(json_array_get(cases, 1), "name", json_string(SERIAL));
    char path[4096];
    snprintf(path, sizeof(path), "%s/twice.json", program_directory());
    cr_assert_eq(json_dump_file(file, path, 0), 0);
    json_decref(file);
    expect_refused("twice.json", 1, "its name '" SERIAL "' is another's");
}

/* What one pair says may be anything. */
Test(history, a_case_of_few_pairs_is_left_out, TIMEOUT)
{
    WRITE_MADE("a.json", .day = 1, .change = .5, .few = true);
    struct outcome o = program("history add --db h.db a.json");
    cr_expect_eq(o.status, 0, "%s", o.err);
    expect_said(o.out, "session 1: 1 case of c000001");
    expect_said(o.err, "note: 1 case is left out: only one side did it, or in too few pairs");
}

/* Never one line through two machines or two references. */
Test(history, what_cannot_be_joined_is_a_series_of_its_own, TIMEOUT)
{
    WRITE_MADE("a.json", .day = 1);
    WRITE_MADE("b.json", .day = 2, .fingerprint = "fedcba9876543210");
    WRITE_MADE("c.json", .day = 3, .reference = "0.2.0+3333333");
    WRITE_MADE("d.json", .day = 4);
    struct outcome o = program("history add --db h.db a.json b.json c.json d.json");
    cr_assert_eq(o.status, 0, "%s", o.err);
    expect_said(o.err, "b.json: note: " POOL " begins a series of its own: its machine is not");
    expect_said(o.err, "c.json: note: " POOL
                       " begins a series of its own: its reference is not that of series 2\n");
    cr_expect_null(strstr(o.err, "d.json: note: " POOL));
    o = program("history show --db h.db -f thread-pool");
    cr_expect_eq(o.status, 0, "%s", o.err);
    expect_said(o.out, "fedcba98");
    expect_said(o.out, "0.2.0+3333333");
    json_t *points = shown_points("-s 2");
    cr_expect_eq(json_array_size(points), 2, "the first and the last are of one series");
    json_decref(points);
}

Test(history, words_that_mean_nothing_are_a_usage_error, TIMEOUT)
{
    static const struct {
        const char *words, *sentence;
    } bad[] = {{"add", "which files?"},
               {"add --commit -x a.json", "--commit: '-x' is no name of a commit"},
               {"add --commit ../x a.json", "--commit: '../x' is no name of a commit"},
               {"add --date 2026-02-30 a.json", "--date: '2026-02-30' is no date"},
               {"show -f '('", "is no regular expression"},
               {"show -f nothing", "there is no series that matches 'nothing'"},
               {"show -s 99", "there is no series 99"},
               {"show --last 0", "--last"},
               {"show --chart x.gif", "does not end in .svg or .png"},
               {"check --fail-on sometimes",
                "'sometimes'; there are broken, regression, inconclusive, none"},
               {"check --fail-on improvement", "there is no verdict 'improvement'"},
               {"check --fail-on none,broken", "contradict each other"},
               {"check --builds 'b/{commit}'", "--builds is only for --confirm"},
               {"check --max-time 1m", "--max-time is only for --confirm"},
               {"check --confirm --max-time soon", "--max-time: 'soon' is not a time"},
               {"check --confirm --max-time 8h500", "--max-time: '8h500' is not a time"},
               {"check --confirm --max-time 1ms", "it goes from 1s to "},
               {"check --confirm --builds b", "does not say where the commit stands"},
               {"export", "--csv, or --gbench"},
               {"shwo", "did you mean 'show'?"}};
    WRITE_MADE("a.json", .day = 1);
    cr_assert_eq(command("mkdir results && exec $SPEEDUP history add a.json").status, 0);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct outcome o = program("history %s", bad[i].words);
        cr_expect_eq(o.status, 2, "%s: exit %d", bad[i].words, o.status);
        expect_said(o.err, bad[i].sentence);
    }
    cr_expect_eq(program("history").status, 2);
    expect_said(program("history --help").out, "export");
}

/* ---- JSON --------------------------------------------------------------------------------- */

/* Not only within a longer one. */
static bool has_word(const char *page, const char *word)
{
    size_t n = strlen(word);
    for (const char *at = page; (at = strstr(at, word)) != NULL; at += n)
        if (at > page && strchr(" \n", at[-1]) != NULL && strchr(" ,:\n", at[n]) != NULL)
            return true;
    return false;
}

static void expect_told(const json_t *value, const char *page)
{
    const char *key;
    json_t *member;
    size_t i;
    json_object_foreach ((json_t *)value, key, member) {
        cr_expect(has_word(page, key), "docs/history.md does not tell of '%s'", key);
        expect_told(member, page);
    }
    json_array_foreach (value, i, member)
        expect_told(member, page);
}

/* What is long stands below its row there; a file has a line for each, which can be searched. */
Test(history, a_narrow_terminal_shows_all_the_same, TIMEOUT)
{
    static const struct {
        const char *words, *parts[4];
    } rows[] = {{"", {POOL, "01234567", "0.1.0+1111111", "+10.0 %"}},
                {"-s 2", {"a message of some length", "4.32 ms", "12", "+10.0 %"}}};
    WRITE_MADE("a.json", .day = 1, .change = .1);
    cr_assert_eq(
        program("history add --db h.db --message 'a message of some length' a.json").status, 0);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct outcome o = command("COLUMNS=80 $SPEEDUP history show --db h.db %s", rows[i].words);
        cr_assert_eq(o.status, 0, "%s", o.err);
        for (size_t k = 0; k < 4; k++)
            expect_said(o.out, rows[i].parts[k]);
        for (char *line = strtok(o.out, "\n"); line != NULL; line = strtok(NULL, "\n"))
            cr_expect_leq(text_width(line), 80, "%s", line);
        o = program("history show --db h.db %s | grep -F '%s' | grep -F '%s'", rows[i].words,
                    rows[i].parts[0], rows[i].parts[3]);
        cr_expect_eq(o.status, 0, "they are not in one line");
    }
}

Test(history, every_member_of_its_json_is_told, TIMEOUT)
{
    double changes[14];
    for (int i = 0; i < 14; i++)
        changes[i] = (i > 9 ? .1 : 0) + (i % 2 != 0 ? .002 : -.002);
    write_history(changes, 14);
    char *page = strstr(command("cat $ROOT/docs/history.md").out, "\n## JSON\n");
    cr_assert_not_null(page);
    strstr(page + 1, "\n## ")[0] = '\0';
    static const char *const actions[] = {"show", "check"};
    for (int i = 0; i < 2; i++) {
        struct outcome o = program("history %s --db h.db --json", actions[i]);
        json_t *all = json_loads(o.out, 0, NULL);
        cr_assert_not_null(all, "%s", o.err);
        expect_told(all, page);
        json_decref(all);
    }
}

Test(history, what_does_not_exist_is_told, TIMEOUT)
{
    struct outcome o = program("history show --db none.db");
    cr_expect_eq(o.status, 1);
    expect_said(o.err, "there is no history in none.db");
    cr_expect_null(program_file("none.db"));
}
