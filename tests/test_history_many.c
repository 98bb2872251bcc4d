// SPDX-License-Identifier: MIT
/* Many series at once: none of them changed, one of them did, and one that was mended by half. */
#include <criterion/criterion.h>
#include <math.h>

#include "bench/history/suspect.h"
#include "bench/shuffle.h"

#define TIMEOUT .timeout = 120

enum { SERIES = 150, SESSIONS = 40 };

/* A standard normal deviate (Box and Muller 1958). */
static double normal(uint64_t *seed)
{
    double u = ((double)(random_next(seed) >> 11) + 1) / 9007199254740993.0;
    double v = (double)(random_next(seed) >> 11) / 9007199254740992.0;
    return sqrt(-2 * log(u)) * cos(2 * M_PI * v);
}

/* Series of noise, so loud that every chance of an alarm is above the least effect. */
static struct series *make_noise(uint64_t seed)
{
    static struct point points[SERIES][SESSIONS];
    static struct series series[SERIES];
    for (size_t i = 0; i < SERIES; i++) {
        series[i] = (struct series){.points = points[i], .point_count = SESSIONS};
        for (size_t k = 0; k < SESSIONS; k++)
            points[i][k] = (struct point){.change = .05 * normal(&seed)};
    }
    return series;
}

static void add_step(struct series *series, size_t from, double step)
{
    for (size_t k = from; k < SESSIONS; k++)
        series->points[k].change = expm1(log1p(series->points[k].change) + step);
}

/* How many of them are slower; the first of those. */
static size_t count_slower(const struct series *series, size_t *first)
{
    struct findings findings[SERIES];
    struct slowdown slowdown;
    size_t slower = 0;
    cr_assert_eq(findings_make_all(findings, series, SERIES), SERIES);
    for (size_t i = SERIES; i-- > 0;) {
        if (findings_slower(&findings[i], &slowdown)) {
            slower++;
            *first = i;
        }
        findings_free(&findings[i]);
    }
    return slower;
}

/* At 1 % for all of a history 0.2 of 20 are expected, and more than 1 in one of 57 such tests; each
 * series at 1 % would be an alarm in 15 of them. */
Test(history_many, what_never_changed_is_no_alarm, TIMEOUT)
{
    size_t alarms = 0, first;
    for (uint64_t seed = 1; seed <= 20; seed++)
        alarms += count_slower(make_noise(seed * 1000003), &first) > 0;
    cr_expect(alarms <= 1, "%zu of 20 histories of noise are alarms", alarms);
}

Test(history_many, one_step_is_found_among_many, TIMEOUT)
{
    for (uint64_t seed = 1; seed <= 5; seed++) {
        struct series *series = make_noise(seed * 7919);
        size_t at = 0;
        add_step(&series[77], 33, .25);
        cr_expect_eq(count_slower(series, &at), 1, "seed %d", (int)seed);
        cr_expect_eq(at, 77, "seed %d: series %zu", (int)seed, at);
    }
}

/* All of them: the last ones are asked as if they were alone. */
Test(history_many, no_step_hides_another, TIMEOUT)
{
    struct series *series = make_noise(5);
    size_t at;
    for (size_t i = 0; i < SERIES; i++)
        add_step(&series[i], 20, .3);
    cr_expect_eq(count_slower(series, &at), SERIES);
}

Test(history_many, more_series_need_more_sessions, TIMEOUT)
{
    cr_expect_eq(changes_least(CHANGE_ALPHA), CHANGE_LEAST);
    cr_expect_eq(changes_least(CHANGE_ALPHA / 4), 12); /* as the nightly example has them */
    cr_expect_eq(changes_least(CHANGE_ALPHA / SERIES),
                 18); /* 48,620 ways, 15,000 are needed twice */
    struct series *series = make_noise(9);
    for (size_t i = 0; i < SERIES; i++)
        series[i].point_count = 17;
    struct findings findings[SERIES];
    cr_assert_eq(findings_make_all(findings, series, SERIES), SERIES);
    cr_expect(findings[0].values == 17 && findings[0].least == 18);
    for (size_t i = 0; i < SERIES; i++)
        findings_free(&findings[i]);
}

/* ---- what was mended ---------------------------------------------------------------------- */

static bool is_slower(const double *levels, size_t count, struct slowdown *slowdown)
{
    struct suspect suspects[8];
    struct findings f = {.suspects = suspects, .count = count - 1, .first_level = levels[0]};
    for (size_t i = 1; i < count; i++)
        suspects[i - 1] = (struct suspect){.before = 10 * i - 1,
                                           .after = 10 * i,
                                           .change = (1 + levels[i]) / (1 + levels[i - 1]) - 1,
                                           .level = levels[i]};
    return findings_slower(&f, slowdown);
}

#define IS_SLOWER(slowdown, ...)                                                                   \
    is_slower((const double[]){__VA_ARGS__}, sizeof((double[]){__VA_ARGS__}) / sizeof(double),     \
              slowdown)

Test(history_many, half_mended_is_slower_still, TIMEOUT)
{
    struct slowdown s;
    cr_expect(IS_SLOWER(&s, 0, .105, .07));
    cr_expect_eq(s.since, 0);
    cr_expect(s.whole.before == 9 && s.whole.after == 20 && fabs(s.whole.change - .07) < 1e-9);
    cr_expect(!IS_SLOWER(&s, 0, .105, .01));
    cr_expect(!IS_SLOWER(&s, 0, .1, -.05));
    cr_expect(!IS_SLOWER(&s, 0));
    cr_expect(IS_SLOWER(&s, 0, .1, .001, .08)); /* mended, and slower again: since then */
    cr_expect_eq(s.since, 2);
    cr_expect(IS_SLOWER(&s, .1, 0, .05, .03)); /* it was faster once */
    cr_expect_eq(s.since, 1);
}
