// SPDX-License-Identifier: MIT
#include "bench/compare/write.h"
#include "bench/build_info.h"
#include "bench/compare/fingerprint.h"
#include "bench/compare/print.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { SCHEMA = 1 };

static json_t *number(double x)
{
    return isfinite(x) ? json_real(x) : json_null();
}

static json_t *text(const char *words)
{
    return words != NULL ? json_string(words) : json_null();
}

/* A copy of a member, or null. */
static json_t *member(const json_t *object, const char *key)
{
    json_t *value = json_object_get(object, key);
    return value != NULL ? json_incref(value) : json_null();
}

/* Appends it; NULL where one of them could not be made: what is left out would not be missed. */
static json_t *with(json_t *list, json_t *item)
{
    if (json_array_append_new(list, item) == 0)
        return list;
    json_decref(list);
    return NULL;
}

/* ---- pairs -------------------------------------------------------------------------------- */

static json_t *half_json(const struct contest_pair *pair, int side)
{
    const struct trust_half *half = &pair->half[side];
    return json_pack("{s:I s:I s:I s:f s:I}", "pid", half->pid, "started_ns", half->started_ns,
                     "ended_ns", half->ended_ns, "stolen", pair->stolen[side], "repetitions",
                     half->repetitions);
}

static json_t *pairs_json(const struct contest *contest)
{
    json_t *list = json_array();
    for (size_t i = 0; i < contest->pair_count; i++) {
        const struct contest_pair *pair = &contest->pairs[i];
        list = with(list, json_pack("{s:s s:s s:o s:o s:o}", "stage", trust_stages[pair->stage],
                                    "first", side_names[pair->base_first ? BASE : NEW], "void",
                                    text(pair->voided[0] != '\0' ? pair->voided : NULL), "base",
                                    half_json(pair, BASE), "new", half_json(pair, NEW)));
    }
    return list;
}

/* ---- cases -------------------------------------------------------------------------------- */

/* Where a result file speaks of it: its job, and itself. */
static const json_t *find(const json_t *result, const char *name, const json_t **job)
{
    const json_t *one;
    size_t j, i;
    json_array_foreach (json_object_get(result, "jobs"), j, *job) {
        json_array_foreach (json_object_get(*job, "cases"), i, one) {
            const char *other = json_string_value(json_object_get(one, "name"));
            if (other != NULL && strcmp(other, name) == 0)
                return one;
        }
    }
    return *job = NULL;
}

static double two_digits(double x)
{
    double unit = x < 100 ? 1 : pow(10, floor(log10(x)) - 1);
    return ceil(x / unit) * unit;
}

static void sentence(const struct contest *contest, const struct compared_case *c, char *words,
                     size_t size)
{
    char seen[64] = "", more[96] = "", share[PRINT_CELL_MAX];
    if (c->pair_count < JUDGE_PAIRS_MIN) {
        snprintf(words, size, "only %zu pair%s measured, and below %d there is no verdict",
                 c->pair_count, c->pair_count == 1 ? " was" : "s were", JUDGE_PAIRS_MIN);
        return;
    }
    if (isfinite(c->visible))
        snprintf(seen, sizeof(seen), "a slow-down of %s would have been seen; ",
                 print_share(share, c->visible));
    if (isfinite(c->pairs_needed))
        snprintf(more, sizeof(more), "about %.0f pairs would show one of %s",
                 two_digits(c->pairs_needed), print_share(share, contest->rules.min_effect));
    else
        snprintf(more, sizeof(more),
                 "its change is too close to what matters; more pairs narrow it");
    snprintf(words, size, "%s%s", seen, more);
}

static json_t *why_json(const struct contest *contest, const struct compared_case *c)
{
    char words[HALF_TEXT_MAX];
    if (c->verdict != VERDICT_INCONCLUSIVE || c->why != NULL)
        return text(c->why);
    sentence(contest, c, words, sizeof(words));
    return json_string(words);
}

static json_t *times_json(const struct contest_case *one)
{
    json_t *list = json_array();
    for (size_t i = 0; i < one->time_count; i++)
        list =
            with(list, json_pack("{s:I s:f s:f}", "pair", (json_int_t)one->times[i].pair, "base_ns",
                                 one->times[i].ns[BASE], "new_ns", one->times[i].ns[NEW]));
    return list;
}

