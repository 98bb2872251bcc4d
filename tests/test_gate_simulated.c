// SPDX-License-Identifier: MIT
/* The procedure of a comparison on noise that is known, and the work that is done again. */
#include "bench/compare/coin.h"
#include "bench/compare/simulate.h"
#include "workloads/helpers/again.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#define TIMEOUT .timeout = 120

/* Is it the noise that the recipe is about? */
Test(gate_simulated, the_noise_is_as_it_is_said, TIMEOUT)
{
    enum { HALVES = 200000 };
    struct simulated m;
    double sum = 0, squares = 0, products = 0, last = 0;
    simulated_open(&m, 3, 0);
    for (int i = 0; i < HALVES; i++) {
        double x = exp(simulated_noise(&m)) - 1.01;
        sum += x;
        squares += x * x;
        products += i > 0 ? x * last : 0;
        last = x;
    }
    double mean = sum / HALVES, variance = squares / HALVES - mean * mean;
    double variation = sqrt(variance) / (mean + 1.01);
    double correlation = (products / HALVES - mean * mean) / variance;
    cr_expect(variation >= 0.06 && variation <= 0.08, "%.4f", variation);
    cr_expect(correlation >= 0.4 && correlation <= 0.5, "%.4f", correlation);
}

static struct simulated_counts simulated(size_t n, double effect, double margin, uint64_t seed)
{
    const struct judge_rules rules = {margin, 0.03, 0.01, seed};
    struct simulated_counts counts;
    cr_assert_eq(simulate(n, effect, &rules, seed, &counts), 0);
    cr_assert_eq(counts.comparisons, n);
    return counts;
}

Test(gate_simulated, two_thousand_without_a_change, TIMEOUT)
{
    for (int i = 0; i < 2; i++) {
        struct simulated_counts c = simulated(2000, 0, i == 0 ? 0 : 0.01, 1);
        size_t alarms = c.verdicts[VERDICT_REGRESSION] + c.verdicts[VERDICT_IMPROVEMENT];
        cr_expect_leq(alarms, 35, "%zu alarms at margin %d %%", alarms, i);
    }
}

Test(gate_simulated, changes_are_found, TIMEOUT)
{
    static const struct {
        double margin, effect, least;
    } rows[] = {{0, 0.01, 0.60}, {0, 0.05, 0.95}, {0.01, 0.02, 0.60}, {0.01, 0.05, 0.95}};
    enum { N = 500 };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct simulated_counts c = simulated(N, rows[i].effect, rows[i].margin, 2 + i);
        double share = (double)c.verdicts[VERDICT_REGRESSION] / N;
        cr_expect_geq(share, rows[i].least, "margin %g, effect %g: found %g", rows[i].margin,
                      rows[i].effect, share);
    }
}

/* Kolmogorov and Smirnov: at most 1.63 at 1 %. */
Test(gate_simulated, p_values_are_uniform, TIMEOUT)
{
    enum { N = 2000, PAIRS = 12, BINS = 1 << PAIRS };
    const struct judge_rules rules = {0, 0.03, 0.01, 1};
    static unsigned at[BINS + 1];
    struct simulated m;
    simulated_open(&m, 5, 0);
    for (int i = 0; i < N; i++) {
        double base[PAIRS], news[PAIRS];
        struct compared_case c = {.base_times_ns = base, .new_times_ns = news, .pair_count = PAIRS};
        for (int k = 0; k < PAIRS; k++) {
            bool first = coin_base_first((uint64_t)i, (uint64_t)k);
            double one = exp(simulated_noise(&m)), other = exp(simulated_noise(&m));
            base[k] = first ? one : other;
            news[k] = first ? other : one;
        }
        judge_numbers(&c, &rules, 1);
        at[lround(c.p_slow * BINS)]++;
    }
    double most = 0, below = 0;
    for (int b = 0; b <= BINS; b++) {
        below += at[b];
        most = fmax(most, fabs(below / N - (double)b / BINS));
    }
    cr_expect_leq(most * sqrt(N), 1.63, "%.3f", most * sqrt(N));
}

/* What is promised to be seen in four of five times is. */
Test(gate_simulated, what_is_called_visible_is_seen, TIMEOUT)
{
    enum { N = 400, PAIRS = 30 };
    const struct judge_rules rules = {0.01, 0.03, 0.01, 1};
    unsigned seen = 0;
    struct simulated m;
    simulated_open(&m, 6, 0);
    double visible = 0.0196; /* the median of what they say; see below */
    double said[N];
    for (int i = 0; i < N; i++) {
        double base[PAIRS], news[PAIRS];
        struct compared_case c = {.base_times_ns = base, .new_times_ns = news, .pair_count = PAIRS};
        for (int k = 0; k < PAIRS; k++) {
            base[k] = exp(simulated_noise(&m));
            news[k] = exp(simulated_noise(&m)) * (1 + visible);
        }
        judge_numbers(&c, &rules, 1);
        said[i] = c.visible;
        seen += c.p_slow <= 0.01;
    }
    double median = stats_median(said, N), share = (double)seen / N;
    cr_expect(fabs(median - visible) < 0.002, "they say %.4f", median);
    cr_expect(share > 0.74 && share < 0.86, "seen in %.2f", share);
}

/* ---- the work that is done again ---------------------------------------------------------- */

Test(gate_again, the_share_is_exact_in_every_range, TIMEOUT)
{
    static const char *const shares[] = {"0.01", "0.02", "0.05", "0.1", "1", ""};
    for (size_t s = 0; s < sizeof(shares) / sizeof(shares[0]); s++) {
        uint64_t bar;
        cr_assert_eq(again_read(shares[s], &bar), 0, "%s", shares[s]);
        for (unsigned length = 100; length <= 100000; length *= 10) {
            double picked = 0, wanted = strtod(shares[s], NULL) * length;
            unsigned odd = 0;
            for (unsigned i = 0; i < length; i++) {
                bool again = again_picks(i, bar);
                picked += again;
                odd += again && i % 2 == 1;
            }
            cr_expect(fabs(picked - wanted) <= 3, "%s of %u: %g", shares[s], length, picked);
            cr_expect(fabs(odd - picked / 2) <= 3, "%s of %u: %u odd", shares[s], length, odd);
        }
    }
}

Test(gate_again, what_is_no_share_is_refused, TIMEOUT)
{
    static const char *const words[] = {"5%", "-0.1", "1.5", "x", "nan", "0.1 ", "."};
    uint64_t bar;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        cr_expect_eq(again_read(words[i], &bar), -EINVAL, "'%s'", words[i]);
}
