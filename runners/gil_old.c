// SPDX-License-Identifier: MIT
/* The lock of CPython 2: every 100 ticks dropped and at once taken again. The waiter that this
 * wakes finds it taken, unless there is one core only: the battle that David Beazley showed. */
#include "runners/gil_variant.h"

#include <errno.h>
#include <math.h>

/* Each checkpoint stands for the ticks that pass until the next one. Where more than `check` of
 * them do, it is dropped once all the same. */
static bool is_due(struct gil *gil)
{
    gil->ticker_ns -= (double)gil->options.checkpoint_ns;
    if (gil->ticker_ns > 0)
        return false;
    gil->ticker_ns = fmax(0, gil->ticker_ns + gil->options.check * gil->options.tick_ns);
    return true;
}

/* ---- a semaphore -------------------------------------------------------------------------- */

static void take(struct gil *gil, struct gil_thread *me)
{
    int64_t since = 0;
    if (sem_trywait(&gil->semaphore) != 0) {
        since = now_ns();
        gil_note_wait(gil, me, since);
        while (sem_wait(&gil->semaphore) != 0)
            ; /* a signal */
    }
    gil->locked = true;
    gil_note_take(gil, me, since, now_ns(), gil_switch(gil, me));
}

static void drop(struct gil *gil, struct gil_thread *me)
{
    gil_note_drop(gil, me, now_ns());
    gil->locked = false;
    sem_post(&gil->semaphore);
}

static void yield(struct gil *gil, struct gil_thread *me)
{
    if (is_due(gil)) {
        drop(gil, me);
        take(gil, me);
    }
}

const struct gil_variant_table gil_old = {take, drop, yield};

/* ---- a mutex and a condition -------------------------------------------------------------- */

static void condition_take(struct gil *gil, struct gil_thread *me)
{
    int64_t since = 0;
    pthread_mutex_lock(&gil->mutex);
    if (gil->locked) {
        since = now_ns();
        gil_note_wait(gil, me, since);
    }
    while (gil->locked)
        pthread_cond_wait(&gil->cond, &gil->mutex);
    gil->locked = true;
    gil_note_take(gil, me, since, now_ns(), gil_switch(gil, me));
    pthread_mutex_unlock(&gil->mutex);
}

static void condition_drop(struct gil *gil, struct gil_thread *me)
{
    pthread_mutex_lock(&gil->mutex);
    gil_note_drop(gil, me, now_ns());
    gil->locked = false;
    pthread_mutex_unlock(&gil->mutex);
    pthread_cond_signal(&gil->cond);
}

static void condition_yield(struct gil *gil, struct gil_thread *me)
{
    if (is_due(gil)) {
        condition_drop(gil, me);
        condition_take(gil, me);
    }
}

const struct gil_variant_table gil_old_condition = {condition_take, condition_drop,
                                                    condition_yield};
