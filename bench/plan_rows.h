// SPDX-License-Identifier: MIT
/* The table of a plan: a line per worker, or a line per run of workers that follow one pattern. */
#ifndef SPEEDUP_PLAN_ROWS_H
#define SPEEDUP_PLAN_ROWS_H

#include <stdio.h>

#include "bench/place.h"

/* Above so many workers the table is folded. */
enum { PLAN_FOLD_ABOVE = 64 };

/* Prints the table for that many workers, and the helper's line. A folded one stops where workers
 * begin to share places. 0 or -ENOMEM. */
int plan_print_rows(FILE *out, const struct placement *placement, size_t workers);

#endif
