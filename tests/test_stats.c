// SPDX-License-Identifier: MIT
#include "bench/stats.h"

#include <criterion/criterion.h>
#include <math.h>

#define TIMEOUT .timeout = 20

static void expect_near(double found, double expected)
{
    cr_expect(fabs(found - expected) < 1e-12, "found %.15g, expected %.15g", found, expected);
}

static void expect_critical(size_t n, double alpha, long expected)
{
    long found = stats_signed_rank_critical(n, alpha);
    cr_expect(found == expected, "n %zu, alpha %g: found %ld, expected %ld", n, alpha, found,
              expected);
}

Test(stats, median, TIMEOUT)
{
    const double values[] = {5, 1, 4, 2};
    expect_near(stats_median(values, 4), 3);
    expect_near(stats_median(values, 3), 4);
    expect_near(stats_median(values, 1), 5);
    cr_expect(isnan(stats_median(values, 0)));
    cr_expect(values[0] == 5 && values[3] == 2);
}

Test(stats, mean, TIMEOUT)
{
    static const double values[] = {5, 1, 4, 2};
    expect_near(stats_mean(values, 4), 3);
    expect_near(stats_mean(values, 1), 5);
    cr_expect(isnan(stats_mean(values, 0)));
}

Test(stats, published_critical_values, TIMEOUT)
{
    const double alphas[] = {.05, .025, .01, .005};
    const struct {
        size_t n;
        long t[4];
    } rows[] = {{10, {10, 8, 5, 3}}, {20, {60, 52, 43, 37}}, {30, {151, 137, 120, 109}}};
    for (size_t r = 0; r < 3; r++)
        for (size_t a = 0; a < 4; a++)
            expect_critical(rows[r].n, alphas[a], rows[r].t[a]);
}

/* Nine differences with W <= 5 in 10 of 512 ways. */
Test(stats, critical_values_are_exact, TIMEOUT)
{
    expect_critical(9, 10.0 / 512, 5);
    expect_critical(9, nextafter(10.0 / 512, 0), 4);
}

Test(stats, few_differences_have_no_critical_value, TIMEOUT)
{
    expect_critical(0, .025, -1);
    expect_critical(5, .025, -1);
    expect_critical(6, .025, 0);
    expect_critical(6, .01, -1);
    expect_critical(7, .01, 0);
}

/* At n = 100: 2525 - 1.95996 x 290.84 - 1/2 = 1954.5. At 61 rounds the mean is 945.5 and the
 * deviation 139.15: 945.5 - 272.7 - 0.5 = 672.3; at 60, still exact, it is 648. */
Test(stats, beyond_sixty_it_is_normal, TIMEOUT)
{
    expect_critical(100, .025, 1954);
    expect_critical(61, .025, 672);
    long exact = stats_signed_rank_critical(60, .025);
    cr_expect(exact > 640 && exact < 655, "found %ld", exact);
}

/* From tables. */
Test(stats, normal_numbers_above, TIMEOUT)
{
    cr_expect(fabs(stats_normal_above(0.5)) < 1e-9);
    cr_expect(fabs(stats_normal_above(0.025) - 1.959964) < 1e-6);
    cr_expect(fabs(stats_normal_above(0.8) + 0.841621) < 1e-6);
}

/* The averages of 1..10 in order: 1, 1.5, 2, 2, 2.5, 2.5, 3, 3, 3, ...; the ninth is 3. */
Test(stats, location_of_one_to_ten, TIMEOUT)
{
    const double d[] = {10, 1, 9, 2, 8, 3, 7, 4, 6, 5};
    struct estimate e = stats_location(d, 10, 0.95);
    expect_near(e.value, 5.5);
    expect_near(e.low, 3);
    expect_near(e.high, 8);
}

/* The averages are 0 0 0 .5 .5 .5 ... 1 4 4.. : a median would say 1, a mean 2.5. */
Test(stats, location_resists_an_outlier, TIMEOUT)
{
    const double d[] = {0, 1, 1, 100};
    expect_near(stats_location(d, 4, 0.95).value, 1);
    cr_expect(isnan(stats_location(d, 4, 0.95).low));
}

