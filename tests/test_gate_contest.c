// SPDX-License-Identifier: MIT
/* The procedure of a comparison, with a measurer whose times are known exactly. */
#include "bench/compare/coin.h"
#include "tests/fake_contest.h"

/* ---- stages ------------------------------------------------------------------------------- */

Test(gate_contest, what_is_unchanged_ends_with_the_screening, TIMEOUT)
{
    struct fake f = {0};
    struct contest c = run(&f);
    cr_expect_eq(c.pair_count, 1 + CONTEST_SCREEN);
    cr_expect_eq(c.pairs[0].stage, TRUST_WARM_UP);
    expect_verdict(&c, "a", VERDICT_UNCHANGED, CONTEST_SCREEN);
    expect_verdict(&c, "b", VERDICT_UNCHANGED, CONTEST_SCREEN);
    contest_free(&c);
}

Test(gate_contest, suspects_alone_get_fresh_pairs, TIMEOUT)
{
    struct fake f = {.effect = {0, 0.10}};
    struct contest c = run(&f);
    cr_expect_eq(c.pair_count, 1 + CONTEST_SCREEN + 12);
    expect_verdict(&c, "a", VERDICT_UNCHANGED, CONTEST_SCREEN);
    expect_verdict(&c, "b", VERDICT_REGRESSION, 12);
    cr_expect(find(&c, "b")->confirmed && !find(&c, "a")->confirmed);
    int first_fresh = 2 * (1 + CONTEST_SCREEN);
    cr_expect(f.call[first_fresh - 1].wants_a && !f.call[first_fresh - 1].has_names);
    for (int i = first_fresh; i < f.calls; i++)
        cr_expect(f.call[i].wants_b && !f.call[i].wants_a, "call %d", i);
    contest_free(&c);
}

Test(gate_contest, what_got_faster_is_confirmed, TIMEOUT)
{
    struct fake f = {.effect = {-0.10, 0}};
    struct contest c = run(&f);
    expect_verdict(&c, "a", VERDICT_IMPROVEMENT, 12);
    contest_free(&c);
}

/* The coin decides who is first; inputs are the same for both, environments are not. */
Test(gate_contest, the_coin_decides_the_order, TIMEOUT)
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

/* So many cases; the first `slow` of them take twice as long on the new side, or below 0 all fail
 * there. */
static int measure_crowd(void *self, const struct half_order *order, struct half *half, char *why,
                         size_t size)
{
    const int *slow = self;
    (void)why, (void)size;
    half->when.repetitions = order->repetitions;
    half->when.pid = (json_int_t)(order->padding >> 1); /* another for each half */
    for (int i = 0; i < CROWD; i++) {
        char name[16];
        snprintf(name, sizeof(name), "c%d", i);
        const char *failed = order->side == NEW && *slow < 0 ? "wrong" : NULL;
        if (names(order, name))
            half_add(half, name, order->side == NEW && i < *slow ? 2e6 : 1e6, failed);
    }
    return 0;
}

/* No p may be too coarse to be counted as often as there are cases. */
Test(gate_contest, a_regression_is_found_among_many, TIMEOUT)
{
    for (int slow = 1; slow <= CROWD; slow += CROWD - 1) {
        struct contest c = {.measurer = {&slow, measure_crowd, NULL},
                            .rules = {0.01, 0.03, 0.01, 1},
                            .seed = 42,
                            .repetitions = 5,
                            .confirm = CONTEST_CONFIRM,
                            .deadline_ns = INT64_MAX};
        char why[HALF_TEXT_MAX];
        int found = 0;
        cr_assert_eq(contest_run(&c, why, sizeof(why)), 0, "%s", why);
        cr_assert_eq(c.case_count, CROWD);
        for (size_t i = 0; i < CROWD; i++)
            found += c.cases[i].said.verdict == VERDICT_REGRESSION;
        cr_expect_eq(found, slow, "%d are found of %d", found, slow);
        expect_verdict(&c, "c0", VERDICT_REGRESSION, CONTEST_CONFIRM);
        cr_expect(isfinite(find(&c, "c0")->said.visible));
        contest_free(&c);
    }
}

/* ---- void pairs --------------------------------------------------------------------------- */

/* Of calls 7 and 8, and of no others. */
static void expect_void_pair(struct fake f)
{
    struct contest c = run(&f);
    cr_expect_eq(c.pair_count, 1 + CONTEST_SCREEN + 1);
    cr_expect(c.pairs[3].voided[0] != '\0' && c.pairs[2].voided[0] == '\0');
    expect_verdict(&c, "a", VERDICT_UNCHANGED, CONTEST_SCREEN);
    contest_free(&c);
}

