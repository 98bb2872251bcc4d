// SPDX-License-Identifier: MIT
/* The lessons of the simulated GIL, each as a ratio within one run. What it shares with CPython is
 * the business of `speedup gil validate`. */
#include "tests/figures/bench.h"

extern const struct workload workload_primes, workload_means, workload_sleep, workload_mixed;

enum { ROUNDS = 10 };

/* Threads take turns, processes do not. */
static void computing(void)
{
    unsigned cores = bench_machine()->allowed_cores;
    struct trial t;
    double serial[ROUNDS], threads[ROUNDS], processes[ROUNDS];
    trial_open(&t, &workload_primes, "limit=2M tasks=64");
    trial_interpret(&t, "new");
    struct entry a = {&t, trial_add(&t, "serial", 1)},
                 b = {&t, trial_add(&t, "thread-pool", cores)},
                 c = {&t, trial_add(&t, "process-pool", cores)};
    trial_begin(&t);
    struct contender contenders[] = {
        {run_entry, &a, serial}, {run_entry, &b, threads}, {run_entry, &c, processes}};
    bench_rounds(contenders, 3, ROUNDS);
    bench_at_least("gil: primes, speed-up of thread-pool", serial, threads, ROUNDS, 0.97);
    bench_at_most("gil: primes, the same from above", serial, threads, ROUNDS, 1.02);
    bench_at_least("gil: primes, speed-up of process-pool, per core", serial, processes, ROUNDS,
                   0.925 * cores);
    trial_close(&t);
}

/* Who waits lets others run. */
static void waiting(void)
{
    struct trial t;
    double serial[ROUNDS], async[ROUNDS], threads[ROUNDS];
    trial_open(&t, &workload_sleep, "tasks=16 time=20ms");
    trial_interpret(&t, "new");
    struct entry a = {&t, trial_add(&t, "serial", 1)}, b = {&t, trial_add(&t, "async", 16)},
                 c = {&t, trial_add(&t, "thread-pool", 16)};
    trial_begin(&t);
    struct contender contenders[] = {
        {run_entry, &a, serial}, {run_entry, &b, async}, {run_entry, &c, threads}};
    bench_rounds(contenders, 3, ROUNDS);
    bench_at_least("gil: 16 waits of 20 ms, speed-up of async at 16", serial, async, ROUNDS, 15);
    bench_at_least("gil: 16 waits of 20 ms, speed-up of thread-pool at 16", serial, threads, ROUNDS,
                   14);
    trial_close(&t);
}

/* A kernel that lets go of the lock is as fast in threads as without one. */
static void kernels(void)
{
    unsigned cores = bench_machine()->allowed_cores;
    struct trial with, without;
    double a[ROUNDS], b[ROUNDS];
    trial_open(&with, &workload_means, "size=128Mi chunk=1Mi");
    trial_interpret(&with, "new");
    trial_open(&without, &workload_means, "size=128Mi chunk=1Mi");
    struct entry first = {&with, trial_add(&with, "thread-pool", cores)};
    struct entry second = {&without, trial_add(&without, "thread-pool", cores)};
    trial_begin(&with);
    trial_begin(&without);
    struct contender contenders[] = {{run_entry, &first, a}, {run_entry, &second, b}};
    bench_rounds(contenders, 2, ROUNDS);
    bench_at_least("gil: means in a kernel, speed in threads / without a lock", b, a, ROUNDS, 0.95);
    trial_close(&with);
    trial_close(&without);
}

/* A task that waits often, beside one that computes: the median wait for the lock. */
static void convoy(void)
{
    struct trial t;
    double waits[ROUNDS], intervals[ROUNDS];
    trial_open(&t, &workload_mixed, "apart=yes tasks=2 time=200ms wait=0.5 waits=20");
    trial_interpret(&t, "new");
    size_t pool = trial_add(&t, "thread-pool", 2);
    trial_begin(&t);
    for (int i = 0; i < ROUNDS; i++) {
        trial_run(&t, pool);
        waits[i] = t.last.lock.wait.p50_ns;
        intervals[i] = 5e6;
    }
    bench_at_least("gil: a convoy, wait for the lock beside one hog / interval", waits, intervals,
                   ROUNDS, 1);
    bench_at_most("gil: a convoy, the same from above", waits, intervals, ROUNDS, 1.2);
    trial_close(&t);
}

void figure_gil(void)
{
    computing();
    waiting();
    kernels();
    convoy();
}
