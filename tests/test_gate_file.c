// SPDX-License-Identifier: MIT
/* The reader of comparisons: what it knows, and what it refuses. */
#include "bench/compare/coin.h"
#include "bench/compare/comparison.h"
#include "bench/compare/print.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TIMEOUT .timeout = 120
#define SMALL   "tests/data/comparison-small.json"

static json_t *load(void)
{
    json_error_t error;
    json_t *file = json_load_file(SMALL, 0, &error);
    cr_assert_not_null(file, "%s", error.text);
    return file;
}

static json_t *head(json_t *file)
{
    return json_object_get(file, "comparison");
}

static json_t *pair(json_t *file, size_t i)
{
    return json_array_get(json_object_get(head(file), "pairs"), i);
}

static json_t *half(json_t *file, size_t i, const char *side)
{
    return json_object_get(pair(file, i), side);
}

static json_t *case_of(json_t *file, size_t i)
{
    return json_array_get(json_object_get(head(file), "cases"), i);
}

static void expect_refused(json_t *file, int expected, const char *sentence)
{
    struct comparison comparison;
    char why[512] = "";
    int err = comparison_build(&comparison, file, why, sizeof(why));
    cr_expect_eq(err, expected, "%s: got %d: %s", sentence, err, why);
    cr_expect_not_null(strstr(why, sentence), "expected '%s', found '%s'", sentence, why);
    if (err == 0)
        comparison_close(&comparison);
    json_decref(file);
}

Test(gate_file, holds_what_was_compared, TIMEOUT)
{
    struct comparison c;
    char why[512];
    cr_assert_eq(comparison_open(&c, SMALL, why, sizeof(why)), 0, "%s", why);
    cr_expect_str_eq(c.fingerprint, "0123456789abcdef");
    cr_expect_str_eq(c.base_version, "0.1.0+1111111");
    cr_expect(c.paired && !c.commands);
    cr_expect_eq(c.repetitions, 12);
    cr_assert_eq(c.case_count, 2);
    cr_expect_eq(c.cases[0].verdict, VERDICT_UNCHANGED);
    cr_expect_eq(c.cases[0].pair_count, 9, "the void pair must not count");
    cr_expect_eq(c.cases[1].verdict, VERDICT_REGRESSION);
    cr_expect_eq(c.cases[1].pair_count, 12, "only the confirming pairs judge it");
    cr_expect(c.cases[1].confirmed && isnan(c.cases[1].pairs_needed));
    comparison_close(&c);
}

/* ---- sabotage ----------------------------------------------------------------------------- */

static void swap(json_t *file, size_t i)
{
    json_t *one = pair(file, i), *base = json_incref(json_object_get(one, "base"));
    json_object_set(one, "base", json_object_get(one, "new"));
    json_object_set_new(one, "new", base);
}

static bool base_first(json_t *file, size_t i)
{
    return strcmp(json_string_value(json_object_get(pair(file, i), "first")), "base") == 0;
}

/* Base always first, and it says so: that is not the coin. */
Test(gate_file, refuses_a_fixed_order, TIMEOUT)
{
    json_t *file = load();
    for (size_t i = 0; i < json_array_size(json_object_get(head(file), "pairs")); i++) {
        if (!base_first(file, i))
            swap(file, i);
        json_object_set_new(pair(file, i), "first", json_string("base"));
    }
    expect_refused(file, -EPROTO, "the order of its sides is not the coin's");
}

/* Base always first, but it claims the coin's order. */
Test(gate_file, refuses_a_fixed_order_labelled_as_random, TIMEOUT)
{
    json_t *file = load();
    for (size_t i = 0; i < json_array_size(json_object_get(head(file), "pairs")); i++)
        if (!base_first(file, i))
            swap(file, i);
    expect_refused(file, -EPROTO, "the side that is called first began later");
}

Test(gate_file, refuses_one_process_per_side, TIMEOUT)
{
    json_t *file = load();
    for (size_t i = 0; i < json_array_size(json_object_get(head(file), "pairs")); i++) {
        json_object_set_new(half(file, i, "base"), "pid", json_integer(100));
        json_object_set_new(half(file, i, "new"), "pid", json_integer(200));
    }
    expect_refused(file, -EPROTO, "pair 2: one process served several halves");
}

Test(gate_file, refuses_one_process_for_both_sides, TIMEOUT)
{
    json_t *file = load();
    json_object_set(half(file, 3, "base"), "pid", json_object_get(half(file, 3, "new"), "pid"));
    expect_refused(file, -EPROTO, "pair 4: one process served several halves");
}

