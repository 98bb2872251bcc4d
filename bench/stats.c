// SPDX-License-Identifier: MIT
#include "bench/stats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { EXACT_MAX = 60, RANK_SUM_MAX = EXACT_MAX * (EXACT_MAX + 1) / 2 };

static const struct estimate unknown = {NAN, NAN, NAN};

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double middle(const double *sorted, size_t n)
{
    return (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
}

double stats_median(const double *values, size_t n)
{
    double *sorted = n > 0 ? malloc(n * sizeof(*sorted)) : NULL;
    if (sorted == NULL)
        return NAN;
    memcpy(sorted, values, n * sizeof(*sorted));
    qsort(sorted, n, sizeof(*sorted), ascending);
    double median = middle(sorted, n);
    free(sorted);
    return median;
}

double stats_mean(const double *values, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += values[i];
    return n > 0 ? sum / (double)n : NAN;
}

/* Each rank is in the sum or not, with equal chances: the distribution of W rank by rank. */
static long critical_exact(size_t n, double alpha)
{
    double chance[RANK_SUM_MAX + 1] = {1};
    size_t most = 0;
    for (size_t rank = 1; rank <= n; rank++) {
        most += rank;
        for (size_t sum = most + 1; sum-- > 0;)
            chance[sum] = (chance[sum] + (sum >= rank ? chance[sum - rank] : 0)) / 2;
    }
    long critical = -1;
    for (double below = chance[0]; below <= alpha; below += chance[critical + 1])
        critical++;
    return critical;
}

double stats_normal_above(double p)
{
    double low = -40, high = 40;
    for (int i = 0; i < 80; i++) {
        double z = (low + high) / 2;
        if (erfc(z * M_SQRT1_2) / 2 > p)
            low = z;
        else
            high = z;
    }
    return high;
}

static long critical_approximate(double n, double alpha)
{
    double mean = n * (n + 1) / 4, deviation = sqrt(n * (n + 1) * (2 * n + 1) / 24);
    return (long)floor(mean - stats_normal_above(alpha) * deviation - 0.5);
}

long stats_signed_rank_critical(size_t n, double alpha)
{
    return n <= EXACT_MAX ? critical_exact(n, alpha) : critical_approximate((double)n, alpha);
}

struct estimate stats_location(const double *d, size_t n, double confidence)
{
    size_t count = n * (n + 1) / 2, i = 0;
    double *walsh = n > 0 ? malloc(count * sizeof(*walsh)) : NULL;
    if (walsh == NULL)
        return unknown;
    for (size_t a = 0; a < n; a++)
        for (size_t b = a; b < n; b++)
            walsh[i++] = (d[a] + d[b]) / 2;
    qsort(walsh, count, sizeof(*walsh), ascending);
    struct estimate e = {middle(walsh, count), NAN, NAN};
    long outside = stats_signed_rank_critical(n, (1 - confidence) / 2);
    if (outside >= 0) {
        e.low = walsh[outside];
        e.high = walsh[count - 1 - (size_t)outside];
    }
    free(walsh);
    return e;
}

struct estimate stats_ratio(const double *base, const double *times, size_t n)
{
    double *d = n > 0 ? malloc(n * sizeof(*d)) : NULL;
    if (d == NULL)
        return unknown;
    bool positive = true;
    for (size_t i = 0; i < n; i++) {
        positive = positive && base[i] > 0 && times[i] > 0;
        d[i] = positive ? log(base[i]) - log(times[i]) : 0;
    }
    struct estimate e = positive ? stats_location(d, n, 0.95) : unknown;
    free(d);
    return positive ? (struct estimate){exp(e.value), exp(e.low), exp(e.high)} : unknown;
}

/* ---- shares ------------------------------------------------------------------------------- */

/* Of the ways to choose k of n. */
static double log_ways(size_t n, size_t k)
{
    return lgamma((double)n + 1) - lgamma((double)k + 1) - lgamma((double)(n - k) + 1);
}

double stats_binomial_tail(size_t k, size_t n, double p)
{
    double sum = 0;
    if (k == 0 || p >= 1)
        return 1;
    for (size_t i = k; i <= n && p > 0; i++)
        sum += exp(log_ways(n, i) + (double)i * log(p) + (double)(n - i) * log1p(-p));
    return fmin(1, sum);
}

/* How many ways there are to give the failures to the sides, k or more to the first. */
double stats_fisher(size_t k, size_t n, size_t other_k, size_t other_n)
{
    size_t failed = k + other_k, least = failed > other_n ? failed - other_n : 0;
    double sum = 0, all = log_ways(n + other_n, failed);
    if (k <= least)
        return 1;
    for (size_t i = k; i <= n && i <= failed; i++)
        sum += exp(log_ways(n, i) + log_ways(other_n, failed - i) - all);
    return fmin(1, sum);
}

/* The p at which the tail from k on is `tail`: it grows with p. */
static double solve(size_t k, size_t n, double tail)
{
    double low = 0, high = 1;
    for (int i = 0; i < 60; i++) {
        double p = (low + high) / 2;
        if (stats_binomial_tail(k, n, p) < tail)
            low = p;
        else
            high = p;
    }
    return (low + high) / 2;
}

struct estimate stats_share(size_t k, size_t n, double confidence)
{
    double outside = (1 - confidence) / 2;
    if (n == 0)
        return unknown;
    return (struct estimate){(double)k / (double)n, k > 0 ? solve(k, n, outside) : 0,
                             k < n ? solve(k + 1, n, 1 - outside) : 1};
}
