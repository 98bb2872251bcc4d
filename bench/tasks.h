// SPDX-License-Identifier: MIT
#ifndef SPEEDUP_TASKS_H
#define SPEEDUP_TASKS_H

#include "bench/experiment.h"

/* What the tasks of the last repetition returned, as `check` sees it: shape.tasks entries, to be
 * freed; NULL without memory. */
struct task *tasks_collect(const struct experiment *experiment);

#endif