Test(stats, six_is_the_fewest_for_an_interval, TIMEOUT)
{
    const double d[] = {1, 2, 3, 4, 5, 6};
    struct estimate six = stats_location(d, 6, 0.95), five = stats_location(d, 5, 0.95);
    expect_near(six.value, 3.5);
    expect_near(six.low, 1);
    expect_near(six.high, 6);
    expect_near(five.value, 3);
    cr_expect(isnan(five.low) && isnan(five.high));
}

Test(stats, ratio, TIMEOUT)
{
    const double base[] = {100, 200, 100, 200, 100, 200}, times[] = {50, 100, 50, 100, 50, 100};
    struct estimate e = stats_ratio(base, times, 6);
    expect_near(e.value, 2);
    expect_near(e.low, 2);
    expect_near(e.high, 2);
}

Test(stats, ratio_of_nothing_is_not_known, TIMEOUT)
{
    const double base[] = {100, 100}, zero[] = {50, 0};
    cr_expect(isnan(stats_ratio(base, zero, 0).value));
    cr_expect(isnan(stats_ratio(base, zero, 2).value));
    cr_expect(isnan(stats_ratio(zero, base, 2).value));
}

/* 95 % intervals of symmetric noise around 0 must hold the 0 in 95 % of cases. A fixed generator:
 * the same cases every time. */
Test(stats, interval_covers, TIMEOUT)
{
    enum { TRIALS = 4000, N = 10 };
    unsigned long long state = 1;
    int held = 0;
    for (int t = 0; t < TRIALS; t++) {
        double d[N];
        for (int i = 0; i < N; i++) {
            state = state * 6364136223846793005u + 1442695040888963407u;
            d[i] = (double)(state >> 11) * 0x1p-53 - 0.5;
        }
        struct estimate e = stats_location(d, N, 0.95);
        held += e.low <= 0 && 0 <= e.high;
    }
    double coverage = (double)held / TRIALS;
    cr_expect(coverage > 0.94 && coverage < 0.965, "coverage %.3f", coverage);
}

/* ---- shares ------------------------------------------------------------------------------- */

static void expect_close(double found, double expected, double most)
{
    cr_expect(fabs(found - expected) <= most, "found %.15g, expected %.15g", found, expected);
}

Test(stats, binomial_tails_and_exact_intervals, TIMEOUT)
{
    expect_close(stats_binomial_tail(1, 10, 0.5), 1023.0 / 1024, 1e-12);
    expect_close(stats_binomial_tail(10, 10, 0.5), 1.0 / 1024, 1e-12);
    expect_close(stats_binomial_tail(0, 10, 0.5), 1, 0);
    struct estimate none = stats_share(0, 20, 0.95), some = stats_share(5, 50, 0.95);
    expect_close(none.low, 0, 0);
    expect_close(none.high, 1 - pow(0.025, 1.0 / 20), 1e-9);
    expect_close(some.low, 0.0333, 5e-5);
    expect_close(some.high, 0.2181, 5e-5);
    cr_expect_eq(stats_share(20, 20, 0.95).high, 1);
    cr_expect(isnan(stats_share(0, 0, 0.95).value));
}

/* Fisher's own example: 3 of 4 cups of one kind among 4 that are called so, 17 of 70 ways. */
Test(stats, failures_of_two_sides_are_told_apart, TIMEOUT)
{
    expect_close(stats_fisher(3, 4, 1, 4), 17.0 / 70, 1e-12);
    expect_close(stats_fisher(4, 4, 0, 4), 1.0 / 70, 1e-12);
    expect_close(stats_fisher(5, 5, 0, 5), 1.0 / 252, 1e-12);
    expect_close(stats_fisher(2, 2, 0, 3), 1.0 / 10, 1e-12);
    expect_close(stats_fisher(0, 5, 3, 5), 1, 0);
    expect_close(stats_fisher(4, 4, 4, 4), 1, 0);
    expect_close(stats_fisher(30, 30, 0, 30) * 1e17, 1e17 / 118264581564861424.0, 1e-6);
}
