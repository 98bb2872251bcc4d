// SPDX-License-Identifier: MIT
/* What the variants of the lock are made of; for gil*.c alone. */
#ifndef SPEEDUP_GIL_VARIANT_H
#define SPEEDUP_GIL_VARIANT_H

#include "runners/gil.h"
#include "workloads/workload.h"

struct gil_variant_table {
    void (*take)(struct gil *gil, struct gil_thread *me);
    void (*drop)(struct gil *gil, struct gil_thread *me);
    void (*yield)(struct gil *gil, struct gil_thread *me);
};
extern const struct gil_variant_table gil_new, gil_fifo, gil_old, gil_old_condition, gil_none;

/* `me` has taken the lock: did it from another thread? With the lock held. */
bool gil_switch(struct gil *gil, struct gil_thread *me);

/* Bookkeeping: `me` took the lock at `now`, `switched` as gil_switch() said, and had waited since
 * `since` (0: had not to wait); it dropped it at `now`. With the lock or its mutex held. */
void gil_note_take(struct gil *gil, struct gil_thread *me, int64_t since, int64_t now,
                   bool switched);
void gil_note_drop(struct gil *gil, struct gil_thread *me, int64_t now);

/* Until gil_finish(). */
static inline bool gil_counts(const struct gil *gil)
{
    return !atomic_load_explicit(&gil->is_over, memory_order_relaxed);
}

/* Waits on the condition for an interval, as a waiter of `new` does, and asks for the lock where
 * nothing has changed meanwhile. With the mutex held. */
void gil_wait_interval(struct gil *gil, struct gil_thread *me, pthread_cond_t *cond);

/* A condition that counts in CLOCK_MONOTONIC. 0 or -errno. */
int gil_condition(pthread_cond_t *cond);

int64_t gil_cpu_now(void); /* of the calling thread */

/* A step to remember, where the caller gave room for it; the clock is read for nobody else. */
static inline void gil_note(struct gil_thread *me, enum gil_step step, int64_t ns)
{
    if (me->event_count < me->event_max)
        me->events[me->event_count++] = (struct gil_event){ns, step};
}

/* It begins to wait for the lock: what stands at the end without a take still waits. */
static inline void gil_note_wait(const struct gil *gil, struct gil_thread *me, int64_t since)
{
    if (me->event_count < me->event_max && gil_counts(gil))
        gil_note(me, GIL_WAITS, since);
}

static inline void gil_note_now(struct gil_thread *me, enum gil_step step)
{
    if (me->event_count < me->event_max)
        gil_note(me, step, now_ns());
}

#endif
