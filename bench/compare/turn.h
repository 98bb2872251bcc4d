// SPDX-License-Identifier: MIT
/* One side's turn in a pair of a contest: see bench/compare/contest.h for what is done about one
 * that fails, and about one that does not end. */
#ifndef SPEEDUP_TURN_H
#define SPEEDUP_TURN_H

#include "bench/compare/contest.h"

/* As the measurer's half(), and in a recheck no more than that; *again becomes true where it was
 * run twice, and what is left as failed then failed twice. One that never ended is told of in the
 * contest's side_failed. */
int turn_run(struct contest *c, enum trust_stage stage, const struct half_order *order,
             struct half *half, bool *again, char *why, size_t size);

#endif
