// SPDX-License-Identifier: MIT
/* Change points, in series of which every value is known, and in seeded noise. */
#include <criterion/criterion.h>
#include <errno.h>
#include <math.h>
#include <string.h>

#include "bench/history/changes.h"
#include "bench/history/peak.h"
#include "bench/shuffle.h"

#define TIMEOUT .timeout = 30

enum { MOST = 200, SEED = 1 };

static const double least = .02;

/* A standard normal deviate (Box and Muller 1958). */
static double normal(uint64_t *seed)
{
    double u = ((double)(random_next(seed) >> 11) + 1) / 9007199254740993.0;
    double v = (double)(random_next(seed) >> 11) / 9007199254740992.0;
    return sqrt(-2 * log(u)) * cos(2 * M_PI * v);
}

static void fill_noise(double *values, size_t n, double deviation, uint64_t seed)
{
    for (size_t i = 0; i < n; i++)
        values[i] = deviation * normal(&seed);
}

static void add_step(double *values, size_t from, size_t to, double step)
{
    for (size_t i = from; i < to; i++)
        values[i] += step;
}

static struct changes find(const double *values, size_t n)
{
    struct changes changes;
    cr_assert_eq(changes_find(values, n, least, CHANGE_ALPHA, SEED, &changes), 0);
    return changes;
}

static void expect_count(const double *values, size_t n, size_t expected, const char *what)
{
    struct changes changes = find(values, n);
    cr_expect(changes.count == expected, "%s: found %zu changes, expected %zu", what, changes.count,
              expected);
    changes_free(&changes);
}

/* ---- steps -------------------------------------------------------------------------------- */

Test(changes, a_step_without_noise_is_found_at_its_place, TIMEOUT)
{
    double values[12] = {0}, same[12];
    add_step(values, 6, 12, .1);
    memcpy(same, values, sizeof(same));
    struct changes changes = find(values, 12);
    cr_assert_eq(changes.count, 1);
    cr_expect_eq(changes.points[0].at, 6);
    cr_expect(changes.points[0].before == 0 && changes.points[0].after == .1);
    cr_expect(changes.points[0].p <= CHANGE_ALPHA, "p %g", changes.points[0].p);
    cr_expect_arr_eq(values, same, sizeof(same));
    changes_free(&changes);
}

Test(changes, a_step_in_noise_is_found_at_its_place, TIMEOUT)
{
    for (uint64_t seed = 1; seed <= 20; seed++) {
        double values[40];
        fill_noise(values, 40, .01, seed);
        add_step(values, 25, 40, .06);
        struct changes changes = find(values, 40);
        cr_assert(changes.count == 1, "seed %d: %zu changes", (int)seed, changes.count);
        size_t at = changes.points[0].at;
        cr_expect(at >= 24 && at <= 26, "seed %d: at %zu", (int)seed, at);
        double step = changes.points[0].after - changes.points[0].before;
        cr_expect(fabs(step - .06) < .015, "seed %d: a step of %g", (int)seed, step);
        changes_free(&changes);
    }
}

/* The newest commit is what a gate is for. */
Test(changes, the_last_three_of_thirty_are_enough, TIMEOUT)
{
    double values[30];
    fill_noise(values, 30, .01, 7);
    add_step(values, 27, 30, .1);
    struct changes changes = find(values, 30);
    cr_assert_eq(changes.count, 1);
    cr_expect_eq(changes.points[0].at, 27);
    changes_free(&changes);
}

Test(changes, several_are_told_apart, TIMEOUT)
{
    double values[60];
    fill_noise(values, 60, .005, 3);
    add_step(values, 20, 60, .1);
    add_step(values, 40, 60, -.04);
    struct changes changes = find(values, 60);
    cr_assert_eq(changes.count, 2);
    cr_expect_eq(changes.points[0].at, 20);
    cr_expect_eq(changes.points[1].at, 40);
    cr_expect(fabs(changes.points[0].after - .1) < .01);
    cr_expect(fabs(changes.points[1].after - .06) < .01);
    changes_free(&changes);
}

Test(changes, what_is_mended_is_two_changes, TIMEOUT)
{
    double values[45];
    fill_noise(values, 45, .005, 5);
    add_step(values, 15, 30, .08);
    struct changes changes = find(values, 45);
    cr_assert_eq(changes.count, 2);
    cr_expect(changes.points[0].after > changes.points[0].before);
    cr_expect(changes.points[1].after < changes.points[1].before);
    changes_free(&changes);
}

/* Neither of them is one of the whole; and the latest is not hidden behind what was before. */
Test(changes, ups_and_downs_hide_nothing, TIMEOUT)
{
    double values[32];
    fill_noise(values, 32, .005, 29);
    add_step(values, 8, 16, .1);
    add_step(values, 24, 32, .1);
    struct changes changes = find(values, 32);
    cr_assert_eq(changes.count, 3);
    cr_expect_eq(changes.points[0].at, 8);
    cr_expect_eq(changes.points[1].at, 16);
    cr_expect_eq(changes.points[2].at, 24);
    changes_free(&changes);
}

Test(changes, a_small_step_does_not_matter, TIMEOUT)
{
    double values[40];
    fill_noise(values, 40, .001, 11);
    add_step(values, 20, 40, .015);
    expect_count(values, 40, 0, "1.5 %");
    add_step(values, 20, 40, .01);
    expect_count(values, 40, 1, "2.5 %");
}

