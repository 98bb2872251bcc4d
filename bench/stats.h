// SPDX-License-Identifier: MIT
/* Rank statistics on paired differences: no assumption about the shape of the noise but that it is
 * symmetric, and exact for the small numbers of rounds that benchmarks have; and chances of counts.
 * Arrays are only read; values must be finite; NAN stands for "not known", also when memory is
 * short. */
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
double stats_mean(const double *values, size_t n);

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

/* P(X >= k) for n tries with chance p each: exact. */
double stats_binomial_tail(size_t k, size_t n, double p);

/* Fisher's exact test (1922), one-sided: a chance that is the same on both sides and failed k +
 * other_k times gives the k or more of them to the first side, with its n tries and not the other's
 * other_n. k <= n and other_k <= other_n. */
double stats_fisher(size_t k, size_t n, size_t other_k, size_t other_n);

/* The exact interval (Clopper and Pearson 1934) of a share of which k in n were seen. */
struct estimate stats_share(size_t k, size_t n, double confidence);

#endif
