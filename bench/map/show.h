// SPDX-License-Identifier: MIT
/* A map as a table and as a picture. */
#ifndef SPEEDUP_MAP_SHOW_H
#define SPEEDUP_MAP_SHOW_H

#include <stdio.h>

#include "bench/map/map.h"
#include "bench/units.h"

/* A time with at most so many digits: "2 ms", "140 µs". Returns text. */
char *map_time(char text[UNITS_MAX], double ns, int digits);

/* The map, the constants and how well they agree, for people. */
void map_print(FILE *out, const struct map *map, const struct view *view);

/* Draws it into a .svg or .png. 0, or -errno with one sentence: see gnuplot_run(). */
int map_draw(const struct map *map, const struct view *view, const char *path, char *why,
             size_t size);

#endif
