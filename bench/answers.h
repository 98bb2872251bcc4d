// SPDX-License-Identifier: MIT
/* --answers and --order: what the tasks returned, for people. */
#ifndef SPEEDUP_ANSWERS_H
#define SPEEDUP_ANSWERS_H

#include <stdio.h>

#include "bench/experiment.h"

/* Prints what the tasks of the case's last repetition have found. Plain: as the workload tells it,
 * or a line per task; of what was printed for a case before, only that it is the same. With an
 * order: tasks in their order, as gather and futures give them, or in that of completion, as
 * as_completed does, each with when it was done and as which one. */
enum answers_order { ANSWERS_PLAIN, ANSWERS_BY_TASK, ANSWERS_BY_COMPLETION };
void answers_print(FILE *out, const struct bench_case *c, enum answers_order order,
                   int64_t go_begin_ns);

#endif
