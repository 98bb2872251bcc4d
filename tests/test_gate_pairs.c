// SPDX-License-Identifier: MIT
/* The procedure of a comparison, with a measurer whose times are known exactly. */
#include "bench/compare/coin.h"
#include "bench/compare/pairs.h"
#include "bench/compare/simulate.h"
#include "workloads/helpers/again.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TIMEOUT .timeout = 120

enum { CALLS_MAX = 400 };

/* What it was asked for, and what it does. */
struct fake {
    double effect[2];     /* of cases "a" and "b": the new side takes 1 + effect times as long */
    const char *fails[2]; /* by side: case "b" does, with this sentence */
    const char *dies[2];  /* by side: all of it does */
    bool only_new;        /* the base side does not have "b" */
    int interrupt_at;     /* the call that is interrupted; 0: none */
    int steal_at;         /* the call that loses half its time; 0: none */
    bool always_stolen;
    int calls;
    struct {
        int side;
        bool has_names, wants_a, wants_b;
        uint64_t seed, padding;
    } call[CALLS_MAX];
};

static bool names(const struct half_order *order, const char *name)
{
    if (order->names == NULL)
        return true;
    for (size_t i = 0; order->names[i] != NULL; i++)
        if (strcmp(order->names[i], name) == 0)
            return true;
    return false;
}

static int measure(void *self, const struct half_order *order, struct half *half, char *why,
                   size_t size)
{
    struct fake *f = self;
    int call = f->calls++;
    cr_assert_lt(call, CALLS_MAX);
    f->call[call].side = order->side;
    f->call[call].has_names = order->names != NULL;
    f->call[call].wants_a = names(order, "a");
    f->call[call].wants_b = names(order, "b");
    f->call[call].seed = order->seed;
    f->call[call].padding = order->padding;
    snprintf(why, size, "interrupted");
    if (f->interrupt_at == call + 1)
        return -EINTR;
    half->when =
        (struct trust_half){1000 + call, 1000 * call, 1000 * call + 900, order->repetitions};
    half->stolen = f->always_stolen || f->steal_at == call + 1 ? 0.5 : 0;
    if (f->dies[order->side] != NULL) {
        half->failed = strdup(f->dies[order->side]);
        return 0;
    }
    double slower = order->side == NEW ? 1 : 0;
    double ns = 1e6 * (1 + 0.001 * ((call / 2) % 7)); /* the same for both halves of a pair */
    if (names(order, "a"))
        half_add(half, "a", ns * (1 + slower * f->effect[0]), NULL);
    if (names(order, "b") && !(f->only_new && order->side == BASE))
        half_add(half, "b", ns * (1 + slower * f->effect[1]), f->fails[order->side]);
    return 0;
}

static struct contest contest_of(struct fake *f)
{
    return (struct contest){.measurer = {f, measure, NULL},
                            .rules = {0.01, 0.03, 0.01, 1},
                            .seed = 42,
                            .repetitions = 5,
                            .confirm = 12,
                            .deadline_ns = INT64_MAX};
}

static struct contest run(struct fake *f)
{
    struct contest c = contest_of(f);
    char why[PAIRS_TEXT_MAX];
    cr_assert_eq(contest_run(&c, why, sizeof(why)), 0, "%s", why);
    return c;
}

static const struct contest_case *find(const struct contest *c, const char *name)
{
    for (size_t i = 0; i < c->case_count; i++)
        if (strcmp(c->cases[i].name, name) == 0)
            return &c->cases[i];
    cr_assert_fail("there is no case %s", name);
    return NULL;
}

static void expect_verdict(const struct contest *c, const char *name, enum verdict_kind verdict,
                           size_t pairs)
{
    const struct compared_case *said = &find(c, name)->said;
    cr_expect_eq(said->verdict, verdict, "%s: %s", name, verdict_names[said->verdict]);
    cr_expect_eq(said->pair_count, pairs, "%s: %zu pairs", name, said->pair_count);
}

