// SPDX-License-Identifier: MIT
/* Waiting and nothing else. Each task returns how long it waited, in seconds; by the harness's
 * clock no wait may be shorter than asked. Waits may differ: by jitter, as a network's do, or with
 * a heavy tail, as a loaded server's do. */
#include "workloads/workload.h"

#include <errno.h>
#include <math.h>
#include <string.h>

enum { TASKS, TIME, JITTER, TAIL };

static const struct param params[] = {
    [TASKS] = {"tasks", "number of waits", PARAM_COUNT, "16", 0, 1e6, NULL},
    [TIME] = {"time", "length of each wait", PARAM_TIME, "50ms", 0, 600e9, NULL},
    [JITTER] = {"jitter", "each wait is shorter or longer by up to this share", PARAM_FRACTION, "0",
                0, 1, NULL},
    [TAIL] = {"tail",
              "exponent of a Pareto distribution of the waits: 1.2 is heavy, 3 light, 0 none",
              PARAM_FRACTION, "0", 0, 100, NULL},
    {0},
};

static const struct preset presets[] = {
    {"quick", "16 waits of 5 ms", "tasks=16 time=5ms",
     "threads,thread-pool,processes,process-pool,async", NULL},
    {"full", "64 waits of 50 ms", "tasks=64 time=50ms", NULL, NULL},
    {"full", "64 waits of 50 ms on average, a few of them much longer",
     "tasks=64 time=50ms tail=1.5", NULL, NULL},
    {"two-sleeps", "two waits of 2 s, one after the other and both at once", "tasks=2 time=2s",
     "threads,processes,async", "2"},
    {"sleep-pool", "5 waits of 2 s on 3 workers", "tasks=5 time=2s",
     "thread-pool,process-pool,async", "3"},
    {0},
};

/* A number between 0 and 1, neither of them, that is the same for the same seed (SplitMix64). */
static double chance(const struct job *job, size_t task, uint64_t which)
{
    uint64_t x = job->seed + (2 * task + which + 1) * UINT64_C(0x9E3779B97F4A7C15);
    x = (x ^ (x >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94D049BB133111EB);
    return ((double)((x ^ (x >> 31)) >> 11) + 0.5) / 0x1p53;
}

/* How long a task is to wait: `time` on average, whatever the spread; never above 100 times it. */
static int64_t asked(const struct job *job, size_t task)
{
    const struct value *v = job->values;
    double factor = 1 + v[JITTER].x * (2 * chance(job, task, 0) - 1), a = v[TAIL].x;
    if (a > 0)
        factor *= (a - 1) / a / pow(chance(job, task, 1), 1 / a);
    return (int64_t)((double)v[TIME].n * fmin(factor, 100));
}

static int shape(struct job *job, struct shape *shape)
{
    double tail = job->values[TAIL].x;
    if (tail > 0 && tail <= 1)
        return job_fail(job, -ERANGE, "with tail=%g the waits have no mean; choose more than 1",
                        tail);
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
    int err = wait_ns(worker, asked(worker->job, task->index));
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
    wait_start(worker, task, asked(worker->job, task->index), over);
    return 0;
}

static int check(struct job *job, const struct task *tasks)
{
    for (size_t i = 0; i < job->shape.tasks; i++) {
        int64_t waited = tasks[i].end_ns - tasks[i].begin_ns, right = asked(job, i);
        double said;
        memcpy(&said, tasks[i].output, sizeof(said));
        if (tasks[i].output_size != sizeof(said) || !(said <= (double)waited * 1e-9) ||
            said * 1e9 < (double)right - 1)
            return job_fail(job, -EILSEQ, "task %zu says that it waited %g s", i, said);
        if (waited < right)
            return job_fail(job, -EILSEQ, "task %zu waited %.6f s of %.6f s", i,
                            (double)waited * 1e-9, (double)right * 1e-9);
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
