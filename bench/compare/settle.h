// SPDX-License-Identifier: MIT
/* What the pairs of a contest say: which cases are to be measured again, and the verdicts. */
#ifndef SPEEDUP_COMPARE_SETTLE_H
#define SPEEDUP_COMPARE_SETTLE_H

#include "bench/compare/contest.h"

/* After the screening only those are wanted that it cannot call unchanged: *found of them. 0 or
 * -ENOMEM. */
int settle_suspects(struct contest *contest, size_t *found);

/* Judges what has been measured so far: fills what is said of each case. 0 or -ENOMEM. */
int settle_all(struct contest *contest);

/* Gives one that could not be timed on both sides its verdict, and *judged is true. 0 or -ENOMEM.
 */
int settle_failed(const struct contest *c, struct contest_case *one, bool *judged);

#endif
