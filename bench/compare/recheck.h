// SPDX-License-Identifier: MIT
/* Does what failed fail by chance, and on both sides alike? Whatever failed twice in a row on one
 * side is tried again in fresh pairs, those of the confirming stage in number, in which nothing is
 * run twice and nothing is timed: they alone count. What failed in the warm-up is tried right after
 * it, as time may be over later; what failed later, at the end. Fisher's exact test of those pairs
 * says which side fails more often, at the level of the whole comparison, divided by the number of
 * cases that both sides have. A case ends early where one side failed each time and the other
 * never, and that is rare enough: for a chance that is the same on both sides that adds less than
 * 0.1 %. What could not be tried so often is not decided. */
#ifndef SPEEDUP_RECHECK_H
#define SPEEDUP_RECHECK_H

#include "bench/compare/contest.h"

/* From now on exactly those cases are wanted that are to be tried. Answers how many. */
size_t recheck_open(struct contest *c);

/* In so many pairs, unless they are decided before: enough to tell of what fails each time. */
unsigned recheck_pairs(const struct contest *c);

/* From now on exactly those are wanted that never failed. */
void recheck_close(struct contest *c);

/* Counts a pair; what is decided is wanted no more. */
void recheck_count(struct contest *c, const struct half halves[SIDES]);

/* What is said of a case that failed, or may be no more than chance: its verdict, and why. -ENOMEM
 * or 0. */
int recheck_judge(const struct contest *c, struct contest_case *one);

#endif
