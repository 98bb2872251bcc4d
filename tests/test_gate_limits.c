// SPDX-License-Identifier: MIT
/* What ends a comparison early, or makes less of it, and what is kept then. */
#include "bench/compare/side.h"
#include "bench/compare/write.h"
#include "bench/text.h"
#include "tests/fake_contest.h"

/* ---- time that is over -------------------------------------------------------------------- */

/* "a" is confirmed quickly, and then what "b" takes is not known: "b" alone is not compared with
 * it. */
Test(gate_limits, a_slow_case_is_not_held_against_a_quick_one, TIMEOUT)
{
    struct fake f = {.effect = {0.10, 0}, .fails = {NULL, "wrong"}, .fails_from = 4};
    struct contest c = contest_of(&f);
    char why[HALF_TEXT_MAX];
    f.hangs = &c;
    cr_assert_eq(contest_run(&c, why, sizeof(why)), 0, "%s", why);
    cr_expect(c.out_of_time);
    cr_expect(c.pairs[c.pair_count - 1].stage == TRUST_CONFIRM);
    cr_expect(!c.cut[BASE] && !c.cut[NEW]);
    cr_expect(!find(&c, "b")->endless[BASE] && !find(&c, "b")->endless[NEW]);
    expect_verdict(&c, "a", VERDICT_REGRESSION, 12);
    contest_free(&c);
}

/* That breaks what the new side was to do, but repairs nothing, as "b" looks slower, and takes
 * nothing from what was measured before. Calls 23 and 24 are the first fresh pair, of "b" alone. */
Test(gate_limits, a_side_that_hangs_at_last_is_no_side_that_never_ended, TIMEOUT)
{
    for (int call = 23; call <= 24; call++) {
        struct fake f = {.effect = {0, 0.10}, .hangs_at = call};
        struct contest c = contest_of(&f);
        char why[HALF_TEXT_MAX];
        f.hangs = &c;
        cr_assert_eq(contest_run(&c, why, sizeof(why)), 0, "%s", why);
        int side = f.call[call - 1].side;
        cr_expect(c.out_of_time && c.cut[side]);
        cr_expect_str_eq(contest_side_failed(&c, side), "");
        expect_verdict(&c, "a", VERDICT_UNCHANGED, CONTEST_SCREEN);
        expect_verdict(&c, "b", side == NEW ? VERDICT_BROKEN : VERDICT_INCONCLUSIVE,
                       CONTEST_SCREEN);
        contest_free(&c);
    }
}

/* Two failures may be chance. Calls 1 to 3 are the warm-up, and then come pairs of what failed. */
Test(gate_limits, what_failed_twice_is_not_broken_before_it_is_tried, TIMEOUT)
{
    for (int pairs = 0; pairs <= 5; pairs++) {
        struct fake f = {.fails = {NULL, "wrong"}, .interrupt_at = 4 + 2 * pairs};
        struct contest c = contest_of(&f);
        char why[HALF_TEXT_MAX];
        cr_assert_eq(contest_run(&c, why, sizeof(why)), 0, "%s", why);
        cr_expect_eq(find(&c, "b")->recheck_pairs, (size_t)pairs);
        expect_verdict(&c, "b", pairs < 5 ? VERDICT_INCONCLUSIVE : VERDICT_BROKEN, 0);
        if (pairs == 0)
            cr_expect_not_null(strstr(find(&c, "b")->said.why, "there was no time to try that"));
        contest_free(&c);
    }
}

