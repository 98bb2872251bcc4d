// SPDX-License-Identifier: MIT
/* Free threading: nothing to wait for, but a thread alone is slower than with a lock, and reference
 * counts of objects that several threads use travel between their caches. */
#include "runners/gil_variant.h"

/* The clock of a thread's CPU time is a system call, some tenths of a microsecond: one reading for
 * so long is no part of the result. */
enum { SETTLE_NS = 50000 };

/* Begins to count what the thread computes: its CPU time, for while the kernel lets others run on
 * its core it does nothing that could take longer. */
static void begin(const struct gil *gil, struct gil_thread *me, int64_t now)
{
    int64_t checkpoints = SETTLE_NS / gil->options.checkpoint_ns;
    me->taken_ns = now;
    me->ticks = checkpoints > 1 ? (int)checkpoints : 1;
}

static void take(struct gil *gil, struct gil_thread *me)
{
    begin(gil, me, gil_cpu_now());
}

/* Spends what the time since the last settlement would have cost more. Answers when that was. */
static int64_t settle(const struct gil *gil, const struct gil_thread *me)
{
    int64_t now = gil_cpu_now();
    int64_t end = now + (int64_t)((double)(now - me->taken_ns) * (gil->options.slowdown - 1));
    while (now < end)
        now = gil_cpu_now();
    return now;
}

static void drop(struct gil *gil, struct gil_thread *me)
{
    settle(gil, me);
}

static void yield(struct gil *gil, struct gil_thread *me)
{
    me->references_due += gil->options.references * gil->options.checkpoint_ns;
    for (; me->references_due >= 1000; me->references_due -= 1000) {
        atomic_fetch_add_explicit(&gil->reference, 1, memory_order_relaxed);
        atomic_fetch_sub_explicit(&gil->reference, 1, memory_order_acq_rel);
    }
    if (--me->ticks <= 0)
        begin(gil, me, settle(gil, me));
}

const struct gil_variant_table gil_none = {take, drop, yield};
