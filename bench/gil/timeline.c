// SPDX-License-Identifier: MIT
#include "bench/gil/timeline.h"
#include "bench/gil/curves.h"
#include "bench/gil/grid_draw.h"
#include "bench/picture.h"

#include <errno.h>
#include <math.h>

/* scripts/timeline.gp, which draws one panel from the variables written before it. */
__asm__(".pushsection .rodata\n"
        "timeline_script:\n"
        ".incbin \"scripts/timeline.gp\"\n"
        ".byte 0\n"
        ".popsection\n");
extern const char timeline_script[];

/* In units of an SVG; and what a picture has room for. */
enum { WIDTH = 940, HEAD = 42, TITLE = 50, ROW = 26, FOOT = 84, ROWS_MAX = 40 };

/* A picture shows about so many changes of hands. */
enum { SWITCHES = 24 };

/* A stretch of time, in nanoseconds of CLOCK_MONOTONIC. */
struct window {
    double begin, end;
};

/* ---- steps -------------------------------------------------------------------------------- */

static size_t thread_count(const struct cell *cell)
{
    return json_array_size(json_object_get(cell->report, "events"));
}

static const json_t *steps_of(const struct cell *cell, size_t thread)
{
    const json_t *events = json_object_get(cell->report, "events");
    return json_object_get(json_array_get(events, thread), "steps");
}

static double time_of(const json_t *steps, size_t i)
{
    return json_number_value(json_array_get(json_array_get(steps, i), 0));
}

static enum gil_step step_of(const json_t *steps, size_t i)
{
    return (enum gil_step)json_integer_value(json_array_get(json_array_get(steps, i), 1));
}

/* From the first step that is known of all threads to the last of any; a thread may have made its
 * last one long before the end. */
static struct window whole(const struct cell *cell, double wall)
{
    struct window w = {0, 0};
    for (size_t t = 0; t < thread_count(cell); t++) {
        const json_t *steps = steps_of(cell, t);
        w.begin = fmax(w.begin, time_of(steps, 0));
        w.end = fmax(w.end, time_of(steps, json_array_size(steps) - 1));
    }
    if (w.end - w.begin < wall / 2 && lab_quantity(cell->report, "switches") < SWITCHES)
        w.end = w.begin + wall / 2; /* next to nothing happened */
    return w;
}

/* The part that is drawn: some changes of hands, after those of the beginning. */
static struct window choose(const struct cell *cell)
{
    double switches = lab_quantity(cell->report, "switches");
    double wall =
        1e9 * (lab_quantity(cell->report, "hold_s") + lab_quantity(cell->report, "idle_s"));
    struct window all = whole(cell, wall);
    double wanted = fmin(SWITCHES * wall / fmax(switches, 1), all.end - all.begin);
    double length = axis_round(fmax(wanted, 1e3), false);
    double begin = all.begin + fmax(0, all.end - all.begin - length) / 3;
    return (struct window){begin, begin + length};
}

/* ---- a panel ------------------------------------------------------------------------------ */

static void put_stretch(FILE *script, const struct window *w, double unit, double begin, double end,
                        size_t row)
{
    if (end > w->begin && begin < w->end)
        fprintf(script, "%.9g %.9g %zu\n", (fmax(begin, w->begin) - w->begin) / unit,
                (fmin(end, w->end) - w->begin) / unit, row);
}

/* What is shorter would be a hairline. */
static double hairline(const struct window *w)
{
    enum { DISTINCT = 400 }; /* stretches beside each other that can be told apart */
    return (w->end - w->begin) / DISTINCT;
}

/* When the i-th step was made, if it is of that kind; else NAN. */
static double time_if(const json_t *steps, size_t i, enum gil_step which)
{
    return step_of(steps, i) == which ? time_of(steps, i) : NAN;
}

/* How long each thread waits for the lock. */
static void put_waits(FILE *script, const struct cell *cell, const struct window *w, double unit)
{
    fprintf(script, "$waits << END\nNaN NaN NaN\n");
    for (size_t t = 0; t < thread_count(cell); t++) {
        const json_t *steps = steps_of(cell, t);
        double begin = NAN;
        for (size_t i = 0; i < json_array_size(steps); i++) {
            double waits = time_if(steps, i, GIL_WAITS), takes = time_if(steps, i, GIL_TAKES);
            begin = isnan(waits) ? begin : waits;
            if (isnan(takes) || isnan(begin))
                continue;
            put_stretch(script, w, unit, begin, takes, t + 1);
            begin = NAN;
        }
        if (!isnan(begin))
            put_stretch(script, w, unit, begin, INFINITY, t + 1);
    }
    fprintf(script, "END\n");
}