/* ---- stages ------------------------------------------------------------------------------- */

Test(gate_pairs, what_is_unchanged_ends_with_the_screening, TIMEOUT)
{
    struct fake f = {0};
    struct contest c = run(&f);
    cr_expect_eq(c.pair_count, 1 + PAIRS_SCREEN);
    cr_expect_eq(c.pairs[0].stage, TRUST_WARM_UP);
    expect_verdict(&c, "a", VERDICT_UNCHANGED, PAIRS_SCREEN);
    expect_verdict(&c, "b", VERDICT_UNCHANGED, PAIRS_SCREEN);
    contest_free(&c);
}

Test(gate_pairs, suspects_alone_get_fresh_pairs, TIMEOUT)
{
    struct fake f = {.effect = {0, 0.10}};
    struct contest c = run(&f);
    cr_expect_eq(c.pair_count, 1 + PAIRS_SCREEN + 12);
    expect_verdict(&c, "a", VERDICT_UNCHANGED, PAIRS_SCREEN);
    expect_verdict(&c, "b", VERDICT_REGRESSION, 12);
    cr_expect(find(&c, "b")->confirmed && !find(&c, "a")->confirmed);
    int first_fresh = 2 * (1 + PAIRS_SCREEN);
    cr_expect(f.call[first_fresh - 1].wants_a && !f.call[first_fresh - 1].has_names);
    for (int i = first_fresh; i < f.calls; i++)
        cr_expect(f.call[i].wants_b && !f.call[i].wants_a, "call %d", i);
    contest_free(&c);
}

Test(gate_pairs, what_got_faster_is_confirmed, TIMEOUT)
{
    struct fake f = {.effect = {-0.10, 0}};
    struct contest c = run(&f);
    expect_verdict(&c, "a", VERDICT_IMPROVEMENT, 12);
    contest_free(&c);
}

/* The coin decides who is first; inputs are the same for both, environments are not. */
Test(gate_pairs, the_coin_decides_the_order, TIMEOUT)
{
    struct fake f = {0};
    struct contest c = run(&f);
    for (size_t i = 0; i < c.pair_count; i++) {
        cr_expect_eq(f.call[2 * i].side == BASE, coin_base_first(42, i), "pair %zu", i);
        cr_expect_neq(f.call[2 * i].side, f.call[2 * i + 1].side);
        cr_expect_eq(f.call[2 * i].seed, f.call[2 * i + 1].seed);
        cr_expect_neq(f.call[2 * i].padding, f.call[2 * i + 1].padding);
    }
    contest_free(&c);
}

/* ---- many cases --------------------------------------------------------------------------- */

enum { CROWD = 250 };

/* So many cases; the first `slow` of them take twice as long on the new side. */
static int measure_crowd(void *self, const struct half_order *order, struct half *half, char *why,
                         size_t size)
{
    const int *slow = self;
    (void)why, (void)size;
    half->when.repetitions = order->repetitions;
    for (int i = 0; i < CROWD; i++) {
        char name[16];
        snprintf(name, sizeof(name), "c%d", i);
        if (names(order, name))
            half_add(half, name, order->side == NEW && i < *slow ? 2e6 : 1e6, NULL);
    }
    return 0;
}

/* No p may be too coarse to be counted as often as there are cases. */
Test(gate_pairs, a_regression_is_found_among_many, TIMEOUT)
{
    for (int slow = 1; slow <= CROWD; slow += CROWD - 1) {
        struct contest c = {.measurer = {&slow, measure_crowd, NULL},
                            .rules = {0.01, 0.03, 0.01, 1},
                            .seed = 42,
                            .repetitions = 5,
                            .confirm = PAIRS_CONFIRM,
                            .deadline_ns = INT64_MAX};
        char why[PAIRS_TEXT_MAX];
        int found = 0;
        cr_assert_eq(contest_run(&c, why, sizeof(why)), 0, "%s", why);
        cr_assert_eq(c.case_count, CROWD);
        for (size_t i = 0; i < CROWD; i++)
            found += c.cases[i].said.verdict == VERDICT_REGRESSION;
        cr_expect_eq(found, slow, "%d are found of %d", found, slow);
        expect_verdict(&c, "c0", VERDICT_REGRESSION, PAIRS_CONFIRM);
        cr_expect(isfinite(find(&c, "c0")->said.visible));
        contest_free(&c);
    }
}

