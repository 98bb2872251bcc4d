// SPDX-License-Identifier: MIT
/* --answers: what the tasks returned, for people. */
#ifndef SPEEDUP_ANSWERS_H
#define SPEEDUP_ANSWERS_H

#include <stdio.h>

#include "bench/experiment.h"

/* Prints a line per task of the last repetition of the case, in the order of tasks, and how many
 * values there were in all. */
void answers_print(FILE *out, const struct bench_case *c);

#endif
