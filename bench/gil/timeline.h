// SPDX-License-Identifier: MIT
/* Who had the lock, and who waited for it: a picture of the steps of simulated threads. */
#ifndef SPEEDUP_TIMELINE_H
#define SPEEDUP_TIMELINE_H

#include "bench/gil/grid.h"

/* Can what is planned be drawn into that file? The experiment must be traced, the threads fit into
 * a picture. -errno with a sentence. */
int timeline_drawable(const struct grid *grid, const char *path, char *why, size_t size);

/* A panel for each cell of the simulator, measured with lab.wants_events. -errno with a sentence;
 * -ENOENT where gnuplot is missing. */
int timeline_draw(const struct grid *grid, const char *path, char *why, size_t size);

/* What a thread did, in the order of time, from the "events" of a report; NULL where it has none
 * such. Borrowed. */
const json_t *timeline_steps(const json_t *events, size_t thread);

/* A stretch of time, in nanoseconds of CLOCK_MONOTONIC. */
struct window {
    double begin, end;
};

/* ... in which a thread has the lock; rows count from 1. */
struct hold {
    double begin, end; /* INFINITY: it did not drop it */
    size_t row;
};

/* Who has the lock in that window, in the order of time and as far as a picture can show it, from
 * the "events" of a report. *count of them, to be freed; NULL where there is no memory. */
struct hold *timeline_holds(const json_t *events, const struct window *w, size_t *count);

/* What is shorter cannot be seen, in nanoseconds. */
double timeline_visible(const struct window *w);

/* Writes the legend below a picture of that size; `requests`: somebody asked for the lock. */
void timeline_legend(FILE *script, bool requests, int width, int height);

#endif
