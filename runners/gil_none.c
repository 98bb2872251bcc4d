// SPDX-License-Identifier: MIT
/* Free threading: nothing to wait for, but a thread alone is slower than with a lock, and reference
 * counts of objects that several threads use travel between their caches. */
#include "runners/gil_variant.h"

/* A clock reading costs as much as what it measures; one for so many checkpoints is enough. */
enum { SETTLE_EVERY = 16 };

static void take(struct gil *gil, struct gil_thread *me)
{
    (void)gil;
    me->taken_ns = gil_now();
    me->ticks = SETTLE_EVERY;
}

/* Spends what the time since the last settlement would have cost more. */
static void drop(struct gil *gil, struct gil_thread *me)
{
    int64_t now = gil_now();
    int64_t end = now + (int64_t)((double)(now - me->taken_ns) * (gil->options.slowdown - 1));
    while (now < end)
        now = gil_now();
}

static void yield(struct gil *gil, struct gil_thread *me)
{
    me->references_due += gil->options.references * gil->options.checkpoint_ns;
    for (; me->references_due >= 1000; me->references_due -= 1000) {
        atomic_fetch_add_explicit(&gil->reference, 1, memory_order_relaxed);
        atomic_fetch_sub_explicit(&gil->reference, 1, memory_order_acq_rel);
    }
    if (--me->ticks <= 0) {
        drop(gil, me);
        take(gil, me);
    }
}

const struct gil_variant_table gil_none = {take, drop, yield};
