// SPDX-License-Identifier: MIT
/* What `speedup gil` draws, and from what. */
#include <criterion/criterion.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "runners/gil.h"
#include "tests/drawn.h"
#include "tests/program.h"

#define TIMEOUT .timeout = 120

static void expect_drawn(const char *path, const char *const parts[])
{
    char *text = program_file(path);
    cr_assert_not_null(text, "%s was not drawn", path);
    for (size_t i = 0; parts[i] != NULL; i++)
        cr_expect_not_null(strstr(text, parts[i]), "%s: without '%s'", path, parts[i]);
    free(text);
}

/* ---- what was measured -------------------------------------------------------------------- */

Test(gil_pictures, distributions, TIMEOUT)
{
    need_gnuplot();
    struct outcome o = program("gil hold -k 2,3 --interval 1ms -p duration=300ms --chart hold.svg");
    const char *const parts[] = {"how long a hog holds the lock", "k = 2", "duration=300ms",
                                 "switch interval", NULL};
    expect_done(&o);
    expect_drawn("hold.svg", parts);
}

/* The one that waits is no hog. */
Test(gil_pictures, say_whose_holds_they_show, TIMEOUT)
{
    need_gnuplot();
    struct outcome o = program("gil wake -k 1 -p count=20 -p gap=2ms --chart wake.svg");
    const char *const parts[] = {"from the wake-up to the lock", "how long a thread holds the lock",
                                 NULL};
    expect_done(&o);
    expect_drawn("wake.svg", parts);
    cr_expect(count_in("wake.svg", "how long a hog") == 0);
}

Test(gil_pictures, as_pixels, TIMEOUT)
{
    need_gnuplot();
    struct outcome o = program("gil sleep -p repeat=5 -p time=1ms --chart sleep.png");
    const char *const parts[] = {"PNG", NULL};
    expect_done(&o);
    expect_drawn("sleep.png", parts);
}

Test(gil_pictures, rates_beside_published_ones, TIMEOUT)
{
    need_gnuplot();
    struct outcome o =
        program("gil sweep -k 0,1 --interval 5ms,1ms -p duration=40ms --chart sweep.svg");
    const char *const parts[] = {"switch interval", "simulated", "Skvortsov 2021", "k = 1", NULL};
    expect_done(&o);
    expect_drawn("sweep.svg", parts);
}

Test(gil_pictures, without_gnuplot_the_numbers_are_there, TIMEOUT)
{
    struct outcome o =
        command("PATH=/nowhere exec $SPEEDUP gil sleep -p repeat=5 -p time=1ms --chart x.svg");
    cr_expect(o.status == 8, "exit %d", o.status);
    cr_expect(strstr(o.err, "install the package gnuplot-nox") != NULL, "%s", o.err);
    cr_expect(strstr(o.out, "overshoot") != NULL, "%s", o.out);
}

/* The first has the colour of the simulator, which is held against it. */
Test(gil_pictures, a_second_python_has_a_colour_of_its_own, TIMEOUT)
{
    need_gnuplot();
    for (int pythons = 1; pythons <= 2; pythons++) {
        struct outcome o = command(
            "trips=$(seq -s, 100000 50000 2000000); FAKE_REPORT=\"{\\\"samples\\\": {\\\"wake\\\": "
            "[$trips]}, \\\"numbers\\\": {}}\" exec $SPEEDUP gil wake -p count=30 -p gap=1ms "
            "--chart wake.svg --python $ROOT/tests/data/fake-python %s",
            pythons > 1 ? "--python $ROOT/tests/../tests/data/fake-python" : "");
        expect_done(&o);
        cr_expect(count_in("wake.svg", BLUE) > 0, "%d", pythons);
        cr_expect((count_in("wake.svg", ORANGE) > 0) == (pythons > 1), "%d", pythons);
    }
}

Test(gil_pictures, few_samples_are_no_distribution, TIMEOUT)
{
    need_gnuplot();
    struct outcome o = program("gil ratio -p duration=20ms -p pairs=4 --chart ratio.svg");
    const char *const parts[] = {"fewer than 20 samples each is a line", "simulated · k = 2", NULL};
    expect_done(&o);
    expect_drawn("ratio.svg", parts);
    cr_expect(count_in("ratio.svg", "share of the samples") == 0);
}

