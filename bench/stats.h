// SPDX-License-Identifier: MIT
/* Rank statistics on paired differences: no assumption about the shape of the noise but that it is
 * symmetric, and exact for the small numbers of rounds that benchmarks have. Arrays are only read;
 * values must be finite; NAN stands for "not known", also when memory is short. */
#ifndef SPEEDUP_STATS_H
#define SPEEDUP_STATS_H

#include <stdbool.h>
#include <stddef.h>

/* A value with its confidence interval. low and high are NAN where no such interval exists. */
struct estimate {
    double value, low, high;
};

/* NAN for n = 0. */
double stats_median(const double *values, size_t n);

/* The critical value of Wilcoxon's signed-rank test, one-sided: the largest T with
 * P(W <= T) <= alpha for n differences, -1 where none is so unlikely. Exact up to n = 60, the
 * normal approximation beyond. 0 < alpha < 1/2. */
long stats_signed_rank_critical(size_t n, double alpha);

/* The z that a standard normal number exceeds with probability p. 0 < p < 1. */
double stats_normal_above(double p);

/* Where the differences lie: the Hodges-Lehmann estimate (the median of the M = n(n+1)/2 averages
 * of all pairs, each value with itself included) and, from the same sorted averages w, the interval
 * w[k] .. w[M+1-k], counted from 1, k - 1 being the critical value at (1 - confidence) / 2. For
 * 95 % it takes at least 6 differences. */
struct estimate stats_location(const double *differences, size_t n, double confidence);

/* How many times `base` is `times`, paired by index, with its 95 % interval: the exponential of the
 * location of ln base - ln times. All NAN unless n > 0 and every number is above 0. */
struct estimate stats_ratio(const double *base, const double *times, size_t n);

#endif
