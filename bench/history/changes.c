// SPDX-License-Identifier: MIT
#include "bench/history/changes.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "bench/shuffle.h"
#include "bench/stats.h"

/* A quarter of a normal deviate's spread is 1/1.4826 deviations from its median; differences of
 * neighbours are spread by the root of 2 more, whatever the level does. */
#define CLIP_AT   (3 * 1.4826 * M_SQRT1_2)
#define CLIP_ROOM 1e-3 /* or a series without noise would have no room for a change */

struct search {
    const double *values;
    double *clipped, *shuffled; /* room for all values each */
    double *sums, *shares;      /* and for one more; 0 and more; 1/k */
    double min_effect, alpha;
    size_t permutations;
    uint64_t seed;
    struct changes *found;
};

/* ---- one change --------------------------------------------------------------------------- */

static double clip_width(const double *values, size_t n, double *room)
{
    for (size_t i = 1; i < n; i++)
        room[i - 1] = fabs(values[i] - values[i - 1]);
    return fmax(CLIP_AT * stats_median(room, n - 1), CLIP_ROOM);
}

/* Single wild values must not look like levels. */
static void clip(struct search *s, const double *values, size_t n)
{
    double middle = stats_median(values, n), width = clip_width(values, n, s->shuffled);
    for (size_t i = 0; i < n; i++)
        s->clipped[i] = fmin(fmax(values[i], middle - width), middle + width) - middle;
}

/* The largest square of the cumulated sum in one interval, in units of its variance at its place:
 * so a step near an end, the latest one above all, is seen as well as one in the middle. sums: of
 * all that lies before each value. */
static double largest_within(const struct search *s, const double *sums, size_t n, size_t *at)
{
    double first = sums[0], mean = (sums[n] - first) / (double)n, most = 0;
    for (size_t k = CHANGE_SEGMENT; k + CHANGE_SEGMENT <= n; k++) {
        double sum = sums[k] - first - mean * (double)k;
        double size = sum * sum * (s->shares[k] + s->shares[n - k]); /* n / (k (n - k)) */
        if (size > most) {
            most = size;
            *at = k;
        }
    }
    return most;
}

/* Where y changes most: taken as a whole, and in any of shorter and shorter intervals of it, each
 * half in the next one (seeded binary segmentation, Kovács, Bühlmann, Li, Munk 2020). What goes up
 * and comes down again is no step of the whole, but one of a part. */
enum { WHOLE, PARTS, VIEWS };

struct peak {
    double size;
    size_t at;
};

static void find_peaks(struct search *s, const double *y, size_t n, struct peak peaks[VIEWS])
{
    for (size_t i = 0; i < n; i++)
        s->sums[i + 1] = s->sums[i] + y[i];
    peaks[WHOLE].at = peaks[PARTS].at = 0;
    peaks[WHOLE].size = largest_within(s, s->sums, n, &peaks[WHOLE].at);
    peaks[PARTS].size = -1; /* a short one has no parts */
    for (double wide = (double)n * M_SQRT1_2; wide >= CHANGE_LEAST; wide *= M_SQRT1_2) {
        size_t length = (size_t)ceil(wide), steps = (size_t)ceil(2 * (double)(n - length) / wide);
        for (size_t i = 0; i <= steps; i++) {
            size_t begin = (n - length) * i / steps, k = 0;
            double size = largest_within(s, s->sums + begin, length, &k);
            if (size > peaks[PARTS].size)
                peaks[PARTS] = (struct peak){size, begin + k};
        }
    }
}

/* The next order of all, all being as likely: see bench/shuffle.h. */
static void permute(double *y, size_t n, uint64_t *seed)
{
    for (size_t i = n; i > 1; i--) {
        size_t k = (size_t)(random_next(seed) % i);
        double moved = y[i - 1];
        y[i - 1] = y[k];
        y[k] = moved;
    }
}

/* At least how seldom any order is as large, without trying one. k of L values with the range r,
 * drawn without putting back, deviate by t from k means with a p of at most 2 exp(-2 t^2 / (k (1 -
 * (k - 1) / L) r^2)) (Serfling 1974). At each place and of the larger part that is 2 exp(-2 size /
 * r^2 * 6/7) or less, and an interval has as many places as values. */
static double bound(const struct search *s, size_t n, int view, double size)
{
    double low = s->clipped[0], high = low, scales = 2 * log2((double)n / CHANGE_LEAST) + 1;
    double places = view == WHOLE ? (double)n : 3 * (double)n * scales;
    for (size_t i = 1; i < n; i++) {
        low = fmin(low, s->clipped[i]);
        high = fmax(high, s->clipped[i]);
    }
    double range = fmax(high - low, CLIP_ROOM);
    return 2 * places * exp(-12. / 7 * size / (range * range));
}

/* Where it changed most, if anywhere, and how likely that is without a change. Short series have no
 * parts; else both views have half of the alarms. It stops as soon as neither can be an alarm. */