static void put_numbers(json_t *json, const struct compared_case *c)
{
    const struct {
        const char *key;
        double value;
    } members[] = {{"base_ns", c->base_ns},
                   {"new_ns", c->new_ns},
                   {"change", c->change.value},
                   {"low", c->change.low},
                   {"high", c->change.high},
                   {"p_slow", c->p_slow},
                   {"p_slow_adjusted", c->p_slow_adjusted},
                   {"p_fast", c->p_fast},
                   {"p_fast_adjusted", c->p_fast_adjusted},
                   {"visible", c->visible},
                   {"pairs_needed", c->pairs_needed}};
    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
        json_object_set_new(json, members[i].key, number(members[i].value));
}

static json_t *case_json(const struct contest *contest, const struct contest_case *one,
                         const struct write_about *about)
{
    const struct compared_case *c = &one->said;
    const json_t *job, *known = find(about->result[BASE], one->name, &job);
    if (known == NULL)
        known = find(about->result[NEW], one->name, &job);
    const char *stage = one->confirmed      ? trust_stages[TRUST_CONFIRM]
                        : c->pair_count > 0 ? trust_stages[TRUST_SCREEN]
                                            : NULL;
    json_t *json = json_pack("{s:s s:o s:o s:o s:o s:o s:o s:s s:o}", "name", one->name, "workload",
                             member(job, "workload"), "settings", member(job, "settings"), "runner",
                             member(known, "runner"), "concurrency", member(known, "concurrency"),
                             "interpreter", member(job, "interpreter"), "stage", text(stage),
                             "verdict", verdict_names[c->verdict], "why", why_json(contest, c));
    if (json == NULL)
        return NULL;
    put_numbers(json, c);
    if (json_object_set_new(json, "pairs", times_json(one)) == 0)
        return json;
    json_decref(json);
    return NULL;
}

static json_t *cases_json(const struct contest *contest, const struct write_about *about)
{
    json_t *list = json_array();
    for (size_t i = 0; i < contest->case_count; i++)
        list = with(list, case_json(contest, &contest->cases[i], about));
    return list;
}

/* ---- all of it ---------------------------------------------------------------------------- */

static json_t *side_json(const struct write_about *about, int side)
{
    const json_t *result = about->result[side];
    return json_pack("{s:s s:o s:o}", "what", about->what[side], "version",
                     member(result, "version"), "build", member(result, "build"));
}

static json_t *time_json(const struct write_about *about)
{
    const json_t *result = about->result[about->result[BASE] != NULL ? BASE : NEW];
    const json_t *times = json_object_get(result, "times");
    return about->time != NULL ? json_string(about->time) : member(times, "run_ns");
}

static json_t *command_json(const struct write_about *about)
{
    json_t *list = json_array();
    for (int i = 0; i < about->argc; i++)
        json_array_append_new(list, i == 0 ? json_string("compare") : json_string(about->argv[i]));
    return list;
}

json_t *write_comparison(const struct contest *contest, const struct write_about *about)
{
    char fingerprint[FINGERPRINT_MAX];
    fingerprint_of(about->machine, fingerprint);
    json_t *sides = json_pack("{s:o s:o}", side_names[BASE], side_json(about, BASE),
                              side_names[NEW], side_json(about, NEW));
    json_t *body = json_pack(
        "{s:i s:s s:o s:s s:o s:s s:o s:s s:I s:f s:f s:f s:I s:O s:s s:o s:o s:o s:o}", "schema",
        SCHEMA, "version", build_version(), "command", command_json(about), "started",
        about->started, "finished", text(about->finished), "status", about->status, "message",
        text(about->message), "kind", about->kind, "seed", (json_int_t)contest->seed, "margin",
        contest->rules.margin, "min_effect", contest->rules.min_effect, "alpha",
        contest->rules.alpha, "repetitions", (json_int_t)contest->repetitions, "machine",
        about->machine, "fingerprint", fingerprint, "time", time_json(about), "sides", sides,
        "pairs", pairs_json(contest), "cases", cases_json(contest, about));
    return body != NULL ? json_pack("{s:o}", "comparison", body) : NULL;
}
