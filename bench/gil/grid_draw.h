// SPDX-License-Identifier: MIT
/* What the charts of a grid have in common. */
#ifndef SPEEDUP_GRID_DRAW_H
#define SPEEDUP_GRID_DRAW_H

#include "bench/gil/curves.h"
#include "bench/gil/grid.h"

/* A curve for a cell, still without points. Its settings are k and, where `interval` is set, the
 * interval: they give its colour. */
struct curve grid_curve(const struct grid *grid, const struct cell *cell, bool interval);

/* The picture's second line: what all cells have in common. */
void grid_details(const struct grid *grid, char *text, size_t size);

/* Distributions: what the experiment shows, and how long the lock was held and waited for. */
int grid_draw_times(const struct grid *grid, const char *path, char *why, size_t size);

/* Requests per second over the interval, beside published ones. */
int grid_draw_rates(const struct grid *grid, const char *path, char *why, size_t size);

#endif
