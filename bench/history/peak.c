// SPDX-License-Identifier: MIT
#include "bench/history/peak.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "bench/history/changes.h"
#include "bench/shuffle.h"
#include "bench/stats.h"

/* A quarter of a normal deviate's spread is 1/1.4826 deviations from its median; differences of
 * neighbours are spread by the root of 2 more, whatever the level does. */
#define CLIP_AT   (3 * 1.4826 * M_SQRT1_2)
#define CLIP_ROOM 1e-3 /* or a series without noise would have no room for a change */

/* Sums of the same values in another order may be a bit less. */
#define AS_LARGE (1 - 1e-9)

/* Where it changes most: taken as a whole, and in any of shorter and shorter intervals of it, each
 * half in the next one (seeded binary segmentation, Kovács, Bühlmann, Li, Munk 2020). What goes up
 * and comes down again is no step of the whole, but one of a part. */
enum view { WHOLE, PARTS, VIEWS };

struct peak {
    double size;
    size_t at;
};

/* Intervals of one length, from one end to the other. */
struct scale {
    double wide;
    size_t length, steps; /* 0: it would be too short */
};

static struct scale scale_of(double wide, size_t n)
{
    size_t length = (size_t)ceil(wide);
    if (wide < CHANGE_LEAST)
        return (struct scale){0};
    return (struct scale){wide, length, (size_t)ceil(2 * (double)(n - length) / wide)};
}

static struct scale first_scale(size_t n)
{
    return scale_of((double)n * M_SQRT1_2, n);
}

static struct scale next_scale(struct scale scale, size_t n)
{
    return scale_of(scale.wide * M_SQRT1_2, n);
}

enum { TILTS = 48 };

/* ---- clipping ----------------------------------------------------------------------------- */

double peaks_width(const double *values, size_t n, double *room)
{
    for (size_t i = 1; i < n; i++)
        room[i - 1] = fabs(values[i] - values[i - 1]);
    return fmax(CLIP_AT * stats_median(room, n - 1), CLIP_ROOM);
}

/* Single wild values must not look like levels. */
static void clip(struct peaks *s, const double *values, size_t n)
{
    double middle = stats_median(values, n), width = peaks_width(values, n, s->shuffled);
    for (size_t i = 0; i < n; i++)
        s->clipped[i] = fmin(fmax(values[i], middle - width), middle + width) - middle;
}

/* ---- peaks -------------------------------------------------------------------------------- */

static void add_up(struct peaks *s, const double *y, size_t n)
{
    double sum = 0, squares = 0;
    for (size_t i = 0; i < n; i++) {
        s->sums[i + 1] = sum += y[i];
        s->squares[i + 1] = squares += y[i] * y[i];
    }
}

/* The largest square of the cumulated sum in one interval, in units of its variance at its place:
 * so a step near an end, the latest one above all, is seen as well as one in the middle. sums: of
 * all that lies before each value. */
static double largest_within(const struct peaks *s, const double *sums, size_t n, size_t *at)
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

/* A change explains at most all that the values of an interval differ. */
static bool may_reach(const struct peaks *s, size_t begin, size_t length, double size)
{
    double sum = s->sums[begin + length] - s->sums[begin];
    double squares = s->squares[begin + length] - s->squares[begin];
    return squares - sum * sum * s->shares[length] >= size * (1 - 1e-6);
}

/* The largest of a view of what has been added up; or the first one found that is as large as
 * `enough`, if there is one. */
static struct peak find_peak(const struct peaks *s, size_t n, enum view view, double enough)
{
    struct peak peak = {.size = -1}; /* a short one has no parts */
    if (view == WHOLE) {
        peak.size = largest_within(s, s->sums, n, &peak.at);
        return peak;
    }
    for (struct scale at = first_scale(n); at.length > 0; at = next_scale(at, n)) {
        for (size_t i = 0; i <= at.steps; i++) {
            size_t begin = (n - at.length) * i / at.steps, k = 0;
            if (!may_reach(s, begin, at.length, enough < INFINITY ? enough : peak.size))
                continue;
            double size = largest_within(s, s->sums + begin, at.length, &k);
            if (size > peak.size)
                peak = (struct peak){size, begin + k};
            if (size >= enough)
                return peak;
        }
    }
    return peak;
}

/* ---- without an order tried --------------------------------------------------------------- */

/* Of values around their mean: exponents, and ln of the mean of exp(exponent * value), of which
 * that of the sign with more. */
struct tilts {
    double exponent[TILTS], cost[TILTS];
};

static void find_tilts(const struct peaks *s, size_t n, double mean, double variance,
                       struct tilts *tilts)
{
    double exponent = 0.1 / sqrt(variance);
    for (int i = 0; i < TILTS; i++, exponent *= 1.12) { /* up to 20 deviations */
        double up = 0, down = 0;
        for (size_t k = 0; k < n; k++) {
            up += exp(exponent * (s->clipped[k] - mean));
            down += exp(exponent * (mean - s->clipped[k]));
        }
        tilts->exponent[i] = exponent;
        tilts->cost[i] = log(fmax(up, down) / (double)n);
    }
}

/* How likely it is at most that the mean of k of all values is so far from that of all: drawn
 * without putting back, as here, it is no likelier than with (Hoeffding 1963), of which Chernoff's
 * bound is the best of those of all exponents. */
