// SPDX-License-Identifier: MIT
/* `speedup map` as people run it, and its picture. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "bench/registry.h"
#include "tests/drawn.h"
#include "tests/map_file.h"
#include "tests/program.h"

static void expect_parts(const char *text, const char *const *parts)
{
    cr_assert_not_null(text);
    for (; *parts != NULL; parts++)
        cr_expect_not_null(strstr(text, *parts), "without '%s': %s", *parts, text);
}

/* Draws it as NAME.svg in the test's directory; the picture's text. */
static const char *draw(json_t *result, const char *name)
{
    char path[512];
    snprintf(path, sizeof(path), "%s/%s.json", program_directory(), name);
    cr_assert_eq(json_dump_file(result, path, 0), 0);
    json_decref(result);
    struct outcome o = program("map %s.json --chart %s.svg", name, name);
    cr_assert_eq(o.status, 0, "%s", o.err);
    cr_expect_null(strstr(o.err, "warning"), "%s", o.err);
    snprintf(path, sizeof(path), "%s.svg", name);
    return program_file(path);
}

Test(map_program, measures, .timeout = 120)
{
    struct outcome o =
        program("map -p tasks=4 -p time=200us -R thread-pool,async -n 1,2,4 -o m.json");
    cr_assert_eq(o.status, 0, "exit %d\n%s", o.status, o.err);
    static const char *const parts[] = {"mixed: 4 tasks of 200 µs", "   95 % ", "  cores  off by",
                                        "hypervisor took", NULL};
    expect_parts(o.out, parts);
    struct outcome again = program("map m.json");
    cr_expect_str_eq(again.out, o.out);
    again = program("map -n 4 m.json");
    cr_expect_eq(again.status, 2);
    cr_expect_not_null(strstr(again.err, "-n says how to measure"), "%s", again.err);
}

/* What one runner does wrong costs its own cells, not the minutes that all took. */
Test(map_program, shows_what_did_not_fail, .timeout = 120)
{
    struct outcome o = program("map -p tasks=4 -p time=200us -R bad-drop,async -n 1,2,4 -o m.json");
    cr_expect_eq(o.status, 3, "exit %d\n%s", o.status, o.err);
    static const char *const parts[] = {"async  ", "bad-drop  no model: a case", NULL};
    expect_parts(o.out, parts);
}

/* Its name is so long that nothing can be written beside it, so that it stays: another map. */
Test(map_program, shows_no_older_file)
{
    struct outcome o = program("map -p tasks=4 -p time=200us -R async -n 1 -o m.json");
    cr_assert_eq(o.status, 0, "%s", o.err);
    o = command("name=$(printf %%0250d 0); mv m.json $name; "
                "exec $SPEEDUP map -p tasks=4 -p time=200us -R async -n 1 -o $name");
    cr_expect_eq(o.status, 1, "exit %d", o.status);
    cr_expect_not_null(strstr(o.err, "cannot write"), "%s", o.err);
    cr_expect_str_empty(o.out);
}

Test(map_program, refuses_what_is_none)
{
    static const struct {
        const char *words, *sentence;
        int status;
    } cases[] = {{"x.json", "it is no map: all is alike", 1},
                 {"$ROOT/results/reference/quick.json", "it is no map: its rows differ in ", 1},
                 {"nothing.json", "nothing.json: cannot be opened", 1},
                 {"x.json x.json", "one result file at a time", 2},
                 {"-r 2", "--rounds", 2},
                 {"--chart x.gif", ".svg or .png", 2}};
    struct outcome o = program("run sleep -p tasks=2 -p time=1ms -R threads -n 2 -r 1 -o x.json");
    cr_assert_eq(o.status, 0, "%s", o.err);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        o = program("map %s", cases[i].words);
        cr_expect_eq(o.status, cases[i].status, "%s: exit %d", cases[i].words, o.status);
        cr_expect_not_null(strstr(o.err, cases[i].sentence), "%s: %s", cases[i].words, o.err);
    }
}

