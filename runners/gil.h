// SPDX-License-Identifier: MIT
/*
 * A simulated global interpreter lock that behaves like CPython's.
 *
 * It uses what CPython uses, a pthread mutex, condition variables of glibc and CLOCK_MONOTONIC:
 * who gets the lock next is decided by them and by the kernel, by nothing of ours. A spin lock, a
 * ticket or virtual time would show another behaviour. Sources: Python/ceval_gil.h (.c from 3.12),
 * Python/ceval.c and Python/thread_pthread.h (2.7).
 *
 * Every thread has a struct gil_thread of its own, zeroed before gil_enter() but for its room for
 * events. It counts there, with the lock held or under its mutex: that costs no synchronisation,
 * and no cache line that another core would have to send. Nothing here fails, but for gil_open(),
 * which answers 0 or -errno.
 */
#ifndef SPEEDUP_GIL_H
#define SPEEDUP_GIL_H

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "runners/histogram.h"

enum gil_variant {
    GIL_NEW,             /* CPython 3.2 and later */
    GIL_OLD,             /* CPython 2 where the lock is a semaphore: Linux */
    GIL_OLD_CONDITION,   /* CPython 2 elsewhere: a mutex and a condition */
    GIL_PER_INTERPRETER, /* one `new` lock per worker: sub-interpreters, 3.12 and later */
    GIL_NONE,            /* no lock, but what doing without costs: free threading */
    GIL_FIFO,            /* ablation: `new`, but handed over in the order of asking */
    GIL_UNFORCED,        /* ablation: `new`, but who dropped it on request may take it back */
};
enum { GIL_VARIANTS = GIL_UNFORCED + 1 };

/* Names and one line each, by enum gil_variant. */
extern const char *const gil_names[GIL_VARIANTS + 1]; /* NULL-terminated */
extern const char *const gil_summaries[GIL_VARIANTS];

/* How a lock behaves; most fields are for one variant. */
struct gil_options {
    enum gil_variant variant;
    unsigned releases;     /* what lets go of it: bits by enum blocking of workload.h */
    int64_t interval_ns;   /* new: a waiter asks for the lock after so long; at least 1000 */
    int64_t reaction_ns;   /* new: from seeing the request to dropping the lock */
    int64_t checkpoint_ns; /* how far checkpoints are apart, for what is counted in ticks */
    unsigned check;        /* old: ticks between two releases (sys.setcheckinterval) */
    double tick_ns;        /* old: length of a tick */
    double slowdown;       /* none: CPU time of a thread / that of one with a lock, >= 1 */
    unsigned references;   /* none: reference counts of shared objects, pairs per microsecond */
};

/* What happened to a lock. Identities: forced_waits <= requests; timeouts == requests + rearms +
 * late; hold_ns + idle_ns == wall time from gil_open() to gil_read() or gil_finish(). */
struct gil_counters {
    uint64_t takes;        /* times it was taken, all told */
    uint64_t uncontended;  /* of these without waiting */
    uint64_t waits;        /* of these after waiting */
    uint64_t timeouts;     /* intervals that a waiter waited in vain: each is one of the next 3 */
    uint64_t requests;     /* the holder was asked to drop it */
    uint64_t rearms;       /* no request: it had changed hands meanwhile; a fresh interval began */
    uint64_t late;         /* no request: it was found free */
    uint64_t switches;     /* takes by another thread than the last one */
    uint64_t forced_waits; /* who dropped it on request waited until somebody else had it */
    uint64_t regrants;     /* takes by the thread whose request was the last */
    uint64_t kept;         /* dropped for a wait, and nobody else had it meanwhile */
    uint64_t lost;         /* dropped for a wait, and somebody else had it meanwhile */
    int64_t hold_ns, idle_ns;
};

/* A step of a thread, for pictures. */
struct gil_event {
    int64_t ns; /* CLOCK_MONOTONIC */
    enum gil_step {
        GIL_WAITS,    /* found it taken */
        GIL_REARMS,   /* waited an interval in vain: it had changed hands; waits another one */
        GIL_REQUESTS, /* waited an interval in vain: asks for it */
        GIL_TAKES,
        GIL_DROPS,
    } step;
};