/* The next stretch in which a thread holds the lock, losing it for a hairline at most; *i is where
 * to look for it and for the one after it. Is there one? */
static bool next_hold(const json_t *steps, const struct window *w, size_t *i, struct window *hold)
{
    *hold = (struct window){NAN, INFINITY};
    for (; *i < json_array_size(steps); (*i)++) {
        double takes = time_if(steps, *i, GIL_TAKES), drops = time_if(steps, *i, GIL_DROPS);
        if (!isnan(takes) && isnan(hold->begin))
            *hold = (struct window){takes, INFINITY};
        else if (!isnan(takes) && takes - hold->end > hairline(w))
            return true; /* that is the one after it */
        else if (!isnan(takes))
            hold->end = INFINITY;
        if (!isnan(drops))
            hold->end = drops;
    }
    return !isnan(hold->begin);
}

static void put_holds(FILE *script, const struct cell *cell, const struct window *w, double unit)
{
    fprintf(script, "$takes << END\nNaN NaN NaN\n");
    for (size_t t = 0; t < thread_count(cell); t++) {
        struct window hold;
        for (size_t i = 0; next_hold(steps_of(cell, t), w, &i, &hold);)
            put_stretch(script, w, unit, hold.begin, hold.end, t + 1);
    }
    fprintf(script, "END\n");
}

/* Where we are in the steps of a thread: a hold, and where to look for the next one. */
struct cursor {
    struct window hold;
    size_t next;
};

static void advance(struct cursor *c, const json_t *steps, const struct window *w)
{
    if (!next_hold(steps, w, &c->next, &c->hold))
        c->hold = (struct window){INFINITY, INFINITY};
}

/* When nobody holds it. */
static void put_free(FILE *script, const struct cell *cell, const struct window *w, double unit)
{
    struct cursor cursors[ROWS_MAX] = {0};
    fprintf(script, "$free << END\nNaN NaN NaN\n");
    for (double at = w->begin; at < w->end;) {
        struct window first = {INFINITY, INFINITY}; /* that ends after `at` */
        for (size_t t = 0; t < thread_count(cell) && t < ROWS_MAX; t++) {
            while (cursors[t].hold.end <= at)
                advance(&cursors[t], steps_of(cell, t), w);
            if (cursors[t].hold.begin < first.begin)
                first = cursors[t].hold;
        }
        if (first.begin - at > hairline(w))
            put_stretch(script, w, unit, at, first.begin, 0);
        at = first.end;
    }
    fprintf(script, "END\n");
}

static void put_moments(FILE *script, const struct cell *cell, const struct window *w, double unit,
                        const char *name, enum gil_step which)
{
    fprintf(script, "%s << END\nNaN NaN\n", name);
    for (size_t t = 0; t < thread_count(cell); t++) {
        const json_t *steps = steps_of(cell, t);
        for (size_t i = 0; i < json_array_size(steps); i++) {
            double at = time_of(steps, i);
            if (step_of(steps, i) == which && at > w->begin && at < w->end)
                fprintf(script, "%.9g %zu\n", (at - w->begin) / unit, t + 1);
        }
    }
    fprintf(script, "END\n");
}

static void put_names(FILE *script, const struct cell *cell)
{
    const json_t *events = json_object_get(cell->report, "events");
    fprintf(script, "rows = %zu\nnames = \"(", thread_count(cell));
    for (size_t t = 0; t < thread_count(cell); t++)
        fprintf(script, "%s'%s' %zu", t > 0 ? ", " : "",
                json_string_value(json_object_get(json_array_get(events, t), "thread")), t + 1);
    fprintf(script, ")\"\n");
}

static void put_title(FILE *script, const struct grid *grid, const struct cell *cell)
{
    char text[128], time[UNITS_MAX];
    bool has_interval = lab_quantity(cell->report, "timeouts") > 0;
    int n = snprintf(text, sizeof(text), "%lld hog%s, lock: %s", (long long)cell->k,
                     cell->k == 1 ? "" : "s", gil_names[grid->lab.gil.variant]);
    if (has_interval)
        snprintf(text + n, sizeof(text) - (size_t)n, ", switch interval %s",
                 axis_time(time, (double)cell->interval_ns));
    fprintf(script, "title = ");
    picture_text(script, text);
    fputc('\n', script);
}

