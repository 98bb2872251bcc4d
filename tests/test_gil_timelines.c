// SPDX-License-Identifier: MIT
/* Are timelines of `speedup gil` true? Most are drawn from files whose steps are known. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runners/gil.h"
#include "tests/drawn.h"
#include "tests/program.h"

#define TIMEOUT .timeout = 120
#define GREY    "<path stroke='rgb(144, 144, 144)'  d='M"

/* Where a panel is, from left to right, in units of the picture. */
enum { LEFT = 108, RIGHT = 893 };

/* ---- steps -------------------------------------------------------------------------------- */

static struct gil gil;

static void *come_and_go(void *thread)
{
    gil_enter(&gil, thread);
    gil_leave(&gil, thread);
    return NULL;
}

ParameterizedTestParameters(gil_timelines, a_wait_is_noted_when_it_begins)
{
    static enum gil_variant locks[] = {GIL_NEW,  GIL_OLD,      GIL_OLD_CONDITION,
                                       GIL_FIFO, GIL_UNFORCED, GIL_PER_INTERPRETER};
    return cr_make_param_array(enum gil_variant, locks, sizeof(locks) / sizeof(locks[0]));
}

/* Somebody waits until the account ends, and has the lock only after that. */
ParameterizedTest(const enum gil_variant *variant, gil_timelines, a_wait_is_noted_when_it_begins,
                  TIMEOUT)
{
    enum { MOST = 1000 };
    static struct gil_event steps[MOST];
    struct gil_options options = gil_defaults(*variant);
    struct gil_thread me = {0}, second = {.events = steps, .event_max = MOST};
    size_t seen = 0;
    pthread_t thread;
    cr_assert(gil_open(&gil, &options) == 0);
    gil_enter(&gil, &me);
    pthread_create(&thread, NULL, come_and_go, &second);
    while (seen == 0) { /* asking for it is a step, too */
        pthread_mutex_lock(&gil.mutex);
        seen = *(volatile size_t *)&second.event_count;
        pthread_mutex_unlock(&gil.mutex);
    }
    gil_finish(&gil, &me);
    gil_leave(&gil, &me);
    pthread_join(thread, NULL);
    cr_expect(steps[0].step == GIL_WAITS, "%s: the first step is %d", gil_names[*variant],
              steps[0].step);
    for (size_t i = 1; i < second.event_count; i++)
        cr_expect(steps[i].step == GIL_REQUESTS || steps[i].step == GIL_REARMS,
                  "%s: step %zu is %d", gil_names[*variant], i, steps[i].step);
}

/* ---- pictures ----------------------------------------------------------------------------- */

/* The boxes of that colour in all panels, without the lower ones of the legend: how many, and the
 * sum of their widths over that of a panel. */
struct boxes {
    size_t count;
    double share;
};

static struct boxes boxes_in(const char *path, const char *colour)
{
    enum { LOW = 12 };
    struct boxes boxes = {0, 0};
    char *text = program_file(path), *at = text;
    cr_assert_not_null(text, "%s was not drawn", path);
    while ((at = strstr(at, colour)) != NULL) {
        double left, bottom, right, top;
        at += strlen(colour);
        if (sscanf(at, " points = '%lf,%lf %lf,%*f %*f,%lf", &left, &bottom, &right, &top) != 4 ||
            fabs(bottom - top) < LOW)
            continue;
        boxes.count++;
        boxes.share += fabs(right - left) / (RIGHT - LEFT);
    }
    free(text);
    return boxes;
}

/* The lines of that colour that are so long at least. */
static size_t lines_in(const char *path, const char *colour, double least)
{
    char *text = program_file(path), *at = text;
    size_t n = 0;
    cr_assert_not_null(text, "%s was not drawn", path);
    while ((at = strstr(at, colour)) != NULL) {
        double from, to;
        at += strlen(colour);
        n += sscanf(at, "%lf,%*f L%lf", &from, &to) == 2 && fabs(to - from) >= least;
    }
    free(text);
    return n;
}

/* ---- files -------------------------------------------------------------------------------- */

static FILE *begin_file(void)
{
    char path[1024];
    snprintf(path, sizeof(path), "%s/who.json", program_directory());
    FILE *file = fopen(path, "w");
    cr_assert_not_null(file);
    fprintf(file, "{\"experiment\": \"wake\", \"parameters\": {}, \"lock\": {\"variant\": \"new\"},"
                  " \"machine\": {\"allowed_cores\": 2}, \"cells\": [");
    return file;
}

