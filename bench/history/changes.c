// SPDX-License-Identifier: MIT
#include "bench/history/changes.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "bench/history/peak.h"
#include "bench/stats.h"

/* A change, and the neighbours between which it was judged. */
struct spot {
    struct change_point point;
    size_t begin, end;
};

struct search {
    const double *values;
    double min_effect;
    struct peaks peaks;
    struct spot *spots; /* in order */
    size_t count;
};

static size_t begin_of(const struct search *s, size_t i)
{
    return i == 0 ? 0 : s->spots[i - 1].point.at;
}

static size_t end_of(const struct search *s, size_t i, size_t n)
{
    return i + 1 == s->count ? n : s->spots[i + 1].point.at;
}

/* Divides the series, then both parts, and so on: from left to right. */
static void divide(struct search *s, size_t begin, size_t end)
{
    size_t at = 0;
    double p = peaks_find(&s->peaks, s->values + begin, end - begin, &at);
    if (p > s->peaks.alpha)
        return;
    divide(s, begin, begin + at);
    s->spots[s->count++] = (struct spot){{.at = begin + at, .p = p}, begin, end};
    divide(s, begin + at, end);
}

/* Each change once more between its neighbours alone, and its place; again only where those are
 * others than before. */
static void judge(struct search *s, size_t i, size_t n)
{
    struct spot *spot = &s->spots[i];
    size_t begin = begin_of(s, i), end = end_of(s, i, n), at = 0;
    if (spot->begin == begin && spot->end == end)
        return;
    spot->begin = begin;
    spot->end = end;
    spot->point.p = peaks_find(&s->peaks, s->values + begin, end - begin, &at);
    if (spot->point.p <= s->peaks.alpha)
        spot->point.at = begin + at;
}

static void set_levels(struct search *s, size_t i, size_t n)
{
    struct change_point *point = &s->spots[i].point;
    size_t begin = begin_of(s, i), end = end_of(s, i, n);
    point->before = stats_median(s->values + begin, point->at - begin);
    point->after = stats_median(s->values + point->at, end - point->at);
}

static double effect(const struct change_point *point)
{
    return fabs(point->after - point->before);
}

/* The other way round: a change that is none between its neighbours, or too small to matter, goes,
 * the weakest first, as that may mend the others. */
static void tidy(struct search *s, size_t n)
{
    for (bool removed = true; removed;) {
        size_t weakest = s->count;
        for (size_t i = 0; i < s->count; i++)
            judge(s, i, n);
        for (size_t i = 0; i < s->count; i++) {
            set_levels(s, i, n);
            const struct change_point *point = &s->spots[i].point;
            bool stays = point->p <= s->peaks.alpha && effect(point) >= s->min_effect;
            if (!stays && (weakest == s->count || effect(point) < effect(&s->spots[weakest].point)))
                weakest = i;
        }
        removed = weakest < s->count;
        if (!removed)
            break;
        s->count--;
        memmove(&s->spots[weakest], &s->spots[weakest + 1],
                (s->count - weakest) * sizeof(s->spots[0]));
    }
}

/* Of what is left when each level is taken out, without its wild values. */
static double dependence(struct search *s, size_t n)
{
    double together = 0, squares = 0, *clipped = s->peaks.clipped;
    if (n < CHANGE_DEPENDENCE_LEAST)
        return NAN;
    double width = peaks_width(s->values, n, s->peaks.shuffled);
    for (size_t i = 0; i <= s->count; i++) {
        size_t begin = begin_of(s, i), end = i < s->count ? s->spots[i].point.at : n;
        double middle = stats_median(s->values + begin, end - begin);
        for (size_t k = begin; k < end; k++)
            clipped[k] = fmin(fmax(s->values[k] - middle, -width), width);
    }
    for (size_t i = 0; i < n; i++) {
        squares += clipped[i] * clipped[i];
        together += i > 0 ? clipped[i] * clipped[i - 1] : 0;
    }
    return squares > 0 ? together / squares : 0;
}

/* A step in the middle can be put there in most ways, and as a step down in as many. */
size_t changes_least(double alpha)
{
    double ways = 1;
    size_t n = 0;
    for (; n < CHANGE_LEAST || ways * alpha < 2; n++) /* n over n/2, from that of one less */
        ways *= (double)(n + 1) / (double)((n + 2) / 2);
    return n;
}

int changes_find(const double *values, size_t n, double min_effect, double alpha, uint64_t seed,
                 struct changes *changes)
{
    *changes = (struct changes){.dependence = NAN};
    if (n < changes_least(alpha))
        return -ENODATA;
    struct search s = {.values = values, .min_effect = min_effect};
    changes->points = calloc(n / CHANGE_SEGMENT, sizeof(*changes->points));
    s.spots = calloc(n / CHANGE_SEGMENT, sizeof(*s.spots));
    int err = peaks_open(&s.peaks, n, alpha, seed);
    if (changes->points == NULL || s.spots == NULL || err != 0) {
        peaks_close(&s.peaks);
        free(s.spots);
        changes_free(changes);
        return -ENOMEM;
    }
    divide(&s, 0, n);
    tidy(&s, n);
    changes->count = s.count;
    for (size_t i = 0; i < s.count; i++)
        changes->points[i] = s.spots[i].point;
    changes->dependence = dependence(&s, n);
    peaks_close(&s.peaks);
    free(s.spots);
    return 0;
}

void changes_free(struct changes *changes)
{
    free(changes->points);
    *changes = (struct changes){0};
}
