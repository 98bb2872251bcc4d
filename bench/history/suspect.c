// SPDX-License-Identifier: MIT
#include "bench/history/suspect.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "bench/stats.h"

enum { SEED = 1 }; /* the same history gives the same answer */

static int find(struct findings *f, const double *values, size_t n, const size_t *points,
                double alpha)
{
    struct changes changes;
    f->values = n;
    f->least = changes_least(alpha);
    f->first_level = expm1(stats_median(values, n));
    int err = changes_find(values, n, log1p(SUSPECT_EFFECT), alpha, SEED, &changes);
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

static int make(struct findings *findings, const struct series *series, double alpha)
{
    double *values;
    size_t *points;
    *findings = (struct findings){.first_level = NAN, .dependence = NAN};
    int n = history_values(series, &values, &points);
    int err = n < 0 ? n : find(findings, values, (size_t)n, points, alpha);
    free(values);
    free(points);
    return err;
}

int findings_make(struct findings *findings, const struct series *series)
{
    return make(findings, series, CHANGE_ALPHA);
}

static size_t count_values(const struct series *series)
{
    size_t n = 0;
    for (size_t i = 0; i < series->point_count; i++)
        n += !isnan(series->points[i].change);
    return n;
}

/* Those that have none yet, once more; answers how many have some. */
static int make_others(struct findings *findings, const struct series *series, size_t count,
                       double alpha)
{
    int found = 0;
    for (size_t i = 0; i < count; i++) {
        if (findings[i].count == 0 && series[i].successor == 0) {
            findings_free(&findings[i]);
            if (make(&findings[i], &series[i], alpha) == -ENOMEM)
                return -ENOMEM;
        }
        found += findings[i].count > 0;
    }
    return found;
}

/* Each that changed leaves more of the alarms to the others. */
int findings_make_all(struct findings *findings, const struct series *series, size_t count)
{
    int together = 0, before = -1, found = 0;
    for (size_t i = 0; i < count; i++) {
        findings[i] = (struct findings){.first_level = NAN, .dependence = NAN};
        together += series[i].successor == 0 && count_values(&series[i]) >= CHANGE_LEAST;
    }
    while (found > before && (before < 0 || found < together)) {
        before = found;
        found = make_others(findings, series, count, CHANGE_ALPHA / fmax(together - found, 1));
    }
    for (size_t i = 0; i < count && found < 0; i++)
        findings_free(&findings[i]);
    return found < 0 ? found : together;
}

void findings_free(struct findings *findings)
{
    free(findings->suspects);
    *findings = (struct findings){0};
}

/* Before the suspect of that number, as ln(new / reference). */
static double level_before(const struct findings *f, size_t i)
{
    return log1p(i == 0 ? f->first_level : f->suspects[i - 1].level);
}

/* Of levels as low as the lowest it is the latest: what was mended in between is past. */
bool findings_slower(const struct findings *f, struct slowdown *slowdown)
{
    const double effect = log1p(SUSPECT_EFFECT) * (1 - 1e-9);
    double latest = level_before(f, f->count), lowest = INFINITY;
    bool slower = false;
    for (size_t i = 0; i < f->count; i++)
        lowest = fmin(lowest, level_before(f, i));
    for (size_t i = 0; i < f->count; i++) {
        double level = level_before(f, i);
        if (level >= lowest + effect || latest - level < effect)
            continue;
        slower = true;
        slowdown->since = i;
        slowdown->whole = f->suspects[f->count - 1];
        slowdown->whole.before = f->suspects[i].before;
        slowdown->whole.change = expm1(latest - level);
    }
    return slower;
}
