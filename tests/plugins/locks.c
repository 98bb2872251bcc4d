// SPDX-License-Identifier: MIT
/* Every kind of shared object, used so that a lost update or a second holder would show. */
#include "workloads/workload.h"

#include <errno.h>

enum { TASKS, HOLD };
enum { MUTEX, SPIN, TOTAL, SLOTS, INSIDE, QUEUE, GUARDED };
enum { STEPS = 20, WIDTH = 2 };

static const struct param params[] = {
    [TASKS] = {"tasks", "number of tasks", PARAM_COUNT, "16", 0, 1000, NULL},
    [HOLD] = {"hold", "how long the mutex is held at each step", PARAM_TIME, "0s", 0, 1e9, NULL},
    {0},
};

static int shape(struct job *job, struct shape *shape)
{
    shape->tasks = (size_t)job->values[TASKS].n;
    shape->output_max = 3 * sizeof(int64_t);
    shape->output_type = OUTPUT_U64;
    shape->shared[MUTEX].kind = SHARED_MUTEX;
    shape->shared[SPIN].kind = SHARED_SPIN;
    shape->shared[TOTAL].kind = SHARED_ATOMIC;
    shape->shared[SLOTS] = (struct shared_spec){SHARED_SEMAPHORE, WIDTH, 0};
    shape->shared[INSIDE].kind = SHARED_ATOMIC;
    shape->shared[QUEUE] = (struct shared_spec){SHARED_QUEUE, 0, 1};
    shape->shared[GUARDED].kind = SHARED_ATOMIC;
    return 0;
}

/* Adds one in two steps, which only a lock makes one. */
static int add(struct worker *worker, unsigned lock, unsigned counter, int64_t hold)
{
    int err = shared_lock(worker, lock);
    if (err != 0)
        return err;
    atomic_llong *count = shared_atomic(worker, counter);
    long long before = atomic_load_explicit(count, memory_order_relaxed);
    work_ns(worker, hold, 0);
    atomic_store_explicit(count, before + 1, memory_order_relaxed);
    shared_unlock(worker, lock);
    return 0;
}

static int run(struct worker *worker, struct task *task)
{
    int64_t *out = task->output, most = 0, passed = 0, value = 0;
    int err = 0;
    for (int i = 0; i < STEPS && err == 0; i++) {
        err = add(worker, MUTEX, TOTAL, worker->job->values[HOLD].n);
        if (err == 0)
            err = add(worker, SPIN, GUARDED, 0);
        if (err == 0)
            err = shared_acquire(worker, SLOTS);
        if (err != 0)
            break;
        int64_t inside = atomic_fetch_add(shared_atomic(worker, INSIDE), 1) + 1;
        most = inside > most ? inside : most;
        /* room for one: put and get take turns */
        if (shared_put(worker, QUEUE, 1) < 0 || shared_get(worker, QUEUE, &value) < 0)
            err = -ECANCELED;
        passed += value;
        atomic_fetch_sub(shared_atomic(worker, INSIDE), 1);
        shared_release(worker, SLOTS);
    }
    out[0] = most;
    out[1] = passed;
    out[2] =
        atomic_load(shared_atomic(worker, TOTAL)) + atomic_load(shared_atomic(worker, GUARDED));
    task->output_size = 3 * sizeof(int64_t);
    return err;
}

static int check(struct job *job, const struct task *tasks)
{
    int64_t highest = 0, all = 2 * STEPS * (int64_t)job->shape.tasks;
    for (size_t i = 0; i < job->shape.tasks; i++) {
        const int64_t *out = tasks[i].output;
        if (out[0] < 1 || out[0] > WIDTH)
            return job_fail(job, -EILSEQ, "%lld tasks were inside at once", (long long)out[0]);
        if (out[1] != STEPS)
            return job_fail(job, -EILSEQ, "task %zu got %lld numbers from the queue", i,
                            (long long)out[1]);
        highest = out[2] > highest ? out[2] : highest;
    }
    if (job->shape.tasks > 0 && highest != all)
        return job_fail(job, -EILSEQ, "%lld steps were counted, not %lld", (long long)highest,
                        (long long)all);
    return 0;
}

const struct workload workload_locks = {
    .name = "locks",
    .summary = "every kind of shared object at once",
    .bound = BOUND_LOCK,
    .params = params,
    .shape = shape,
    .run = run,
    .check = check,
};
