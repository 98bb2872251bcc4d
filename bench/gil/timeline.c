// SPDX-License-Identifier: MIT
#include "bench/gil/timeline.h"
#include "bench/gil/curves.h"
#include "bench/gil/grid_draw.h"
#include "bench/picture.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

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

/* ---- steps -------------------------------------------------------------------------------- */

static const json_t *events_of(const struct cell *cell)
{
    return json_object_get(cell->report, "events");
}

static size_t thread_count(const struct cell *cell)
{
    return json_array_size(events_of(cell));
}

static double time_of(const json_t *steps, size_t i)
{
    return json_number_value(json_array_get(json_array_get(steps, i), 0));
}

static enum gil_step step_of(const json_t *steps, size_t i)
{
    return (enum gil_step)json_integer_value(json_array_get(json_array_get(steps, i), 1));
}

/* Was there no room for what it did later? */
static bool is_full(const struct cell *cell, size_t thread)
{
    return json_is_true(json_object_get(json_array_get(events_of(cell), thread), "full"));
}

/* What is known of all threads: from the latest of their first steps to the last step of any, for a
 * thread may have made its last one long before the end; but of one whose room was full nothing is
 * known after that. */
static struct window whole(const struct cell *cell, double wall)
{
    double first = INFINITY, latest = 0, last = 0, limit = INFINITY;
    for (size_t t = 0; t < thread_count(cell); t++) {
        const json_t *steps = timeline_steps(events_of(cell), t);
        size_t count = json_array_size(steps);
        if (count == 0)
            continue;
        first = fmin(first, time_of(steps, 0));
        latest = fmax(latest, time_of(steps, 0));
        last = fmax(last, time_of(steps, count - 1));
        if (is_full(cell, t))
            limit = fmin(limit, time_of(steps, count - 1));
    }
    if (last - latest < wall / 2 && isinf(limit)) /* next to nothing happened */
        last = fmax(last, fmin(latest + wall / 2, first + wall));
    last = fmin(last, limit);
    return (struct window){latest < last ? latest : first, last};
}

/* How often the lock changed hands; where there is but one thread, how often that took it. */
static double changes(const struct cell *cell)
{
    double switches = lab_quantity(cell->report, "switches");
    return fmax(switches > 1 ? switches : lab_quantity(cell->report, "takes"), 1);
}

static double wall_ns(const struct cell *cell)
{
    return 1e9 * (lab_quantity(cell->report, "hold_s") + lab_quantity(cell->report, "idle_s"));
}

/* How long a window shows some changes of hands. */
static double length_of(const struct cell *cell)
{
    double wall = wall_ns(cell);
    struct window all = whole(cell, wall);
    double wanted = fmin(SWITCHES * wall / changes(cell), all.end - all.begin);
    return axis_round(fmax(wanted, 1e3), false);
}

/* The same for all, so that they can be compared. */
static double shortest(const struct cell *const *cells, size_t count)
{
    double length = INFINITY;
    for (size_t i = 0; i < count; i++)
        length = fmin(length, length_of(cells[i]));
    return length;
}

/* The part that is drawn, after what happens in the beginning. */
static struct window choose(const struct cell *cell, double length)
{
    struct window all = whole(cell, wall_ns(cell));
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
        const json_t *steps = timeline_steps(events_of(cell), t);
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

/* Who holds the lock, and when nobody does. */
static void put_holds(FILE *script, const struct cell *cell, const struct window *w, double unit)
{
    size_t count;
    struct hold *all = timeline_holds(events_of(cell), w, &count);
    double at = w->begin;
    fprintf(script, "$takes << END\nNaN NaN NaN\n");
    for (size_t i = 0; i < count; i++)
        put_stretch(script, w, unit, all[i].begin,
                    fmax(all[i].end, all[i].begin + timeline_visible(w)), all[i].row);
    fprintf(script, "END\n$free << END\nNaN NaN NaN\n");
    for (size_t i = 0; i <= count; i++) {
        double next = i < count ? all[i].begin : w->end;
        if (next - at >= timeline_visible(w))
            put_stretch(script, w, unit, at, next, 0);
        at = i < count ? fmax(at, all[i].end) : at;
    }
    fprintf(script, "END\n");
    free(all);
}

static void put_moments(FILE *script, const struct cell *cell, const struct window *w, double unit,
                        const char *name, enum gil_step which)
{
    fprintf(script, "%s << END\nNaN NaN\n", name);
    for (size_t t = 0; t < thread_count(cell); t++) {
        const json_t *steps = timeline_steps(events_of(cell), t);
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
    const json_t *events = events_of(cell);
    fprintf(script, "rows = %zu\narray name[%zu]\n", thread_count(cell), thread_count(cell) + 1);
    for (size_t t = 0; t < thread_count(cell); t++) {
        fprintf(script, "name[%zu] = ", t + 1);
        picture_tic(script,
                    json_string_value(json_object_get(json_array_get(events, t), "thread")));
        fputc('\n', script);
    }
}

static void put_title(FILE *script, const struct grid *grid, const struct cell *cell)
{
    char text[128], time[UNITS_MAX];
    int n = snprintf(text, sizeof(text), "%lld hog%s, lock: %s", (long long)cell->k,
                     cell->k == 1 ? "" : "s", gil_names[grid->lab.gil.variant]);
    if (cell->has_interval)
        snprintf(text + n, sizeof(text) - (size_t)n, ", switch interval %s",
                 axis_time(time, (double)cell->interval_ns));
    fprintf(script, "title = ");
    picture_text(script, text);
    fputc('\n', script);
}

static void put_panel(FILE *script, const struct grid *grid, const struct cell *cell, double length)
{
    struct window w = choose(cell, length);
    double unit = w.end - w.begin >= 2e6 ? 1e6 : 1e3;
    put_waits(script, cell, &w, unit);
    put_holds(script, cell, &w, unit);
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
    struct pictures picture;
    int err = picture_open(&picture, path, WIDTH, height, why, size);
    if (err != 0)
        return err;
    FILE *script = picture.script;
    double length = shortest(cells, count);
    put_head(script, grid, height);
    for (size_t i = 0; i < count; i++) {
        int panel = ROW * (int)thread_count(cells[i]);
        y += TITLE;
        fprintf(script, "top = %.6f\nbottom = %.6f\n", 1 - (double)y / height,
                1 - (double)(y + panel) / height);
        if (i + 1 == count)
            timeline_legend(script, has_requests(cells, count), WIDTH, height);
        put_panel(script, grid, cells[i], length);
        fprintf(script, "unset label\n");
        y += panel;
    }
    fprintf(script, "unset multiplot\n");
    return picture_close(&picture);
}
