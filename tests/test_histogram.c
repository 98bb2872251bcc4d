// SPDX-License-Identifier: MIT
#include "runners/histogram.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#define TIMEOUT .timeout = 120

static struct histogram histogram, other;

Test(histogram, buckets_follow_each_other, TIMEOUT)
{
    for (size_t i = 0; i + 1 < HISTOGRAM_BUCKETS; i++) {
        int64_t from = histogram_edge(i), to = histogram_edge(i + 1);
        cr_assert(from < to, "bucket %zu from %ld to %ld", i, (long)from, (long)to);
        cr_assert(i < HISTOGRAM_FINE || (double)(to - from) <= 0.002 * (double)from);
        memset(&histogram, 0, sizeof(histogram));
        histogram_add(&histogram, from);
        histogram_add(&histogram, to - 1);
        cr_assert(histogram.buckets[i] == 2, "%ld and %ld are not in bucket %zu", (long)from,
                  (long)to - 1, i);
    }
}

Test(histogram, percentiles_of_known_values, TIMEOUT)
{
    for (int64_t ns = 1; ns <= 100000; ns++)
        histogram_add(&histogram, 1000 * ns);
    for (double p = 0.01; p < 1; p += 0.01) {
        double found = histogram_percentile(&histogram, p), right = 1e8 * p;
        cr_expect(fabs(found / right - 1) < 0.002, "p %g: %g, not %g", p, found, right);
    }
    cr_expect(histogram_percentile(&histogram, 1) == 1e8);
    cr_expect(histogram_mean(&histogram) == 1000 * 50000.5);
}

/* A thread that starves for minutes waited for minutes. */
Test(histogram, long_values_are_told_apart, TIMEOUT)
{
    static const int64_t longs[] = {900000000, 1100000000, 6010000000, 60000000000, 180000000000};
    enum { LONGS = sizeof(longs) / sizeof(longs[0]) };
    for (int i = 0; i < LONGS; i++)
        histogram_add(&histogram, longs[i]);
    for (int i = 0; i < LONGS; i++) {
        double found = histogram_percentile(&histogram, (i + 0.5) / LONGS);
        cr_expect(fabs(found / (double)longs[i] - 1) < 0.002, "%g ns, not %g", found,
                  (double)longs[i]);
    }
}

Test(histogram, merging_is_adding, TIMEOUT)
{
    histogram_add(&histogram, 10);
    histogram_add(&other, 30);
    histogram_add(&other, INT64_MAX / 4); /* longer than the longest bucket */
    histogram_add(&other, -1);            /* a clock that jumped */
    histogram_merge(&histogram, &other);
    cr_expect(histogram.count == 4 && histogram.max_ns == INT64_MAX / 4);
    cr_expect(histogram.buckets[HISTOGRAM_BUCKETS - 1] == 1 && histogram.buckets[0] == 1);
    memset(&other, 0, sizeof(other));
    cr_expect(isnan(histogram_percentile(&other, 0.5)) && isnan(histogram_mean(&other)));
}
