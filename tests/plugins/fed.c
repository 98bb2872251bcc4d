// SPDX-License-Identifier: MIT
/* Tasks that come from outside, in an order that is not theirs: each task that is done makes the
 * one before it ready, the last one is ready first. So `next` must be obeyed, WAIT waited for, and
 * more workers than one never help. With together=2, each task waits for its neighbour to begin.
 * With dies=yes the one in the middle kills its process, if that is not the harness: the others
 * wait for tasks that it can no longer make ready. */
#include "workloads/workload.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

enum { TASKS, TOGETHER, DIES };
enum {
    READY,
    LEFT,
    BEGUN
}; /* shared objects: the numbers of ready tasks, how many are not yet taken */

static const char *const no_yes[] = {"no", "yes", NULL};
static const struct param params[] = {
    [TASKS] = {"tasks", "number of tasks", PARAM_COUNT, "20", 0, 1000, NULL},
    [TOGETHER] = {"together", "tasks that must be in progress at once", PARAM_COUNT, "1", 1, 2,
                  NULL},
    [DIES] = {"dies", "a worker that is a process dies half-way", PARAM_CHOICE, "no", 0, 0, no_yes},
    {0},
};

static int shape(struct job *job, struct shape *shape)
{
    shape->tasks = (size_t)job->values[TASKS].n;
    shape->output_max = sizeof(int64_t);
    shape->output_type = OUTPUT_U64;
    shape->together = (size_t)job->values[TOGETHER].n;
    shape->input_size = sizeof(pid_t); /* the harness */
    shape->bytes = 1;
    shape->shared[READY] = (struct shared_spec){SHARED_QUEUE, 0, shape->tasks + 1};
    shape->shared[LEFT] = (struct shared_spec){SHARED_ATOMIC, (int64_t)shape->tasks, 0};
    shape->shared[BEGUN] = (struct shared_spec){SHARED_ATOMIC, 0, 0};
    return 0;
}

static int prepare(struct job *job)
{
    *(pid_t *)job->input = getpid();
    return 0;
}

static enum next next(struct worker *worker, struct claim *claim)
{
    int64_t index;
    atomic_llong *left = shared_atomic(worker, LEFT);
    if (atomic_load(left) == 0)
        return NEXT_END;
    if (atomic_load(left) == (int64_t)worker->job->shape.tasks) { /* nobody has begun */
        long long all = (long long)worker->job->shape.tasks;
        if (atomic_compare_exchange_strong(left, &all, all - 1)) {
            claim->index = worker->job->shape.tasks - 1;
            return NEXT_TASK;
        }
    }
    if (shared_try_get(worker, READY, &index) >= 0) {
        if (index < 0) { /* the end, which is for everybody */
            shared_try_put(worker, READY, -1);
            return NEXT_END;
        }
        atomic_fetch_sub(left, 1);
        claim->index = (size_t)index;
        return NEXT_TASK;
    }
    claim->fd = shared_fd(worker, READY);
    return NEXT_WAIT;
}

/* Answers how many tasks had begun before: the order. */
static void begin(struct worker *worker, struct task *task)
{
    *(int64_t *)task->output = atomic_fetch_add(shared_atomic(worker, BEGUN), 1);
    task->output_size = sizeof(int64_t);
}

static int pass_on(struct worker *worker, const struct task *task)
{
    return shared_put(worker, READY, (int64_t)task->index - 1) < 0 ? -ECANCELED : 0;
}

static int run(struct worker *worker, struct task *task)
{
    const struct job *job = worker->job;
    begin(worker, task);
    if (job->values[DIES].n == 1 && task->index == job->shape.tasks / 2 &&
        getpid() != *(const pid_t *)job->input)
        kill(getpid(), SIGKILL);
    int err = 0;
    if (worker->job->values[TOGETHER].n == 2 && task->index % 2 == 1) {
        err = pass_on(worker, task); /* the neighbour begins while this one is in progress */
        long long wanted = *(int64_t *)task->output + 2;
        while (err == 0 && atomic_load(shared_atomic(worker, BEGUN)) < wanted)
            err = wait_ns(worker, 100000);
        return err;
    }
    return pass_on(worker, task);
}

static int check(struct job *job, const struct task *tasks)
{
    int64_t last = (int64_t)job->shape.tasks - 1;
    for (int64_t i = 0; i <= last; i++) {
        int64_t place = *(const int64_t *)tasks[i].output;
        if (place != last - i)
            return job_fail(job, -EILSEQ, "task %lld came as number %lld", (long long)i,
                            (long long)place);
    }
    return 0;
}

const struct workload workload_fed = {
    .name = "fed",
    .summary = "tasks that make each other ready",
    .bound = BOUND_CPU,
    .params = params,
    .shape = shape,
    .prepare = prepare,
    .next = next,
    .run = run,
    .check = check,
};
