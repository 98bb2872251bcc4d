// SPDX-License-Identifier: MIT
/* How times are distributed: histograms over a logarithmic axis. */
#include "bench/gil/grid_draw.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BINS = 60, PANELS_MAX = 2, MARKS_MAX = 4 };

/* Where samples are few, each is shown by itself. More curves over each other cannot be told apart.
 * In both cases each curve has a row of its own. */
enum { MANY = 6, POINTS_MAX = 2 * (BINS + 2) };

/* The axis of a panel, in nanoseconds or, for ratios in millionths, in times. */
struct range {
    double min, max;
    bool ppm;
};

static const json_t *samples_of(const struct cell *c, const char *name)
{
    return json_object_get(json_object_get(c->report, "samples"), name);
}

static bool has_samples(const struct grid *grid, const char *name)
{
    for (size_t i = 0; i < grid->count; i++) {
        if (json_array_size(samples_of(&grid->cells[i], name)) > 0)
            return true;
    }
    return false;
}

/* Is there a real interpreter that does not tell? */
static bool lacks_samples(const struct grid *grid, const char *name)
{
    for (size_t i = 0; i < grid->count; i++) {
        if (grid->cells[i].python != NULL &&
            json_array_size(samples_of(&grid->cells[i], name)) == 0)
            return true;
    }
    return false;
}

/* What the experiment shows, and how long threads held the lock meanwhile; or if that is what it
 * shows how long they waited for it. */
static size_t choose_panels(const struct grid *grid, const char *names[PANELS_MAX])
{
    const char *show = grid->lab.kind->show;
    const char *all[PANELS_MAX] = {show, strcmp(show, "hold") == 0 ? "wait" : "hold"};
    size_t count = 0;
    for (size_t i = 0; i < PANELS_MAX; i++) {
        if (has_samples(grid, all[i]))
            names[count++] = all[i];
    }
    return count;
}

/* What is shorter than 1 µs or longer than 1 s counts as that. */
static double clip(const struct range *r, const json_t *sample)
{
    double x = json_number_value(sample);
    return r->ppm ? x * 1e-6 : fmin(fmax(x, 1e3), 1e9);
}

static void widen(struct range *r, const json_t *samples)
{
    for (size_t i = 0; i < json_array_size(samples); i++) {
        double x = clip(r, json_array_get(samples, i));
        r->min = fmin(r->min, x);
        r->max = fmax(r->max, x);
    }
}

/* So wide that one bin is not the whole picture, and that the intervals are in it. */
static struct range range_of(const struct grid *grid, const char *name)
{
    struct range r = {INFINITY, -INFINITY, strstr(name, "_ppm") != NULL};
    for (size_t i = 0; i < grid->count; i++)
        widen(&r, samples_of(&grid->cells[i], name));
    for (size_t i = 0; i < grid->count && !r.ppm; i++) {
        if (!grid->cells[i].has_interval)
            continue;
        r.min = fmin(r.min, (double)grid->cells[i].interval_ns);
        r.max = fmax(r.max, (double)grid->cells[i].interval_ns);
    }
    if (r.ppm) {
        r.min = fmax(0, floor(r.min * 10 - 0.5) / 10);
        r.max = ceil(r.max * 10 + 0.5) / 10;
    } else {
        r.min = axis_round(r.min * 0.9, false);
        r.max = axis_round(fmax(r.max * 1.01, r.min * 5), true);
    }
    return r;
}

/* Where on the axis, from 0 to 1; and back. */
static double place_of(const struct range *r, double x)
{
    return r->ppm ? (x - r->min) / (r->max - r->min) : log(x / r->min) / log(r->max / r->min);
}

static double value_at(const struct range *r, double place)
{
    return r->ppm ? r->min + (r->max - r->min) * place : r->min * pow(r->max / r->min, place);
}

/* A histogram in percent of the samples, from the first bin that is not empty to the last. */
static void count(const struct range *r, const json_t *samples, struct curve *curve)
{
    double shares[BINS] = {0};
    size_t first = BINS, last = 0, n = json_array_size(samples);
    for (size_t i = 0; i < n; i++) {
        double place = place_of(r, clip(r, json_array_get(samples, i)));
        size_t bin = (size_t)fmin(fmax(place * BINS, 0), BINS - 1);
        shares[bin] += 100.0 / (double)n;
        first = bin < first ? bin : first;
        last = bin > last ? bin : last;
    }
    if (n == 0)
        return;
    curve->points[curve->count++] = (struct point){value_at(r, (double)first / BINS), 0};
    for (size_t i = first; i <= last + 1; i++)
        curve->points[curve->count++] =
            (struct point){value_at(r, (double)i / BINS), i <= last ? shares[i] : 0};
}

/* ---- rows --------------------------------------------------------------------------------- */

static bool is_few(const struct cell *c, const char *name)
{
    size_t n = json_array_size(samples_of(c, name));
    return n > 0 && n < GRID_FEW;
}

static bool has_few(const struct grid *grid, const char *const *names, size_t count)
{
    for (size_t i = 0; i < grid->count * count; i++) {
        if (is_few(&grid->cells[i / count], names[i % count]))
            return true;
    }
    return false;
}

/* The samples themselves, at y = 0. */
static void place_samples(const struct range *r, const json_t *samples, struct curve *curve)
{
    curve->ticks = true;
    for (size_t i = 0; i < json_array_size(samples); i++)
        curve->points[curve->count++] = (struct point){clip(r, json_array_get(samples, i)), 0};
}

/* The steps of a histogram become its outline, as high as a row. There is room for both edges of
 * each step, which are written from the last one to the first. */
