// SPDX-License-Identifier: MIT
/* A contended lock costs the same whether threads or processes contend for it, and more than one
 * that nobody contends for: it is the same object. */
#include "tests/figures/bench.h"

extern const struct workload workload_counter;

enum { ROUNDS = 20 };

void figure_counter(void)
{
    struct trial t, alone;
    double threads[ROUNDS], processes[ROUNDS], uncontended[ROUNDS];
    trial_open(&t, &workload_counter, "tasks=2 increments=500k lock=mutex");
    trial_open(&alone, &workload_counter, "tasks=1 increments=1M lock=mutex");
    struct entry a = {&t, trial_add(&t, "thread-pool", 2)},
                 b = {&t, trial_add(&t, "process-pool", 2)},
                 c = {&alone, trial_add(&alone, "thread-pool", 1)};
    trial_begin(&t);
    trial_begin(&alone);
    struct contender contenders[] = {
        {run_entry, &a, threads}, {run_entry, &b, processes}, {run_entry, &c, uncontended}};
    bench_rounds(contenders, 3, ROUNDS);
    bench_at_most("counter: contended increment, 2 threads / 2 processes", threads, processes,
                  ROUNDS, 1.25);
    bench_at_least("counter: the same from below", threads, processes, ROUNDS, 0.8);
    bench_at_least("counter: contended / uncontended increment, 2 threads", threads, uncontended,
                   ROUNDS, 1);
    bench_at_least("counter: contended / uncontended increment, 2 processes", processes,
                   uncontended, ROUNDS, 1);
    trial_close(&t);
    trial_close(&alone);
}
