// SPDX-License-Identifier: MIT
/* A measurer whose times are known exactly, for tests of the procedure of a comparison. */
#ifndef SPEEDUP_TESTS_FAKE_CONTEST_H
#define SPEEDUP_TESTS_FAKE_CONTEST_H

#include "bench/compare/contest.h"
#include "bench/shuffle.h"
#include "workloads/workload.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TIMEOUT .timeout = 120

enum { CALLS_MAX = 1000 };

/* What it was asked for, and what it does. */
struct fake {
    double effect[2];     /* of cases "a" and "b": the new side takes 1 + effect times as long */
    const char *fails[2]; /* by side: case "b" does, with this sentence */
    int fails_from;       /* the first call in which it does; 0: the first of all */
    const char *dies[2];  /* by side: all of it does */
    bool only_new;        /* the base side does not have "b" */
    int interrupt_at;     /* the call that is interrupted; 0: none */
    int again_at;         /* the call whose process has the number of the one before; 0: none */
    int breaks_at;        /* the call that finds no room; 0: none */
    int steal_at;         /* the call that loses half its time; 0: none */
    int flake_at;         /* the call in which case "b" fails, this once; 0: none */
    bool flakes_whole;    /* all of it does */
    double flaky[2];      /* by side: the chance that "b" fails */
    uint64_t chance;      /* the state of that chance */
    bool always_stolen;
    const struct contest *hangs; /* the half at hangs_at, or if that is 0 the first of "b" alone,
                                  * does: it is cut off long after what a half of this contest has
                                  * taken; NULL: none does */
    int hangs_at;
    int calls;
    struct {
        int side;
        bool has_names, wants_a, wants_b;
        uint64_t seed, padding;
    } call[CALLS_MAX];
};

static inline bool names(const struct half_order *order, const char *name)
{
    if (order->names == NULL)
        return true;
    for (size_t i = 0; order->names[i] != NULL; i++)
        if (strcmp(order->names[i], name) == 0)
            return true;
    return false;
}

/* It need not be waited for where no time is known. */
static inline int hang(const struct contest *c, const struct half_order *order)
{
    double longest = 100 * fmax(c->repetition_ns[BASE], c->repetition_ns[NEW]);
    int64_t until = now_ns() + (int64_t)(longest * (double)order->repetitions);
    while (now_ns() < until)
        ;
    return -ETIMEDOUT;
}

static inline int measure(void *self, const struct half_order *order, struct half *half, char *why,
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
    if (f->breaks_at == call + 1)
        return -ENOSPC;
    bool alone = f->call[call].wants_b && !f->call[call].wants_a;
    if (f->hangs != NULL && (f->hangs_at == 0 ? alone : f->hangs_at == call + 1))
        return hang(f->hangs, order);
    half->when = (struct trust_half){1000 + call - (f->again_at == call + 1), 1000 * call,
                                     1000 * call + 900, order->repetitions};
    half->stolen = f->always_stolen || f->steal_at == call + 1 ? 0.5 : 0;
    bool flakes = f->flake_at == call + 1;
    if (f->dies[order->side] != NULL || (flakes && f->flakes_whole)) {
        half->failed = strdup(flakes ? "flake" : f->dies[order->side]);
        return 0;
    }
    flakes |= (double)(random_next(&f->chance) >> 11) * 0x1p-53 < f->flaky[order->side];
    double slower = order->side == NEW ? 1 : 0;
    double ns = 1e6 * (1 + 0.001 * ((call / 2) % 7)); /* the same for both halves of a pair */
    if (names(order, "a"))
        half_add(half, "a", ns * (1 + slower * f->effect[0]), NULL);
    if (names(order, "b") && !(f->only_new && order->side == BASE))
        half_add(half, "b", ns * (1 + slower * f->effect[1]),
                 flakes                      ? "flake"
                 : call + 1 >= f->fails_from ? f->fails[order->side]
                                             : NULL);
    return 0;
}

static inline struct contest contest_of(struct fake *f)
{
    return (struct contest){.measurer = {f, measure, NULL},
                            .rules = {0.01, 0.03, 0.01, 1},
                            .seed = 42,
                            .repetitions = 5,
                            .confirm = 12,
                            .deadline_ns = INT64_MAX};
}

static inline struct contest run(struct fake *f)
{
    struct contest c = contest_of(f);
    char why[HALF_TEXT_MAX];
    cr_assert_eq(contest_run(&c, why, sizeof(why)), 0, "%s", why);
    return c;
}

static inline const struct contest_case *find(const struct contest *c, const char *name)
{
    for (size_t i = 0; i < c->case_count; i++)
        if (strcmp(c->cases[i].name, name) == 0)
            return &c->cases[i];
    cr_assert_fail("there is no case %s", name);
    return NULL;
}

static inline void expect_verdict(const struct contest *c, const char *name,
                                  enum verdict_kind verdict, size_t pairs)
{
    const struct compared_case *said = &find(c, name)->said;
    cr_expect_eq(said->verdict, verdict, "%s: %s", name, verdict_names[said->verdict]);
    cr_expect_eq(said->pair_count, pairs, "%s: %zu pairs", name, said->pair_count);
}

#endif