/* Where it counts in nothing, no harm is done: pair 0 warms up, and pair 5 is void. */
Test(gate_file, bears_a_number_that_was_given_again_where_it_is_void, TIMEOUT)
{
    static const size_t pairs[] = {0, 5};
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        json_t *file = load();
        struct comparison c;
        char why[512];
        size_t k = pairs[i];
        json_object_set(half(file, k, "base"), "pid", json_object_get(half(file, k, "new"), "pid"));
        cr_assert_eq(comparison_build(&c, file, why, sizeof(why)), 0, "%s", why);
        comparison_close(&c);
        json_decref(file);
    }
}

Test(gate_file, refuses_halves_that_overlap, TIMEOUT)
{
    json_t *file = load();
    const char *first = base_first(file, 2) ? "base" : "new",
               *second = base_first(file, 2) ? "new" : "base";
    json_int_t begin = json_integer_value(json_object_get(half(file, 2, second), "started_ns"));
    json_object_set_new(half(file, 2, first), "ended_ns", json_integer(begin + 1));
    expect_refused(file, -EPROTO, "pair 3: its halves overlap");
}

Test(gate_file, refuses_pairs_that_overlap, TIMEOUT)
{
    json_t *file = load();
    const char *second = base_first(file, 2) ? "new" : "base",
               *next = base_first(file, 3) ? "base" : "new";
    json_int_t begin = json_integer_value(json_object_get(half(file, 3, next), "started_ns"));
    json_object_set_new(half(file, 2, second), "ended_ns", json_integer(begin + 1));
    expect_refused(file, -EPROTO, "pair 4: it began before the last pair had ended");
}

Test(gate_file, refuses_a_missing_repetition, TIMEOUT)
{
    json_t *file = load();
    json_object_set_new(half(file, 4, "new"), "repetitions", json_integer(11));
    expect_refused(file, -EPROTO, "in case 1, pair 4: new did 11 of 12 repetitions");
}

Test(gate_file, refuses_a_void_pair_that_counts, TIMEOUT)
{
    json_t *file = load();
    json_object_set_new(pair(file, 4), "void", json_string("it was slow"));
    expect_refused(file, -EPROTO, "it counts, but it is void");
}

/* Case 0 is unchanged, and case 1 a regression. */
static void expect_unsaid(size_t i, const char *verdict, const char *key, double value)
{
    char sentence[64];
    json_t *file = load();
    json_object_set_new(case_of(file, i), "verdict", json_string(verdict));
    if (key != NULL)
        json_object_set_new(case_of(file, i), key, json_real(value));
    snprintf(sentence, sizeof(sentence), "in case %zu: its numbers do not say %s", i + 1, verdict);
    expect_refused(file, -EPROTO, sentence);
}

Test(gate_file, refuses_a_verdict_that_its_numbers_do_not_say, TIMEOUT)
{
    expect_unsaid(1, "UNCHANGED", NULL, 0);
    expect_unsaid(1, "UNCHANGED", "p_slow_adjusted", 1);
    expect_unsaid(1, "IMPROVEMENT", NULL, 0);
    expect_unsaid(1, "IMPROVEMENT", "p_fast_adjusted", 0.001);
    expect_unsaid(1, "REGRESSION", "p_slow_adjusted", 0.011);
    expect_unsaid(0, "REGRESSION", NULL, 0);
    expect_unsaid(0, "UNCHANGED", "high", 0.031);
    expect_unsaid(0, "UNCHANGED", "p_fast_adjusted", 0.009);
    json_t *file = load(), *pairs = json_object_get(case_of(file, 1), "pairs");
    while (json_array_size(pairs) > 12) /* 5 of them judge */
        json_array_remove(pairs, json_array_size(pairs) - 1);
    expect_refused(file, -EPROTO, "in case 2: its numbers do not say REGRESSION");
}

/* What failed, or is too noisy, may have any; so may two result files, which have no pairs. */
Test(gate_file, bears_verdicts_that_numbers_do_not_give, TIMEOUT)
{
    static const char *const verdicts[] = {"INCONCLUSIVE", "BROKEN", "REPAIRED", "FAILED"};
    struct comparison c;
    char why[512];
    for (size_t i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++) {
        json_t *file = load();
        json_object_set_new(case_of(file, 1), "verdict", json_string(verdicts[i]));
        cr_assert_eq(comparison_build(&c, file, why, sizeof(why)), 0, "%s", why);
        comparison_close(&c);
        json_decref(file);
    }
    json_t *file = load();
    json_object_set_new(head(file), "kind", json_string("results"));
    json_object_set_new(case_of(file, 1), "verdict", json_string("IMPROVEMENT"));
    cr_assert_eq(comparison_build(&c, file, why, sizeof(why)), 0, "%s", why);
    comparison_close(&c);
    json_decref(file);
}

