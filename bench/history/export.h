// SPDX-License-Identifier: MIT
/* A history in the words of others. */
#ifndef SPEEDUP_HISTORY_EXPORT_H
#define SPEEDUP_HISTORY_EXPORT_H

#include <stdio.h>

#include "bench/history/series.h"

/* Comma-separated values (RFC 4180) with a line of titles: a line for each point that was read.
 * What is not known is empty. 0, or -errno where it could not be written. */
int export_csv(FILE *out, const struct history *history);

/* What Google Benchmark would have written of the newest session: one entry per name, whose
 * real_time is the median of the new side. Dashboards that draw such files read it. New reference;
 * NULL without memory. */
json_t *export_gbench(const struct history *history);

#endif
