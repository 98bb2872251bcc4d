// SPDX-License-Identifier: MIT
/* What all variants of the lock share: their life, their counters, the threads' view. */
#include "runners/gil_variant.h"

#include <errno.h>
#include <string.h>
#include <time.h>

const char *const gil_names[GIL_VARIANTS + 1] = {
    [GIL_NEW] = "new",
    [GIL_OLD] = "old",
    [GIL_OLD_CONDITION] = "old-condition",
    [GIL_PER_INTERPRETER] = "per-interpreter",
    [GIL_NONE] = "none",
    [GIL_FIFO] = "fifo",
    [GIL_UNFORCED] = "unforced",
};

const char *const gil_summaries[GIL_VARIANTS] = {
    [GIL_NEW] = "CPython 3.2 and later: a waiter asks for the lock after an interval",
    [GIL_OLD] = "CPython 2 on Linux: dropped and taken again every 100 ticks",
    [GIL_OLD_CONDITION] = "CPython 2 elsewhere: the same on a condition variable",
    [GIL_PER_INTERPRETER] = "sub-interpreters of CPython 3.12: every worker has a lock of its own",
    [GIL_NONE] = "free threading: no lock, but what doing without costs",
    [GIL_FIFO] = "not a Python: as new, but handed over in the order of asking",
    [GIL_UNFORCED] = "not a Python: as new, but who was asked to drop it may take it back",
};

static const struct gil_variant_table *const tables[GIL_VARIANTS] = {
    [GIL_NEW] = &gil_new,      [GIL_OLD] = &gil_old,
    [GIL_NONE] = &gil_none,    [GIL_OLD_CONDITION] = &gil_old_condition,
    [GIL_FIFO] = &gil_fifo,    [GIL_PER_INTERPRETER] = &gil_new,
    [GIL_UNFORCED] = &gil_new,
};

static const struct gil_variant_table *table_of(const struct gil *gil)
{
    return tables[gil->options.variant];
}

int64_t gil_cpu_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* ---- bookkeeping -------------------------------------------------------------------------- */

bool gil_switch(struct gil *gil, struct gil_thread *me)
{
    if (atomic_load_explicit(&gil->last_holder, memory_order_relaxed) == me)
        return false;
    atomic_store_explicit(&gil->last_holder, me, memory_order_relaxed);
    gil->switch_number++;
    return true;
}

void gil_note_take(struct gil *gil, struct gil_thread *me, int64_t since, int64_t now,
                   bool switched)
{
    struct gil_counters *c = &me->counters;
    me->taken_ns = now;
    if (!gil_counts(gil))
        return;
    c->takes++;
    c->idle_ns += now - gil->changed_ns;
    gil->changed_ns = now;
    if (since != 0) {
        c->waits++;
        histogram_add(&me->wait, now - since);
    } else {
        c->uncontended++;
    }
    gil_note(me, GIL_TAKES, now);
    c->switches += switched;
    if (gil->last_requester == me) {
        c->regrants++;
        gil->last_requester = NULL;
    }
    if (me->waits) {
        c->kept += gil->switch_number == me->switch_at_drop;
        c->lost += gil->switch_number != me->switch_at_drop;
        me->waits = false;
    }
}

void gil_note_drop(struct gil *gil, struct gil_thread *me, int64_t now)
{
    if (!gil_counts(gil))
        return;
    histogram_add(&me->hold, now - me->taken_ns);
    me->counters.hold_ns += now - gil->changed_ns;
    gil->changed_ns = now;
    me->switch_at_drop = gil->switch_number;
    gil_note(me, GIL_DROPS, now);
}

/* Accounts for the hold or the idle time that is going on. With both mutexes held. */
static void settle(struct gil *gil)
{
    int64_t now = now_ns();
    if (!gil_counts(gil))
        return;
    *(gil->locked ? &gil->counters.hold_ns : &gil->counters.idle_ns) += now - gil->changed_ns;
    gil->changed_ns = now;
}

static void lock_both(struct gil *gil)
{
    pthread_mutex_lock(&gil->mutex);
    pthread_mutex_lock(&gil->switch_mutex); /* guards forced_waits */
}

static void unlock_both(struct gil *gil)
{
    pthread_mutex_unlock(&gil->switch_mutex);
    pthread_mutex_unlock(&gil->mutex);
}

void gil_finish(struct gil *gil, const struct gil_thread *me)
{
    bool borrows = gil->options.variant == GIL_OLD && !me->inside;
    while (borrows && sem_wait(&gil->semaphore) != 0)
        ; /* a signal */
    lock_both(gil);
    settle(gil);
    atomic_store(&gil->is_over, true);
    unlock_both(gil);
    if (borrows)
        sem_post(&gil->semaphore);
}

