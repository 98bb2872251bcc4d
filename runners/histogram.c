// SPDX-License-Identifier: MIT
#include "runners/histogram.h"

#include <math.h>

/* The first HISTOGRAM_FINE buckets are a nanosecond wide; every further as many are twice as wide
 * as those before. */
static size_t bucket_of(uint64_t ns)
{
    if (ns < HISTOGRAM_FINE)
        return ns;
    unsigned doubling = 63 - (unsigned)__builtin_clzll(ns / HISTOGRAM_FINE);
    size_t i = (doubling + 1) * HISTOGRAM_FINE + (ns >> doubling) - HISTOGRAM_FINE;
    return i < HISTOGRAM_BUCKETS ? i : HISTOGRAM_BUCKETS - 1;
}

int64_t histogram_edge(size_t i)
{
    if (i < HISTOGRAM_FINE)
        return (int64_t)i;
    return (int64_t)(HISTOGRAM_FINE + i % HISTOGRAM_FINE) << (i / HISTOGRAM_FINE - 1);
}

void histogram_add(struct histogram *h, int64_t ns)
{
    ns = ns > 0 ? ns : 0;
    h->buckets[bucket_of((uint64_t)ns)]++;
    h->count++;
    h->sum_ns += ns;
    h->max_ns = ns > h->max_ns ? ns : h->max_ns;
}

void histogram_merge(struct histogram *h, const struct histogram *more)
{
    for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++)
        h->buckets[i] += more->buckets[i];
    h->count += more->count;
    h->sum_ns += more->sum_ns;
    h->max_ns = more->max_ns > h->max_ns ? more->max_ns : h->max_ns;
}

double histogram_percentile(const struct histogram *h, double p)
{
    double wanted = p * (double)h->count, below = 0;
    if (h->count == 0)
        return NAN;
    for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
        double here = h->buckets[i];
        if (here > 0 && below + here >= wanted) {
            double from = (double)histogram_edge(i), to = (double)histogram_edge(i + 1);
            double value = from + (to - from) * (wanted - below) / here;
            return value < (double)h->max_ns ? value : (double)h->max_ns;
        }
        below += here;
    }
    return (double)h->max_ns;
}

double histogram_mean(const struct histogram *h)
{
    return h->count > 0 ? (double)h->sum_ns / (double)h->count : NAN;
}