/* A void pair needs no repetitions, and the coin of another seed is another. */
Test(gate_file, bears_what_does_not_count, TIMEOUT)
{
    json_t *file = load();
    struct comparison c;
    char why[512];
    json_object_set_new(half(file, 5, "new"), "repetitions", json_integer(0));
    cr_assert_eq(comparison_build(&c, file, why, sizeof(why)), 0, "%s", why);
    comparison_close(&c);
    json_object_set_new(head(file), "seed", json_integer(43));
    expect_refused(file, -EPROTO, "is not the coin's");
}

/* The tosses were found by another program: B is base first. A file is read years later. */
Test(gate_file, the_coin_is_fair_and_repeatable, TIMEOUT)
{
    static const struct {
        uint64_t seed;
        const char *tosses;
    } rows[] = {{0, "BNBBBNBBBNBBNBNNBBBNBBBB"},
                {1, "NNBBBBNNBNBBNNBBNBNNBNNB"},
                {42, "NBNNBBBNBNNNBNBNNNNBNNNN"}};
    unsigned first = 0;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        for (uint64_t k = 0; rows[i].tosses[k] != '\0'; k++)
            cr_expect_eq(coin_base_first(rows[i].seed, k), rows[i].tosses[k] == 'B',
                         "seed %d, pair %d", (int)rows[i].seed, (int)k);
    for (uint64_t i = 0; i < 1000; i++)
        first += coin_base_first(42, i);
    cr_expect(first > 440 && first < 560, "base was first %u of 1000 times", first);
}

/* ---- what is printed ---------------------------------------------------------------------- */

/* Of a comparison whose cases are all of one verdict. */
static void expect_summary(const char *status, const char *message, size_t cases,
                           enum verdict_kind verdict, const char *sentence)
{
    struct compared_case two[2] = {{.verdict = verdict}, {.verdict = verdict}};
    struct comparison c = {
        .status = status, .message = message, .paired = true, .cases = two, .case_count = cases};
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    cr_assert_not_null(out);
    print_summary(out, &c);
    fclose(out);
    cr_expect_not_null(strstr(text, sentence), "no '%s' in '%s'", sentence, text);
    free(text);
}

/* Only what was timed on both sides, to the end, speaks for the new one. */
Test(gate_file, says_nothing_of_what_was_not_measured, TIMEOUT)
{
    expect_summary("complete", NULL, 2, VERDICT_UNCHANGED,
                   ". Nothing speaks against the new side.");
    expect_summary("complete", NULL, 0, VERDICT_UNCHANGED,
                   "nothing was measured. Nothing can be said");
    expect_summary("complete", NULL, 2, VERDICT_REPAIRED, ". No case went well on both sides");
    expect_summary("complete", NULL, 2, VERDICT_ADDED, ". No case went well on both sides");
    expect_summary("interrupted", NULL, 2, VERDICT_UNCHANGED, ". It was interrupted: ");
    expect_summary("interrupted", NULL, 2, VERDICT_REGRESSION, ". It was interrupted: ");
    expect_summary("running", NULL, 2, VERDICT_UNCHANGED, ". It did not come to its end: ");
    expect_summary("failed", "why", 2, VERDICT_UNCHANGED, ". It did not come to its end: ");
}

/* A quieter machine would not help where there was no time. */
Test(gate_file, says_what_would_decide, TIMEOUT)
{
    expect_summary("complete", NULL, 2, VERDICT_INCONCLUSIVE, ". A quieter machine or more");
    expect_summary("complete", "time is over", 2, VERDICT_INCONCLUSIVE, ". Time was over before");
}

