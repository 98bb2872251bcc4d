// SPDX-License-Identifier: MIT
#include "bench/compare/turn.h"
#include "bench/units.h"
#include "workloads/workload.h"

#include <errno.h>
#include <stdio.h>

/* How many times as long as the other side a half may take before it counts as one that never
 * ends: less where this side has not ended once. */
enum { PATIENCE_FIRST = 3, PATIENCE_LATER = 20 };

/* Anything that is wanted of it; before the warm-up all that it has. */
static bool fails(const struct contest *c, enum trust_stage stage, const struct half *half)
{
    bool failed = half->failed != NULL;
    for (size_t i = 0; i < half->case_count && stage == TRUST_WARM_UP; i++)
        failed |= !half_timed(half, half->cases[i].name);
    for (size_t i = 0; i < c->case_count && stage != TRUST_WARM_UP; i++)
        failed |= c->cases[i].wanted && !half_timed(half, c->cases[i].name);
    return failed;
}

/* It was cut off by the deadline: only because there was no time for it? */
static void judge_cut(struct contest *c, const struct half_order *order, int64_t took_ns)
{
    int side = order->side;
    double other = c->repetition_ns[!side] * (double)order->repetitions;
    double most = other * (c->repetition_ns[side] > 0 ? PATIENCE_LATER : PATIENCE_FIRST);
    c->cut[side] = other > 0 && (double)took_ns > most;
    char took[UNITS_MAX], needs[UNITS_MAX];
    if (c->cut[side])
        snprintf(c->side_failed[side], HALF_TEXT_MAX, "did not end within %s; the other needs %s",
                 units_time(took, (double)took_ns), units_time(needs, other));
}

static int run_once(struct contest *c, const struct half_order *order, struct half *half, char *why,
                    size_t size)
{
    int64_t begun = now_ns();
    int err = c->measurer.half(c->measurer.self, order, half, why, size);
    int64_t took = now_ns() - begun;
    if (err == 0) {
        c->runs[order->side]++;
        c->ended[order->side] += half->failed == NULL;
        if (half->failed == NULL)
            c->repetition_ns[order->side] = (double)took / (double)order->repetitions;
    } else if (err == -ETIMEDOUT)
        judge_cut(c, order, took);
    return err;
}

int turn_run(struct contest *c, enum trust_stage stage, const struct half_order *order,
             struct half *half, bool *again, char *why, size_t size)
{
    int err = run_once(c, order, half, why, size);
    if (err != 0 || stage == TRUST_RECHECK || !fails(c, stage, half))
        return err;
    struct half first = *half;
    *half = (struct half){0};
    *again = true;
    err = run_once(c, order, half, why, size);
    if (err == 0)
        err = half_merge(half, &first, c->runs[order->side]);
    half_free(&first);
    return err;
}
