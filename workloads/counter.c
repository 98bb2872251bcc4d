// SPDX-License-Identifier: MIT
/*
 * One counter that every task increments behind a lock. The lock and the counter are the same
 * objects in shared memory whether threads or processes contend for them.
 *
 * A task answers the value that it left behind with its last increment: so the highest answer is
 * the counter's last value, and a lost increment shows.
 */
#include "workloads/workload.h"

#include <errno.h>
#include <stdio.h>

enum { TASKS, INCREMENTS, LOCK, HOLD, PAUSE };
enum { LOCK_MUTEX, LOCK_SPIN, LOCK_ATOMIC, LOCK_MERGED };
enum { GUARD, COUNTER };

static const char *const locks[] = {"mutex", "spin", "atomic", "merged", NULL};
static const struct param params[] = {
    [TASKS] = {"tasks", "number of tasks", PARAM_COUNT, "5", 0, 100000, NULL},
    [INCREMENTS] = {"increments", "increments by each task", PARAM_COUNT, "100k", 0, 1e12, NULL},
    [LOCK] = {"lock", "what guards the counter; merged: nothing, each task adds its own sum once",
              PARAM_CHOICE, "mutex", 0, 0, locks},
    [HOLD] = {"hold", "computing while it is held", PARAM_TIME, "0ns", 0, 1e9, NULL},
    [PAUSE] = {"pause", "computing between two increments", PARAM_TIME, "0ns", 0, 1e9, NULL},
    {0},
};

static const struct preset presets[] = {
    {"quick", "4 tasks share a counter behind a mutex", "tasks=4 increments=50k",
     "thread-pool,process-pool,async", "1,2,4"},
    {"quick", "the same without a lock, merged at the end", "tasks=4 increments=5M lock=merged",
     "thread-pool,process-pool", "1,2,4"},
    {"full", "a mutex", "tasks=8 increments=200k", NULL, NULL},
    {"full", "a spin lock", "tasks=8 increments=200k lock=spin", NULL, NULL},
    {"full", "an atomic increment", "tasks=8 increments=1M lock=atomic", NULL, NULL},
    {"full", "merged at the end", "tasks=8 increments=20M lock=merged", NULL, NULL},
    {"counter-lock", "5 threads increment a counter 100,000 times each, behind a lock",
     "tasks=5 increments=100k", "threads", "5"},
    {"shared-value", "4 processes increment a shared value 100 times each, with its lock",
     "tasks=4 increments=100", "processes", "4"},
    {0},
};

static int shape(struct job *job, struct shape *shape)
{
    const struct value *v = job->values;
    shape->tasks = (size_t)v[TASKS].n;
    shape->output_max = sizeof(uint64_t);
    shape->output_type = OUTPUT_U64;
    shape->shared[GUARD].kind = v[LOCK].n == LOCK_SPIN ? SHARED_SPIN : SHARED_MUTEX;
    shape->shared[COUNTER].kind = SHARED_ATOMIC;
    shape->items = (double)(v[TASKS].n * v[INCREMENTS].n);
    shape->unit = "increments";
    bool waits = v[LOCK].n == LOCK_MUTEX || v[LOCK].n == LOCK_SPIN;
    if (!waits || v[PAUSE].n > 5 * v[HOLD].n)
        shape->bound = BOUND_CPU;
    return 0;
}

/* Adds in two steps, which only the lock makes one. */
static int add_locked(struct worker *worker, int64_t hold, uint64_t *left)
{
    int err = shared_lock(worker, GUARD);
    if (err != 0)
        return err;
    atomic_llong *counter = shared_atomic(worker, COUNTER);
    long long value = atomic_load_explicit(counter, memory_order_relaxed);
    if (hold > 0)
        work_ns(worker, hold, (uint64_t)value);
    atomic_store_explicit(counter, value + 1, memory_order_relaxed);
    shared_unlock(worker, GUARD);
    *left = (uint64_t)value + 1;
    return 0;
}

static int increment(struct worker *worker, int64_t lock, int64_t hold, uint64_t *left)
{
    if (lock != LOCK_ATOMIC)
        return add_locked(worker, hold, left);
    if (hold > 0)
        work_ns(worker, hold, *left);
    *left = (uint64_t)atomic_fetch_add(shared_atomic(worker, COUNTER), 1) + 1;
    return 0;
}

/* The loop that everybody's private sum takes: the compiler may not turn it into a product. */
static uint64_t sum_alone(struct worker *worker, const struct value *v)
{
    volatile uint64_t sum = 0;
    for (int64_t i = 0; i < v[INCREMENTS].n; i++) {
        if (v[HOLD].n + v[PAUSE].n > 0)
            work_ns(worker, v[HOLD].n + v[PAUSE].n, sum);
        sum = sum + 1;
        if (i % 512 == 0) {
            checkpoint(worker);
            if (worker_stopped(worker))
                break;
        }
    }
    return sum;
}

static int run(struct worker *worker, struct task *task)
{
    const struct value *v = worker->job->values;
    uint64_t *left = task->output;
    int err = 0;
    *left = 0;
    task->output_size = sizeof(*left);
    if (v[LOCK].n == LOCK_MERGED) {
        uint64_t sum = sum_alone(worker, v);
        *left = (uint64_t)atomic_fetch_add(shared_atomic(worker, COUNTER), (long long)sum) + sum;
        return worker_stopped(worker) ? -ECANCELED : 0;
    }
    for (int64_t i = 0; i < v[INCREMENTS].n && err == 0; i++) {
        err = increment(worker, v[LOCK].n, v[HOLD].n, left);
        if (v[PAUSE].n > 0)
            work_ns(worker, v[PAUSE].n, *left);
        if (i % 16 == 0)
            checkpoint(worker);
        if (i % 1024 == 0 && worker_stopped(worker))
            err = -ECANCELED;
    }
    return err;
}

static int check(struct job *job, const struct task *tasks)
{
    uint64_t each = (uint64_t)job->values[INCREMENTS].n, all = each * job->shape.tasks, most = 0;
    for (size_t i = 0; i < job->shape.tasks; i++) {
        uint64_t left = *(const uint64_t *)tasks[i].output;
        if (tasks[i].output_size != sizeof(left) || left < each || left > all)
            return job_fail(job, -EILSEQ, "task %zu left the counter at %llu of %llu", i,
                            (unsigned long long)left, (unsigned long long)all);
        most = left > most ? left : most;
    }
    if (job->shape.tasks > 0 && most != all)
        return job_fail(job, -EILSEQ, "the counter ended at %llu, not at %llu",
                        (unsigned long long)most, (unsigned long long)all);
    return 0;
}

static int tell(const struct job *job, const struct task *tasks, size_t line, char text[ERROR_MAX])
{
    uint64_t most = 0;
    for (size_t i = 0; i < job->shape.tasks; i++) {
        uint64_t left = *(const uint64_t *)tasks[i].output;
        most = left > most ? left : most;
    }
    snprintf(text, ERROR_MAX, "the counter is at %llu", (unsigned long long)most);
    return line == 0;
}

const struct workload workload_counter = {
    .name = "counter",
    .summary = "increment one counter behind a lock",
    .python = "a counter behind threading.Lock, a multiprocessing.Value with its lock",
    .bound = BOUND_LOCK,
    .params = params,
    .presets = presets,
    .shape = shape,
    .run = run,
    .check = check,
    .tell = tell,
};