/* Found out before anything is measured, each by a sentence of its own. */
Test(map_program, refuses_what_would_be_none)
{
    static const struct {
        const char *words, *sentence;
    } cases[] = {
        {"-n 2,4", "map: -n: 1 is missing, with which the model is calibrated"},
        {"-n 1,2 -p wait=0.5", "leave -p wait out: the map varies it"},
        {"-n 1,2 --gil new,old", "in two of its rows; --gil takes one interpreter here"},
        {"-n 1-40", "-n: a map has at most 32 concurrencies"},
        {"-n 1,2 -R serial", "-R: serial has no rival"},
        {"-n 1,2 -R process-pool,process-pool:transfer=pipe,threads,thread-pool,processes,async,"
         "async-threads,async-processes,openmp,bad-drop",
         "-R: a map has at most 9 runners"},
        {"-n 1,2 -p tasks=0", "-p tasks: a map needs at least one task"},
        {"-n 1,2 -p time=0s", "-p time: a task must take some time"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct outcome o = program("map -o m.json %s", cases[i].words);
        cr_expect_eq(o.status, 2, "%s: exit %d", cases[i].words, o.status);
        cr_expect_not_null(strstr(o.err, cases[i].sentence), "%s: %s", cases[i].words, o.err);
        cr_expect_null(program_file("m.json"), "%s", cases[i].words);
    }
}

Test(map_program, looks_for_gnuplot_before_it_measures)
{
    struct outcome o = command("PATH=/nowhere exec $SPEEDUP map -n 1 -o m.json --chart m.svg");
    cr_expect_eq(o.status, 8, "exit %d", o.status);
    cr_expect_not_null(strstr(o.err, "install the package gnuplot-nox"), "%s", o.err);
    cr_expect_null(program_file("m.json"));
}

/* The runners that its workload names for it. */
Test(map_program, says_who_is_measured)
{
    struct outcome o = program("map --help");
    size_t rows = 0;
    for (size_t w = 0; workloads[w] != NULL; w++) {
        for (const struct preset *p = workloads[w]->presets; p != NULL && p->name != NULL; p++) {
            if (strcmp(p->name, "map") != 0)
                continue;
            cr_expect_not_null(strstr(o.out, p->runners), "%s", o.out);
            rows++;
        }
    }
    cr_expect_gt(rows, 0);
}

/* ---- the picture -------------------------------------------------------------------------- */

Test(map_program, draws)
{
    need_gnuplot();
    struct map_runner runners[] = {map_pool, map_loop};
    static const char *const parts[] = {
        "Who is the fastest",
        "9 tasks of 1 ms",
        "2 cores",
        "share of waiting",
        "75 %",
        "by the model, the measured winner is within 10 % of the fastest in 6 of 6 cells",
        "faster than all others",
        "loop keeps up",
        "loop by the model",
        "it needs at most 10 % more than the fastest",
        "those of 0 % and 100 % calibrate",
        NULL};
    const char *picture = draw(map_file(runners, 2), "lines");
    expect_parts(picture, parts);
    cr_expect_null(strstr(picture, "pool keeps up"));
}

/* Drawn in the dark of frames: without lines that is one in the legend and those of cells. */
static size_t frames_of(const char *picture)
{
    size_t count = 0;
    for (; (picture = strstr(picture, "<path stroke='rgb( 48,  48,  48)'")) != NULL; picture++)
        count++;
    return count;
}

/* Who is alone is faster than all others in each cell; of two that are alike none is. */
Test(map_program, frames_who_is_faster_than_all_others)
{
    need_gnuplot();
    struct map_runner runners[] = {map_pool, map_pool};
    runners[1].name = "other";
    cr_expect_eq(frames_of(draw(map_file(runners, 1), "one")), 1 + MAP_ROWS * MAP_COLUMNS);
    cr_expect_eq(frames_of(draw(map_file(runners, 2), "two")), 1);
}

/* The loop keeps up from some share on at n = 2, 4 and 8; where one of these is not there, two are
 * left, which are no line. */
Test(map_program, draws_no_line_of_two_points)
{
    need_gnuplot();
    struct map_runner runners[] = {map_pool, map_loop};
    json_t *result = map_file(runners, 2);
    for (size_t row = 0; row < MAP_ROWS; row++) {
        map_file_fail(map_file_case(result, row, "loop", 8));
        map_file_fail(map_file_case(result, row, "pool", 8));
    }
    cr_expect_null(strstr(draw(result, "points"), "keeps up"));
}

/* The fill of a runner's sample in the legend. */
static void colour_of(const char *picture, const char *runner, char colour[32])
{
    char name[64];
    snprintf(name, sizeof(name), "<text>%s</text>", runner);
    const char *at = strstr(picture, name);
    cr_assert_not_null(at, "without %s", name);
    at = strstr(at, "rgb(");
    snprintf(colour, 32, "%.*s", (int)strcspn(at, ")"), at);
}

/* Whichever is named first. */
Test(map_program, gives_a_runner_its_colour)
{
    need_gnuplot();
    static const char *const names[] = {"async", "threads"};
    struct map_runner runners[] = {map_pool, map_loop};
    char colour[2][2][32];
    for (size_t i = 0; i < 2; i++) {
        runners[0].name = names[i];
        runners[1].name = names[1 - i];
        const char *picture = draw(map_file(runners, 2), names[i]);
        for (size_t r = 0; r < 2; r++)
            colour_of(picture, names[r], colour[i][r]);
    }
    for (size_t r = 0; r < 2; r++)
        cr_expect_str_eq(colour[0][r], colour[1][r]);
    cr_expect_str_neq(colour[0][0], colour[0][1]);
}

/* A file of a map is a map to `plot`, too. */
Test(map_program, is_plotted_as_one, .timeout = 120)
{
    need_gnuplot();
    struct outcome o = program("map -R threads,async -n 1,4 -p tasks=4 -p time=200us -r 6 "
                               "-o m.json --chart m.svg");
    cr_assert_eq(o.status, 0, "%s", o.err);
    cr_expect_null(strstr(o.err, "warning"), "%s", o.err);
    o = command("mkdir out; $SPEEDUP plot -o out m.json && ls out && cmp m.svg out/m.svg");
    cr_expect_eq(o.status, 0, "%s%s", o.out, o.err);
    cr_expect_not_null(strstr(o.out, "m.png\nm.svg\n"), "%s", o.out);
}
