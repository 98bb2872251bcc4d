// SPDX-License-Identifier: MIT
#include "bench/compare/contest.h"
#include "bench/compare/coin.h"
#include "bench/compare/recheck.h"
#include "bench/compare/settle.h"
#include "bench/compare/turn.h"
#include "bench/text.h"
#include "workloads/workload.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- cases -------------------------------------------------------------------------------- */

static struct contest_case *case_of(struct contest *c, const char *name)
{
    for (size_t i = 0; i < c->case_count; i++)
        if (strcmp(c->cases[i].name, name) == 0)
            return &c->cases[i];
    struct contest_case *more = reallocarray(c->cases, c->case_count + 1, sizeof(*c->cases));
    if (more == NULL)
        return NULL;
    c->cases = more;
    more[c->case_count] =
        (struct contest_case){.name = strdup(name), .said = {.verdict = VERDICT_INCONCLUSIVE}};
    return more[c->case_count].name != NULL ? &more[c->case_count++] : NULL;
}

static void note_failure(struct contest_case *one, int side, const char *reason)
{
    one->wanted = false;
    if (one->failed[side] == NULL)
        one->failed[side] = strdup(reason);
}

/* What the half has of the case; NAN once it failed. */
static double time_of(struct contest_case *one, int side, const struct half *half)
{
    const struct half_case *c = half_find(half, one->name);
    if (half->failed != NULL)
        note_failure(one, side, half->failed);
    else if (c == NULL)
        note_failure(one, side, "its process said nothing of it");
    else if (c->failed != NULL || !(c->ns > 0))
        note_failure(one, side, c->failed != NULL ? c->failed : "it took no time");
    else
        one->done[side]++;
    one->endless[side] |= half->endless;
    return c != NULL && one->failed[side] == NULL ? c->ns : NAN;
}

/* The warm-up shows which there are. What only one side has is not timed again, but if it failed,
 * that is kept. */
static int learn(struct contest *c, const struct half halves[SIDES])
{
    for (int side = BASE; side <= NEW; side++) {
        for (size_t i = 0; i < halves[side].case_count; i++) {
            struct contest_case *one = case_of(c, halves[side].cases[i].name);
            if (one == NULL)
                return -ENOMEM;
            one->seen[side] = true;
        }
    }
    for (size_t i = 0; i < c->case_count; i++) {
        struct contest_case *one = &c->cases[i];
        for (int side = BASE; side <= NEW; side++) /* a side that failed as a whole has them */
            one->seen[side] |= halves[side].failed != NULL;
        one->wanted = one->seen[BASE] && one->seen[NEW];
        if (!one->wanted)
            time_of(one, one->seen[NEW] ? NEW : BASE, &halves[one->seen[NEW] ? NEW : BASE]);
    }
    return 0;
}

/* What was wanted of a pair goes to its cases; a time of a void pair or the warm-up does not. */
static int keep_times(struct contest *c, const struct half halves[SIDES], bool counts)
{
    for (size_t i = 0; i < c->case_count; i++) {
        struct contest_case *one = &c->cases[i];
        if (!one->wanted)
            continue;
        double base = time_of(one, BASE, &halves[BASE]), new = time_of(one, NEW, &halves[NEW]);
        if (!counts || isnan(base) || isnan(new))
            continue;
        struct contest_time *more =
            reallocarray(one->times, one->time_count + 1, sizeof(*one->times));
        if (more == NULL)
            return -ENOMEM;
        one->times = more;
        more[one->time_count++] = (struct contest_time){c->pair_count - 1, {base, new}};
    }
    return 0;
}

/* ---- a pair ------------------------------------------------------------------------------- */

/* Knows nothing but how much time was stolen, whether a half was run again, and the numbers of its
 * processes, which nobody could tell from one that served twice: not which side it was, nor how
 * long it took. No time of the warm-up and of a recheck counts. */