/* One thread of the interpreter. */
struct gil_thread {
    struct histogram hold, wait;  /* from take to drop; of takes that had to wait */
    struct gil_counters counters; /* what it did */
    int64_t cpu_ns;               /* its CPU time, from enter to leave */
    /* Its first steps in the order of time, in the caller's room for so many. One that still waits
     * at the end has no GIL_TAKES after its last GIL_WAITS. */
    struct gil_event *events;
    size_t event_count, event_max;
    /* the lock's own */
    struct gil_thread *previous, *next; /* of all that are inside */
    bool inside;                        /* holds the lock, or would if there were one */
    int64_t taken_ns;                   /* none: its CPU time at the last settlement */
    uint64_t switch_at_drop;
    bool waits;             /* it dropped the lock for a wait */
    bool leaves;            /* it drops the lock for good */
    int ticks;              /* none: checkpoints until the next settlement */
    int64_t references_due; /* none: in thousandths of a pair */
    bool granted;
    struct gil_thread *behind;
    pthread_cond_t turn;
};

struct gil {
    struct gil_options options;
    atomic_bool is_over; /* gil_finish() was called: nothing counts any more */

    /* A checkpoint must call gil_yield(): see gil_checkpoint(). Who computes reads it all the time,
     * so it has a cache line of its own. */
    _Alignas(64) atomic_int drop_request;

    /* new: names as in CPython's struct _gil_runtime_state */
    _Alignas(64) pthread_mutex_t mutex;
    pthread_cond_t cond;
    pthread_mutex_t switch_mutex;
    pthread_cond_t switch_cond;
    bool locked;
    uint64_t switch_number; /* how often it was taken by another thread than before */
    _Atomic(struct gil_thread *) last_holder;
    struct gil_thread *last_requester;

    /* old */
    sem_t semaphore;
    double ticker_ns; /* until it is due; process-wide, only touched by who holds the lock */

    /* none: a line that all threads write */
    _Alignas(64) atomic_llong reference;

    /* fifo: who waits, in order */
    _Alignas(64) struct gil_thread *first, **end;

    _Alignas(64) int64_t changed_ns; /* when it was last taken or dropped */
    struct gil_thread *threads;      /* all that are inside */
    struct gil_counters counters;    /* of those that have left, and time that was settled */
};

/* The options of CPython: `variant`, interval 5 ms, everything that waits releases. */
struct gil_options gil_defaults(enum gil_variant variant);

int gil_open(struct gil *gil, const struct gil_options *options);

/* No thread may be inside or wait. */
void gil_close(struct gil *gil);

/* A thread begins: takes the lock for the first time; and ends. */
void gil_enter(struct gil *gil, struct gil_thread *me);
void gil_leave(struct gil *gil, struct gil_thread *me);

/* Around a wait: somebody else may run. */
void gil_release(struct gil *gil, struct gil_thread *me);
void gil_acquire(struct gil *gil, struct gil_thread *me);

/* At a checkpoint at which drop_request is set. Does nothing in a thread that is not inside. */
void gil_yield(struct gil *gil, struct gil_thread *me);

static inline void gil_checkpoint(struct gil *gil, struct gil_thread *me)
{
    if (atomic_load_explicit(&gil->drop_request, memory_order_relaxed))
        gil_yield(gil, me);
}

/* Ends the account while threads still run, so that how they end does not blur it; optional. `me`
 * is the calling thread, which need not hold the lock. */
void gil_finish(struct gil *gil, const struct gil_thread *me);

/* The counters as they are now or were at gil_finish(), with the hold or the idle time that was
 * going on. With GIL_OLD the caller must hold the lock, or nobody. */
void gil_read(struct gil *gil, struct gil_counters *counters);
void gil_counters_add(struct gil_counters *sum, const struct gil_counters *more);

#endif
