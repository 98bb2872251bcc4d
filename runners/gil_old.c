// SPDX-License-Identifier: MIT
/* The lock of CPython 2: every 100 ticks dropped and at once taken again. The waiter that this
 * wakes finds it taken, unless there is one core only: the battle that David Beazley showed. */
#include "runners/gil_variant.h"

#include <errno.h>

/* Counted in checkpoints, of which each stands for as many ticks as fit into it. */
static bool is_due(struct gil *gil)
{
    gil->ticker -= (int)((double)gil->options.checkpoint_ns / gil->options.tick_ns);
    if (gil->ticker >= 0)
        return false;
    gil->ticker = (int)gil->options.check;
    return true;
}

/* ---- a semaphore -------------------------------------------------------------------------- */

static void take(struct gil *gil, struct gil_thread *me)
{
    int64_t since = 0;
    if (sem_trywait(&gil->semaphore) != 0) {
        since = gil_now();
        while (sem_wait(&gil->semaphore) != 0)
            ; /* a signal */
    }
    gil->locked = true;
    gil_note_take(gil, me, since, gil_now(), gil_switch(gil, me));
}

static void drop(struct gil *gil, struct gil_thread *me, bool yields)
{
    (void)yields;
    gil_note_drop(gil, me, gil_now());
    gil->locked = false;
    sem_post(&gil->semaphore);
}

static void yield(struct gil *gil, struct gil_thread *me)
{
    if (is_due(gil)) {
        drop(gil, me, true);
        take(gil, me);
    }
}

const struct gil_variant_table gil_old = {take, drop, yield};

/* ---- a mutex and a condition -------------------------------------------------------------- */

static void condition_take(struct gil *gil, struct gil_thread *me)
{
    int64_t since = 0;
    pthread_mutex_lock(&gil->mutex);
    if (gil->locked)
        since = gil_now();
    while (gil->locked)
        pthread_cond_wait(&gil->cond, &gil->mutex);
    gil->locked = true;
    gil_note_take(gil, me, since, gil_now(), gil_switch(gil, me));
    pthread_mutex_unlock(&gil->mutex);
}

static void condition_drop(struct gil *gil, struct gil_thread *me, bool yields)
{
    (void)yields;
    pthread_mutex_lock(&gil->mutex);
    gil_note_drop(gil, me, gil_now());
    gil->locked = false;
    pthread_mutex_unlock(&gil->mutex);
    pthread_cond_signal(&gil->cond);
}

static void condition_yield(struct gil *gil, struct gil_thread *me)
{
    if (is_due(gil)) {
        condition_drop(gil, me, true);
        condition_take(gil, me);
    }
}

const struct gil_variant_table gil_old_condition = {condition_take, condition_drop,
                                                    condition_yield};
