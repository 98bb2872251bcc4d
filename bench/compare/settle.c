// SPDX-License-Identifier: MIT
#include "bench/compare/settle.h"
#include "bench/compare/recheck.h"

#include <errno.h>
#include <stdlib.h>

static size_t count_of(const struct contest *c, const struct contest_case *one,
                       enum trust_stage stage)
{
    size_t n = 0;
    for (size_t i = 0; i < one->time_count; i++)
        n += c->pairs[one->times[i].pair].stage == stage;
    return n;
}

/* Takes out those of one stage. */
static int take(const struct contest *c, struct contest_case *one, enum trust_stage stage)
{
    struct compared_case *said = &one->said;
    free(said->base_times_ns);
    free(said->new_times_ns);
    *said = (struct compared_case){.name = one->name,
                                   .verdict = VERDICT_INCONCLUSIVE, /* until it is judged */
                                   .base_times_ns = calloc(one->time_count + 1, sizeof(double)),
                                   .new_times_ns = calloc(one->time_count + 1, sizeof(double))};
    if (said->base_times_ns == NULL || said->new_times_ns == NULL)
        return -ENOMEM;
    for (size_t i = 0; i < one->time_count; i++) {
        const struct contest_time *t = &one->times[i];
        if (c->pairs[t->pair].stage != stage)
            continue;
        said->base_times_ns[said->pair_count] = t->ns[BASE];
        said->new_times_ns[said->pair_count++] = t->ns[NEW];
    }
    return 0;
}

int settle_suspects(struct contest *c, size_t *found)
{
    *found = 0;
    for (size_t i = 0; i < c->case_count; i++) {
        struct contest_case *one = &c->cases[i];
        if (!one->wanted)
            continue;
        int err = take(c, one, TRUST_SCREEN);
        if (err != 0)
            return err;
        judge_change(&one->said);
        one->wanted = judge_suspects(&one->said, c->rules.margin) ||
                      !judge_unchanged(&one->said, c->rules.min_effect);
        *found += one->wanted;
    }
    return 0;
}

int settle_failed(const struct contest *c, struct contest_case *one, bool *judged)
{
    const bool missing = !one->seen[BASE] || !one->seen[NEW];
    *judged = missing || one->failed[BASE] != NULL || one->failed[NEW] != NULL;
    if (*judged && !missing)
        return recheck_judge(c, one);
    if (missing) {
        one->said.verdict = !one->seen[NEW]            ? VERDICT_REMOVED
                            : one->failed[NEW] != NULL ? VERDICT_BROKEN
                                                       : VERDICT_ADDED;
        one->said.why = one->failed[NEW] != NULL ? one->failed[NEW] : one->failed[BASE];
    }
    return 0;
}

/* Fresh pairs judge where there are all of them, and where time was over, no fewer than were
 * screened: fewer could not tell what those do. */
static bool is_confirmed(const struct contest *c, const struct contest_case *one)
{
    size_t least = c->confirm < CONTEST_SCREEN ? c->confirm : CONTEST_SCREEN;
    return count_of(c, one, TRUST_CONFIRM) >= least;
}

int settle_all(struct contest *c)
{
    size_t n = c->case_count, family = 0;
    struct compared_case *said = calloc(n + 1, sizeof(*said));
    bool *judged = calloc(n + 1, sizeof(*judged));
    int err = said == NULL || judged == NULL ? -ENOMEM : 0;
    for (size_t i = 0; i < n && err == 0; i++) {
        struct contest_case *one = &c->cases[i];
        one->confirmed = is_confirmed(c, one);
        err = take(c, one, one->confirmed ? TRUST_CONFIRM : TRUST_SCREEN);
        bool failed = true;
        if (err == 0)
            err = settle_failed(c, one, &failed);
        judged[i] = !failed;
        family += judged[i];
    }
    for (size_t i = 0; i < n && err == 0; i++) {
        judge_numbers(&c->cases[i].said, &c->rules, family);
        c->cases[i].said.confirmed = c->cases[i].confirmed;
        said[i] = c->cases[i].said;
    }
    if (err == 0)
        judge_verdicts(said, judged, n, &c->rules);
    for (size_t i = 0; i < n && err == 0; i++)
        c->cases[i].said = said[i];
    free(said);
    free(judged);
    return err;
}