/* Too few fresh pairs do not take back what the screening has shown. */
Test(gate_limits, fresh_pairs_judge_where_they_are_as_many, TIMEOUT)
{
    static const struct {
        unsigned asked, done;
        size_t judging;
    } rows[] = {{12, 0, 10},  {12, 8, 10}, {12, 9, 10}, {12, 10, 10},
                {12, 11, 11}, {8, 7, 10},  {8, 8, 8},   {9, 8, 10}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        unsigned pairs = 1 + CONTEST_SCREEN + rows[i].done;
        struct fake f = {.effect = {0, 0.10}, .interrupt_at = 2 * (int)pairs + 1};
        struct contest c = contest_of(&f);
        char why[HALF_TEXT_MAX];
        c.confirm = rows[i].asked;
        cr_assert_eq(contest_run(&c, why, sizeof(why)), 0, "%s", why);
        expect_verdict(&c, "b", VERDICT_REGRESSION, rows[i].judging);
        cr_expect_eq(find(&c, "b")->confirmed,
                     rows[i].done >= CONTEST_SCREEN || rows[i].done == rows[i].asked,
                     "%u of %u fresh pairs", rows[i].done, rows[i].asked);
        contest_free(&c);
    }
}

/* 150 ms for the median case, and no more than so much for all of them. */
Test(gate_limits, repetitions_fit_into_the_time, TIMEOUT)
{
    static const struct {
        double usual_ns, repetition_ns, most_ns;
        long repetitions;
    } rows[] = {{10.2e6, 25e6, 120e9, 15}, {1e3, 2e6, 120e9, 1000},   {10, 20e6, 120e9, 1000},
                {1e3, 0.8e9, 120e9, 150},  {1e3, 0.8e9, 0.5e9, 1},    {10.2e6, 25e6, 260e6, 10},
                {0, 0.8e9, 120e9, 1},      {10.2e6, 0, 120e9, 15},    {400e6, 800e6, 120e9, 1},
                {10.2e6, 25e6, -1e9, 1},   {1e3, 120.1e6, 120e9, 999}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        long found = half_repetitions(rows[i].usual_ns, rows[i].repetition_ns, rows[i].most_ns);
        cr_expect_eq(found, rows[i].repetitions, "row %zu: %ld", i, found);
    }
}

/* Two cases that are quick, and one that takes 2 ms. */
static int measure_long(void *self, const struct half_order *order, struct half *half, char *why,
                        size_t size)
{
    int64_t until = now_ns() + 2000000 * order->repetitions;
    (void)self, (void)why, (void)size;
    while (now_ns() < until)
        ;
    half->when.repetitions = order->repetitions;
    half_add(half, "a", 1e3, NULL);
    half_add(half, "b", 1e3, NULL);
    return half_add(half, "c", 2e6, NULL);
}

/* 11 pairs of 2 ms at least: 22 times in a second, while the median asks for 1000. */
Test(gate_limits, the_screening_fits_into_the_time, TIMEOUT)
{
    struct measurer measurer = {NULL, measure_long, NULL};
    struct half half = {0};
    long repetitions;
    double repetition_ns;
    char why[HALF_TEXT_MAX];
    cr_assert_eq(sides_calibrate(&measurer, now_ns() + 1000000000, &repetitions, &repetition_ns,
                                 &half, why, sizeof(why)),
                 0);
    cr_expect(repetitions >= 1 && repetitions <= 22, "%ld", repetitions);
    half_free(&half);
    cr_assert_eq(sides_calibrate(&measurer, INT64_MAX, &repetitions, &repetition_ns, &half, why,
                                 sizeof(why)),
                 0);
    cr_expect_gt(repetitions, 22, "%ld", repetitions);
    half_free(&half);
}

/* Its pairs differ by a factor of 20, to and fro. */
static int measure_noise(void *self, const struct half_order *order, struct half *half, char *why,
                         size_t size)
{
    int call = (*(int *)self)++;
    (void)why, (void)size;
    half->when = (struct trust_half){1000 + call, 1000 * call, 1000 * call + 900, 5};
    bool slow = (order->side == NEW) == (call / 2 % 2 == 1);
    return half_add(half, "a", slow ? 20e6 : 1e6, NULL);
}