Test(gil_pictures, many_curves_have_rows, TIMEOUT)
{
    need_gnuplot();
    struct outcome o = program("gil wake -k 0-6 -p count=20 -p gap=1ms --chart wake.svg");
    const char *const parts[] = {"simulated · k = 6 · 5 ms", "dashed: switch interval",
                                 "each histogram is as high as its row", NULL};
    expect_done(&o);
    cr_expect_str_empty(o.err);
    expect_drawn("wake.svg", parts);
}

/* ---- who has the lock --------------------------------------------------------------------- */

struct stretch {
    json_int_t from, to;
};

static int by_begin(const void *a, const void *b)
{
    const struct stretch *x = a, *y = b;
    return (x->from > y->from) - (x->from < y->from);
}

/* Adds when the thread held the lock; its steps come in their order. */
static size_t add_holds(const json_t *steps, struct stretch *holds, size_t count, size_t most)
{
    json_int_t taken = 0, last = 0;
    for (size_t i = 0; i < json_array_size(steps) && count < most; i++) {
        const json_t *event = json_array_get(steps, i);
        json_int_t at = json_integer_value(json_array_get(event, 0));
        json_int_t step = json_integer_value(json_array_get(event, 1));
        cr_expect(at >= last, "time goes backwards");
        last = at;
        if (step == GIL_TAKES || step == GIL_DROPS)
            cr_expect((step == GIL_DROPS) == (taken != 0), "takes and drops alternate");
        if (step == GIL_DROPS)
            holds[count++] = (struct stretch){taken, at};
        if (step == GIL_TAKES || step == GIL_DROPS)
            taken = step == GIL_TAKES ? at : 0;
    }
    return count;
}

/* Nobody has the lock while another one has it: the steps show it from first to last. */
static void expect_exclusion(const char *path)
{
    enum { MOST = 100000 };
    json_error_t error;
    char *text = program_file(path);
    cr_assert_not_null(text);
    json_t *all = json_loads(text, 0, &error);
    json_t *one = json_array_get(json_object_get(all, "cells"), 0);
    json_t *events = json_object_get(one, "events");
    struct stretch *holds = calloc(MOST, sizeof(*holds));
    size_t count = 0;
    for (size_t t = 0; t < json_array_size(events); t++)
        count = add_holds(json_object_get(json_array_get(events, t), "steps"), holds, count, MOST);
    cr_assert(count > 10, "only %zu holds", count);
    qsort(holds, count, sizeof(*holds), by_begin);
    for (size_t i = 1; i < count; i++)
        cr_expect(holds[i].from >= holds[i - 1].to, "two threads had it at once");
    free(holds);
    json_decref(all);
    free(text);
}

static size_t takes_between(const json_t *steps, int64_t from, int64_t to)
{
    size_t found = 0;
    for (size_t i = 0; i < json_array_size(steps); i++) {
        int64_t at = json_integer_value(json_array_get(json_array_get(steps, i), 0));
        int step = (int)json_integer_value(json_array_get(json_array_get(steps, i), 1));
        found += step == GIL_TAKES && at > from && at < to;
    }
    return found;
}

/* Where it goes by the order of asking nobody starves: while the main thread waits each of two hogs
 * has the lock once at most. CPython's lock has no such bound. */
static void expect_turns(const char *path)
{
    json_error_t error;
    char *text = program_file(path);
    json_t *all = json_loads(text, 0, &error);
    json_t *events = json_object_get(json_array_get(json_object_get(all, "cells"), 0), "events");
    json_t *steps = json_object_get(json_array_get(events, 0), "steps");
    int64_t since = 0;
    size_t waits = 0;
    for (size_t i = 0; i < json_array_size(steps); i++) {
        int64_t at = json_integer_value(json_array_get(json_array_get(steps, i), 0));
        int step = (int)json_integer_value(json_array_get(json_array_get(steps, i), 1));
        for (size_t t = 1; t < json_array_size(events) && step == GIL_TAKES && since > 0; t++) {
            json_t *other = json_object_get(json_array_get(events, t), "steps");
            cr_expect(takes_between(other, since, at) <= 1, "a hog had it twice");
        }
        waits += step == GIL_WAITS;
        if (step == GIL_WAITS || step == GIL_TAKES)
            since = step == GIL_WAITS ? at : 0;
    }
    cr_expect(waits > 0, "the main thread never waited");
    json_decref(all);
    free(text);
}

