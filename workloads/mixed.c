// SPDX-License-Identifier: MIT
/*
 * Each task waits a share of its time and computes the rest: the dial between I/O-bound and
 * CPU-bound. It returns the end of its chain of integer steps, which is known without walking the
 * chain. With apart=yes that share of the tasks only waits, again and again, and the others only
 * compute: a server beside number crunchers. A task that waits returns its longest wait in
 * nanoseconds.
 */
#include "workloads/workload.h"

#include <errno.h>
#include <math.h>
#include <string.h>

enum { TASKS, TIME, WAIT, APART, WAITS };
enum { NO, YES };

static const char *const apart[] = {"no", "yes", NULL};
static const struct param params[] = {
    [TASKS] = {"tasks", "number of tasks", PARAM_COUNT, "16", 0, 1e6, NULL},
    [TIME] = {"time", "waiting and computing time of a task", PARAM_TIME, "5ms", 0, 600e9, NULL},
    [WAIT] = {"wait", "share of the time that is waiting", PARAM_FRACTION, "0.8", 0, 1, NULL},
    [APART] = {"apart", "some tasks only wait and the others only compute", PARAM_CHOICE, "no", 0,
               0, apart},
    [WAITS] = {"waits", "waits of a task that only waits, one after the other", PARAM_COUNT, "5", 1,
               1e6, NULL},
    {0},
};

/* A row of the map; the first two calibrate its model. */
#define MAPPED(share)                                                                              \
    {                                                                                              \
        "map", "a row of the map", "tasks=32 time=2ms wait=" share,                                \
            "threads,thread-pool,processes,process-pool,async,async-threads,async-processes",      \
            "1,2,4,8,16,32"                                                                        \
    }

static const struct preset presets[] = {
    {"quick", "16 tasks of 5 ms, 80 % waiting", "tasks=16 time=5ms wait=0.8",
     "threads,thread-pool,processes,process-pool,async,async-processes", NULL},
    {"full", "64 tasks of 20 ms, 90 % waiting", "tasks=64 time=20ms wait=0.9", NULL, NULL},
    {"full", "64 tasks of 20 ms, 20 % waiting", "tasks=64 time=20ms wait=0.2", NULL, NULL},
    MAPPED("0"),
    MAPPED("1"),
    MAPPED("0.1"),
    MAPPED("0.2"),
    MAPPED("0.3"),
    MAPPED("0.4"),
    MAPPED("0.5"),
    MAPPED("0.6"),
    MAPPED("0.7"),
    MAPPED("0.8"),
    MAPPED("0.9"),
    MAPPED("0.95"),
    {0},
};

/* With apart=yes. Those that wait are spread evenly; the first is one of them, if any is. */
static bool only_waits(const struct job *job, size_t task)
{
    size_t tasks = job->shape.tasks, waiting = (size_t)lround((double)tasks * job->values[WAIT].x);
    return job->values[APART].n == YES && task * waiting % tasks < waiting;
}

/* How often a task waits, how long each time, and how long it computes after that. */
struct plan {
    size_t waits;
    int64_t wait_ns, compute_ns;
};

static struct plan plan_of(const struct job *job, size_t task)
{
    int64_t time = job->values[TIME].n, wait = (int64_t)((double)time * job->values[WAIT].x);
    if (only_waits(job, task))
        return (struct plan){(size_t)job->values[WAITS].n, time / job->values[WAITS].n, 0};
    if (job->values[APART].n == YES)
        return (struct plan){0, 0, time};
    return (struct plan){1, wait, time - wait};
}

static int shape(struct job *job, struct shape *shape)
{
    shape->tasks = (size_t)job->values[TASKS].n;
    shape->output_max = sizeof(uint64_t);
    shape->output_type = OUTPUT_U64;
    shape->bound = job->values[WAIT].x > 0.5 ? BOUND_IO : BOUND_CPU;
    return 0;
}

/* A wait that began then is over. */
static void note_wait(struct task *task, int64_t begin_ns)
{
    uint64_t took = (uint64_t)(now_ns() - begin_ns), *longest = task->output;
    *longest = took > *longest ? took : *longest;
}

static void compute(struct worker *worker, struct task *task, const struct plan *plan)
{
    if (!only_waits(worker->job, task->index))
        *(uint64_t *)task->output = work_ns(worker, plan->compute_ns, task->index);
    task->output_size = sizeof(uint64_t);
}

static int run(struct worker *worker, struct task *task)
{
    struct plan plan = plan_of(worker->job, task->index);
    int err = 0;
    *(uint64_t *)task->output = 0;
    for (size_t i = 0; i < plan.waits && err == 0; i++) {
        int64_t begin = now_ns();
        err = wait_ns(worker, plan.wait_ns);
        note_wait(task, begin);
    }
    if (err == 0)
        compute(worker, task, &plan);
    return worker_stopped(worker) ? -ECANCELED : err;
}

static void waited(struct worker *worker, struct task *task);

/* Waits once more or computes; task->state counts the waits. */
static void go_on(struct worker *worker, struct task *task)
{
    struct plan plan = plan_of(worker->job, task->index);
    if ((uintptr_t)task->state < plan.waits) {
        task->state = (void *)((uintptr_t)task->state + 1);
        wait_start(worker, task, plan.wait_ns, waited);
        return;
    }
    compute(worker, task, &plan);
    task_done(worker, task, worker_stopped(worker) ? -ECANCELED : 0);
}

static void waited(struct worker *worker, struct task *task)
{
    note_wait(task, task->wait.end_ns - plan_of(worker->job, task->index).wait_ns);
    go_on(worker, task);
}

static int start(struct worker *worker, struct task *task)
{
    *(uint64_t *)task->output = 0;
    go_on(worker, task);
    return 0;
}

static int check(struct job *job, const struct task *tasks)
{
    for (size_t i = 0; i < job->shape.tasks; i++) {
        struct plan plan = plan_of(job, i);
        uint64_t right = work_expected(job, plan.compute_ns, i), found;
        memcpy(&found, tasks[i].output, sizeof(found));
        bool is_right = only_waits(job, i) ? found >= (uint64_t)plan.wait_ns : found == right;
        if (tasks[i].output_size != sizeof(found) || !is_right)
            return job_fail(job, -EILSEQ, "task %zu did not wait or compute as asked", i);
        if (tasks[i].end_ns - tasks[i].begin_ns < plan.wait_ns * (int64_t)plan.waits)
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
