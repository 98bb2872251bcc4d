// SPDX-License-Identifier: MIT
#include "bench/compare/recheck.h"
#include "bench/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool never_done(const struct contest_case *one, int side)
{
    return one->done[side] == 0;
}

/* A side that failed as a whole whenever it was run, also where nothing was compared yet. */
static bool is_hopeless(const struct contest *c)
{
    return c->ended[BASE] == 0 && c->known != NULL && c->known->failed != NULL;
}

static bool is_common(const struct contest_case *one)
{
    return one->seen[BASE] && one->seen[NEW];
}

static bool is_open(const struct contest *c, const struct contest_case *one)
{
    const bool failed = one->failed[BASE] != NULL || one->failed[NEW] != NULL;
    return is_common(one) && failed && !one->endless[BASE] && !one->endless[NEW] &&
           !is_hopeless(c) && !(never_done(one, BASE) && never_done(one, NEW));
}

size_t recheck_open(struct contest *c)
{
    size_t open = 0;
    for (size_t i = 0; i < c->case_count; i++) {
        c->cases[i].wanted = c->cases[i].recheck_pairs == 0 && is_open(c, &c->cases[i]);
        open += c->cases[i].wanted;
    }
    return open;
}

void recheck_close(struct contest *c)
{
    for (size_t i = 0; i < c->case_count; i++) {
        struct contest_case *one = &c->cases[i];
        one->wanted = is_common(one) && one->failed[BASE] == NULL && one->failed[NEW] == NULL;
    }
}

/* The level of one case: whichever of them will fail, and when, all of them have a part of it. */
static double level(const struct contest *c)
{
    size_t common = 0;
    for (size_t i = 0; i < c->case_count; i++)
        common += is_common(&c->cases[i]);
    return c->rules.alpha / (double)common;
}

unsigned recheck_pairs(const struct contest *c)
{
    unsigned n = c->confirm;
    while (stats_fisher(n, n, 0, n) > level(c))
        n++;
    return n;
}

/* Does the side fail more often than the other? */
static bool fails_more(const struct contest *c, const struct contest_case *one, int side)
{
    const size_t *failed = one->recheck_failed, n = one->recheck_pairs;
    return n > 0 && stats_fisher(failed[side], n, failed[!side], n) <= level(c);
}

/* In files that were kept nothing can be tried again, and they only advise. */
static bool fails_alone(const struct contest *c, const struct contest_case *one, int side)
{
    return c->pair_count == 0 && never_done(one, side) && one->failed[!side] == NULL;
}

void recheck_count(struct contest *c, const struct half halves[SIDES])
{
    for (size_t i = 0; i < c->case_count; i++) {
        struct contest_case *one = &c->cases[i];
        if (!one->wanted)
            continue;
        one->recheck_pairs++;
        for (int side = BASE; side <= NEW; side++) {
            bool timed = half_timed(&halves[side], one->name);
            one->recheck_failed[side] += !timed;
            one->done[side] += timed;
        }
        const size_t *failed = one->recheck_failed, n = one->recheck_pairs;
        for (int side = BASE; side <= NEW; side++)
            if (failed[side] == n && failed[!side] == 0 && fails_more(c, one, side))
                one->wanted = false;
    }
}

/* ---- what it says ------------------------------------------------------------------------- */

/* Which sides' failures are more than chance: BASE, NEW, or SIDES for both; NOBODY: neither's. */
enum { NOBODY = SIDES + 1 };

static int to_blame(const struct contest *c, const struct contest_case *one)
{
    if (one->endless[BASE] && !one->endless[NEW] && c->cut[BASE] && !never_done(one, BASE))
        return NOBODY; /* once is no repair, behind which a slow-down would pass */
    if (one->endless[BASE] != one->endless[NEW])
        return one->endless[BASE] ? BASE : NEW;
    if (one->endless[BASE] || (never_done(one, BASE) && never_done(one, NEW)))
        return SIDES;
    for (int side = BASE; side <= NEW; side++)
        if (fails_more(c, one, side) || fails_alone(c, one, side))
            return side;
    return NOBODY;
}

/* In numbers, where no reason says it. */
static int explain(struct contest_case *one, bool chance)
{
    char words[HALF_TEXT_MAX], tried[128];
    const char *reason = one->failed[one->failed[NEW] != NULL ? NEW : BASE];
    if (one->recheck_pairs > 0)
        snprintf(tried, sizeof(tried),
                 "in %zu more pairs the base side failed in %zu and the new side in %zu",
                 one->recheck_pairs, one->recheck_failed[BASE], one->recheck_failed[NEW]);
    else
        snprintf(tried, sizeof(tried), "there was no time to try that");
    snprintf(words, sizeof(words), "%s%s; %.200s",
             chance ? "both sides may fail by the same chance: " : "", tried, reason);
    text_clean(words); /* what is cut may end within a character */
    free(one->explained);
    one->explained = strdup(words);
    one->said.why = one->explained;
    return one->explained != NULL ? 0 : -ENOMEM;
}

int recheck_judge(const struct contest *c, struct contest_case *one)
{
    static const enum verdict_kind verdicts[] = {[BASE] = VERDICT_REPAIRED,
                                                 [NEW] = VERDICT_BROKEN,
                                                 [SIDES] = VERDICT_FAILED,
                                                 [NOBODY] = VERDICT_INCONCLUSIVE};
    int blamed = to_blame(c, one);
    one->said.verdict = verdicts[blamed];
    one->said.why = one->failed[blamed == SIDES ? NEW : blamed == NOBODY ? BASE : blamed];
    return blamed == NOBODY || one->said.why == NULL ? explain(one, blamed == NOBODY) : 0;
}