Test(gil_pictures, a_timeline_of_each_lock, TIMEOUT)
{
    static const char *const locks[] = {"new", "old", "old-condition", "fifo", "unforced", NULL};
    need_gnuplot();
    for (int i = 0; locks[i] != NULL; i++) {
        struct outcome o = program("gil wake -k 2 --gil %s -p count=20 -p gap=2ms --timeline "
                                   "who.svg -o who.json",
                                   locks[i]);
        char lock[32];
        snprintf(lock, sizeof(lock), "lock: %s", locks[i]);
        const char *const parts[] = {"main thread", "hog 2", "holds the lock", lock, NULL};
        expect_done(&o);
        expect_drawn("who.svg", parts);
        expect_exclusion("who.json");
        if (strcmp(locks[i], "fifo") == 0)
            expect_turns("who.json");
    }
}

/* A hog that loses the lock for half a millisecond, in which nobody has it, and then for a
 * microsecond. */
static const char steps[] =
    "{\"experiment\": \"hold\", \"parameters\": {\"duration\": 9000000, \"pin\": \"yes\"}, "
    "\"lock\": {\"variant\": \"new\"}, \"machine\": {\"allowed_cores\": 2}, \"cells\": "
    "[{\"subject\": \"simulated\", \"k\": 1, \"interval_ns\": 5000000, \"samples\": {\"hold\": "
    "[1, 2, 3]}, \"numbers\": {\"hold_s\": 0.0085, \"idle_s\": 0.0005, \"switches\": 1, "
    "\"requests\": 0}, \"events\": [{\"thread\": \"hog 1\", \"steps\": [[1000000, 3], "
    "[3000000, 4], [3500000, 3], [5000000, 4], [5001000, 3], [9000000, 4]]}]}]}";

/* Of two gaps one is a hairline, which is not drawn: two stretches, and one in the legend. */
Test(gil_pictures, a_file_is_drawn_again, TIMEOUT)
{
    need_gnuplot();
    struct outcome o =
        command("echo '%s' >steps.json; exec $SPEEDUP plot --format svg steps.json", steps);
    const char *const chart[] = {"pin=yes", "simulated · k = 1 · 5 ms", NULL};
    const char *const timeline[] = {"hog 1", "neither holds it nor waits for it", "nobody holds it",
                                    NULL};
    expect_done(&o);
    cr_expect_str_empty(o.err);
    expect_drawn("steps.svg", chart);
    expect_drawn("steps-timeline.svg", timeline);
    cr_expect(count_in("steps-timeline.svg", BLUE) == 3, "%zu",
              count_in("steps-timeline.svg", BLUE));
    cr_expect(count_in("steps-timeline.svg", YELLOW) == 2, "%zu",
              count_in("steps-timeline.svg", YELLOW));
    cr_expect(count_in("steps-timeline.svg", "asks for it") == 0, "nobody asked");
}

Test(gil_pictures, a_file_that_has_no_picture, TIMEOUT)
{
    struct outcome o = program("gil release -p count=10 -o counts.json");
    expect_done(&o);
    o = program("plot counts.json");
    cr_expect(o.status == 1 && strstr(o.err, "no chart of `release`: it counts") != NULL, "%d: %s",
              o.status, o.err);
    o = command(
        "echo '{\"experiment\": \"hol\", \"cells\": []}' >x.json; exec $SPEEDUP plot x.json");
    cr_expect(o.status == 1 && strstr(o.err, "did you mean 'hold'?") != NULL, "%d: %s", o.status,
              o.err);
    o = command(
        "echo '{\"experiment\": \"hold\", \"cells\": []}' >x.json; exec $SPEEDUP plot x.json");
    cr_expect(o.status == 1 && strstr(o.err, "it holds 0 measurements") != NULL, "%d: %s", o.status,
              o.err);
}

/* ---- a validation ------------------------------------------------------------------------- */

