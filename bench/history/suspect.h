// SPDX-License-Identifier: MIT
/* The sessions at which a series changed its level: suspects, until the two builds beside the
 * change are compared with each other. */
#ifndef SPEEDUP_HISTORY_SUSPECT_H
#define SPEEDUP_HISTORY_SUSPECT_H

#include <stdbool.h>

#include "bench/history/series.h"

#define SUSPECT_EFFECT .02 /* smaller changes are not told */

struct suspect {
    size_t before, after; /* points: the last one of the old level, the first one of the new */
    double change;        /* a fraction; above 0: slower */
    double level;         /* of the new one, over the reference */
    double p;
};

struct findings {
    struct suspect *suspects; /* in order */
    size_t count;
    size_t values;      /* points with a change */
    size_t least;       /* fewer of them say nothing */
    double first_level; /* before any change, over the reference; NAN where no point has a change */
    double dependence;  /* lag-1 autocorrelation of the residuals; NAN: not known */
};

/* Why a series is slower than it has been. */
struct slowdown {
    size_t since;         /* the suspect at which it left its lowest level */
    struct suspect whole; /* from before that to the latest level, which may be more than one */
};

/* Of one series, at CHANGE_ALPHA. 0; -ENODATA where too few points have a change to find any:
 * findings are valid and hold none; -ENOMEM: nothing is to be freed. */
int findings_make(struct findings *findings, const struct series *series);
void findings_free(struct findings *findings);

/* Of all of them, so that CHANGE_ALPHA is how often any of them is a false alarm (Holm 1979). Those
 * that have a successor are past: nothing is looked for in them, and they do not count. Answers for
 * how many series it was corrected, -ENOMEM: nothing is to be freed. */
int findings_make_all(struct findings *findings, const struct series *series, size_t count);

/* Is its latest level slower, by SUSPECT_EFFECT, than the lowest that it has had? */
bool findings_slower(const struct findings *findings, struct slowdown *slowdown);

#endif
