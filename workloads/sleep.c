// SPDX-License-Identifier: MIT
/* Waiting and nothing else. Each task returns how long it waited, in seconds; by the harness's
 * clock no wait may be shorter than asked. */
#include "workloads/workload.h"

#include <errno.h>

enum { TASKS, TIME };

static const struct param params[] = {
    [TASKS] = {"tasks", "number of waits", PARAM_COUNT, "16", 0, 1e6, NULL},
    [TIME] = {"time", "length of each wait", PARAM_TIME, "50ms", 0, 600e9, NULL},
    {0},
};

static const struct preset presets[] = {
    {"quick", "16 waits of 5 ms", "tasks=16 time=5ms", NULL, NULL},
    {"full", "64 waits of 50 ms", "tasks=64 time=50ms", NULL, NULL},
    {"two-sleeps", "two waits of 2 s, one after the other and both at once", "tasks=2 time=2s",
     NULL, "1,2"},
    {"sleep-pool", "5 waits of 2 s on 3 workers", "tasks=5 time=2s", NULL, "3"},
    {0},
};

static int shape(struct job *job, struct shape *shape)
{
    shape->tasks = (size_t)job->values[TASKS].n;
    shape->output_max = sizeof(double);
    shape->output_type = OUTPUT_F64;
    shape->unit = "waits";
    return 0;
}

static void finish(struct task *task)
{
    *(double *)task->output = (double)(now_ns() - task->begin_ns) * 1e-9;
    task->output_size = sizeof(double);
}

static int run(struct worker *worker, struct task *task)
{
    int err = wait_ns(worker, worker->job->values[TIME].n);
    finish(task);
    return err;
}

static void over(struct worker *worker, struct task *task)
{
    finish(task);
    task_done(worker, task, 0);
}

static int start(struct worker *worker, struct task *task)
{
    wait_start(worker, task, worker->job->values[TIME].n, over);
    return 0;
}

static int check(struct job *job, const struct task *tasks)
{
    int64_t asked = job->values[TIME].n;
    for (size_t i = 0; i < job->shape.tasks; i++) {
        int64_t waited = tasks[i].end_ns - tasks[i].begin_ns;
        if (waited < asked || tasks[i].output_size != sizeof(double))
            return job_fail(job, -EILSEQ, "task %zu waited %.6f s of %.6f s", i,
                            (double)waited * 1e-9, (double)asked * 1e-9);
    }
    return 0;
}

const struct workload workload_sleep = {
    .name = "sleep",
    .summary = "wait for a given time",
    .python = "time.sleep and asyncio.sleep",
    .bound = BOUND_IO,
    .params = params,
    .presets = presets,
    .shape = shape,
    .run = run,
    .start = start,
    .check = check,
};
