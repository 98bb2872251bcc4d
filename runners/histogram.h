// SPDX-License-Identifier: MIT
/* A histogram of times with buckets that widen as the values grow: 512 in each doubling, so that no
 * percentile is off by more than 0.2 %. Adding a value takes a few nanoseconds and no memory. */
#ifndef SPEEDUP_HISTOGRAM_H
#define SPEEDUP_HISTOGRAM_H

#include <stddef.h>
#include <stdint.h>

enum { HISTOGRAM_FINE = 512, HISTOGRAM_DOUBLINGS = 30 };
enum { HISTOGRAM_BUCKETS = HISTOGRAM_FINE * HISTOGRAM_DOUBLINGS };

/* All zero is an empty one. Holds no pointers. */
struct histogram {
    uint64_t count;
    int64_t sum_ns, max_ns;
    uint32_t buckets[HISTOGRAM_BUCKETS]; /* up to 275 s; what is longer counts into the last */
};

/* Adds a time in nanoseconds; below 0 counts as 0. */
void histogram_add(struct histogram *histogram, int64_t ns);

/* Adds all values of another one. */
void histogram_merge(struct histogram *histogram, const struct histogram *more);

/* The value that a share p of the values lies below, 0 <= p <= 1; NAN where it is empty. */
double histogram_percentile(const struct histogram *histogram, double p);

/* NAN where it is empty. */
double histogram_mean(const struct histogram *histogram);

/* Where bucket i begins, in nanoseconds; bucket i ends where i + 1 begins. */
int64_t histogram_edge(size_t i);

#endif