static double best_change(struct search *s, size_t begin, size_t end, size_t *at)
{
    size_t n = end - begin, views = n >= 2 * CHANGE_LEAST ? VIEWS : 1, tried = 0;
    size_t seldom[VIEWS] = {1, 1};
    struct peak found[VIEWS], peaks[VIEWS];
    if (n < CHANGE_LEAST)
        return 1;
    const double most = s->alpha * (double)(s->permutations + 1) / (double)views;
    clip(s, s->values + begin, n);
    find_peaks(s, s->clipped, n, found);
    for (int view = WHOLE; view < (int)views && s->permutations > CHANGE_PERMUTATIONS; view++) {
        double p = (double)views * bound(s, n, view, found[view].size);
        *at = begin + found[view].at;
        if (p <= s->alpha)
            return p;
    }
    memcpy(s->shuffled, s->clipped, n * sizeof(*s->shuffled));
    while (tried < s->permutations &&
           ((double)seldom[WHOLE] <= most || (views > 1 && (double)seldom[PARTS] <= most))) {
        permute(s->shuffled, n, &s->seed);
        find_peaks(s, s->shuffled, n, peaks);
        for (int view = WHOLE; view < VIEWS; view++) /* the same values may add up to a bit less */
            seldom[view] += peaks[view].size >= found[view].size * (1 - 1e-9);
        tried++;
    }
    int view = views > 1 && seldom[PARTS] < seldom[WHOLE] ? PARTS : WHOLE;
    *at = begin + found[view].at;
    return fmin((double)(views * seldom[view]) / (double)(tried + 1), 1);
}

/* ---- all changes -------------------------------------------------------------------------- */

static size_t begin_of(const struct search *s, size_t i)
{
    return i == 0 ? 0 : s->found->points[i - 1].at;
}

static size_t end_of(const struct search *s, size_t i, size_t n)
{
    return i + 1 == s->found->count ? n : s->found->points[i + 1].at;
}

/* Divides the series, then both parts, and so on: from left to right. */
static void divide(struct search *s, size_t begin, size_t end)
{
    size_t at = begin;
    double p = best_change(s, begin, end, &at);
    if (p > s->alpha)
        return;
    divide(s, begin, at);
    s->found->points[s->found->count++] = (struct change_point){.at = at, .p = p};
    divide(s, at, end);
}

/* Each change once more between its neighbours alone, and its place. */
static void judge(struct search *s, size_t i, size_t n)
{
    struct change_point *point = &s->found->points[i];
    size_t at = point->at;
    point->p = best_change(s, begin_of(s, i), end_of(s, i, n), &at);
    if (point->p <= s->alpha)
        point->at = at;
}

static void set_levels(struct search *s, size_t i, size_t n)
{
    struct change_point *point = &s->found->points[i];
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
    struct changes *found = s->found;
    bool known = found->count == 1; /* it has just been judged so */
    for (bool removed = true; removed; known = false) {
        size_t weakest = found->count;
        for (size_t i = 0; i < found->count && !known; i++)
            judge(s, i, n);
        for (size_t i = 0; i < found->count; i++) {
            set_levels(s, i, n);
            const struct change_point *point = &found->points[i];
            bool stays = point->p <= s->alpha && effect(point) >= s->min_effect;
            if (!stays &&
                (weakest == found->count || effect(point) < effect(&found->points[weakest])))
                weakest = i;
        }
        removed = weakest < found->count;
        if (!removed)
            break;
        found->count--;
        memmove(&found->points[weakest], &found->points[weakest + 1],
                (found->count - weakest) * sizeof(found->points[0]));
    }
}

/* Of what is left when each level is taken out, without its wild values. */
static double dependence(struct search *s, size_t n)
{
    double together = 0, squares = 0;
    if (n < CHANGE_DEPENDENCE_LEAST)
        return NAN;
    double width = clip_width(s->values, n, s->shuffled);
    for (size_t i = 0; i <= s->found->count; i++) {
        size_t begin = begin_of(s, i), end = i < s->found->count ? s->found->points[i].at : n;
        double middle = stats_median(s->values + begin, end - begin);
        for (size_t k = begin; k < end; k++)
            s->clipped[k] = fmin(fmax(s->values[k] - middle, -width), width);
    }
    for (size_t i = 0; i < n; i++) {
        squares += s->clipped[i] * s->clipped[i];
        together += i > 0 ? s->clipped[i] * s->clipped[i - 1] : 0;
    }
    return squares > 0 ? together / squares : 0;
}

/* A p of alpha must be possible. */
static size_t count_permutations(double alpha)
{
    return (size_t)fmax(CHANGE_PERMUTATIONS, ceil(VIEWS / alpha));
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
    double *room = calloc(4 * n + 2, sizeof(*room));
    changes->points = calloc(n / CHANGE_SEGMENT, sizeof(*changes->points));
    if (room == NULL || changes->points == NULL) {
        free(room);
        changes_free(changes);
        return -ENOMEM;
    }
    struct search s = {.values = values,
                       .clipped = room,
                       .shuffled = room + n,
                       .sums = room + 2 * n,
                       .shares = room + 3 * n + 1,
                       .min_effect = min_effect,
                       .alpha = alpha,
                       .permutations = count_permutations(alpha),
                       .seed = seed,
                       .found = changes};
    for (size_t k = 1; k <= n; k++)
        s.shares[k] = 1 / (double)k;
    divide(&s, 0, n);
    tidy(&s, n);
    changes->dependence = dependence(&s, n);
    free(room);
    return 0;
}

void changes_free(struct changes *changes)
{
    free(changes->points);
    *changes = (struct changes){0};
}
