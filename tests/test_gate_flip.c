// SPDX-License-Identifier: MIT
/* The statistics of the gate, against numbers found by hand or by other means. */
#include "bench/compare/flip.h"
#include "bench/compare/judge.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#define TIMEOUT .timeout = 120
#define SMALL   "tests/data/comparison-small.json"

static void expect_near(double found, double expected, double most)
{
    cr_expect(fabs(found - expected) <= most, "found %.15g, expected %.15g", found, expected);
}

static void expect_p(const double *x, size_t n, double expected)
{
    double found = flip_p(x, n, 1);
    cr_expect(found == expected, "found %.15g, expected %.15g", found, expected);
}

/* ---- the sign-flip test ------------------------------------------------------------------- */

/* Weights 1, 2, 2: of the eight sums 5 3 1 1 -1 -1 -3 -5 one reaches 5, and four reach 1. */
Test(gate_flip, three_by_hand, TIMEOUT)
{
    expect_p((const double[]){1, 2, 3}, 3, 1.0 / 8);
    expect_p((const double[]){1, 2, -3}, 3, 4.0 / 8);
    expect_p((const double[]){-1, -2, -3}, 3, 1);
}

/* The wild one counts 1 like the others: 8 has one way, 6 has eight. */
Test(gate_flip, weights_are_clipped_at_their_median, TIMEOUT)
{
    expect_p((const double[]){1, 1, 1, 1, 1, 1, 1, -1000}, 8, 9.0 / 256);
}

/* Weights 3 1 2 3 3 tenths: the sum is 0, which 6 of 32 flips give and 13 exceed. In binary
 * fractions 0.1 + 0.2 is not 0.3. */
Test(gate_flip, ties_are_ties_in_every_order, TIMEOUT)
{
    expect_p((const double[]){-.3, .1, .2, 5, -5}, 5, 19.0 / 32);
    expect_p((const double[]){5, .2, -5, .1, -.3}, 5, 19.0 / 32);
    expect_p((const double[]){.2, -.3, 5, -5, .1}, 5, 19.0 / 32);
}

Test(gate_flip, nothing_is_no_evidence, TIMEOUT)
{
    expect_p(NULL, 0, 1);
    expect_p((const double[]){0, 0, 0, 0}, 4, 1);
    expect_p((const double[]){0, 0, 0, 7}, 4, 1);
}

Test(gate_flip, twenty_are_exact, TIMEOUT)
{
    double x[FLIP_EXACT_MAX];
    for (int i = 0; i < FLIP_EXACT_MAX; i++)
        x[i] = 1;
    expect_p(x, FLIP_EXACT_MAX, ldexp(1, -FLIP_EXACT_MAX));
    x[0] = -1; /* one minus in 20: 20 ways, and 1 that exceeds it */
    expect_p(x, FLIP_EXACT_MAX, ldexp(21, -FLIP_EXACT_MAX));
}

/* Half of them reach a sum of 0. */
Test(gate_flip, more_are_sampled_by_a_seed, TIMEOUT)
{
    double x[30];
    for (int i = 0; i < 30; i++)
        x[i] = i < 15 ? -1 : 1;
    double p = flip_p(x, 30, 7); /* (1 + P(15 of 30)) / 2 */
    expect_near(p, 0.5722, 0.015);
    cr_expect_eq(p, flip_p(x, 30, 7));
    cr_expect_neq(p, flip_p(x, 30, 8));
    cr_expect(isnan(flip_p(x, FLIP_MAX + 1, 7)));
}

/* The least p is that of all flips, not that of the samples. */
Test(gate_flip, rare_ones_are_counted, TIMEOUT)
{
    double x[FLIP_MAX];
    for (int i = 0; i < FLIP_MAX; i++)
        x[i] = 1;
    expect_p(x, 30, 0x1p-30);
    expect_p(x, 1000, 0x1p-1000);
    x[7] = -1; /* 30 ways to have one minus, and 1 to have none */
    expect_p(x, 30, 31 * 0x1p-30);
    x[7] = -0.5; /* that one alone, or none: any other weighs more */
    expect_p(x, 30, 2 * 0x1p-30);
}

