// SPDX-License-Identifier: MIT
#include "bench/compare/judge.h"
#include "bench/compare/flip.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double confidence = 0.99, power = 0.8, suspicion = 0.10;
static const double widest = 8; /* e^8 times as slow: nothing else is larger */

/* d = ln new - ln base, into a new array. */
static double *differences(const struct compared_case *c)
{
    double *d = calloc(c->pair_count + 1, sizeof(*d));
    for (size_t i = 0; d != NULL && i < c->pair_count; i++)
        d[i] = log(c->new_times_ns[i]) - log(c->base_times_ns[i]);
    return d;
}

/* sign d - ln(1 + margin): above 0 where it is slower (sign 1) or faster (-1) by more. */
static void beyond(double *x, const double *d, size_t n, double sign, double margin)
{
    for (size_t i = 0; i < n; i++)
        x[i] = sign * d[i] - log1p(margin);
}

/* ---- what it could have seen -------------------------------------------------------------- */

/* How many pairs of such noise would show a shift by `shift` beyond the margin: the sum of the
 * clipped weights must exceed what flips give, four of five times. INFINITY: none would. */
static double needed(const double *noise, size_t n, double shift, double alpha, double *x)
{
    double sum = 0, squares = 0;
    for (size_t i = 0; i < n; i++)
        x[i] = fabs(noise[i] + shift);
    double middle = stats_median(x, n);
    for (size_t i = 0; i < n; i++) {
        double weight = fmin(fabs(noise[i] + shift), middle);
        sum += noise[i] + shift > 0 ? weight : -weight;
        squares += weight * weight;
    }
    double mean = sum / (double)n, square = squares / (double)n;
    if (!(mean > 0))
        return shift > 0 && squares == 0 ? 0 : INFINITY;
    double spread = sqrt(fmax(0, square - mean * mean));
    double root =
        (stats_normal_above(alpha) * sqrt(square) + stats_normal_above(1 - power) * spread) / mean;
    return root * root;
}

/* The fewest whose flips alone can be so unlikely. */
static double fewest(double alpha)
{
    return fmax(JUDGE_PAIRS_MIN, ceil(-log2(alpha)));
}

size_t judge_fewest(const struct judge_rules *rules, size_t family)
{
    return (size_t)fewest(rules->alpha / (double)(family > 0 ? family : 1));
}

static void foresee(struct compared_case *c, const double *d, double *x,
                    const struct judge_rules *rules, double alpha)
{
    size_t n = c->pair_count;
    double center = stats_location(d, n, confidence).value, low = 0, high = widest;
    double *noise = calloc(n + 1, sizeof(*noise));
    c->visible = c->pairs_needed = NAN;
    if (noise == NULL)
        return;
    for (size_t i = 0; i < n; i++)
        noise[i] = d[i] - center;
    for (int i = 0; i < 50; i++) {
        double middle = (low + high) / 2;
        if (needed(noise, n, middle, alpha, x) <= (double)n)
            high = middle;
        else
            low = middle;
    }
    if ((double)n >= fewest(alpha) && high < widest)
        c->visible = expm1(high + log1p(rules->margin));
    /* by the square-root law from what these see: how many see less than that hangs on the few of
     * them that are next to none */
    double shift = log1p(rules->min_effect) - log1p(rules->margin);
    double more = high < widest ? (double)n * (high / shift) * (high / shift) : INFINITY;
    more = ceil(fmax(more, fewest(alpha)));
    if (more > (double)n && isfinite(more))
        c->pairs_needed = more;
    free(noise);
}

static void set_change(struct compared_case *c, const double *d)
{
    struct estimate e = {NAN, NAN, NAN};
    if (d != NULL && c->pair_count > 0)
        e = stats_location(d, c->pair_count, confidence);
    c->change = (struct estimate){expm1(e.value), expm1(e.low), expm1(e.high)};
}

void judge_change(struct compared_case *c)
{
    double *d = differences(c);
    set_change(c, d);
    free(d);
}