static void void_if_disturbed(struct contest_pair *pair, const struct contest_pair *last,
                              bool again)
{
    double most = fmax(pair->stolen[BASE], pair->stolen[NEW]);
    if (pair->stage == TRUST_WARM_UP)
        return;
    if (trust_served_before(pair->half, last != NULL ? last->half : NULL))
        snprintf(pair->voided, sizeof(pair->voided),
                 "the system gave a process the number of one that was just before");
    else if (pair->stage == TRUST_RECHECK)
        return;
    else if (again)
        snprintf(pair->voided, sizeof(pair->voided), "a half failed and was run again");
    else if (most > CONTEST_STOLEN)
        snprintf(pair->voided, sizeof(pair->voided),
                 "%.0f %% of the time of a half was stolen from this machine", 100 * most);
}

static int record(struct contest *c, enum trust_stage stage, bool base_first, bool again,
                  const struct half halves[SIDES])
{
    struct contest_pair *more = reallocarray(c->pairs, c->pair_count + 1, sizeof(*c->pairs));
    if (more == NULL)
        return -ENOMEM;
    c->pairs = more;
    struct contest_pair *pair = &more[c->pair_count++];
    *pair = (struct contest_pair){.stage = stage, .base_first = base_first};
    for (int side = BASE; side <= NEW; side++) {
        pair->half[side] = halves[side].when;
        pair->stolen[side] = halves[side].stolen;
        if (halves[side].failed != NULL && c->side_failed[side][0] == '\0')
            snprintf(c->side_failed[side], HALF_TEXT_MAX, "%s", halves[side].failed);
        text_clean(c->side_failed[side]); /* what is cut may end within a character */
    }
    void_if_disturbed(pair, c->pair_count > 1 ? pair - 1 : NULL, again);
    const bool counts = stage != TRUST_WARM_UP && pair->voided[0] == '\0';
    int err = stage == TRUST_WARM_UP ? learn(c, halves) : 0;
    if (stage == TRUST_RECHECK && counts)
        recheck_count(c, halves);
    else if (stage != TRUST_RECHECK && err == 0)
        err = keep_times(c, halves, counts);
    return err;
}

/* Both sides, in the coin's order. */
static int measure_pair(struct contest *c, enum trust_stage stage, const char *const *names,
                        char *why, size_t size)
{
    struct half halves[SIDES] = {0};
    bool base_first = coin_base_first(c->seed, c->pair_count), again = false;
    uint64_t state = c->seed + c->pair_count;
    struct half_order order = {.repetitions = c->repetitions,
                               .names = names,
                               .seed = random_next(&state) % 1000000000,
                               .deadline_ns = c->deadline_ns};
    int err = 0;
    for (int turn = 0; turn < SIDES && err == 0; turn++) {
        order.side = (turn == 0) == base_first ? BASE : NEW;
        order.padding = random_next(&state);
        err = turn_run(c, stage, &order, &halves[order.side], &again, why, size);
    }
    if (err == 0)
        err = record(c, stage, base_first, again, halves);
    half_free(&halves[BASE]);
    half_free(&halves[NEW]);
    return err;
}

/* ---- stages ------------------------------------------------------------------------------- */

/* The names of those that are wanted, in a new list; NULL in *names if that is all. */
static int list_wanted(const struct contest *c, const char ***names, size_t *count)
{
    size_t known = 0;
    *count = 0;
    *names = calloc(c->case_count + 1, sizeof(**names));
    if (*names == NULL)
        return -ENOMEM;
    for (size_t i = 0; i < c->case_count; i++) {
        known += c->cases[i].seen[BASE] || c->cases[i].seen[NEW];
        if (c->cases[i].wanted)
            (*names)[(*count)++] = c->cases[i].name;
    }
    if (*count == known) {
        free(*names);
        *names = NULL;
    }
    return 0;
}

/* So many pairs that count, as long as anything is wanted; as many void ones are borne with. */
static int measure_stage(struct contest *c, enum trust_stage stage, unsigned pairs, char *why,
                         size_t size)
{
    unsigned counted = 0, voided = 0;
    int err = 0;
    while (err == 0 && counted < pairs && voided <= pairs) {
        const char **names = NULL;
        size_t wanted;
        if (c->deadline_ns <= now_ns())
            return -ETIMEDOUT;
        err = list_wanted(c, &names, &wanted);
        if (err == 0 && wanted == 0 && stage != TRUST_WARM_UP) {
            free(names);
            return 0;
        }
        if (err == 0)
            err = measure_pair(c, stage, stage == TRUST_WARM_UP ? NULL : names, why, size);
        free(names);
        if (err != 0)
            return err;
        bool is_void = c->pairs[c->pair_count - 1].voided[0] != '\0';
        counted += !is_void;
        voided += is_void;
        c->planned += is_void;
        if (c->measurer.progress != NULL)
            c->measurer.progress(c->measurer.self, c);
    }
    return err;
}

