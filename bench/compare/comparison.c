// SPDX-License-Identifier: MIT
#include "bench/compare/comparison.h"
#include "bench/compare/judge.h"
#include "bench/compare/trust.h"
#include "bench/members.h"
#include "bench/text.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const verdict_names[VERDICTS + 1] = {
    "BROKEN",   "REGRESSION", "INCONCLUSIVE", "IMPROVEMENT", "UNCHANGED",
    "REPAIRED", "FAILED",     "ADDED",        "REMOVED",     NULL};

enum { SCHEMA = 1, SENTENCE_MAX = 512 };

/* No measured mean is shorter, and none takes 30 years. */
static const double NS_LEAST = 1e-3, NS_MOST = 1e18;

/* Where the reader stands, counted from 1; 0: not in one. */
struct reader {
    struct comparison *comparison;
    struct trust_pair *pairs;
    size_t pair_count, in_case, pair;
    char *why;
    size_t size;
};

__attribute__((format(printf, 3, 4))) static int refuse(const struct reader *r, int err,
                                                        const char *format, ...)
{
    char place[64] = "", reason[JSON_ERROR_TEXT_LENGTH + 64];
    va_list list;
    va_start(list, format);
    vsnprintf(reason, sizeof(reason), format, list);
    va_end(list);
    if (r->pair > 0)
        snprintf(place, sizeof(place), " in case %zu, pair %zu", r->in_case, r->pair);
    else if (r->in_case > 0)
        snprintf(place, sizeof(place), " in case %zu", r->in_case);
    snprintf(r->why, r->size, "%s%s: %s",
             err == -EPROTO ? "it cannot be believed" : "not a valid comparison", place, reason);
    return err;
}

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

/* One that must be there, and may be null: NAN. */
static int read_number(const struct reader *r, const json_t *object, const char *key, double least,
                       double most, double *number)
{
    const json_t *value = json_object_get(object, key);
    if (value == NULL || (!json_is_number(value) && !json_is_null(value)))
        return refuse(r, -EINVAL, "'%s' must be a number or null", key);
    *number = json_is_null(value) ? NAN : json_number_value(value);
    if (*number < least || *number > most)
        return refuse(r, -EINVAL, "'%s' is %g, which cannot be", key, *number);
    return 0;
}

/* ---- cases -------------------------------------------------------------------------------- */

/* The pair that it names must be one that counts. */
static int read_time(const struct reader *r, const json_t *json, struct compared_case *c,
                     const char *stage, json_int_t *last)
{
    struct members m = {.object = json};
    json_int_t index = members_whole(&m, "pair", 0, INT_MAX);
    double times[SIDES] = {members_number(&m, "base_ns", NS_LEAST, NS_MOST),
                           members_number(&m, "new_ns", NS_LEAST, NS_MOST)};
    if (m.err != 0)
        return refuse(r, m.err, "%s", m.why);
    if (index <= *last || index >= (json_int_t)r->pair_count)
        return refuse(r, -EINVAL, "'pair' is %lld, which is no pair, or not in order",
                      (long long)index);
    const struct trust_pair *pair = &r->pairs[index];
    *last = index;
    if (pair->is_void || pair->stage == TRUST_WARM_UP || pair->stage == TRUST_RECHECK)
        return refuse(r, -EPROTO,
                      "it counts, but it is void, the warm-up or of a recheck; measure it again");
    for (int side = BASE; side <= NEW; side++)
        if (pair->half[side].repetitions != r->comparison->repetitions)
            return refuse(r, -EPROTO, "%s did %lld of %ld repetitions; measure it again",
                          side_names[side], (long long)pair->half[side].repetitions,
                          r->comparison->repetitions);
    if (stage != NULL && strcmp(stage, trust_stages[pair->stage]) == 0) {
        c->base_times_ns[c->pair_count] = times[BASE];
        c->new_times_ns[c->pair_count++] = times[NEW];
    }
    return 0;
}

static int read_times(struct reader *r, const json_t *json, struct compared_case *c)
{
    const json_t *list = json_object_get(json, "pairs"), *stage = json_object_get(json, "stage"),
                 *one;
    const char *word = json_string_value(stage);
    json_int_t last = -1;
    size_t i, n = json_array_size(list);
    if (!json_is_array(list))
        return refuse(r, -EINVAL, "'pairs' must be an array");
    if (!json_is_null(stage) && (word == NULL || (strcmp(word, trust_stages[TRUST_SCREEN]) != 0 &&
                                                  strcmp(word, trust_stages[TRUST_CONFIRM]) != 0)))
        return refuse(r, -EINVAL, "'stage' must be screen, confirm or null");
    c->confirmed = word != NULL && strcmp(word, trust_stages[TRUST_CONFIRM]) == 0;
    c->base_times_ns = calloc(n + 1, sizeof(double));
    c->new_times_ns = calloc(n + 1, sizeof(double));
    if (c->base_times_ns == NULL || c->new_times_ns == NULL)
        return refuse(r, -ENOMEM, "not enough memory");
    json_array_foreach (list, i, one) {
        r->pair = i + 1;
        int err = read_time(r, one, c, word, &last);
        if (err != 0)
            return err;
    }
    r->pair = 0;
    return 0;
}

