// SPDX-License-Identifier: MIT
/* A history in others' formats, and the words for builds that are measured again. */
#include <unistd.h>

#include "bench/history/confirm.h"
#include "bench/history/export.h"
#include "tests/drawn.h"
#include "tests/history.h"

#define TIMEOUT .timeout = 120

Test(history_export, csv_quotes_what_means_something, TIMEOUT)
{
    WRITE_MADE("a.json", .day = 1, .change = .1);
    cr_assert_eq(program("history add --db h.db --message 'a \"quote\", a comma' a.json").status,
                 0);
    struct outcome o = program("history export --csv --db h.db -f thread-pool");
    cr_expect_eq(o.status, 0, "%s", o.err);
    cr_expect_str_eq(o.out,
                     "series,case,machine,reference,session,date,commit,version,change,low,high,"
                     "base_ns,new_ns,pairs,hostname,message,verdict\r\n"
                     "2," POOL ",0123456789abcdef,0.1.0+1111111,1,2026-01-01T12:00:00Z,c000001,"
                     "0.1.0+c000001,0.1,0.096,0.104,4319956.5,4717986.5,12,example,"
                     "\"a \"\"quote\"\", a comma\",REGRESSION\r\n");
}

Test(history_export, csv_leaves_empty_what_is_not_known, TIMEOUT)
{
    WRITE_MADE("a.json", .day = 1, .broke = "BROKEN", .version = "0.1.0");
    cr_assert_eq(program("history add --db h.db a.json").status, 0);
    cr_assert_eq(program("history export --csv --db h.db -f thread-pool -o h.csv").status, 0);
    expect_said(program_file("h.csv"), "2026-01-01T12:00:00Z,,0.1.0,,,,,,12,example,,BROKEN\r\n");
}

/* One median per name: of the newest session, whatever was before. */
Test(history_export, dashboards_get_each_name_once, TIMEOUT)
{
    WRITE_MADE("a.json", .day = 1);
    WRITE_MADE("b.json", .day = 2, .reference = "0.2.0+3333333");
    cr_assert_eq(program("history add --db h.db a.json b.json").status, 0);
    struct outcome o = program("history export --gbench --db h.db");
    cr_assert_eq(o.status, 0, "%s", o.err);
    json_t *all = json_loads(o.out, 0, NULL);
    const char *host, *first, *second, *unit, *type;
    double serial, pool;
    json_t *entries;
    cr_assert_eq(json_unpack(all, "{s:{s:s}, s:o, s:[{s:s, s:F, s:s, s:s}, {s:s, s:F}]}", "context",
                             "host_name", &host, "benchmarks", &entries, "benchmarks", "name",
                             &first, "real_time", &serial, "time_unit", &unit, "run_type", &type,
                             "name", &second, "real_time", &pool),
                 0, "%s", o.out);
    cr_expect_eq(json_array_size(entries), 2);
    cr_expect_str_eq(host, "example");
    cr_expect_str_eq(first, SERIAL);
    cr_expect_str_eq(second, POOL);
    cr_expect_str_eq(unit, "ns");
    cr_expect_str_eq(type, "iteration");
    cr_expect(serial == 7986187 && pool == 4717986.5);
    json_decref(all);
    cr_expect_eq(program("history export --gbench --db h.db -o out.json").status, 0);
    cr_expect_not_null(program_file("out.json"));
}

Test(history_export, output_that_cannot_be_written_is_told, TIMEOUT)
{
    WRITE_MADE("a.json", .day = 1);
    cr_assert_eq(program("history add --db h.db a.json").status, 0);
    struct outcome o = program("history export --csv --db h.db -o none/h.csv");
    cr_expect_eq(o.status, 1);
    expect_said(o.err, "none/h.csv cannot be written: No such file or directory");
    cr_expect_eq(program("history export --csv --db h.db >/dev/full").status, 1);
    o = program("history export --csv --db h.db -o ./h.db");
    cr_expect_eq(o.status, 2);
    expect_said(o.err, "-o ./h.db would replace the history");
    cr_expect_eq(program("history show --db h.db").status, 0);
}