/* A terminal would obey them, on whichever page they are read. */
Test(gate_file, prints_no_control_characters, TIMEOUT)
{
    struct comparison c;
    char why[512], *text = NULL;
    size_t size;
    json_t *file = load(), *machine = json_object_get(head(file), "machine");
    json_object_set_new(machine, "cpu", json_string("A\302\233B \033CPU"));
    cr_assert_eq(comparison_build(&c, file, why, sizeof(why)), 0, "%s", why);
    FILE *out = open_memstream(&text, &size);
    cr_assert_not_null(out);
    print_comparison(out, &c, 400, false);
    print_markdown(out, &c);
    fclose(out);
    cr_expect_null(strstr(text, "\302\233"), "%s", text);
    cr_expect_null(strchr(text, '\033'), "%s", text);
    const char *name = strstr(text, "· AB CPU ·");
    cr_expect(name != NULL && strstr(name + 1, "· AB CPU ·") != NULL, "not twice: %s", text);
    free(text);
    comparison_close(&c);
    json_decref(file);
}

/* INCONCLUSIVE and 0.01 in one line would contradict each other. */
Test(gate_file, shows_on_which_side_of_one_percent_p_is, TIMEOUT)
{
    static const struct {
        double p;
        const char *text;
    } table[] = {{0.5, "0.50"},
                 {0.0125, "0.0125"},
                 {0.01005, "0.01005"},
                 {0.01, "0.0100"},
                 {0.00005, "<0.0001"}};
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        struct compared_case c = {.p_slow_adjusted = table[i].p, .p_fast_adjusted = 1};
        char text[PRINT_CELL_MAX];
        cr_expect_str_eq(print_p(text, &c), table[i].text);
    }
}

Test(gate_file, says_a_share_without_an_exponent, TIMEOUT)
{
    static const struct {
        double share;
        const char *text;
    } table[] = {{0, "0 %"},        {1e-9, "0 %"},      {0.045, "4.5 %"}, {0.03, "3 %"},
                 {0.994, "99 %"},   {0.996, "100 %"},   {1.954, "200 %"}, {3.27, "330 %"},
                 {0.0333, "3.3 %"}, {0.0005, "0.05 %"}, {12.3, "1230 %"}};
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        char text[PRINT_CELL_MAX];
        cr_expect_str_eq(print_share(text, table[i].share), table[i].text);
    }
}

/* ---- what is malformed -------------------------------------------------------------------- */

Test(gate_file, says_where_it_is_malformed, TIMEOUT)
{
    json_t *file = load();
    json_object_del(half(file, 1, "new"), "pid");
    expect_refused(file, -EINVAL, "in pair 2: new: ");
    file = load();
    json_object_set_new(pair(file, 0), "stage", json_string("cold"));
    expect_refused(file, -EINVAL, "in pair 1: 'stage'");
    file = load();
    json_object_set_new(case_of(file, 1), "p_slow", json_real(1.5));
    expect_refused(file, -EINVAL, "in case 2: 'p_slow' is 1.5");
    file = load();
    json_object_del(case_of(file, 0), "change");
    expect_refused(file, -EINVAL, "in case 1: 'change'");
    file = load();
    json_object_set_new(case_of(file, 0), "verdict", json_string("FINE"));
    expect_refused(file, -EINVAL, "there is no verdict 'FINE'");
    file = load();
    json_object_set(case_of(file, 1), "name", json_object_get(case_of(file, 0), "name"));
    expect_refused(file, -EINVAL, "in case 2: its name");
    file = load();
    json_object_set_new(json_array_get(json_object_get(case_of(file, 0), "pairs"), 2), "pair",
                        json_integer(99));
    expect_refused(file, -EINVAL, "in case 1, pair 3: 'pair' is 99");
    file = load();
    json_object_set_new(head(file), "schema", json_integer(2));
    expect_refused(file, -EINVAL, "its schema is 2 and only 1 is known");
    file = load();
    json_object_set_new(head(file), "fingerprint", json_string("0123"));
    expect_refused(file, -EINVAL, "'fingerprint'");
}

Test(gate_file, names_the_file_and_the_place, TIMEOUT)
{
    struct comparison c;
    char why[512];
    cr_expect_eq(comparison_open(&c, "/nowhere/x.json", why, sizeof(why)), -ENOENT);
    cr_expect_not_null(strstr(why, "/nowhere/x.json: cannot be opened"), "%s", why);
    cr_expect_eq(comparison_open(&c, "tests/data/result-small.json", why, sizeof(why)), -EINVAL);
    cr_expect_not_null(strstr(why, "a result file has no 'comparison'; `speedup com"), "%s", why);
    cr_expect_eq(comparison_open(&c, "Makefile", why, sizeof(why)), -EINVAL);
    cr_expect_not_null(strstr(why, "not JSON, line 1"), "%s", why);
}
