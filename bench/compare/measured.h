// SPDX-License-Identifier: MIT
/* What a build says that it has measured: its result file, as a half. */
#ifndef SPEEDUP_COMPARE_MEASURED_H
#define SPEEDUP_COMPARE_MEASURED_H

#include "bench/compare/half.h"
#include "bench/result_view.h"

/* Adds a case for each of the view's, with the mean of its repetitions, or why there is none: it
 * failed, or did not do so many. What is refused is left out. 0 or -ENOMEM. */
int measured_add(struct half *half, const struct view *view, long repetitions);

/* Did anything in it fail, or is anything missing? Then a process that ended badly did so for that;
 * else it failed as a whole, whatever it measured before. */
bool measured_failure(const struct view *view, long repetitions);

#endif