static int read_numbers(const struct reader *r, const json_t *json, struct compared_case *c)
{
    const double most = HUGE_VAL;
    const struct {
        const char *key;
        double least, most, *number;
    } table[] = {{"base_ns", 0, most, &c->base_ns},
                 {"new_ns", 0, most, &c->new_ns},
                 {"change", -1, most, &c->change.value},
                 {"low", -1, most, &c->change.low},
                 {"high", -1, most, &c->change.high},
                 {"p_slow", 0, 1, &c->p_slow},
                 {"p_slow_adjusted", 0, 1, &c->p_slow_adjusted},
                 {"p_fast", 0, 1, &c->p_fast},
                 {"p_fast_adjusted", 0, 1, &c->p_fast_adjusted},
                 {"visible", 0, most, &c->visible},
                 {"pairs_needed", 0, most, &c->pairs_needed}};
    int err = 0;
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]) && err == 0; i++)
        err = read_number(r, json, table[i].key, table[i].least, table[i].most, table[i].number);
    if (err == 0 && (c->change.low > c->change.value || c->change.value > c->change.high))
        return refuse(r, -EINVAL, "the change must lie in its interval");
    return err;
}

/* Does its verdict follow from the numbers beside it? Not from its times again: another version of
 * the program may have made other numbers of them. Of failures, of noise and of two result files
 * they say nothing. */
static bool is_said(const struct comparison *comparison, const struct compared_case *c)
{
    const double alpha = comparison->alpha, rounding = 1e-9; /* of the file's digits */
    const bool slow = c->p_slow_adjusted <= alpha * (1 + rounding),
               fast = c->p_fast_adjusted <= alpha * (1 + rounding),
               not_slow = !(c->p_slow_adjusted < alpha * (1 - rounding)),
               not_fast = !(c->p_fast_adjusted < alpha * (1 - rounding));
    const bool enough = c->pair_count >= JUDGE_PAIRS_MIN;
    if (!comparison->paired)
        return true;
    if (c->verdict == VERDICT_REGRESSION)
        return enough && slow;
    if (c->verdict == VERDICT_IMPROVEMENT)
        return enough && not_slow && fast;
    if (c->verdict == VERDICT_UNCHANGED)
        return enough && not_slow && not_fast &&
               c->change.high < comparison->min_effect * (1 + rounding);
    return true;
}

static int read_case(struct reader *r, const json_t *json, struct compared_case *c)
{
    struct members m = {.object = json};
    c->name = members_text(&m, "name");
    const char *verdict = members_text(&m, "verdict");
    int v = 0;
    if (m.err != 0)
        return refuse(r, m.err, "%s", m.why);
    while (v < VERDICTS && strcmp(verdict, verdict_names[v]) != 0)
        v++;
    if (v == VERDICTS)
        return refuse(r, -EINVAL, "there is no verdict '%.40s'", verdict);
    c->verdict = (enum verdict_kind)v;
    c->workload = text_of(json, "workload");
    c->why = text_of(json, "why");
    int err = read_numbers(r, json, c);
    if (err == 0)
        err = read_times(r, json, c);
    if (err == 0 && !is_said(r->comparison, c))
        err = refuse(r, -EPROTO, "its numbers do not say %s; measure it again", verdict);
    return err;
}

/* Names are what a case is known by in all other files. */
static int read_cases(struct reader *r, const json_t *cases)
{
    struct comparison *c = r->comparison;
    json_t *one, *names = json_object();
    size_t i;
    int err = 0;
    c->cases = calloc(json_array_size(cases) + 1, sizeof(*c->cases));
    if (c->cases == NULL || names == NULL)
        err = refuse(r, -ENOMEM, "not enough memory");
    json_array_foreach (cases, i, one) {
        if (err != 0)
            break;
        r->in_case = ++c->case_count;
        err = read_case(r, one, &c->cases[i]);
        if (err == 0 && json_object_get(names, c->cases[i].name) != NULL)
            err = refuse(r, -EINVAL, "its name '%.200s' is another's", c->cases[i].name);
        if (err == 0)
            json_object_set_new(names, c->cases[i].name, json_true());
    }
    json_decref(names);
    return err;
}

/* ---- the head ----------------------------------------------------------------------------- */

static bool is_fingerprint(const char *text)
{
    return strlen(text) == FINGERPRINT_MAX - 1 &&
           strspn(text, "0123456789abcdef") == FINGERPRINT_MAX - 1;
}