static void outline(struct curve *curve)
{
    double most = 0;
    for (size_t i = 0; i < curve->count; i++)
        most = fmax(most, curve->points[i].y);
    for (size_t i = curve->count; i-- > 0;) {
        struct point after = {curve->points[i].x, curve->points[i].y / most};
        struct point before = {after.x, i > 0 ? curve->points[i - 1].y / most : 0};
        curve->points[2 * i + 1] = after;
        curve->points[2 * i] = before;
    }
    curve->count *= 2;
}

/* ---- panels ------------------------------------------------------------------------------- */

/* Beside the hogs of most experiments there is a thread that waits. */
static bool are_all_hogs(const struct grid *grid)
{
    return strcmp(grid->lab.kind->show, "hold") == 0;
}

/* A real interpreter does not tell of its lock. */
static const char *title_of_lock(const struct grid *grid, const char *samples)
{
    static const char *const titles[2][2][2] = {
        {{"how long a thread holds the lock", "how long a thread holds the simulated lock"},
         {"how long a hog holds the lock", "how long a hog holds the simulated lock"}},
        {{"how long a thread waits for it", "how long a thread waits for the simulated lock"},
         {"how long a hog waits for it", "how long a hog waits for the simulated lock"}}};
    bool waits = strcmp(samples, "wait") == 0;
    return titles[waits][are_all_hogs(grid)][lacks_samples(grid, samples)];
}

static const char *title_of(const struct grid *grid, const char *samples)
{
    static const char *const titles[][2] = {{"wake", "from the wake-up to the lock"},
                                            {"trip", "round trip"},
                                            {"overshoot", "how much longer it sleeps"},
                                            {"spawn", "starting and joining a thread"},
                                            {"ratio_ppm", "done, over what one does (×)"},
                                            {"slowdown_ppm", "time, over that of one (×)"},
                                            {NULL, NULL}};
    for (size_t i = 0; titles[i][0] != NULL; i++) {
        if (strcmp(titles[i][0], samples) == 0)
            return titles[i][1];
    }
    return title_of_lock(grid, samples);
}

/* Where the intervals are, unless they are many. */
static void mark_intervals(const struct grid *grid, struct panel *panel)
{
    for (size_t i = 0; i < grid->count; i++) {
        double x = (double)grid->cells[i].interval_ns;
        size_t seen = 0;
        while (seen < panel->mark_count && panel->marks[seen] != x)
            seen++;
        if (seen < panel->mark_count || x < panel->x.min || x > panel->x.max ||
            !grid->cells[i].has_interval)
            continue;
        if (panel->mark_count == MARKS_MAX) {
            panel->mark_count = 0;
            return;
        }
        panel->marks[panel->mark_count++] = x;
    }
}

static void fill_curve(struct curve *curve, const struct range *range, const json_t *samples,
                       bool few, bool rows)
{
    if (few) {
        place_samples(range, samples, curve);
        return;
    }
    count(range, samples, curve);
    if (rows)
        outline(curve);
}

/* curves and points have room for all cells, and for POINTS_MAX points in each. */
static void fill(struct panel *panel, const struct grid *grid, const char *name, bool rows,
                 struct curve *curves, struct point *points)
{
    struct range range = range_of(grid, name);
    *panel = (struct panel){.x = {title_of(grid, name), range.min, range.max, !range.ppm, ""},
                            .y = {.title = "share of the samples (%)", .max = 1},
                            .steps = true,
                            .rows = rows,
                            .mark_title = "switch interval",
                            .curves = curves,
                            .curve_count = grid->count};
    for (size_t i = 0; i < grid->count; i++) {
        curves[i] = grid_curve(grid, &grid->cells[i], true);
        curves[i].points = points + i * POINTS_MAX;
        fill_curve(&curves[i], &range, samples_of(&grid->cells[i], name),
                   is_few(&grid->cells[i], name), rows);
        for (size_t k = 0; k < curves[i].count; k++)
            panel->y.max = fmax(panel->y.max, curves[i].points[k].y * 1.05);
    }
    if (range.ppm)
        return;
    axis_times(&panel->x);
    mark_intervals(grid, panel);
}

/* The picture's second line. */
static void describe(const struct grid *grid, bool few, char *text, size_t size)
{
    grid_details(grid, text, size);
    size_t n = strlen(text);
    if (few)
        snprintf(text + n, size - n, " · where there are fewer than %d samples each is a line",
                 GRID_FEW);
}

int grid_draw_times(const struct grid *grid, const char *path, char *why, size_t size)
{
    const char *names[PANELS_MAX];
    struct panel panels[PANELS_MAX];
    char heading[256], details[256];
    size_t count = choose_panels(grid, names), cells = PANELS_MAX * grid->count;
    if (count == 0) {
        snprintf(why, size, "there are no samples to draw");
        return -ENODATA;
    }
    bool few = has_few(grid, names, count);
    struct curve *curves = calloc(cells, sizeof(*curves));
    struct point *points = calloc(cells * POINTS_MAX, sizeof(*points));
    int err = curves != NULL && points != NULL ? 0 : -ENOMEM;
    for (size_t i = 0; i < count && err == 0; i++)
        fill(&panels[i], grid, names[i], few || grid->count > MANY, curves + i * grid->count,
             points + i * grid->count * POINTS_MAX);
    snprintf(heading, sizeof(heading), "%s: %s", grid->lab.kind->name, grid->lab.kind->summary);
    describe(grid, few, details, sizeof(details));
    if (err == 0)
        err = curves_draw(path, heading, details, panels, count, why, size);
    else
        snprintf(why, size, "out of memory");
    free(curves);
    free(points);
    return err;
}