void judge_numbers(struct compared_case *c, const struct judge_rules *rules, size_t family)
{
    size_t n = c->pair_count;
    double *d = differences(c), *x = calloc(n + 1, sizeof(*x));
    c->base_ns = stats_median(c->base_times_ns, n);
    c->new_ns = stats_median(c->new_times_ns, n);
    set_change(c, d);
    c->p_slow = c->p_fast = c->p_slow_adjusted = c->p_fast_adjusted = NAN;
    c->visible = c->pairs_needed = NAN;
    if (d != NULL && x != NULL && n > 0) {
        beyond(x, d, n, 1, rules->margin);
        c->p_slow = flip_p(x, n, rules->seed);
        beyond(x, d, n, -1, rules->margin);
        c->p_fast = flip_p(x, n, rules->seed);
        foresee(c, d, x, rules, rules->alpha / (double)(family > 0 ? family : 1));
    }
    free(d);
    free(x);
}

bool judge_suspects(const struct compared_case *c, double margin)
{
    size_t n = c->pair_count;
    double *d = differences(c), *x = calloc(n + 1, sizeof(*x));
    bool suspect = d == NULL || x == NULL;
    for (int sign = -1; sign <= 1 && !suspect; sign += 2) {
        beyond(x, d, n, sign, margin);
        suspect = flip_suspects(x, n, suspicion);
    }
    free(d);
    free(x);
    return suspect;
}

bool judge_unchanged(const struct compared_case *c, double min_effect)
{
    return c->pair_count >= JUDGE_PAIRS_MIN && c->change.high < min_effect;
}

/* ---- verdicts ----------------------------------------------------------------------------- */

/* The smallest p counts as often as there are cases, the next one time less, and none is below one
 * before it (Holm 1979). */
static void holm(const double **p, double **adjusted, size_t n)
{
    for (size_t i = 1; i < n; i++)
        for (size_t k = i; k > 0 && *p[k] < *p[k - 1]; k--) {
            const double *moved = p[k];
            double *also = adjusted[k];
            p[k] = p[k - 1];
            adjusted[k] = adjusted[k - 1];
            p[k - 1] = moved;
            adjusted[k - 1] = also;
        }
    double last = 0;
    for (size_t i = 0; i < n; i++)
        *adjusted[i] = last = fmax(last, fmin(1, *p[i] * (double)(n - i)));
}

static void adjust(struct compared_case *cases, const bool *judged, size_t count, bool slow)
{
    const double **p = calloc(count + 1, sizeof(*p));
    double **adjusted = calloc(count + 1, sizeof(*adjusted));
    size_t n = 0;
    for (size_t i = 0; p != NULL && adjusted != NULL && i < count; i++) {
        struct compared_case *c = &cases[i];
        if (!judged[i] || isnan(slow ? c->p_slow : c->p_fast))
            continue;
        p[n] = slow ? &c->p_slow : &c->p_fast;
        adjusted[n++] = slow ? &c->p_slow_adjusted : &c->p_fast_adjusted;
    }
    holm(p, adjusted, n);
    free(p);
    free(adjusted);
}

void judge_verdicts(struct compared_case *cases, const bool *judged, size_t count,
                    const struct judge_rules *rules)
{
    adjust(cases, judged, count, true);
    adjust(cases, judged, count, false);
    for (size_t i = 0; i < count; i++) {
        struct compared_case *c = &cases[i];
        if (!judged[i])
            continue;
        c->verdict = c->pair_count < JUDGE_PAIRS_MIN         ? VERDICT_INCONCLUSIVE
                     : c->p_slow_adjusted <= rules->alpha    ? VERDICT_REGRESSION
                     : c->p_fast_adjusted <= rules->alpha    ? VERDICT_IMPROVEMENT
                     : judge_unchanged(c, rules->min_effect) ? VERDICT_UNCHANGED
                                                             : VERDICT_INCONCLUSIVE;
    }
}
