// SPDX-License-Identifier: MIT
/* Where the values of a stretch change most, and how likely that is by chance: see
 * bench/history/changes.h. */
#ifndef SPEEDUP_HISTORY_PEAK_H
#define SPEEDUP_HISTORY_PEAK_H

#include <stddef.h>
#include <stdint.h>

struct peaks {
    double alpha;               /* at which a change is told: more is not looked into */
    size_t permutations;        /* so many orders are tried at most */
    uint64_t seed;              /* of the orders */
    double *room;               /* for the rest, which is part of it */
    double *clipped, *shuffled; /* one for each value */
    double *sums, *squares;     /* and one more: of all that lies before each value */
    double *shares;             /* 1/k */
};

/* Room for stretches of up to n values. 0 or -ENOMEM; then there is nothing to close. */
int peaks_open(struct peaks *peaks, size_t n, double alpha, uint64_t seed);
void peaks_close(struct peaks *peaks);

/* How likely a change as large as the largest in values[n] is without one, and its place *at, the
 * first value behind it. Above alpha neither is exact. 1 for fewer than CHANGE_LEAST values, of
 * which *at is left alone. */
double peaks_find(struct peaks *peaks, const double *values, size_t n, size_t *at);

/* Three deviations of values[n] around whatever level they have; n >= 2, room for as many. */
double peaks_width(const double *values, size_t n, double *room);

#endif
