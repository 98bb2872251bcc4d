// SPDX-License-Identifier: MIT
#include "bench/compare/flip.h"
#include "bench/shuffle.h"
#include "bench/stats.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

enum { GROUP = 8, PATTERNS = 1 << GROUP, GROUPS_MAX = FLIP_MAX / GROUP, UNIT_BITS = 40 };

/* The weights as whole numbers, so that sums are exact: ties are ties in whatever order. A set bit
 * of a pattern is a plus. */
struct sums {
    int64_t of[GROUPS_MAX][PATTERNS];
    size_t groups;
    int64_t found; /* the statistic as measured */
};

static void add_value(struct sums *sums, size_t i, int64_t weight)
{
    for (int pattern = 0; pattern < PATTERNS; pattern++)
        sums->of[i / GROUP][pattern] += pattern >> i % GROUP & 1 ? weight : -weight;
}

static void fill(struct sums *sums, const double *x, size_t n, double middle)
{
    sums->groups = (n + GROUP - 1) / GROUP;
    sums->found = 0;
    for (size_t g = 0; g < sums->groups; g++)
        for (int pattern = 0; pattern < PATTERNS; pattern++)
            sums->of[g][pattern] = 0;
    for (size_t i = 0; i < n; i++) {
        int64_t weight = llround(ldexp(fmin(fabs(x[i]) / middle, 1), UNIT_BITS));
        add_value(sums, i, weight);
        sums->found += x[i] > 0 ? weight : x[i] < 0 ? -weight : 0;
    }
    sums->found -= (int64_t)(2 * n); /* what rounding of the weights may have moved a tie by */
}

/* Of all flips, or of those that the seed gives. */
static size_t count(const struct sums *sums, size_t n, uint64_t seed)
{
    bool all = n <= FLIP_EXACT_MAX;
    size_t flips = all ? (size_t)1 << n : FLIP_SAMPLES, reached = 0;
    for (size_t f = 0; f < flips; f++) {
        int64_t sum = 0;
        uint64_t bits = f;
        for (size_t g = 0; g < sums->groups; g++, bits >>= GROUP) {
            if (!all && g % (64 / GROUP) == 0)
                bits = random_next(&seed);
            sum += sums->of[g][bits & (PATTERNS - 1)];
        }
        reached += sum >= sums->found;
    }
    return reached;
}

/* Of all flips, by their sum of what is a minus: a flip reaches the statistic if that is at most
 * what it was as measured. share[m] is the share of flips with a sum of m units. Rounding the
 * weights makes another test of them, but no less exact a one: they know of no sign. */
static double count_rare(const double *x, size_t n, double middle)
{
    size_t units[FLIP_MAX], most = 0;
    for (size_t i = 0; i < n; i++) {
        units[i] = (size_t)lround(FLIP_UNITS * fmin(fabs(x[i]) / middle, 1));
        most += x[i] < 0 ? units[i] : 0;
    }
    double *share = calloc(most + 1, sizeof(*share)), p = 0;
    if (share == NULL)
        return NAN;
    share[0] = 1;
    for (size_t i = 0; i < n; i++)
        for (size_t m = most + 1; m-- > 0;)
            share[m] = (share[m] + (m >= units[i] ? share[m - units[i]] : 0)) / 2;
    for (size_t m = 0; m <= most; m++)
        p += share[m];
    free(share);
    return p;
}

double flip_p(const double *x, size_t n, uint64_t seed)
{
    double sizes[FLIP_MAX];
    if (n == 0 || n > FLIP_MAX)
        return n == 0 ? 1 : NAN;
    for (size_t i = 0; i < n; i++)
        sizes[i] = fabs(x[i]);
    double middle = stats_median(sizes, n);
    if (!(middle > 0))
        return isnan(middle) ? NAN : 1;
    struct sums *sums = malloc(sizeof(*sums));
    if (sums == NULL)
        return NAN;
    fill(sums, x, n, middle);
    size_t reached = count(sums, n, seed);
    free(sums);
    if (n <= FLIP_EXACT_MAX)
        return ldexp((double)reached, -(int)n);
    double p = (1 + (double)reached) / (1 + (double)FLIP_SAMPLES);
    return p > FLIP_RARE ? p : count_rare(x, n, middle);
}

/* The rank sum of the negative ones is the number of averages of two (each with itself, too) that
 * are below 0. */
bool flip_suspects(const double *x, size_t n, double alpha)
{
    double below = 0;
    for (size_t a = 0; a < n; a++)
        for (size_t b = a; b < n; b++)
            below += x[a] + x[b] < 0 ? 1 : x[a] + x[b] > 0 ? 0 : 0.5;
    return below <= (double)stats_signed_rank_critical(n, alpha);
}