/* ---- void pairs --------------------------------------------------------------------------- */

Test(gate_pairs, a_stolen_pair_is_run_again, TIMEOUT)
{
    struct fake f = {.steal_at = 7};
    struct contest c = run(&f);
    cr_expect_eq(c.pair_count, 1 + PAIRS_SCREEN + 1);
    cr_expect(c.pairs[3].voided[0] != '\0' && c.pairs[2].voided[0] == '\0');
    expect_verdict(&c, "a", VERDICT_UNCHANGED, PAIRS_SCREEN);
    contest_free(&c);
}

Test(gate_pairs, a_machine_that_is_always_stolen_ends_it, TIMEOUT)
{
    struct fake f = {.always_stolen = true, .effect = {1, 1}};
    struct contest c = run(&f);
    expect_verdict(&c, "a", VERDICT_INCONCLUSIVE, 0);
    cr_expect(c.pair_count < 40, "%zu pairs", c.pair_count);
    contest_free(&c);
}

/* ---- failures ----------------------------------------------------------------------------- */

static void expect_failing(struct fake f, enum verdict_kind verdict, const char *why)
{
    struct contest c = run(&f);
    expect_verdict(&c, "b", verdict, 0);
    expect_verdict(&c, "a", VERDICT_UNCHANGED, PAIRS_SCREEN);
    const char *said = find(&c, "b")->said.why;
    cr_expect((said == NULL && why == NULL) || strcmp(said, why) == 0, "found '%s'", said);
    contest_free(&c);
}

Test(gate_pairs, failures_have_their_verdicts, TIMEOUT)
{
    expect_failing((struct fake){.fails = {NULL, "wrong"}}, VERDICT_BROKEN, "wrong");
    expect_failing((struct fake){.fails = {"wrong", NULL}}, VERDICT_REPAIRED, "wrong");
    expect_failing((struct fake){.fails = {"old", "new"}}, VERDICT_FAILED, "new");
    expect_failing((struct fake){.only_new = true}, VERDICT_ADDED, NULL);
}

Test(gate_pairs, a_side_that_dies_breaks_all_cases, TIMEOUT)
{
    struct fake f = {.dies = {NULL, "killed"}};
    struct contest c = run(&f);
    expect_verdict(&c, "a", VERDICT_BROKEN, 0);
    expect_verdict(&c, "b", VERDICT_BROKEN, 0);
    cr_expect_str_eq(c.side_failed[NEW], "killed");
    cr_expect_eq(c.pair_count, 1, "nothing is left to measure");
    contest_free(&c);
}

/* ---- its end ------------------------------------------------------------------------------ */

Test(gate_pairs, an_interrupt_keeps_complete_pairs, TIMEOUT)
{
    struct fake f = {.interrupt_at = 2 * 9 + 2, .effect = {0.10, 0}};
    struct contest c = run(&f);
    cr_expect(c.interrupted && !c.out_of_time);
    cr_expect_eq(c.pair_count, 9);
    expect_verdict(&c, "a", VERDICT_REGRESSION, 8);
    contest_free(&c);
}

Test(gate_pairs, the_deadline_ends_it, TIMEOUT)
{
    struct fake f = {0};
    struct contest c = contest_of(&f);
    char why[PAIRS_TEXT_MAX];
    c.deadline_ns = 1;
    cr_assert_eq(contest_run(&c, why, sizeof(why)), 0);
    cr_expect(c.out_of_time && !c.interrupted);
    cr_expect_eq(f.calls, 0);
    contest_free(&c);
}

/* ---- on noise that is known --------------------------------------------------------------- */

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