static int read_sides(const struct reader *r, json_t *sides)
{
    struct comparison *c = r->comparison;
    struct members m = {.object = sides};
    struct members base = {.object = members_object(&m, "base")};
    struct members new = {.object = members_object(&m, "new")};
    if (m.err != 0)
        return refuse(r, m.err, "in its sides, %s", m.why);
    c->base = members_text(&base, "what");
    c->news = members_text(&new, "what");
    if (base.err != 0 || new.err != 0)
        return refuse(r, -EINVAL, "of the %s, %s", base.err != 0 ? "base" : "new side",
                      base.err != 0 ? base.why : new.why);
    c->base_version = text_of(base.object, "version");
    c->new_version = text_of(new.object, "version");
    return 0;
}

static int read_head(const struct reader *r, json_t *head, json_int_t *seed)
{
    struct comparison *c = r->comparison;
    struct members m = {.object = head};
    json_int_t schema = members_whole(&m, "schema", 0, INT_MAX);
    if (m.err == 0 && schema != SCHEMA)
        return refuse(r, -EINVAL, "its schema is %d and only %d is known", (int)schema, SCHEMA);
    c->started = members_text(&m, "started");
    c->status = members_text(&m, "status");
    const char *kind = members_text(&m, "kind");
    *seed = members_whole(&m, "seed", 0, LLONG_MAX);
    c->repetitions = (long)members_whole(&m, "repetitions", 0, LONG_MAX);
    c->margin = members_number(&m, "margin", 0, 1);
    c->min_effect = members_number(&m, "min_effect", 0, 1);
    c->alpha = members_number(&m, "alpha", 1e-9, 0.999);
    const char *fingerprint = members_text(&m, "fingerprint");
    json_t *sides = members_object(&m, "sides"), *machine = members_object(&m, "machine");
    if (m.err != 0)
        return refuse(r, m.err, "%s", m.why);
    c->paired = strcmp(kind, "results") != 0;
    c->commands = strcmp(kind, "commands") == 0;
    if (c->paired && !c->commands && strcmp(kind, "builds") != 0)
        return refuse(r, -EINVAL, "'kind' must be builds, commands or results");
    if (!is_fingerprint(fingerprint))
        return refuse(r, -EINVAL, "'fingerprint' must be 16 hexadecimal digits");
    memcpy(c->fingerprint, fingerprint, FINGERPRINT_MAX);
    c->finished = text_of(head, "finished");
    c->message = text_of(head, "message");
    c->hostname = text_of(machine, "hostname");
    c->cpu = text_of(machine, "cpu");
    return read_sides(r, sides);
}

static int read_all(struct reader *r, json_t *file)
{
    struct members whole = {.object = file};
    json_t *head = members_object(&whole, "comparison");
    json_int_t seed = 0;
    if (json_is_object(json_object_get(file, "speedup")))
        return refuse(
            r, -EINVAL,
            "a result file has no 'comparison'; `speedup compare A B -o FILE` writes one");
    if (whole.err != 0)
        return refuse(r, whole.err, "%s", whole.why);
    int err = read_head(r, head, &seed);
    if (err != 0)
        return err;
    struct members m = {.object = head};
    json_t *pairs = members_list(&m, "pairs"), *cases = members_list(&m, "cases");
    if (m.err != 0)
        return refuse(r, m.err, "%s", m.why);
    err = trust_read(pairs, (uint64_t)seed, &r->pairs, &r->pair_count, r->why, r->size);
    return err == 0 ? read_cases(r, cases) : err;
}

/* ---- its life ----------------------------------------------------------------------------- */

int comparison_build(struct comparison *comparison, json_t *file, char *why, size_t size)
{
    *comparison = (struct comparison){.file = json_incref(file)};
    struct reader r = {.comparison = comparison, .why = why, .size = size};
    int err = read_all(&r, file);
    free(r.pairs);
    if (err != 0) {
        text_clean(why); /* it may hold words of the file */
        comparison_close(comparison);
    }
    return err;
}

int comparison_open(struct comparison *comparison, const char *path, char *why, size_t size)
{
    json_error_t error;
    json_t *file = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    if (file == NULL && json_error_code(&error) == json_error_cannot_open_file) {
        snprintf(why, size, "%s: cannot be opened: %s", path, strerror(errno));
        return -ENOENT;
    }
    if (file == NULL) {
        snprintf(why, size, "%s: not JSON, line %d, column %d: %s; was the file cut off?", path,
                 error.line, error.column, error.text);
        text_clean(why);
        return -EINVAL;
    }
    char reason[SENTENCE_MAX];
    int err = comparison_build(comparison, file, reason, sizeof(reason));
    json_decref(file);
    if (err != 0)
        snprintf(why, size, "%s: %s", path, reason);
    return err;
}

void comparison_close(struct comparison *comparison)
{
    for (size_t i = 0; i < comparison->case_count; i++) {
        free(comparison->cases[i].base_times_ns);
        free(comparison->cases[i].new_times_ns);
    }
    free(comparison->cases);
    json_decref(comparison->file);
    *comparison = (struct comparison){0};
}
