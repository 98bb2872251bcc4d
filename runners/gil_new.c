// SPDX-License-Identifier: MIT
/* The lock of CPython 3.2 and later, by Antoine Pitrou, and its two ablations. */
#include "runners/gil_variant.h"

#include <errno.h>
#include <time.h>

static struct timespec in_future(int64_t ns)
{
    int64_t at = now_ns() + ns;
    return (struct timespec){at / 1000000000, at % 1000000000};
}

void gil_wait_interval(struct gil *gil, struct gil_thread *me, pthread_cond_t *cond)
{
    struct gil_counters *c = &me->counters;
    uint64_t seen = gil->switch_number;
    struct timespec end = in_future(gil->options.interval_ns);
    if (pthread_cond_timedwait(cond, &gil->mutex, &end) != ETIMEDOUT)
        return;
    bool counts = gil_counts(gil);
    c->timeouts += counts;
    if (!gil->locked) {
        c->late += counts;
    } else if (gil->switch_number != seen) {
        c->rearms += counts; /* it went to somebody else, who has a right to an interval, too */
        gil_note_now(me, GIL_REARMS);
    } else {
        atomic_store_explicit(&gil->drop_request, 1, memory_order_relaxed);
        c->requests += counts;
        gil->last_requester = me;
        gil_note_now(me, GIL_REQUESTS);
    }
}

static void take(struct gil *gil, struct gil_thread *me)
{
    int64_t since = 0;
    pthread_mutex_lock(&gil->mutex);
    if (gil->locked) {
        since = now_ns();
        gil_note_wait(gil, me, since);
    }
    while (gil->locked)
        gil_wait_interval(gil, me, &gil->cond);
    pthread_mutex_lock(&gil->switch_mutex);
    gil->locked = true;
    bool switched = gil_switch(gil, me);
    pthread_cond_signal(&gil->switch_cond);
    pthread_mutex_unlock(&gil->switch_mutex);
    gil_note_take(gil, me, since, now_ns(), switched);
    atomic_store_explicit(&gil->drop_request, 0, memory_order_relaxed);
    pthread_mutex_unlock(&gil->mutex);
}

/* Waits until another thread has taken the lock: without this the thread that was asked would
 * mostly have it back before the one that asked has woken up. */
static void wait_for_switch(struct gil *gil, struct gil_thread *me)
{
    pthread_mutex_lock(&gil->switch_mutex);
    if (atomic_load_explicit(&gil->last_holder, memory_order_relaxed) == me) {
        atomic_store_explicit(&gil->drop_request, 0, memory_order_relaxed);
        pthread_cond_wait(&gil->switch_cond, &gil->switch_mutex);
        me->counters.forced_waits += gil_counts(gil);
    }
    pthread_mutex_unlock(&gil->switch_mutex);
}

/* As in CPython this is not about yielding alone: who drops it for a wait while it is asked for
 * waits for the switch, too; only a thread that ends does not. And but for a look at the clock
 * nothing comes between the request and the signal that CPython has not: less than a microsecond
 * decides whether who asked is already asleep, and so who is next. */
static void drop(struct gil *gil, struct gil_thread *me)
{
    int64_t now = now_ns();
    pthread_mutex_lock(&gil->mutex);
    gil->locked = false;
    pthread_cond_signal(&gil->cond);
    gil_note_drop(gil, me, now);
    pthread_mutex_unlock(&gil->mutex);
    if (gil->options.variant != GIL_UNFORCED && !me->leaves &&
        atomic_load_explicit(&gil->drop_request, memory_order_relaxed))
        wait_for_switch(gil, me);
}

/* An interpreter is in the middle of an instruction when it is asked. */
static void react(const struct gil *gil)
{
    if (gil->options.reaction_ns == 0)
        return; /* without what looking at the clock takes */
    int64_t end = now_ns() + gil->options.reaction_ns;
    while (now_ns() < end)
        ;
}

static void yield(struct gil *gil, struct gil_thread *me)
{
    react(gil);
    drop(gil, me);
    take(gil, me);
}

const struct gil_variant_table gil_new = {take, drop, yield};

/* ---- in the order of asking --------------------------------------------------------------- */

static void fifo_take(struct gil *gil, struct gil_thread *me)
{
    int64_t since = 0;
    bool switched = true;
    pthread_mutex_lock(&gil->mutex);
    if (gil->locked) {
        since = now_ns();
        gil_note_wait(gil, me, since);
        me->granted = false;
        me->behind = NULL;
        *gil->end = me;
        gil->end = &me->behind;
        while (!me->granted)
            gil_wait_interval(gil, me, &me->turn);
    } else {
        switched = gil_switch(gil, me);
    }
    gil->locked = true;
    gil_note_take(gil, me, since, now_ns(), switched);
    atomic_store_explicit(&gil->drop_request, 0, memory_order_relaxed);
    pthread_mutex_unlock(&gil->mutex);
}

static void fifo_drop(struct gil *gil, struct gil_thread *me)
{
    pthread_mutex_lock(&gil->mutex);
    gil_note_drop(gil, me, now_ns());
    struct gil_thread *next = gil->first;
    gil->locked = next != NULL; /* nobody else can take what is handed over */
    if (next != NULL) {
        gil->first = next->behind;
        if (gil->first == NULL)
            gil->end = &gil->first;
        next->granted = true;
        /* It need not wake up to count: who waits from now on waits for it. */
        gil_switch(gil, next);
        pthread_cond_signal(&next->turn);
    }
    pthread_mutex_unlock(&gil->mutex);
}

static void fifo_yield(struct gil *gil, struct gil_thread *me)
{
    react(gil);
    fifo_drop(gil, me);
    fifo_take(gil, me);
}

const struct gil_variant_table gil_fifo = {fifo_take, fifo_drop, fifo_yield};
