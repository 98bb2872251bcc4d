// SPDX-License-Identifier: MIT
/* An experiment for several numbers of hogs, several intervals and several subjects. */
#ifndef SPEEDUP_GRID_H
#define SPEEDUP_GRID_H

#include "bench/gil/python.h"

enum { GRID_MAX = 256, GRID_NAME_MAX = PYTHON_NAME_MAX };

/* Fewer samples are no distribution: none of them is above their 95 %. */
enum { GRID_FEW = 20 };

struct cell {
    char subject[GRID_NAME_MAX]; /* "simulated", "CPython 3.11.7", or with a letter */
    const char *python;          /* its path; NULL: the simulator */
    int64_t k, interval_ns;
    bool has_interval; /* its lock has one, and the experiment depends on it */
    json_t *report;    /* NULL: not measured yet */
};

struct grid {
    const struct machine *machine;
    struct lab lab;                     /* with what all cells share */
    json_t *lock;                       /* what the simulated one is made of, for reports; owned */
    const char *ks;                     /* "0,1-4"; NULL: the experiment's own */
    const char *intervals;              /* "5ms,1ms" */
    struct python pythons[PYTHONS_MAX]; /* beside the simulator */
    unsigned python_count;
    struct cell cells[GRID_MAX];
    size_t planned, count; /* cells in all; measured ones, the first */
};

/* Lays out its cells, each once. -EINVAL with a sentence in why[size]. */
int grid_plan(struct grid *grid, char *why, size_t size);

/* Measures the next cell. -errno with a sentence in why[size]; what was measured before stays. */
int grid_measure_next(struct grid *grid, char *why, size_t size);
void grid_free(struct grid *grid);

/* Why no hog of the simulator ever takes the lock from another one; NULL: they do, or the
 * experiment is not about that. */
const char *grid_without_holds(const struct grid *grid);

/* Are these echoes in a closed loop, which are about their rate? */
bool grid_is_loop(const struct grid *grid);

/* Distributions, numbers and counters, for people; of echoes in a closed loop the numbers first. */
void grid_print(const struct grid *grid, FILE *out);

/* {"experiment", "parameters", "lock", "machine", "cells": [{"subject", "python", "k",
 * "interval_ns", "samples", "numbers", "absent", "events"}]}; python is the path of a real one, if
 * that is UTF-8; interval_ns is null where there is none. New reference. */
json_t *grid_json(const struct grid *grid);

/* Can what is planned be drawn into that file? -errno with a sentence: see grid_draw(). */
int grid_drawable(const struct grid *grid, const char *path, char *why, size_t size);

/* Draws into the file, whose name ends in .svg or .png: for echoes in a closed loop the rate over
 * the interval, else how long the lock was held and waited for, or what else the experiment shows.
 * -errno with a sentence; -ENOENT where gnuplot is missing. */
int grid_draw(const struct grid *grid, const char *path, char *why, size_t size);

/* ---- from files --------------------------------------------------------------------------- */

/* Is this what grid_json() gives? Can a timeline be drawn of it? */
bool grid_is(const json_t *json);
bool grid_has_events(const json_t *json);

/* Draws such JSON as grid_draw() and timeline_draw() do. -errno with a sentence. */
int grid_plot(const json_t *json, const char *path, char *why, size_t size);
int grid_plot_timeline(const json_t *json, const char *path, char *why, size_t size);

#endif
