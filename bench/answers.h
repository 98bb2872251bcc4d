// SPDX-License-Identifier: MIT
/* --answers and --order: what the tasks returned, for people. */
#ifndef SPEEDUP_ANSWERS_H
#define SPEEDUP_ANSWERS_H

#include <stdio.h>

#include "bench/experiment.h"

/* Prints a line per task of the last repetition of the case and how many values there were in all:
 * in the order of tasks, as gather and futures in order give them, or in that of completion, as
 * as_completed does. With an order each line also says as which one the task was done, and when. */
enum answers_order { ANSWERS_PLAIN, ANSWERS_BY_TASK, ANSWERS_BY_COMPLETION };
void answers_print(FILE *out, const struct bench_case *c, enum answers_order order,
                   int64_t go_begin_ns);

#endif
