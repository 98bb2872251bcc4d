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

enum { MAP_SHARES_MAX = 32, MAP_NS_MAX = 32, MAP_SERIES_MAX = 16 };

/* A model's view of a runner. Times in nanoseconds, of one task. All NAN where a case that they
 * rest on is missing: then it has no model. */
struct map_constants {
    double compute_ns; /* computing that it adds, for handing out, on the worker's core */
    double make_ns;    /* what the starter needs for each task, one after the other */
    double begin_ns;   /* what each worker needs before its first task, one after the other */
    double wait_ns;    /* how much later than serial's a wait ends; perhaps below 0 */
    double cores;      /* that compute at once, at most */
};

/* A runner at a share of waiting and a concurrency. */
struct map_case {
    const struct view_case *measured; /* NULL: not, or no speed-up is known */
    double measured_ns;               /* serial's time by the speed-up, whose rounds are paired */
    double model_ns;                  /* the time that the model gives it; NAN: none */
};

struct map_cell {
    struct map_case of[MAP_SERIES_MAX];
    int best;                  /* the series with the highest measured speed-up; -1: none */
    bool clear;                /* ... by more than the noise: the others are slower */
    bool tied[MAP_SERIES_MAX]; /* it, and those that are within its noise */
    int model_best;            /* the series that the model calls the fastest; -1: none */
    bool differ;               /* the model has another one that needs 10 % more */
    bool agrees; /* the measured best needs less than 10 % more than that by the model ... */
    bool within; /* ... or one does that is within its noise */
};

struct map {
    char param[64]; /* the parameter that is the share of waiting */
    double tasks, cores;
    double pus;                    /* that can compute at once */
    double shares[MAP_SHARES_MAX]; /* rising */
    int ns[MAP_NS_MAX];            /* rising */
    const char *labels[MAP_SERIES_MAX];
    size_t share_count, n_count, series_count;
    double compute_ns, wait_ns; /* of a task, one by one: that only computes, that only waits */
    double spread;              /* serial only computes in its slowest round / in its fastest */
    struct map_constants constants[MAP_SERIES_MAX];
    struct map_cell cells[MAP_SHARES_MAX][MAP_NS_MAX];
    size_t compared;       /* cells between those rows in which the models differ ... */
    size_t agreed, within; /* ... and of them */
};

/* Will it be a map once it is measured? -EINVAL with one sentence in why[size]. */
int map_fits(const struct view *view, char *why, size_t size);

/* 0, or -EINVAL with one sentence in why[size]. The view must outlive the map. */
int map_read(struct map *map, const struct view *view, char *why, size_t size);

/* Is it a row on which the model is tried, and not one that calibrates it? */
bool map_is_inner(const struct map *map, size_t share);

/* From which share of waiting on, and not below, a series keeps up with the best one: needs less
 * than 10 % more. Between two rows it is interpolated; NAN where it never or always does, or now
 * and then. */
double map_frontier(const struct map *map, size_t series, size_t n, bool model);

#endif
