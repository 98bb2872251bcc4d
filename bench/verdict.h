// SPDX-License-Identifier: MIT
/* What the numbers of a job say in plain words: threads, processes or async? */
#ifndef SPEEDUP_VERDICT_H
#define SPEEDUP_VERDICT_H

#include <stdio.h>

#include "bench/result_view.h"

/* "CPU-bound" for CPU and so on; NULL for NULL. */
const char *verdict_bound(const char *bound);

/* Writes a few sentences on one line, without a newline at the end. */
void verdict_print(FILE *out, const struct view *view, const struct view_job *job);

#endif
