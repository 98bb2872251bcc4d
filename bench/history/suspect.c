// SPDX-License-Identifier: MIT
#include "bench/history/suspect.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "bench/stats.h"

enum { SEED = 1 }; /* the same history gives the same answer */

static int find(struct findings *f, const double *values, size_t n, const size_t *points)
{
    struct changes changes;
    f->values = n;
    f->first_level = expm1(stats_median(values, n));
    int err = changes_find(values, n, log1p(SUSPECT_EFFECT), SEED, &changes);
    if (err != 0)
        return err;
    f->suspects = calloc(changes.count + 1, sizeof(*f->suspects));
    f->dependence = changes.dependence;
    for (size_t i = 0; i < changes.count && f->suspects != NULL; i++) {
        const struct change_point *at = &changes.points[i];
        f->suspects[f->count++] = (struct suspect){.before = points[at->at - 1],
                                                   .after = points[at->at],
                                                   .change = expm1(at->after - at->before),
                                                   .level = expm1(at->after),
                                                   .p = at->p};
        if (i == 0)
            f->first_level = expm1(at->before);
    }
    changes_free(&changes);
    return f->suspects != NULL ? 0 : -ENOMEM;
}

int findings_make(struct findings *findings, const struct series *series)
{
    double *values;
    size_t *points;
    *findings = (struct findings){.first_level = NAN, .dependence = NAN};
    int n = history_values(series, &values, &points);
    int err = n < 0 ? n : find(findings, values, (size_t)n, points);
    free(values);
    free(points);
    return err;
}

void findings_free(struct findings *findings)
{
    free(findings->suspects);
    *findings = (struct findings){0};
}

bool findings_slower(const struct findings *findings)
{
    return findings->count > 0 && findings->suspects[findings->count - 1].change > 0;
}