static void put_panel(FILE *script, const struct grid *grid, const struct cell *cell)
{
    struct window w = choose(cell);
    double unit = w.end - w.begin >= 2e6 ? 1e6 : 1e3;
    put_waits(script, cell, &w, unit);
    put_holds(script, cell, &w, unit);
    put_free(script, cell, &w, unit);
    put_moments(script, cell, &w, unit, "$rearms", GIL_REARMS);
    put_moments(script, cell, &w, unit, "$asks", GIL_REQUESTS);
    put_names(script, cell);
    put_title(script, grid, cell);
    fprintf(script, "width = %.9g\nunit = '%s'\n%s\n", (w.end - w.begin) / unit,
            unit > 1e3 ? "ms" : "µs", timeline_script);
}

/* ---- the picture -------------------------------------------------------------------------- */

/* Did anybody ask for it? */
static bool has_requests(const struct cell *const *cells, size_t count)
{
    double requests = 0;
    for (size_t i = 0; i < count; i++)
        requests += lab_quantity(cells[i]->report, "requests");
    return requests > 0;
}

/* The cells that can be drawn: those of the simulator. */
static size_t collect(const struct grid *grid, const struct cell *cells[GRID_MAX], size_t *rows)
{
    size_t count = 0;
    *rows = 0;
    for (const struct cell *c = grid->cells; c < grid->cells + grid->count; c++) {
        if (c->python == NULL)
            cells[count++] = c;
        *rows += thread_count(c);
    }
    return count;
}

static void put_head(FILE *script, const struct grid *grid, int height)
{
    char heading[64], details[256];
    snprintf(heading, sizeof(heading), "%s: who has the lock", grid->lab.kind->name);
    grid_details(grid, details, sizeof(details));
    picture_head(script, heading, details, height);
}

/* Its hogs, and the main thread unless that only starts them. */
static size_t planned_rows(const struct grid *grid)
{
    size_t rows = 0;
    for (size_t i = 0; i < grid->planned; i++) {
        if (grid->cells[i].python == NULL)
            rows += (size_t)grid->cells[i].k + (grid->lab.kind->load != LOAD_NONE);
    }
    return rows;
}

int timeline_drawable(const struct grid *grid, const char *path, char *why, size_t size)
{
    if (!grid->lab.kind->traced) {
        snprintf(why, size,
                 "--timeline: the threads of `%s` come and go; draw those of hold, wake or echo",
                 grid->lab.kind->name);
        return -EINVAL;
    }
    if (grid->lab.gil.variant == GIL_NONE) {
        snprintf(why, size,
                 "--timeline: without a lock nobody holds one; choose another with --gil");
        return -EINVAL;
    }
    if (planned_rows(grid) > ROWS_MAX) {
        snprintf(why, size,
                 "--timeline: a picture has room for %d threads in all, not %zu; choose fewer "
                 "with -k",
                 ROWS_MAX, planned_rows(grid));
        return -EINVAL;
    }
    return picture_allowed(path, "--timeline", why, size);
}

int timeline_draw(const struct grid *grid, const char *path, char *why, size_t size)
{
    const struct cell *cells[GRID_MAX];
    size_t rows, count = collect(grid, cells, &rows);
    int height = HEAD + (int)(count * TITLE + rows * ROW) + FOOT, y = HEAD;
    FILE *script = picture_open(path, WIDTH, height, why, size);
    if (script == NULL)
        return -EIO;
    put_head(script, grid, height);
    for (size_t i = 0; i < count; i++) {
        int panel = ROW * (int)thread_count(cells[i]);
        y += TITLE;
        fprintf(script, "top = %.6f\nbottom = %.6f\n", 1 - (double)y / height,
                1 - (double)(y + panel) / height);
        if (i + 1 == count)
            timeline_legend(script, has_requests(cells, count), WIDTH, height);
        put_panel(script, grid, cells[i]);
        fprintf(script, "unset label\n");
        y += panel;
    }
    fprintf(script, "unset multiplot\n");
    return picture_close(script, path, why, size);
}
