// SPDX-License-Identifier: MIT
/* Each task waits a share of its time and computes the rest: the dial between I/O-bound and
 * CPU-bound. It returns the end of its chain of integer steps, which is known without walking the
 * chain. */
#include "workloads/workload.h"

#include <errno.h>

enum { TASKS, TIME, WAIT };

static const struct param params[] = {
    [TASKS] = {"tasks", "number of tasks", PARAM_COUNT, "16", 0, 1e6, NULL},
    [TIME] = {"time", "waiting and computing time of a task", PARAM_TIME, "5ms", 0, 600e9, NULL},
    [WAIT] = {"wait", "share of the time that is waiting", PARAM_FRACTION, "0.8", 0, 1, NULL},
    {0},
};

static const struct preset presets[] = {
    {"quick", "16 tasks of 5 ms, 80 % waiting", "tasks=16 time=5ms wait=0.8", NULL, NULL},
    {"full", "64 tasks of 20 ms, 90 % waiting", "tasks=64 time=20ms wait=0.9", NULL, NULL},
    {"full", "64 tasks of 20 ms, 20 % waiting", "tasks=64 time=20ms wait=0.2", NULL, NULL},
    {0},
};

static int64_t waiting_ns(const struct job *job)
{
    return (int64_t)((double)job->values[TIME].n * job->values[WAIT].x);
}

static int64_t computing_ns(const struct job *job)
{
    return job->values[TIME].n - waiting_ns(job);
}

static int shape(struct job *job, struct shape *shape)
{
    shape->tasks = (size_t)job->values[TASKS].n;
    shape->output_max = sizeof(uint64_t);
    shape->output_type = OUTPUT_U64;
    shape->bound = job->values[WAIT].x > 0.5 ? BOUND_IO : BOUND_CPU;
    return 0;
}

static void compute(struct worker *worker, struct task *task)
{
    *(uint64_t *)task->output = work_ns(worker, computing_ns(worker->job), task->index);
    task->output_size = sizeof(uint64_t);
}

static int run(struct worker *worker, struct task *task)
{
    int err = wait_ns(worker, waiting_ns(worker->job));
    if (err == 0)
        compute(worker, task);
    return worker_stopped(worker) ? -ECANCELED : err;
}

static void waited(struct worker *worker, struct task *task)
{
    compute(worker, task);
    task_done(worker, task, worker_stopped(worker) ? -ECANCELED : 0);
}

static int start(struct worker *worker, struct task *task)
{
    wait_start(worker, task, waiting_ns(worker->job), waited);
    return 0;
}

static int check(struct job *job, const struct task *tasks)
{
    for (size_t i = 0; i < job->shape.tasks; i++) {
        uint64_t right = work_expected(job, computing_ns(job), i);
        if (tasks[i].output_size != sizeof(right) || *(const uint64_t *)tasks[i].output != right)
            return job_fail(job, -EILSEQ, "task %zu did not compute its chain", i);
        if (tasks[i].end_ns - tasks[i].begin_ns < waiting_ns(job))
            return job_fail(job, -EILSEQ, "task %zu waited less than asked", i);
    }
    return 0;
}

const struct workload workload_mixed = {
    .name = "mixed",
    .summary = "wait a share of the time, compute the rest",
    .python = "requests that are also parsed",
    .bound = BOUND_IO,
    .params = params,
    .presets = presets,
    .shape = shape,
    .run = run,
    .start = start,
    .check = check,
};