/* ---- all of it ---------------------------------------------------------------------------- */

/* Of what failed so far and was not tried yet: by chance? Then the others are wanted again. */
static int recheck(struct contest *c, char *why, size_t size)
{
    const double before[SIDES] = {c->repetition_ns[BASE], c->repetition_ns[NEW]};
    const size_t planned = c->planned - c->pair_count;
    int err = 0;
    if (recheck_open(c) > 0) {
        c->planned += recheck_pairs(c);
        c->repetition_ns[BASE] = c->repetition_ns[NEW] = 0; /* they were of other cases */
        err = measure_stage(c, TRUST_RECHECK, recheck_pairs(c), why, size);
    }
    if (err != 0)
        return err;
    c->planned = c->pair_count + planned;
    memcpy(c->repetition_ns, before, sizeof(before));
    recheck_close(c);
    return 0;
}

static int measure(struct contest *c, char *why, size_t size)
{
    size_t suspects = 0;
    c->planned = 1 + CONTEST_SCREEN;
    int err = measure_stage(c, TRUST_WARM_UP, 1, why, size);
    if (err == 0)
        err = recheck(c, why, size);
    if (err == 0)
        err = measure_stage(c, TRUST_SCREEN, CONTEST_SCREEN, why, size);
    if (err == 0)
        err = settle_suspects(c, &suspects);
    c->planned += suspects > 0 ? c->confirm : 0;
    if (err == 0 && suspects > 0)
        err = measure_stage(c, TRUST_CONFIRM, c->confirm, why, size);
    return err == 0 ? recheck(c, why, size) : err;
}

/* A side that never ends breaks all that it was to do. */
static int keep_hung(struct contest *c)
{
    struct half halves[SIDES] = {0};
    char reason[HALF_TEXT_MAX + 16];
    int err = 0;
    if (c->case_count == 0 && c->known != NULL) {
        halves[BASE] = halves[NEW] = *c->known;
        err = learn(c, halves);
    }
    for (int side = BASE; side <= NEW; side++) {
        snprintf(reason, sizeof(reason), "the %s side %s", side == NEW ? "new" : "base",
                 c->side_failed[side]);
        for (size_t i = 0; i < c->case_count && c->cut[side]; i++) {
            struct contest_case *one = &c->cases[i];
            one->endless[side] |= one->wanted;
            if (one->wanted)
                note_failure(one, side, reason);
        }
    }
    return err;
}

int contest_run(struct contest *c, char *why, size_t size)
{
    snprintf(why, size, "not enough memory");
    int err = measure(c, why, size);
    c->interrupted = err == -EINTR;
    c->out_of_time = err == -ETIMEDOUT;
    if (err == -EINTR || err == -ETIMEDOUT)
        err = 0;
    if (err == 0 && c->out_of_time)
        err = keep_hung(c);
    int unjudged = settle_all(c); /* also what was measured before an error is kept */
    return err != 0 ? err : unjudged;
}

const char *contest_side_failed(const struct contest *c, int side)
{
    return c->ended[side] == 0 ? c->side_failed[side] : "";
}

void contest_free(struct contest *c)
{
    for (size_t i = 0; i < c->case_count; i++) {
        struct contest_case *one = &c->cases[i];
        free(one->said.base_times_ns);
        free(one->said.new_times_ns);
        free(one->failed[BASE]);
        free(one->failed[NEW]);
        free(one->explained);
        free(one->times);
        free(one->name);
    }
    free(c->cases);
    free(c->pairs);
    c->cases = NULL;
    c->pairs = NULL;
    c->case_count = c->pair_count = 0;
}