static double likely(const struct tilts *tilts, size_t k, double far)
{
    double rate = 0;
    for (int i = 0; i < TILTS; i++)
        rate = fmax(rate, tilts->exponent[i] * far - tilts->cost[i]);
    return 2 * exp(-rate * (double)k);
}

/* A change of that size at k in an interval of some of the values: either part is far off by its
 * share of the difference. */
static double likely_in_part(const struct tilts *tilts, size_t k, size_t length, double size)
{
    double before = sqrt((double)k), after = sqrt((double)(length - k));
    double apart = sqrt(size * (double)length) / (before * after);
    return likely(tilts, k, apart * after / (before + after)) +
           likely(tilts, length - k, apart * before / (before + after));
}

/* In all of them both parts are. */
static double likely_in_whole(const struct tilts *tilts, size_t k, size_t n, double size)
{
    double sum = sqrt(size * (double)k * (double)(n - k) / (double)n);
    return fmin(likely(tilts, k, sum / (double)k), likely(tilts, n - k, sum / (double)(n - k)));
}

/* At most how likely it is that an order is as large: at each place of each interval together. */
static double bound(const struct peaks *s, size_t n, enum view view, double size)
{
    double p = 0, mean = s->sums[n] / (double)n, variance = s->squares[n] / (double)n - mean * mean;
    struct tilts tilts;
    if (!(variance > 0))
        return 1;
    find_tilts(s, n, mean, variance, &tilts);
    for (size_t k = CHANGE_SEGMENT; k + CHANGE_SEGMENT <= n && view == WHOLE; k++)
        p += likely_in_whole(&tilts, k, n, size);
    for (struct scale at = first_scale(n); at.length > 0 && view == PARTS; at = next_scale(at, n))
        for (size_t k = CHANGE_SEGMENT; k + CHANGE_SEGMENT <= at.length; k++)
            p += (double)(at.steps + 1) * likely_in_part(&tilts, k, at.length, size);
    return p;
}

/* ---- by orders ---------------------------------------------------------------------------- */

/* The next order of all, all being as likely: see bench/shuffle.h. */
static void permute(double *y, size_t n, uint64_t *seed)
{
    for (size_t i = n; i > 1; i--) {
        size_t k = (size_t)((random_next(seed) >> 32) * i >> 32); /* i is far below 2^32 */
        double moved = y[i - 1];
        y[i - 1] = y[k];
        y[k] = moved;
    }
}

/* Among all orders that are tried and its own. It stops where it can be no alarm any more. */
static double try_orders(struct peaks *s, size_t n, enum view view, double size, double alpha)
{
    size_t as_large = 1, tried = 0;
    const double most = alpha * (double)(s->permutations + 1);
    memcpy(s->shuffled, s->clipped, n * sizeof(*s->shuffled));
    while (tried < s->permutations && (double)as_large <= most) {
        permute(s->shuffled, n, &s->seed);
        add_up(s, s->shuffled, n);
        as_large += find_peak(s, n, view, size * AS_LARGE).size >= size * AS_LARGE;
        tried++;
    }
    return (double)as_large / (double)(tried + 1);
}

/* Short ones have no parts; else each view has half of the alarms. Bounds are found at once, so
 * they come first; the parts are asked where the whole says nothing. */
double peaks_find(struct peaks *s, const double *values, size_t n, size_t *at)
{
    const int views = n >= 2 * CHANGE_LEAST ? VIEWS : 1;
    struct peak found[VIEWS];
    double least = 1;
    if (n < CHANGE_LEAST)
        return 1;
    clip(s, values, n);
    add_up(s, s->clipped, n);
    for (int view = WHOLE; view < views; view++)
        found[view] = find_peak(s, n, (enum view)view, INFINITY);
    bool few = s->permutations <= CHANGE_PERMUTATIONS;
    for (int i = few ? views : 0; i < 2 * views && least > s->alpha; i++) {
        enum view view = (enum view)(i % views);
        double p = i < views ? bound(s, n, view, found[view].size)
                             : try_orders(s, n, view, found[view].size, s->alpha / views);
        if (i == 0 || views * p < least)
            *at = found[view].at;
        least = fmin(least, views * p);
    }
    return least;
}

/* ---- room --------------------------------------------------------------------------------- */

/* A p of alpha must be possible. */
static size_t count_permutations(double alpha)
{
    return (size_t)fmax(CHANGE_PERMUTATIONS, ceil(VIEWS / alpha));
}

int peaks_open(struct peaks *peaks, size_t n, double alpha, uint64_t seed)
{
    double *room = calloc(5 * n + 3, sizeof(*room));
    if (room == NULL)
        return -ENOMEM;
    *peaks = (struct peaks){.alpha = alpha,
                            .permutations = count_permutations(alpha),
                            .seed = seed,
                            .room = room,
                            .clipped = room,
                            .shuffled = room + n,
                            .sums = room + 2 * n,
                            .squares = room + 3 * n + 1,
                            .shares = room + 4 * n + 2};
    for (size_t k = 1; k <= n; k++)
        peaks->shares[k] = 1 / (double)k;
    return 0;
}

void peaks_close(struct peaks *peaks)
{
    free(peaks->room);
    *peaks = (struct peaks){0};
}