Test(gate_contest, a_stolen_pair_is_run_again, TIMEOUT)
{
    expect_void_pair((struct fake){.steal_at = 7});
}

/* In two pairs that follow each other, or within one. */
Test(gate_contest, a_number_that_is_given_again_makes_a_pair_void, TIMEOUT)
{
    expect_void_pair((struct fake){.again_at = 7});
    expect_void_pair((struct fake){.again_at = 8});
}

/* Calls 4 and 5 are the first pair of the recheck, of which it takes 5. */
Test(gate_contest, a_number_that_is_given_again_counts_in_no_recheck, TIMEOUT)
{
    struct fake f = {.fails = {NULL, "wrong"}, .again_at = 7};
    struct contest c = run(&f);
    cr_expect_eq(c.pair_count, 1 + 5 + 1 + CONTEST_SCREEN);
    cr_expect_eq(c.pairs[1].stage, TRUST_RECHECK);
    cr_expect_neq(c.pairs[2].voided[0], '\0');
    cr_expect_eq(find(&c, "b")->recheck_pairs, 5);
    expect_verdict(&c, "b", VERDICT_BROKEN, 0);
    contest_free(&c);
}

Test(gate_contest, a_machine_that_is_always_stolen_ends_it, TIMEOUT)
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
    expect_verdict(&c, "a", VERDICT_UNCHANGED, CONTEST_SCREEN);
    const char *said = find(&c, "b")->said.why;
    cr_expect((said == NULL && why == NULL) || strcmp(said, why) == 0, "found '%s'", said);
    contest_free(&c);
}

Test(gate_contest, failures_have_their_verdicts, TIMEOUT)
{
    expect_failing((struct fake){.fails = {NULL, "wrong"}}, VERDICT_BROKEN,
                   "failed twice in 2 runs: wrong");
    expect_failing((struct fake){.fails = {"wrong", NULL}}, VERDICT_REPAIRED,
                   "failed twice in 2 runs: wrong");
    expect_failing((struct fake){.fails = {"old", "new"}}, VERDICT_FAILED,
                   "failed twice in 2 runs: new");
    expect_failing((struct fake){.only_new = true}, VERDICT_ADDED, NULL);
    expect_failing((struct fake){.only_new = true, .fails = {NULL, "wrong"}}, VERDICT_BROKEN,
                   "failed twice in 2 runs: wrong");
}

/* Of either side, of a case or of all: calls 7 and 8 are the two halves of a pair. */
Test(gate_contest, what_fails_once_is_run_again, TIMEOUT)
{
    for (int i = 0; i < 4; i++) {
        struct fake f = {.flake_at = 7 + i % 2, .flakes_whole = i / 2 == 1};
        struct contest c = run(&f);
        cr_expect_eq(c.pair_count, 1 + CONTEST_SCREEN + 1, "%d: %zu pairs", i, c.pair_count);
        cr_expect_eq(f.calls, 2 * (1 + CONTEST_SCREEN + 1) + 1);
        cr_expect_str_eq(c.pairs[3].voided, "a half failed and was run again");
        expect_verdict(&c, "a", VERDICT_UNCHANGED, CONTEST_SCREEN);
        expect_verdict(&c, "b", VERDICT_UNCHANGED, CONTEST_SCREEN);
        cr_expect(c.side_failed[BASE][0] == '\0' && c.side_failed[NEW][0] == '\0');
        contest_free(&c);
    }
}

/* No time of the warm-up counts, so that it need not be done again. */
Test(gate_contest, a_warm_up_that_fails_once_is_run_again, TIMEOUT)
{
    for (int i = 0; i < 4; i++) {
        struct fake f = {.flake_at = 1 + i % 2, .flakes_whole = i / 2 == 1};
        struct contest c = run(&f);
        cr_expect_eq(c.pair_count, 1 + CONTEST_SCREEN, "%d: %zu pairs", i, c.pair_count);
        expect_verdict(&c, "b", VERDICT_UNCHANGED, CONTEST_SCREEN);
        contest_free(&c);
    }
}

Test(gate_contest, a_side_that_dies_breaks_all_cases, TIMEOUT)
{
    struct fake f = {.dies = {NULL, "killed"}};
    struct contest c = run(&f);
    expect_verdict(&c, "a", VERDICT_BROKEN, 0);
    expect_verdict(&c, "b", VERDICT_BROKEN, 0);
    cr_expect_str_eq(c.side_failed[NEW], "failed twice in 2 runs: killed");
    cr_expect_eq(c.pair_count, 1 + 5, "nothing is left to measure, and 1 of 252 ways is rare");
    cr_expect_eq(c.pairs[5].stage, TRUST_RECHECK);
    contest_free(&c);
}

/* ---- failures by chance ------------------------------------------------------------------- */

