// SPDX-License-Identifier: MIT
#ifndef SPEEDUP_HISTORY_CHART_H
#define SPEEDUP_HISTORY_CHART_H

#include "bench/history/series.h"

/* Draws the series session by session, with its levels and what it changed at, into a .svg or .png.
 * 0, or -errno with a sentence in why[size]: see gnuplot_run(); -ENODATA where no session of it has
 * a change. */
int chart_series(const struct series *series, const char *path, char *why, size_t size);

#endif
