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

/* Writes the legend below a picture of that size; `requests`: somebody asked for the lock. */
void timeline_legend(FILE *script, bool requests, int width, int height);

#endif
