// SPDX-License-Identifier: MIT
/* A map as a table and as a picture. */
#ifndef SPEEDUP_MAP_SHOW_H
#define SPEEDUP_MAP_SHOW_H

#include <stdio.h>

#include "bench/map/map.h"

/* The constants, the map and how well they agree, for people. */
void map_print(FILE *out, const struct map *map, const struct view *view);

/* Draws it into a .svg or .png. 0, or -errno with one sentence: see gnuplot_run(). */
int map_draw(const struct map *map, const struct view *view, const char *path, char *why,
             size_t size);

#endif
