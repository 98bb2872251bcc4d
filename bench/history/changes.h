// SPDX-License-Identifier: MIT
/* Where a series of measurements changed its level: cumulated sums (Page 1954) of clipped values,
 * judged by permutations of the series itself, so that nothing is assumed about the noise but that
 * its order means nothing. Several changes by binary segmentation (Scott and Knott 1974) with a
 * pass back. */
#ifndef SPEEDUP_CHANGES_H
#define SPEEDUP_CHANGES_H

#include <stddef.h>
#include <stdint.h>

enum {
    CHANGE_SEGMENT = 3,         /* fewer values in a row are no level */
    CHANGE_LEAST = 11,          /* in fewer values the plainest step has a p of .8 % at best */
    CHANGE_PERMUTATIONS = 1999, /* for a p of 1 %; more for a smaller one */
    CHANGE_DEPENDENCE_LEAST = 20
};
#define CHANGE_ALPHA      .01 /* false alarms per series that never changed */
#define CHANGE_DEPENDENCE .3  /* a lag-1 autocorrelation above it must be told */

struct change_point {
    size_t at;     /* the first value of the new level */
    double before; /* the medians of both levels */
    double after;
    double p; /* how often a shuffled series looks as much like a change */
};

struct changes {
    struct change_point *points; /* in order */
    size_t count;
    double dependence; /* lag-1 autocorrelation of the residuals; NAN for fewer than 20 values */
};

/* Finds the changes of at least min_effect (> 0, as a difference of values) in values[n], which are
 * finite; alpha, at most CHANGE_ALPHA, is how often that may be a false alarm. The same seed gives
 * the same answer. 0; -ENODATA for fewer than changes_least(alpha) values, -ENOMEM; then there is
 * nothing to free. */
int changes_find(const double *values, size_t n, double min_effect, double alpha, uint64_t seed,
                 struct changes *changes);

/* So many values, at least CHANGE_LEAST, have orders enough for one to be that unlikely. */
size_t changes_least(double alpha);

void changes_free(struct changes *changes);

#endif
