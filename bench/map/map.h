// SPDX-License-Identifier: MIT
/*
 * The map of a workload that waits and computes: which runner is the fastest for which share of
 * waiting and how many tasks in progress, as measured and as a simple model says.
 *
 * It is read from a result file with one job for each share of waiting, alike in all else. The jobs
 * that only compute and only wait calibrate the model (bench/map/model.h); it is tried on the
 * others.
 */
#ifndef SPEEDUP_MAP_MAP_H
#define SPEEDUP_MAP_MAP_H

#include "bench/result_view.h"

/* As many runners as have a colour of their own, and the fewest n that calibrate the model. */
enum { MAP_SHARES_MAX = 32, MAP_NS_MAX = 32, MAP_SERIES_MAX = 9, MAP_NS_LEAST = 3 };

/* A model's view of a runner. Times in nanoseconds. All NAN where a case that they rest on is
 * missing, or where there are fewer n than MAP_NS_LEAST: then it has no model. */
struct map_constants {
    double compute_ns; /* computing that it adds to a task, for handing out, on the worker's core */
    double make_ns;    /* what the starter needs for each task, one after the other */
    double begin_ns;   /* what each worker needs before its first task, one after the other */
    double wait_ns;    /* how much later than asked a wait ends; at least 0 */
    double cores;      /* that compute at once, at most */
};

/* Who says how long a case takes: the model, or the same one without constants, which knows nothing
 * but the times of a task, n and the cores. */
enum map_source { MAP_MEASURED, MAP_MODEL, MAP_PLAIN, MAP_SOURCES };

/* A runner at a share of waiting and a concurrency. */
struct map_case {
    const struct view_case *measured; /* NULL: not, or no speed-up is known */
    double ns[MAP_SOURCES];           /* for all tasks; NAN: not known, or not measured. Measured:
                                       * serial's time by the speed-up, whose rounds are paired */
};

struct map_cell {
    struct map_case of[MAP_SERIES_MAX];
    int best[MAP_SOURCES];     /* the fastest series; -1: none */
    bool clear;                /* as measured, by more than the noise: the others are slower */
    bool tied[MAP_SERIES_MAX]; /* the measured best, and those that are within its noise */
    bool differ;               /* the model has one that does not keep up with its best */
    bool agrees;               /* by the model, the measured best keeps up */
};

/* How far the model's times are from those measured, as shares of these, in the rows on which it is
 * tried. NAN: not known. */
struct map_error {
    double median, largest;
};

struct map {
    char param[64]; /* the parameter that is the share of waiting */
    double tasks, cores;
    double pus;                    /* that can compute at once */
    double task_ns;                /* waiting and computing that was asked of a task */
    double shares[MAP_SHARES_MAX]; /* rising */
    int ns[MAP_NS_MAX];            /* rising */
    const char *labels[MAP_SERIES_MAX];
    size_t share_count, n_count, series_count;
    double compute_ns, wait_ns; /* of a task, one by one: that only computes, that only waits */
    double spread;              /* serial only computes in its slowest round / in its fastest */
    struct map_constants constants[MAP_SERIES_MAX];
    struct map_error errors[MAP_SERIES_MAX];
    struct map_cell cells[MAP_SHARES_MAX][MAP_NS_MAX];
    size_t compared; /* cells between those rows in which the model's runners differ. Of them: */
    size_t agreed;   /* by the model, the measured best keeps up */
    size_t plain;    /* by the model without constants, it does */
    size_t named;    /* as measured, the model's best keeps up */
    size_t within;   /* by the model, one keeps up that ties with the measured best ... */
    size_t tied;     /* ... who are so many, summed over these cells */
};

/* Will it be a map once it is measured? -EINVAL, or -ENOMEM, with one sentence in why[size] that
 * names the option to mend. */
int map_fits(const struct view *view, char *why, size_t size);

/* 0, or -EINVAL with one sentence in why[size]. The view must outlive the map. */
int map_read(struct map *map, const struct view *view, char *why, size_t size);

/* Is it a row on which the model is tried, and not one that calibrates it? */
bool map_is_inner(const struct map *map, size_t share);

/* Is it too noisy to be judged? The same computing took 30 % longer in one round than in another.
 */
bool map_is_noisy(const struct map *map);

/* From which share of waiting on, and not below, a series keeps up with the best one: needs at most
 * 10 % more. Between two rows it is interpolated; NAN where it never or always does, or now and
 * then. */
double map_frontier(const struct map *map, size_t series, size_t n, enum map_source by);

#endif