/* A cell of a tenth of a second, and its first thread. */
static void begin_cell(FILE *file, const char *name, int switches, const char *full)
{
    fprintf(file,
            "{\"subject\": \"simulated\", \"k\": 1, \"interval_ns\": 5000000, \"samples\": "
            "{\"wake\": [1]}, \"numbers\": {\"hold_s\": 0.1, \"idle_s\": 0, \"switches\": %d, "
            "\"requests\": 0}, \"events\": [{\"thread\": \"%s\", \"full\": %s, \"steps\": [",
            switches, name, full);
}

static void put_hold(FILE *file, double from_ms, double to_ms, const char *after)
{
    fprintf(file, "[%.0f, %d], [%.0f, %d]%s", from_ms * 1e6, GIL_TAKES, to_ms * 1e6, GIL_DROPS,
            after);
}

/* Draws it into who-timeline.svg. */
static void end_file(FILE *file)
{
    fprintf(file, "]}");
    fclose(file);
    struct outcome o = program("plot --format svg who.json");
    expect_done(&o);
    cr_expect_str_empty(o.err);
}

/* ---- names -------------------------------------------------------------------------------- */

/* A file may come from anywhere: what stands in it is drawn, and nothing of it is carried out. */
Test(gil_timelines, names_are_text_and_no_commands, TIMEOUT)
{
    static const char *const names[] = {"'''",
                                        "a''''b",
                                        "hog `touch obeyed`",
                                        "'.system('touch obeyed').'",
                                        "' 1); system('touch obeyed'); #",
                                        "100 %s %n \\\\",
                                        "\\\"; system('touch obeyed'); \\\""};
    static const char *const drawn[] = {">'''<",        ">a''''b<",     "hog `touch obeyed`",
                                        "touch obeyed", "touch obeyed", "100 %s %n \\",
                                        "touch obeyed"};
    need_gnuplot();
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        FILE *file = begin_file();
        begin_cell(file, names[i], 1, "false");
        put_hold(file, 1, 101, "]}]}");
        end_file(file);
        cr_expect(count_in("who-timeline.svg", drawn[i]) == 1, "%s", names[i]);
        cr_expect(program_file("obeyed") == NULL, "%s", names[i]);
    }
}

/* Before a row, where gnuplot takes a text for a format. */
Test(gil_timelines, so_are_subjects, TIMEOUT)
{
    need_gnuplot();
    FILE *file = begin_file();
    begin_cell(file, "hog 1", 1, "false");
    put_hold(file, 1, 101, "]}]}");
    end_file(file);
    struct outcome o = command("sed -i 's/simulated/5 %%s %%n `touch obeyed`/' who.json; exec "
                               "$SPEEDUP plot --format svg who.json");
    expect_done(&o);
    cr_expect_str_empty(o.err);
    cr_expect(count_in("who.svg", "5 %s %n `touch obeyed`") == 1);
    cr_expect(program_file("obeyed") == NULL);
}

Test(gil_timelines, a_thread_has_a_name, TIMEOUT)
{
    struct outcome o = command("echo '{\"experiment\": \"wake\", \"cells\": [{\"events\": "
                               "[{\"steps\": []}]}]}' >who.json; exec $SPEEDUP plot who.json");
    cr_expect(o.status == 1 && strstr(o.err, "\"thread\" is not a name in quotes") != NULL,
              "%d: %s", o.status, o.err);
}

/* ---- what is not known -------------------------------------------------------------------- */

/* Of the hog nothing is known after a tenth of a second, in which it always had the lock. */
Test(gil_timelines, end_where_a_thread_had_no_room_for_more, TIMEOUT)
{
    static const char *const full[] = {"true", "false"};
    need_gnuplot();
    for (int i = 0; i < 2; i++) {
        FILE *file = begin_file();
        begin_cell(file, "hog 1", 1, full[i]);
        put_hold(file, 1, 101, "]}, {\"thread\": \"main thread\", \"steps\": [");
        put_hold(file, 0.5, 1, ", ");
        put_hold(file, 900, 901, "]}]}");
        end_file(file);
        struct boxes blue = boxes_in("who-timeline.svg", BLUE);
        struct boxes yellow = boxes_in("who-timeline.svg", YELLOW);
        cr_expect((yellow.count == 0) == (i == 0), "%s: %zu", full[i], yellow.count);
        cr_expect(i > 0 || blue.share > 0.99, "%g", blue.share);
    }
}