struct flaky_counts {
    size_t verdicts[VERDICTS], tried;
};

/* Of so many comparisons in which "b" fails by chance: what is said of it. */
static struct flaky_counts flaky(size_t n, double base, double news)
{
    struct flaky_counts counts = {{0}, 0};
    for (size_t i = 0; i < n; i++) {
        struct fake f = {.flaky = {base, news}, .chance = i + 1};
        struct contest c = contest_of(&f);
        char why[HALF_TEXT_MAX];
        c.confirm = CONTEST_CONFIRM;
        cr_assert_eq(contest_run(&c, why, sizeof(why)), 0, "%s", why);
        counts.verdicts[find(&c, "b")->said.verdict]++;
        counts.tried += find(&c, "b")->recheck_pairs > 0;
        contest_free(&c);
    }
    return counts;
}

/* Most of them fail twice in a row on one of the sides, and one in 100 may be taken for broken. */
Test(gate_contest, the_same_chance_on_both_sides_breaks_nothing, TIMEOUT)
{
    enum { N = 500 };
    static const double chances[] = {0.2, 0.5, 0.8};
    for (size_t i = 0; i < sizeof(chances) / sizeof(chances[0]); i++) {
        struct flaky_counts c = flaky(N, chances[i], chances[i]);
        cr_expect_gt(c.tried, N / 4, "%g: only %zu were tried", chances[i], c.tried);
        cr_expect_leq(c.verdicts[VERDICT_BROKEN], N / 100, "%g: %zu are broken", chances[i],
                      c.verdicts[VERDICT_BROKEN]);
        cr_expect_leq(c.verdicts[VERDICT_REPAIRED], N / 100, "%g: %zu are repaired", chances[i],
                      c.verdicts[VERDICT_REPAIRED]);
        cr_expect_gt(c.verdicts[VERDICT_INCONCLUSIVE], N / 4);
    }
}

Test(gate_contest, what_fails_more_often_is_told, TIMEOUT)
{
    enum { N = 100 };
    struct flaky_counts broken = flaky(N, 0.05, 0.8), repaired = flaky(N, 0.8, 0.05);
    cr_expect_geq(broken.verdicts[VERDICT_BROKEN], 90, "%zu", broken.verdicts[VERDICT_BROKEN]);
    cr_expect_geq(repaired.verdicts[VERDICT_REPAIRED], 90, "%zu",
                  repaired.verdicts[VERDICT_REPAIRED]);
}

/* No recheck is needed of what fails each time on both sides. */
Test(gate_contest, what_never_worked_is_not_tried, TIMEOUT)
{
    struct fake f = {.fails = {"old", "new"}};
    struct contest c = run(&f);
    cr_expect_eq(c.pair_count, 1 + CONTEST_SCREEN);
    expect_verdict(&c, "b", VERDICT_FAILED, 0);
    contest_free(&c);
}

/* 8 pairs are too few for so many cases, so that it takes more. */
Test(gate_contest, many_that_always_fail_are_broken, TIMEOUT)
{
    int slow = -1;
    struct contest c = {.measurer = {&slow, measure_crowd, NULL},
                        .rules = {0.01, 0.03, 0.01, 1},
                        .repetitions = 5,
                        .confirm = JUDGE_PAIRS_MIN,
                        .deadline_ns = INT64_MAX};
    char why[HALF_TEXT_MAX];
    cr_assert_eq(contest_run(&c, why, sizeof(why)), 0, "%s", why);
    for (size_t i = 0; i < CROWD; i++)
        cr_expect_eq(c.cases[i].said.verdict, VERDICT_BROKEN, "%s", c.cases[i].name);
    cr_expect_eq(c.pair_count, 1 + JUDGE_PAIRS_MIN + 1);
    contest_free(&c);
}

/* ---- its end ------------------------------------------------------------------------------ */

Test(gate_contest, an_interrupt_keeps_complete_pairs, TIMEOUT)
{
    struct fake f = {.interrupt_at = 2 * 9 + 2, .effect = {0.10, 0}};
    struct contest c = run(&f);
    cr_expect(c.interrupted && !c.out_of_time);
    cr_expect_eq(c.pair_count, 9);
    expect_verdict(&c, "a", VERDICT_REGRESSION, 8);
    contest_free(&c);
}

Test(gate_contest, the_deadline_ends_it, TIMEOUT)
{
    struct fake f = {0};
    struct contest c = contest_of(&f);
    char why[HALF_TEXT_MAX];
    c.deadline_ns = 1;
    cr_assert_eq(contest_run(&c, why, sizeof(why)), 0);
    cr_expect(c.out_of_time && !c.interrupted);
    cr_expect_eq(f.calls, 0);
    contest_free(&c);
}
