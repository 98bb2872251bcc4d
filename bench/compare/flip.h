// SPDX-License-Identifier: MIT
/* Is a difference above 0? The sign-flip test with weights that are clipped at their median: a few
 * wild pairs have no more weight than an ordinary one. It assumes nothing of the noise but that,
 * without an effect, a difference is as likely to have either sign. */
#ifndef SPEEDUP_FLIP_H
#define SPEEDUP_FLIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FLIP_EXACT_MAX = 20, FLIP_SAMPLES = 19999, FLIP_UNITS = 1024, FLIP_MAX = 1024 };
#define FLIP_RARE 0.001

/* One-sided p: the statistic is the sum of sign(x) min(|x|, median |x|), and p the share of all
 * 2^n flips of the signs that give one at least as large. Above FLIP_EXACT_MAX it is taken from
 * FLIP_SAMPLES flips that the seed gives, (1 + those) / (1 + FLIP_SAMPLES); one of at most
 * FLIP_RARE is too coarse for a family of many, so that all flips are counted instead, with
 * weights in units of 1/FLIP_UNITS of the median. Hence the least p is 2^-n for every n. Flips that
 * differ by rounding alone count as equal. 1 for n = 0, or where more than half of x are 0. At most
 * FLIP_MAX finite values; NAN for more, or without memory. */
double flip_p(const double *x, size_t n, uint64_t seed);

/* Wilcoxon's signed-rank test of the same: is p <= alpha? Differences that are 0 count half. */
bool flip_suspects(const double *x, size_t n, double alpha);

#endif