Test(gil_pictures, a_validation_and_its_file, TIMEOUT)
{
    need_gnuplot();
    struct outcome o = command(
        "FAKE_REPORT='{\"samples\": {\"hold\": [5000000, 5100000], \"ratio_ppm\": [1000000]}, "
        "\"numbers\": {}}' exec $SPEEDUP gil validate --no-wait --runs 1 --python "
        "$ROOT/tests/data/fake-python -f '^hold, 4 hogs: 95|^2 hogs / 1' -o laws.json --chart "
        "drawn.svg");
    const char *const parts[] = {"CPython 3.11.0", "2 hogs / 1", "hold, 4 hogs: 95 %",
                                 "simulated / real", NULL};
    cr_expect(o.status == 0 || o.status == 3, "exit %d: %s", o.status, o.err);
    expect_drawn("drawn.svg", parts);
    o = program("plot --format svg laws.json");
    expect_done(&o);
    cr_expect(strstr(o.out, "Open laws.svg") != NULL, "%s", o.out);
    expect_drawn("laws.svg", parts);
}

/* One row alone, and that nothing is demanded there. */
Test(gil_pictures, a_law_without_a_demand_is_grey, TIMEOUT)
{
    need_gnuplot();
    struct outcome o = command(
        "FAKE_REPORT='{\"samples\": {}, \"numbers\": {\"pair_ns\": 50}}' exec $SPEEDUP gil "
        "validate "
        "--no-wait --runs 1 --python $ROOT/tests/data/fake-python -f ^release --chart laws.svg");
    expect_done(&o);
    cr_expect(strstr(o.err, "warning") == NULL, "%s", o.err);
    cr_expect(count_in("laws.svg", "fill = 'rgb(240, 240, 240)'") == 1, "no grey row");
    cr_expect(count_in("laws.svg", "fill = 'rgb(221, 232, 221)'") == 0, "a green row");
}

/* Nothing to compare, or nothing at all. */
Test(gil_pictures, a_validation_without_speed_ups, TIMEOUT)
{
    need_gnuplot();
    struct outcome o =
        command("FAKE_REPORT='{\"samples\": {\"hold\": [5000000, 5100000]}, \"numbers\": {}}' exec "
                "$SPEEDUP gil validate --no-wait --runs 1 --python $ROOT/tests/data/fake-python "
                "-f '^hold, 4 hogs: 95' --chart laws.svg");
    const char *const parts[] = {"hold, 4 hogs: 95 %", "CPython 3.11.0", NULL};
    cr_expect(o.status == 0 || o.status == 3, "exit %d: %s", o.status, o.err);
    expect_drawn("laws.svg", parts);
    o = command("echo '{\"pythons\": []}' >none.json; exec $SPEEDUP plot none.json");
    cr_expect(o.status == 1 && strstr(o.err, "no measured law") != NULL, "%d: %s", o.status, o.err);
}

/* ---- mistakes ----------------------------------------------------------------------------- */

Test(gil_pictures, mistakes_are_found_before_anything_is_measured, TIMEOUT)
{
    expect_mistake("gil hold --chart hold.pdf", 2, "--chart: 'hold.pdf' does not end in .svg");
    expect_mistake("gil hold --timeline hold", 2, "--timeline: 'hold' does not end in .svg");
    expect_mistake("gil hold --chart /nowhere/hold.svg", 1, "name another file with --chart");
    command("mkdir d.svg d.png; mkfifo p.svg");
    expect_mistake("gil hold --chart d.svg", 1, "cannot write d.svg: it is a directory; name");
    expect_mistake("gil hold --timeline d.png", 1, "name another file with --timeline");
    expect_mistake("gil hold --chart p.svg", 1, "cannot write p.svg: it is not a regular file");
    expect_mistake("gil kernel --chart kernel.svg", 2, "no chart of `kernel`: it counts");
    expect_mistake("gil ratio --timeline ratio.svg", 2, "draw those of hold, wake or echo");
    expect_mistake("gil wake -k 30,40 --timeline who.svg", 2, "a picture has room for 40 threads");
    expect_mistake("gil hold --gil none --chart hold.svg", 2, "without a lock nobody holds one");
    expect_mistake("gil validate --chart laws.pdf", 2, "does not end in .svg or .png");
    expect_mistake("gil validate -k 2", 2, "-k is not for `validate`");
    expect_mistake("gil hold --more", 2, "--more is only for `validate`");
}