/* Nothing but a file may be replaced: not a pipe, and not a link by what it should lead to. */
Test(history_export, what_is_no_file_stays_what_it_is, TIMEOUT)
{
    WRITE_MADE("a.json", .day = 1);
    cr_assert_eq(program("history add --db h.db a.json").status, 0);
    struct outcome o = command("mkfifo p && { cat p >read.csv & } && "
                               "$SPEEDUP history export --csv --db h.db -o p; s=$?; wait; "
                               "test -p p && exit $s");
    cr_expect_eq(o.status, 0, "%s", o.err);
    expect_said(program_file("read.csv"), "c000001");
    o = command("ln -s real.csv old && touch real.csv && ln -s new.csv dangling && "
                "$SPEEDUP history export --csv --db h.db -o old && "
                "$SPEEDUP history export --csv --db h.db -o dangling && "
                "test -h old && test -h dangling");
    cr_expect_eq(o.status, 0, "%s", o.err);
    expect_said(program_file("real.csv"), "c000001");
    expect_said(program_file("new.csv"), "c000001");
    o = command("$SPEEDUP history export --gbench --db h.db -o p; s=$?; test -p p && exit $s");
    cr_expect_eq(o.status, 1);
    expect_said(o.err, "p cannot be written: it is not a regular file");
    o = command("mkdir d; $SPEEDUP history export --csv --db h.db -o d");
    cr_expect_eq(o.status, 1);
    expect_said(o.err, "d cannot be written: Is a directory");
}

/* The chart of these sessions of POOL. */
static char *draw(const char *words)
{
    need_gnuplot();
    struct outcome o = program("history show --db h.db -s 2 %s --chart drawn.svg", words);
    cr_expect_eq(o.status, 0, "%s", o.err);
    return program_file("drawn.svg");
}

Test(history_export, a_series_is_drawn, TIMEOUT)
{
    double changes[14] = {0};
    for (int i = 10; i < 14; i++)
        changes[i] = .1;
    write_history(changes, 14);
    struct outcome o = command("mkdir none && echo old >h.svg && PATH=$PWD/none $SPEEDUP history "
                               "show --db h.db -s 2 --chart h.svg");
    cr_expect_eq(o.status, 8, "without gnuplot: %d: %s", o.status, o.err);
    cr_expect_str_eq(program_file("h.svg"), "old\n");
    char *svg = draw("");
    expect_said(svg, "c000011  +10.0 %");
    expect_said(svg, "2026-01-01");
    expect_said(draw("--last 1"), "</svg>");
    o = program("history show --db h.db --chart h.svg");
    cr_expect_eq(o.status, 2);
    expect_said(o.err, "--chart draws one series and 2 match");
}

/* It stands at the end of the axis with its number, and the axis is that of the others. */
Test(history_export, a_wild_session_does_not_make_the_others_flat, TIMEOUT)
{
    double changes[14];
    for (int i = 0; i < 14; i++)
        changes[i] = (i < 8 ? 0 : .08) + (i % 2 != 0 ? .002 : -.002);
    changes[4] = 8;
    write_history(changes, 14);
    char *svg = draw("");
    expect_said(svg, "+800 %");
    expect_said(svg, "far out");
    expect_said(svg, "c000009  +7.8 %");
    for (int percent = 20; percent <= 900; percent += 10) {
        char tic[16];
        snprintf(tic, sizeof(tic), ">%s%d<", percent < 100 ? " " : "", percent);
        cr_expect_null(strstr(svg, tic), "the axis has%s", tic);
    }
}

Test(history_export, builds_are_found_by_their_commit, TIMEOUT)
{
    char *path = confirm_path("b/{commit}/bin-{commit}", "1a2b3c4");
    cr_expect_str_eq(path, "b/1a2b3c4/bin-1a2b3c4");
    free(path);
    cr_expect_null(confirm_path("b/{commit}", NULL));
}

static void expect_words(const json_t *command, const char *max_time, const char *expected)
{
    char text[512] = "";
    const struct confirm_parts parts = {
        {"ref", "new"}, {"before", "after"}, "^x$", "c.json", max_time};
    const char **words = confirm_words(command, &parts);
    for (size_t i = 1; words[i] != NULL; i++)
        snprintf(text + strlen(text), sizeof(text) - strlen(text), " %s", words[i]);
    cr_expect_str_eq(text, expected);
    free(words);
}

/* As it was measured once, but for what is about that time. */
Test(history_export, builds_are_measured_again_as_they_were, TIMEOUT)
{
    json_t *command =
        json_pack("[s,s,s,s,s,s,s,s,s,s,s,s,s]", "compare", "ref", "-p", "limit=1M", "new",
                  "primes", "-o", "x.json", "--seed=3", "-f", "thread", "--json", "--pairs=20");
    expect_words(command, NULL,
                 " compare before after -o c.json -f ^x$ -p limit=1M primes --pairs=20");
    json_decref(command);
    command = json_pack("[s,s,s,s,s,s]", "compare", "--run", "--max-time", "9h", "ref", "new");
    expect_words(command, NULL, " compare before after -o c.json --run");
    expect_words(command, "1m", " compare before after -o c.json --max-time 1m --run");
    json_decref(command);
    command = json_pack("[s,s,s,s,s]", "compare", "ref", "new", "--", "primes");
    expect_words(command, "1h", " compare before after -o c.json -f ^x$ --max-time 1h -- primes");
    json_decref(command);
}