/* With ten, a rank sum of 14 of the negative ones is the most at 10 %. */
Test(gate_flip, screening_is_a_signed_rank_test, TIMEOUT)
{
    double x[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    cr_expect(flip_suspects(x, 10, 0.10));
    x[9] = -10;
    x[3] = -4;
    cr_expect(flip_suspects(x, 10, 0.10));
    x[0] = -1;
    cr_expect_not(flip_suspects(x, 10, 0.10));
    cr_expect_not(flip_suspects(x, 3, 0.10), "three differences cannot be so unlikely");
}

/* ---- what pairs say ----------------------------------------------------------------------- */

enum { PAIRS = 10 };
static const struct judge_rules rules = {0.01, 0.03, 0.01, 1};

static struct compared_case exact_case(double base[PAIRS], double news[PAIRS], double ratio)
{
    for (int i = 0; i < PAIRS; i++) {
        base[i] = 100 + 10 * i;
        news[i] = base[i] * ratio;
    }
    return (struct compared_case){
        .name = "c", .base_times_ns = base, .new_times_ns = news, .pair_count = PAIRS};
}

Test(gate_judge, a_change_without_noise, TIMEOUT)
{
    double base[PAIRS], news[PAIRS];
    struct compared_case c = exact_case(base, news, 1.10);
    judge_numbers(&c, &rules, 1);
    expect_near(c.change.value, 0.10, 1e-9);
    expect_near(c.change.low, 0.10, 1e-9);
    expect_near(c.base_ns, 145, 1e-9);
    expect_near(c.new_ns, 159.5, 1e-9);
    expect_near(c.p_slow, 1.0 / 1024, 0);
    expect_near(c.p_fast, 1, 0);
    expect_near(c.visible, 0.01, 1e-6); /* whatever exceeds the margin */
    cr_expect(judge_suspects(&c, rules.margin));
    cr_expect_not(judge_unchanged(&c, rules.min_effect));
}

Test(gate_judge, verdicts_of_one_case, TIMEOUT)
{
    static const struct {
        double ratio;
        enum verdict_kind verdict;
    } rows[] = {{1.10, VERDICT_REGRESSION},
                {1.00, VERDICT_UNCHANGED},
                {1.009, VERDICT_UNCHANGED},
                {0.90, VERDICT_IMPROVEMENT},
                {1.011, VERDICT_REGRESSION}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        double base[PAIRS], news[PAIRS];
        const bool judged = true;
        struct compared_case c = exact_case(base, news, rows[i].ratio);
        judge_numbers(&c, &rules, 1);
        judge_verdicts(&c, &judged, 1, &rules);
        cr_expect_eq(c.verdict, rows[i].verdict, "%g: %s", rows[i].ratio, verdict_names[c.verdict]);
    }
}

Test(gate_judge, seven_pairs_are_too_few, TIMEOUT)
{
    double base[PAIRS], news[PAIRS];
    const bool judged = true;
    struct compared_case c = exact_case(base, news, 2);
    c.pair_count = 7;
    judge_numbers(&c, &rules, 1);
    judge_verdicts(&c, &judged, 1, &rules);
    cr_expect_eq(c.verdict, VERDICT_INCONCLUSIVE);
    cr_expect(isnan(c.change.high) && isnan(c.visible));
    cr_expect_eq(c.pairs_needed, 8);
}

/* The square-root law, whatever the noise is: as many pairs as would see the least effect. */
Test(gate_judge, twice_the_noise_needs_four_times_the_pairs, TIMEOUT)
{
    double base[PAIRS], news[PAIRS], needed[2];
    for (int loud = 1; loud <= 2; loud++) {
        struct compared_case c = exact_case(base, news, 1);
        for (int i = 0; i < PAIRS; i++)
            news[i] = base[i] * exp(loud * .04 * (i * i % 11 - 5));
        judge_numbers(&c, &rules, 1);
        double sees = log1p(c.visible) - log1p(rules.margin);
        double asked = log1p(rules.min_effect) - log1p(rules.margin);
        expect_near(c.pairs_needed, PAIRS * pow(sees / asked, 2), 1);
        needed[loud - 1] = c.pairs_needed;
    }
    cr_expect_gt(needed[0], 10 * PAIRS);
    expect_near(needed[1] / needed[0], 4, 0.05);
}

/* Holm by hand: 3 x 0.01, 2 x 0.02, and not below that. */
Test(gate_judge, holm_adjusts_the_family, TIMEOUT)
{
    const double p[] = {0.03, 0.01, 0.5, 0.02}, wanted[] = {0.04, 0.03, NAN, 0.04};
    const bool judged[] = {true, true, false, true};
    struct compared_case cases[4] = {{0}};
    for (int i = 0; i < 4; i++)
        cases[i] = (struct compared_case){
            .p_slow = p[i], .p_fast = 1, .p_slow_adjusted = NAN, .change = {0, 0, 1}};
    judge_verdicts(cases, judged, 4, &rules);
    for (int i = 0; i < 4; i++) {
        if (judged[i])
            expect_near(cases[i].p_slow_adjusted, wanted[i], 1e-12);
        else
            cr_expect(isnan(cases[i].p_slow_adjusted));
    }
}

/* 1/1024 is below 1 % in a family of ten, not in one of eleven. */
Test(gate_judge, a_family_asks_for_more, TIMEOUT)
{
    double base[PAIRS], news[PAIRS];
    for (size_t family = 10; family <= 11; family++) {
        struct compared_case cases[11];
        bool judged[11];
        for (size_t i = 0; i < family; i++) {
            cases[i] = exact_case(base, news, 1.10);
            judged[i] = true;
            judge_numbers(&cases[i], &rules, family);
        }
        judge_verdicts(cases, judged, family, &rules);
        cr_expect_eq(cases[0].verdict == VERDICT_REGRESSION, family == 10);
        cr_expect_eq(isnan(cases[0].visible), family == 11);
    }
}

/* As many that all go one way: 1 in 2^n, times the family. */
Test(gate_judge, the_fewest_pairs_of_a_family, TIMEOUT)
{
    static const size_t families[][2] = {{0, 8}, {1, 8},  {2, 8},    {3, 9},
                                         {5, 9}, {6, 10}, {100, 14}, {250, 15}};
    for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++)
        cr_expect_eq(judge_fewest(&rules, families[i][0]), families[i][1], "of %zu: %zu",
                     families[i][0], judge_fewest(&rules, families[i][0]));
}

/* The file's numbers were found by another program. */
Test(gate_judge, the_example_says_what_its_pairs_say, TIMEOUT)
{
    struct comparison file;
    char why[512];
    cr_assert_eq(comparison_open(&file, SMALL, why, sizeof(why)), 0, "%s", why);
    cr_assert_eq(file.case_count, 2);
    const bool judged[] = {true, true};
    struct compared_case own[2];
    for (size_t i = 0; i < 2; i++) {
        own[i] = file.cases[i];
        judge_numbers(&own[i], &rules, 2);
    }
    judge_verdicts(own, judged, 2, &rules);
    for (size_t i = 0; i < 2; i++) {
        const struct compared_case *said = &file.cases[i];
        expect_near(own[i].change.value, said->change.value, 1e-9);
        expect_near(own[i].change.low, said->change.low, 1e-9);
        expect_near(own[i].change.high, said->change.high, 1e-9);
        expect_near(own[i].p_slow, said->p_slow, 1e-12);
        expect_near(own[i].p_slow_adjusted, said->p_slow_adjusted, 1e-12);
        expect_near(own[i].base_ns, said->base_ns, 1e-6);
        cr_expect_eq(own[i].verdict, said->verdict);
    }
    comparison_close(&file);
}
