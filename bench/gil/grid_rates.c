// SPDX-License-Identifier: MIT
/* Requests a second over the interval. */
#include "bench/gil/grid_draw.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Victor Skvortsov, "Python behind the scenes #13: the GIL and its effects on Python
 * multithreading", 2021: requests a second to a TCP echo server beside k threads that compute. */
static const struct {
    int64_t k;
    struct point rates[3]; /* interval in ns, requests/s */
} published[] = {{0, {{5e6, 30000}, {1e6, 30000}, {1e5, 30000}}},
                 {1, {{5e6, 100}, {1e6, 500}, {1e5, 3200}}},
                 {2, {{5e6, 50}, {1e6, 280}, {1e5, 1700}}},
                 {4, {{5e6, 30}, {1e6, 200}, {1e5, 1000}}}};
enum { PUBLISHED_COUNT = sizeof(published) / sizeof(published[0]), RATES = 3 };

/* The curves of a picture, and their points, one a cell and then what was published. */
struct rates {
    struct curve *curves;
    struct point *points;
    size_t count, used;
};

static int by_interval(const void *a, const void *b)
{
    double x = ((const struct point *)a)->x, y = ((const struct point *)b)->x;
    return (x > y) - (x < y);
}

/* All cells with the subject and the k of this one, which is the first of them. What has no
 * interval has the same rate at all of the simulator's. */
static void add_curve(struct rates *r, const struct grid *grid, const struct cell *first)
{
    struct curve curve = grid_curve(grid, first, false);
    double constant = lab_quantity(first->report, "requests_per_s");
    curve.points = r->points + r->used;
    for (const struct cell *c = grid->cells; c < grid->cells + grid->count; c++) {
        const char *owner = first->has_interval ? first->python : NULL;
        double rate = first->has_interval ? lab_quantity(c->report, "requests_per_s") : constant;
        if (c->k == first->k && c->python == owner && rate > 0 && c->interval_ns > 0)
            curve.points[curve.count++] = (struct point){(double)c->interval_ns, rate};
    }
    qsort(curve.points, curve.count, sizeof(*curve.points), by_interval);
    r->used += curve.count;
    r->curves[r->count++] = curve;
}

static void add_published(struct rates *r, const struct grid *grid, const struct cell *first)
{
    for (size_t i = 0; i < PUBLISHED_COUNT; i++) {
        if (first->python != NULL || published[i].k != first->k)
            continue;
        struct curve curve = grid_curve(grid, first, false);
        curve.real = PUBLISHED;
        snprintf(curve.label, sizeof(curve.label), "Skvortsov 2021 (TCP) · k = %lld",
                 (long long)first->k);
        curve.points = r->points + r->used;
        for (curve.count = 0; curve.count < RATES; curve.count++)
            curve.points[curve.count] = published[i].rates[curve.count];
        r->used += RATES;
        r->curves[r->count++] = curve;
    }
}

/* The cell is the first with its subject and its k. */
static bool is_first(const struct grid *grid, const struct cell *cell)
{
    for (const struct cell *c = grid->cells; c < cell; c++) {
        if (c->k == cell->k && c->python == cell->python)
            return false;
    }
    return true;
}

static void fill(struct panel *panel, const struct rates *r)
{
    *panel = (struct panel){.x = {"switch interval", INFINITY, 0, true, ""},
                            .y = {"requests a second", INFINITY, 0, true, ""},
                            .curves = r->curves,
                            .curve_count = r->count};
    for (size_t i = 0; i < r->used; i++) {
        panel->x.min = fmin(panel->x.min, r->points[i].x);
        panel->x.max = fmax(panel->x.max, r->points[i].x);
        panel->y.min = fmin(panel->y.min, r->points[i].y);
        panel->y.max = fmax(panel->y.max, r->points[i].y);
    }
    panel->x.min = axis_round(panel->x.min * 0.8, false);
    panel->x.max = axis_round(panel->x.max * 1.2, true);
    panel->y.min = axis_round(panel->y.min * 0.9, false);
    panel->y.max = axis_round(panel->y.max * 1.1, true);
    axis_times(&panel->x);
}

int grid_draw_rates(const struct grid *grid, const char *path, char *why, size_t size)
{
    size_t most = grid->count + grid->count * PUBLISHED_COUNT;
    size_t room = grid->count * grid->count + grid->count * PUBLISHED_COUNT * RATES;
    struct rates r = {calloc(most, sizeof(*r.curves)), calloc(room, sizeof(*r.points)), 0, 0};
    char details[256];
    int err = r.curves != NULL && r.points != NULL ? 0 : -ENOMEM;
    for (const struct cell *c = grid->cells; c < grid->cells + grid->count && err == 0; c++) {
        if (is_first(grid, c))
            add_curve(&r, grid, c);
    }
    for (const struct cell *c = grid->cells; c < grid->cells + grid->count && err == 0; c++) {
        if (is_first(grid, c))
            add_published(&r, grid, c);
    }
    grid_details(grid, details, sizeof(details));
    if (err == 0) {
        struct panel panel;
        fill(&panel, &r);
        err = curves_draw(path, "requests a second to an echo server beside k hogs", details,
                          &panel, 1, why, size);
    } else {
        snprintf(why, size, "out of memory");
    }
    free(r.curves);
    free(r.points);
    return err;
}