Test(gil_timelines, show_the_hog_of_the_old_lock, TIMEOUT)
{
    need_gnuplot();
    struct outcome o = program("gil wake -k 1 --gil old --timeline old.svg -o old.json");
    expect_done(&o);
    cr_expect(count_in("old.json", "\"full\": true") == 1, "the hog's");
    cr_expect(count_in("old.json", "\"full\": false") == 1, "the main thread's");
    struct boxes blue = boxes_in("old.svg", BLUE);
    cr_expect(blue.share > 0.1, "it computes all the time, but %g of the picture is blue",
              blue.share);
}

/* A hog that never gets it waits through the whole picture. */
Test(gil_timelines, show_who_waits_in_vain, TIMEOUT)
{
    enum { HALF = (RIGHT - LEFT) / 2 };
    size_t before = 0;
    need_gnuplot();
    for (int starves = 0; starves < 2; starves++) {
        FILE *file = begin_file();
        begin_cell(file, "hog 1", 1, "false");
        put_hold(file, 1, 101, "]}, {\"thread\": \"hog 2\", \"steps\": [");
        fprintf(file, starves ? "[1000000, %d], [6000000, %d]]}]}" : "]}]}", GIL_WAITS,
                GIL_REQUESTS);
        end_file(file);
        size_t lines = lines_in("who-timeline.svg", GREY, HALF);
        cr_expect(starves == 0 || lines == before + 1, "%zu grey lines, %zu without it", lines,
                  before);
        before = lines;
    }
}

/* ---- what is too short -------------------------------------------------------------------- */

/* A thousand holds, too many to be told apart, and what share of the time they are. */
Test(gil_timelines, holds_keep_their_share, TIMEOUT)
{
    static const struct {
        double share, least, most;
    } all[] = {{0.01, 0.008, 0.012}, {0.1, 0.09, 0.11}, {0.5, 0.45, 0.55}, {0.9, 0.88, 1.01}};
    enum { HOLDS = 1000 };
    need_gnuplot();
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        FILE *file = begin_file();
        begin_cell(file, "hog 1", 1, "true");
        for (int k = 0; k < HOLDS; k++)
            put_hold(file, 0.1 * k, 0.1 * (k + all[i].share), k + 1 < HOLDS ? ", " : "]}]}");
        end_file(file);
        double blue = boxes_in("who-timeline.svg", BLUE).share;
        cr_expect(blue > all[i].least && blue < all[i].most, "%g: %g", all[i].share, blue);
    }
}

/* A hog that loses the lock to another thread for less than can be seen has two stretches. */
Test(gil_timelines, two_threads_never_have_it_at_once, TIMEOUT)
{
    need_gnuplot();
    FILE *file = begin_file();
    begin_cell(file, "hog 1", 2, "false");
    put_hold(file, 0, 50, ", ");
    put_hold(file, 50.02, 80, ", ");
    put_hold(file, 80.02, 101, "]}, {\"thread\": \"main thread\", \"steps\": [");
    put_hold(file, 0, 0, ", ");
    put_hold(file, 50, 50.02, "]}]}");
    end_file(file);
    size_t stretches = boxes_in("who-timeline.svg", BLUE).count;
    cr_expect(stretches == 3,
              "%zu: two of the hog, which nobody wanted it from at 80 ms, and one "
              "of the main thread",
              stretches);
}

/* ---- panels ------------------------------------------------------------------------------- */

/* One cell has two changes of hands, the other 120, of which 24 are shown. */
Test(gil_timelines, have_one_scale, TIMEOUT)
{
    static const int switches[] = {2, 120};
    need_gnuplot();
    FILE *file = begin_file();
    for (int i = 0; i < 2; i++) {
        begin_cell(file, "hog 1", switches[i], "false");
        put_hold(file, 0, 50, ", ");
        put_hold(file, 60, 101, i == 0 ? "]}]}, " : "]}]}");
    }
    end_file(file);
    cr_expect(count_in("who-timeline.svg", ">20 ms<") == 2);
    cr_expect(count_in("who-timeline.svg", ">100 ms<") == 0);
}

Test(gil_timelines, tell_intervals_apart, TIMEOUT)
{
    need_gnuplot();
    struct outcome o =
        program("gil echo -k 0 --interval 5ms,1ms -p duration=40ms --timeline i.svg");
    expect_done(&o);
    cr_expect(count_in("i.svg", "0 hogs, lock: new, switch interval 5 ms") == 1);
    cr_expect(count_in("i.svg", "0 hogs, lock: new, switch interval 1 ms") == 1);
}