Test(changes, a_drift_is_told_and_goes_one_way, TIMEOUT)
{
    double values[60];
    fill_noise(values, 60, .005, 13);
    for (size_t i = 0; i < 60; i++)
        values[i] += .1 * (double)i / 60;
    struct changes changes = find(values, 60);
    cr_assert_gt(changes.count, 0);
    for (size_t i = 0; i < changes.count; i++)
        cr_expect(changes.points[i].after > changes.points[i].before);
    changes_free(&changes);
}

/* ---- none --------------------------------------------------------------------------------- */

/* A demand of its own, so that only p keeps noise from being told. */
static unsigned alarms_in(unsigned series, size_t n, double wild)
{
    unsigned alarms = 0;
    for (uint64_t seed = 1; seed <= series; seed++) {
        double values[MOST];
        struct changes changes;
        uint64_t more = ~seed;
        fill_noise(values, n, .01, seed * 1000003);
        for (size_t i = 0; i < n; i++)
            if (random_next(&more) % 10 == 0)
                values[i] += wild * normal(&more);
        cr_assert_eq(changes_find(values, n, 1e-9, CHANGE_ALPHA, seed, &changes), 0);
        alarms += changes.count > 0;
        changes_free(&changes);
    }
    return alarms;
}

/* At 1 % five of 500 are expected, and more than 12 in one of 500 such tests. */
Test(changes, noise_hardly_alarms, TIMEOUT)
{
    unsigned alarms = alarms_in(500, 50, 0);
    cr_expect(alarms > 0 && alarms <= 12, "%u alarms in 500 series of noise", alarms);
}

Test(changes, wild_noise_hardly_alarms, TIMEOUT)
{
    unsigned alarms = alarms_in(500, 30, .1);
    cr_expect(alarms <= 12, "%u alarms in 500 series of wild noise", alarms);
}

Test(changes, single_wild_values_are_no_change, TIMEOUT)
{
    double values[40];
    fill_noise(values, 40, .01, 17);
    values[8] = .5;
    values[20] = -.4;
    values[33] = 1;
    values[39] = .8; /* also as the newest */
    expect_count(values, 40, 0, "four wild values");
}

Test(changes, nothing_is_found_where_nothing_changes, TIMEOUT)
{
    double values[MOST];
    for (size_t i = 0; i < MOST; i++)
        values[i] = .25;
    expect_count(values, MOST, 0, "a constant");
}

/* ---- without an order tried --------------------------------------------------------------- */

/* There would be two thousand million orders to try, for hours. */
Test(changes, what_is_plain_needs_no_orders, TIMEOUT)
{
    enum { MANY = 600 };
    const double alpha = 1e-9;
    double values[MANY];
    struct peaks peaks;
    size_t at = 0;
    cr_assert_eq(peaks_open(&peaks, MANY, alpha, SEED), 0);
    fill_noise(values, MANY, .01, 31);
    cr_expect_gt(peaks_find(&peaks, values, MANY, &at), alpha, "noise");
    add_step(values, 200, MANY, .03);
    cr_expect_leq(peaks_find(&peaks, values, MANY, &at), alpha, "a step");
    cr_expect(at >= 199 && at <= 201, "at %zu", at);
    add_step(values, 400, MANY, -.03);
    cr_expect_leq(peaks_find(&peaks, values, MANY, &at), alpha, "one that is mended");
    cr_expect((at >= 199 && at <= 201) || (at >= 399 && at <= 401), "at %zu", at);
    peaks_close(&peaks);
}

/* ---- what cannot be said ------------------------------------------------------------------ */

Test(changes, ten_values_say_nothing, TIMEOUT)
{
    double values[11] = {0};
    struct changes changes;
    add_step(values, 5, 11, 1);
    cr_expect_eq(changes_find(values, 10, least, CHANGE_ALPHA, SEED, &changes), -ENODATA);
    cr_expect_eq(changes_find(values, 0, least, CHANGE_ALPHA, SEED, &changes), -ENODATA);
    expect_count(values, 11, 1, "eleven values");
}

Test(changes, dependence_is_told, TIMEOUT)
{
    double noise[100], like_before[100];
    fill_noise(noise, 100, .01, 19);
    like_before[0] = noise[0];
    for (size_t i = 1; i < 100; i++)
        like_before[i] = .9 * like_before[i - 1] + noise[i];
    struct changes changes = find(noise, 100);
    cr_expect(fabs(changes.dependence) < CHANGE_DEPENDENCE, "found %g", changes.dependence);
    changes_free(&changes);
    cr_assert_eq(changes_find(like_before, 100, 1, CHANGE_ALPHA, SEED, &changes), 0);
    cr_expect(changes.dependence > CHANGE_DEPENDENCE, "found %g", changes.dependence);
    changes_free(&changes);
    changes = find(noise, 19);
    cr_expect(isnan(changes.dependence));
    changes_free(&changes);
}

Test(changes, the_same_seed_gives_the_same_answer, TIMEOUT)
{
    double values[50];
    fill_noise(values, 50, .02, 23);
    add_step(values, 30, 50, .04);
    struct changes a = find(values, 50), b = find(values, 50);
    cr_assert_eq(a.count, b.count);
    for (size_t i = 0; i < a.count; i++)
        cr_expect(a.points[i].at == b.points[i].at && a.points[i].p == b.points[i].p);
    changes_free(&a);
    changes_free(&b);
}
