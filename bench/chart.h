// SPDX-License-Identifier: MIT
/* Charts of a result: speed-up over concurrency with intervals, drawn by gnuplot. */
#ifndef SPEEDUP_CHART_H
#define SPEEDUP_CHART_H

#include <stdio.h>

#include "bench/result_view.h"

enum { CHART_SVG = 1, CHART_PNG = 2 };

/* Draws, in each of the formats, an overview of all jobs into STEM.svg or STEM.png and, where there
 * are several, each job into STEM-NUMBER-WORKLOAD.svg or .png, and prints the paths, the overview
 * first. Jobs without any speed-up are left out and named on stderr. 0, or -errno with one sentence
 * in why[size]: -ENOENT where gnuplot is not installed, -ENODATA where there is nothing to draw. */
int chart_draw(FILE *paths, const struct view *view, const char *stem, unsigned formats, char *why,
               size_t size);

#endif
