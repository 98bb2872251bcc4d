// SPDX-License-Identifier: MIT
/* The simulated interpreter lock by itself: what must hold of its counters whatever the machine
 * does, and what each variant is. */
#include "runners/gil.h"
#include "workloads/workload.h"

#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TIMEOUT .timeout = 120

/* ---- several threads on one lock ---------------------------------------------------------- */

enum { THREADS = 4, ROUNDS = 2000, WAIT_EVERY = 7 };

struct crowd {
    struct gil gil;
    long guarded; /* no atomic: the lock alone protects it */
};

struct member {
    struct crowd *crowd;
    struct gil_thread me;
    pthread_t thread;
};

static void *work(void *argument)
{
    struct member *m = argument;
    struct gil *gil = &m->crowd->gil;
    gil_enter(gil, &m->me);
    for (int i = 0; i < ROUNDS; i++) {
        m->crowd->guarded++;
        gil_checkpoint(gil, &m->me);
        if (i % WAIT_EVERY == 0) {
            gil_release(gil, &m->me);
            gil_acquire(gil, &m->me);
        }
    }
    gil_leave(gil, &m->me);
    return NULL;
}

/* Runs the crowd; answers the counters and bounds of the time that they are about. */
static void run_crowd(struct crowd *crowd, struct member *members, enum gil_variant variant,
                      struct gil_counters *counters, int64_t bounds[2])
{
    struct gil_options options = gil_defaults(variant);
    options.interval_ns = 20000;
    options.check = 1;
    int64_t before = now_ns();
    cr_assert(gil_open(&crowd->gil, &options) == 0);
    int64_t open = now_ns();
    for (int i = 0; i < THREADS; i++) {
        members[i].crowd = crowd;
        cr_assert(pthread_create(&members[i].thread, NULL, work, &members[i]) == 0);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(members[i].thread, NULL);
    bounds[0] = now_ns() - open;
    gil_read(&crowd->gil, counters);
    bounds[1] = now_ns() - before;
    gil_close(&crowd->gil);
}

ParameterizedTestParameters(gil, identities)
{
    static enum gil_variant locks[] = {GIL_NEW,  GIL_OLD,      GIL_OLD_CONDITION,
                                       GIL_FIFO, GIL_UNFORCED, GIL_PER_INTERPRETER};
    return cr_make_param_array(enum gil_variant, locks, sizeof(locks) / sizeof(locks[0]));
}

ParameterizedTest(const enum gil_variant *variant, gil, identities, TIMEOUT)
{
    struct crowd *crowd = aligned_alloc(_Alignof(struct crowd), sizeof(*crowd));
    struct member *members = calloc(THREADS, sizeof(*members));
    memset(crowd, 0, sizeof(*crowd));
    struct gil_counters c;
    int64_t bounds[2];
    run_crowd(crowd, members, *variant, &c, bounds);
    const char *name = gil_names[*variant];
    uint64_t holds = 0, waits = 0;
    int64_t held = 0, released = THREADS * ((ROUNDS + WAIT_EVERY - 1) / WAIT_EVERY);
    for (int i = 0; i < THREADS; i++) {
        holds += members[i].me.hold.count;
        waits += members[i].me.wait.count;
        held += members[i].me.hold.sum_ns;
        cr_expect(members[i].me.cpu_ns > 0, "%s: thread %d used no CPU time", name, i);
    }
    cr_expect(crowd->guarded == (long)THREADS * ROUNDS, "%s: %ld additions", name, crowd->guarded);
    cr_expect(c.takes == c.uncontended + c.waits, "%s: takes", name);
    cr_expect(c.takes == holds && c.waits == waits, "%s: sums", name);
    cr_expect(c.switches >= THREADS, "%s: each thread's first take is a switch", name);
    cr_expect(c.timeouts == c.requests + c.rearms + c.late, "%s: timeouts", name);
    cr_expect(c.forced_waits <= c.requests, "%s: forced waits", name);
    cr_expect(c.regrants <= c.requests, "%s: regrants", name);
    cr_expect(c.kept + c.lost == (uint64_t)released, "%s: %lu kept, %lu lost", name,
              (unsigned long)c.kept, (unsigned long)c.lost);
    cr_expect(c.hold_ns == held, "%s: held", name);
    cr_expect(c.hold_ns + c.idle_ns >= bounds[0] && c.hold_ns + c.idle_ns <= bounds[1],
              "%s: %ld + %ld ns are not within %ld and %ld", name, (long)c.hold_ns, (long)c.idle_ns,
              (long)bounds[0], (long)bounds[1]);
    free(members);
    free(crowd);
}

/* ---- one thread --------------------------------------------------------------------------- */

static struct gil gil;
static struct gil_thread me, second, third;

static void open_lock(enum gil_variant variant)
{
    struct gil_options options = gil_defaults(variant);
    cr_assert(gil_open(&gil, &options) == 0);
}

Test(gil, alone_it_is_never_lost, TIMEOUT)
{
    struct gil_counters c;
    open_lock(GIL_NEW);
    gil_enter(&gil, &me);
    for (int i = 0; i < 100; i++) {
        gil_release(&gil, &me);
        gil_acquire(&gil, &me);
    }
    gil_leave(&gil, &me);
    gil_read(&gil, &c);
    cr_expect(c.takes == 101 && c.uncontended == 101 && c.kept == 100 && c.lost == 0);
    cr_expect(c.switches == 1 && c.requests == 0 && c.forced_waits == 0);
}

Test(gil, an_interval_is_at_least_a_microsecond, TIMEOUT)
{
    struct gil_options options = gil_defaults(GIL_NEW);
    options.interval_ns = 1;
    cr_assert(gil_open(&gil, &options) == 0);
    cr_expect(gil.options.interval_ns == 1000);
}

/* A checkpoint stands for 1 µs: of 600 of them, so many drop it. */
Test(gil, the_old_one_is_dropped_by_ticks, TIMEOUT)
{
    static const struct {
        double tick_ns;
        unsigned check;
        uint64_t drops;
    } cases[] = {{10, 100, 600}, {15, 100, 400}, {1, 10, 600}, {2000, 1, 300}, {3000, 100, 2}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct gil_options options = gil_defaults(GIL_OLD);
        struct gil_counters c;
        options.tick_ns = cases[i].tick_ns;
        options.check = cases[i].check;
        cr_assert(gil_open(&gil, &options) == 0);
        gil_enter(&gil, &me);
        for (int k = 0; k < 600; k++)
            gil_checkpoint(&gil, &me);
        gil_leave(&gil, &me);
        gil_read(&gil, &c);
        cr_expect(c.takes == 1 + cases[i].drops, "%g ns, %u: %lu takes", cases[i].tick_ns,
                  cases[i].check, (unsigned long)c.takes);
        gil_close(&gil);
    }
}

/* A thread that comes again is another one; nothing counts twice, and nothing after the end. */
Test(gil, lives_are_counted_once, TIMEOUT)
{
    struct gil_options options = gil_defaults(GIL_NEW);
    struct gil_counters c, after;
    cr_assert(gil_open(&gil, &options) == 0);
    for (int i = 0; i < 5; i++) {
        gil_enter(&gil, &me);
        gil_release(&gil, &me);
        gil_acquire(&gil, &me);
        gil_leave(&gil, &me);
    }
    gil_finish(&gil, &me);
    gil_read(&gil, &c);
    cr_expect(c.takes == 10 && c.uncontended == 10 && c.kept == 5, "%lu takes",
              (unsigned long)c.takes);
    gil_enter(&gil, &me);
    gil_leave(&gil, &me);
    gil_read(&gil, &after);
    cr_expect(memcmp(&c, &after, sizeof(c)) == 0, "it counts after its end");
}

Test(gil, errno_survives, TIMEOUT)
{
    for (int v = 0; v < GIL_VARIANTS; v++) {
        struct gil_options options = gil_defaults((enum gil_variant)v);
        cr_assert(gil_open(&gil, &options) == 0);
        gil_enter(&gil, &me);
        errno = ENOTTY;
        gil_release(&gil, &me);
        gil_acquire(&gil, &me);
        cr_expect(errno == ENOTTY, "%s", gil_names[v]);
        gil_leave(&gil, &me);
        gil_close(&gil);
    }
}

Test(gil, outside_of_it_checkpoints_do_nothing, TIMEOUT)
{
    struct gil_counters before, after;
    open_lock(GIL_OLD);
    gil_enter(&gil, &me);
    gil_release(&gil, &me);
    gil_read(&gil, &before);
    for (int i = 0; i < 1000; i++)
        gil_checkpoint(&gil, &me);
    gil_read(&gil, &after);
    cr_expect(before.takes == after.takes);
    gil_acquire(&gil, &me);
    gil_leave(&gil, &me);
}

/* ---- who gets it -------------------------------------------------------------------------- */

static int order[2], arrived;

static void *note_turn(void *thread)
{
    gil_enter(&gil, thread);
    order[arrived++] = thread == &second ? 2 : 3;
    gil_leave(&gil, thread);
    return NULL;
}

/* Until that many wait in the queue of the lock. */
static void await_queue(int length)
{
    for (int n = -1; n != length;) {
        n = 0;
        pthread_mutex_lock(&gil.mutex);
        for (struct gil_thread *t = gil.first; t != NULL; t = t->behind)
            n++;
        pthread_mutex_unlock(&gil.mutex);
    }
}

Test(gil, fifo_hands_over_in_the_order_of_asking, TIMEOUT)
{
    pthread_t threads[2];
    struct gil_counters c;
    open_lock(GIL_FIFO);
    gil_enter(&gil, &me);
    pthread_create(&threads[0], NULL, note_turn, &third);
    await_queue(1);
    pthread_create(&threads[1], NULL, note_turn, &second);
    await_queue(2);
    gil_release(&gil, &me);
    gil_acquire(&gil, &me); /* behind both: no race */
    cr_expect(arrived == 2 && order[0] == 3 && order[1] == 2, "%d, %d", order[0], order[1]);
    gil_leave(&gil, &me);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    gil_read(&gil, &c);
    cr_expect(c.switches == 4 && c.lost == 1 && c.forced_waits == 0);
}

static atomic_bool is_over;

static void *compute(void *thread)
{
    gil_enter(&gil, thread);
    while (!atomic_load(&is_over))
        gil_checkpoint(&gil, thread);
    gil_leave(&gil, thread);
    return NULL;
}

/* Two that compute, until the lock has been asked for and has changed hands that often. */
static void compute_until(enum gil_variant variant, uint64_t requests, uint64_t switches,
                          struct gil_counters *c)
{
    pthread_t threads[2];
    struct gil_options options = gil_defaults(variant);
    options.interval_ns = 200000;
    cr_assert(gil_open(&gil, &options) == 0);
    pthread_create(&threads[0], NULL, compute, &second);
    pthread_create(&threads[1], NULL, compute, &third);
    do
        gil_read(&gil, c);
    while (c->requests < requests || c->switches < switches);
    gil_finish(&gil, &me);
    atomic_store(&is_over, true);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    gil_read(&gil, c);
}

/* Nobody drops it but on request, and then the other one has it next. */
Test(gil, a_request_is_granted, TIMEOUT)
{
    struct gil_counters c;
    compute_until(GIL_NEW, 50, 50, &c);
    cr_expect(c.forced_waits <= c.switches, "%lu forced waits, %lu switches",
              (unsigned long)c.forced_waits, (unsigned long)c.switches);
    cr_expect(c.switches <= c.requests + 2, "%lu switches, %lu requests", (unsigned long)c.switches,
              (unsigned long)c.requests);
}

Test(gil, unforced_nobody_waits_for_the_switch, TIMEOUT)
{
    struct gil_counters c;
    compute_until(GIL_UNFORCED, 50, 0, &c);
    cr_expect(c.forced_waits == 0 && c.requests >= 50);
}

/* ---- no lock ------------------------------------------------------------------------------ */

static pthread_barrier_t both;

static void *meet(void *thread)
{
    gil_enter(&gil, thread);
    pthread_barrier_wait(&both); /* hangs where they cannot be inside together */
    gil_leave(&gil, thread);
    return NULL;
}

Test(gil, without_one_threads_are_inside_together, TIMEOUT)
{
    pthread_t threads[2];
    open_lock(GIL_NONE);
    pthread_barrier_init(&both, NULL, 2);
    pthread_create(&threads[0], NULL, meet, &second);
    pthread_create(&threads[1], NULL, meet, &third);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    struct gil_counters c;
    gil_read(&gil, &c);
    cr_expect(c.takes == 0);
}

static atomic_bool was_seen;

static void *watch(void *unused)
{
    (void)unused;
    while (!atomic_load(&is_over) && !atomic_load(&was_seen))
        atomic_store(&was_seen, atomic_load(&gil.reference) != 0);
    return NULL;
}

/* A count that is touched is up for a moment, and another thread may see that. */
Test(gil, free_threading_touches_what_others_see, TIMEOUT)
{
    pthread_t watcher;
    struct gil_options options = gil_defaults(GIL_NONE);
    options.references = 1000000; /* as many pairs a checkpoint: some 10 ms */
    cr_assert(gil_open(&gil, &options) == 0);
    gil_enter(&gil, &me);
    pthread_create(&watcher, NULL, watch, NULL);
    for (int i = 0; i < 500 && !atomic_load(&was_seen); i++)
        gil_checkpoint(&gil, &me);
    atomic_store(&is_over, true);
    pthread_join(watcher, NULL);
    gil_leave(&gil, &me);
    cr_expect(atomic_load(&was_seen), "nobody has seen it touched");
    cr_expect(atomic_load(&gil.reference) == 0);
}

Test(gil, free_threading_counts_references, TIMEOUT)
{
    enum { CHECKPOINTS = 1001 };
    struct gil_options options = gil_defaults(GIL_NONE);
    options.references = 3;
    options.checkpoint_ns = 700; /* 2.1 pairs */
    cr_assert(gil_open(&gil, &options) == 0);
    gil_enter(&gil, &me);
    for (int i = 0; i < CHECKPOINTS; i++)
        gil_checkpoint(&gil, &me);
    gil_leave(&gil, &me);
    cr_expect(me.references_due == CHECKPOINTS * 2100 % 1000, "all but a rest were counted");
}