/* The table and the sentence below it show the same number in other words. */
Test(gate_limits, a_sentence_has_no_exponent, TIMEOUT)
{
    int calls = 0;
    struct contest c = {.measurer = {&calls, measure_noise, NULL},
                        .rules = {0.01, 0.03, 0.01, 1},
                        .seed = 42,
                        .repetitions = 5,
                        .confirm = CONTEST_CONFIRM,
                        .deadline_ns = INT64_MAX};
    const struct write_about about = {.started = "now",
                                      .status = "complete",
                                      .kind = "builds",
                                      .what = {"a", "b"},
                                      .machine = json_null()};
    char why[HALF_TEXT_MAX];
    cr_assert_eq(contest_run(&c, why, sizeof(why)), 0, "%s", why);
    cr_assert_gt(find(&c, "a")->said.visible, 1);
    json_t *file = write_comparison(&c, &about);
    json_t *cases = json_object_get(json_object_get(file, "comparison"), "cases");
    const char *said = json_string_value(json_object_get(json_array_get(cases, 0), "why"));
    cr_assert_not_null(said);
    cr_expect_not_null(strstr(said, "0 % would have been seen; about "), "%s", said);
    cr_expect_null(strstr(said, "e+"), "%s", said);
    json_decref(file);
    contest_free(&c);
}

/* ---- what is kept ------------------------------------------------------------------------- */

/* Wherever it is cut, it is no longer than it may be, and UTF-8. */
Test(gate_limits, a_long_reason_is_cut_between_characters, TIMEOUT)
{
    for (size_t before = 0; before < 2; before++) {
        struct fake f = {.dies = {NULL, NULL}};
        char reason[2 * HALF_TEXT_MAX] = ".", clean[HALF_TEXT_MAX];
        for (size_t n = before; n < HALF_TEXT_MAX; n += 2)
            memcpy(reason + n, "\303\251", 3);
        f.dies[NEW] = reason;
        struct contest c = run(&f);
        const char *texts[] = {find(&c, "a")->said.why, c.side_failed[NEW]};
        for (size_t i = 0; i < 2; i++) {
            cr_assert_not_null(texts[i]);
            snprintf(clean, sizeof(clean), "%s", texts[i]);
            text_clean(clean);
            cr_expect_str_eq(clean, texts[i]);
        }
        contest_free(&c);
    }
}

/* Wherever that is: a verdict is what its pairs say, or that they are too few. */
Test(gate_limits, an_error_is_no_verdict, TIMEOUT)
{
    static const int pairs[] = {1, 5, 1 + CONTEST_SCREEN, 1 + CONTEST_SCREEN + 3};
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        struct fake f = {.effect = {0, 0.10}, .breaks_at = 2 * pairs[i] + 1};
        struct contest c = contest_of(&f);
        char why[HALF_TEXT_MAX];
        cr_assert_eq(contest_run(&c, why, sizeof(why)), -ENOSPC);
        cr_assert_eq(c.pair_count, (size_t)pairs[i]);
        if (pairs[i] > CONTEST_SCREEN) {
            expect_verdict(&c, "a", VERDICT_UNCHANGED, CONTEST_SCREEN);
            expect_verdict(&c, "b", VERDICT_REGRESSION, CONTEST_SCREEN);
        } else {
            expect_verdict(&c, "a", VERDICT_INCONCLUSIVE, (size_t)pairs[i] - 1);
            expect_verdict(&c, "b", VERDICT_INCONCLUSIVE, (size_t)pairs[i] - 1);
        }
        contest_free(&c);
    }
}

/* Not one case less than there are. */
Test(gate_limits, what_cannot_be_kept_is_no_file, TIMEOUT)
{
    struct fake f = {0};
    struct contest c = run(&f);
    const struct write_about about = {.started = "now",
                                      .status = "complete",
                                      .kind = "builds",
                                      .what = {"a", "b"},
                                      .machine = json_null()};
    json_t *file = write_comparison(&c, &about);
    cr_expect_not_null(file);
    json_decref(file);
    c.cases[1].said.why = "\303";
    cr_expect_null(write_comparison(&c, &about));
    contest_free(&c);
}