void gil_read(struct gil *gil, struct gil_counters *counters)
{
    lock_both(gil);
    settle(gil);
    *counters = gil->counters;
    for (const struct gil_thread *t = gil->threads; t != NULL; t = t->next)
        gil_counters_add(counters, &t->counters);
    unlock_both(gil);
}

void gil_counters_add(struct gil_counters *sum, const struct gil_counters *more)
{
    uint64_t *to = (uint64_t *)sum;
    const uint64_t *from = (const uint64_t *)more;
    _Static_assert(sizeof(*sum) % sizeof(*to) == 0, "all counters are 64 bits wide");
    for (size_t i = 0; i < sizeof(*sum) / sizeof(*to); i++)
        to[i] += from[i];
}

/* ---- its life ----------------------------------------------------------------------------- */

struct gil_options gil_defaults(enum gil_variant variant)
{
    return (struct gil_options){
        .variant = variant,
        .releases = ~0u,
        .interval_ns = 5000000,
        .reaction_ns = 400, /* beside what fetching cache lines takes: see docs/gil.md */
        .checkpoint_ns = 1000,
        .check = 100,
        .tick_ns = 15,
        .slowdown = 1.08,
    };
}

int gil_condition(pthread_cond_t *cond)
{
    pthread_condattr_t attributes;
    int err = pthread_condattr_init(&attributes);
    if (err != 0)
        return -err;
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    err = pthread_cond_init(cond, &attributes);
    pthread_condattr_destroy(&attributes);
    return -err;
}

int gil_open(struct gil *gil, const struct gil_options *options)
{
    memset(gil, 0, sizeof(*gil));
    gil->options = *options;
    if (gil->options.interval_ns < 1000)
        gil->options.interval_ns = 1000;
    gil->end = &gil->first;
    gil->ticker_ns = (double)options->check * options->tick_ns;
    gil->changed_ns = now_ns();
    bool always = options->variant == GIL_OLD || options->variant == GIL_OLD_CONDITION ||
                  options->variant == GIL_NONE;
    atomic_store(&gil->drop_request, always);
    pthread_mutex_init(&gil->mutex, NULL);
    pthread_mutex_init(&gil->switch_mutex, NULL);
    sem_init(&gil->semaphore, 0, 1);
    int err = gil_condition(&gil->cond);
    return err != 0 ? err : gil_condition(&gil->switch_cond);
}

void gil_close(struct gil *gil)
{
    pthread_cond_destroy(&gil->switch_cond);
    pthread_cond_destroy(&gil->cond);
    sem_destroy(&gil->semaphore);
    pthread_mutex_destroy(&gil->switch_mutex);
    pthread_mutex_destroy(&gil->mutex);
}

/* ---- its threads -------------------------------------------------------------------------- */

static void join(struct gil *gil, struct gil_thread *me)
{
    lock_both(gil);
    me->previous = NULL;
    me->next = gil->threads;
    if (me->next != NULL)
        me->next->previous = me;
    gil->threads = me;
    unlock_both(gil);
}

/* What it counted stays. */
static void part(struct gil *gil, struct gil_thread *me)
{
    lock_both(gil);
    if (me->next != NULL)
        me->next->previous = me->previous;
    *(me->previous != NULL ? &me->previous->next : &gil->threads) = me->next;
    gil_counters_add(&gil->counters, &me->counters);
    me->counters = (struct gil_counters){0}; /* it may enter again */
    unlock_both(gil);
}

void gil_enter(struct gil *gil, struct gil_thread *me)
{
    gil_condition(&me->turn);
    join(gil, me);
    me->cpu_ns -= gil_cpu_now();
    table_of(gil)->take(gil, me);
    me->inside = true;
}

void gil_leave(struct gil *gil, struct gil_thread *me)
{
    me->inside = false;
    me->leaves = true;
    table_of(gil)->drop(gil, me);
    me->leaves = false; /* it may enter again */
    part(gil, me);
    me->cpu_ns += gil_cpu_now();
    pthread_cond_destroy(&me->turn);
}

void gil_release(struct gil *gil, struct gil_thread *me)
{
    int keep = errno;
    me->inside = false;
    me->waits = true;
    table_of(gil)->drop(gil, me);
    errno = keep;
}

void gil_acquire(struct gil *gil, struct gil_thread *me)
{
    int keep = errno; /* what the wait has to say */
    table_of(gil)->take(gil, me);
    me->inside = true;
    errno = keep;
}

void gil_yield(struct gil *gil, struct gil_thread *me)
{
    if (me->inside)
        table_of(gil)->yield(gil, me);
}
