// SPDX-License-Identifier: MIT
/* Waits that go wrong on demand. */
#include "workloads/workload.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

enum { TASKS, TIME, FAULT, AT, WHERE, CLAIM };
enum { ANY, WORKERS };
enum { NONE, WRONG, FAIL, HANG, SLOW, KILL, EXIT, ENTER, PREPARE, HELPER };

static const char *const faults[] = {"none", "wrong", "fail",    "hang",   "slow", "kill",
                                     "exit", "enter", "prepare", "helper", NULL};
static const char *const claims[] = {"cpu", "memory", "io", "lock", "dispatch", NULL};
static const char *const wheres[] = {"any", "workers", NULL};
static const struct param params[] = {
    [TASKS] = {"tasks", "number of tasks", PARAM_COUNT, "8", 0, 1e6, NULL},
    [TIME] = {"time", "length of each wait", PARAM_TIME, "1ms", 0, 60e9, NULL},
    [FAULT] = {"fault", "what goes wrong", PARAM_CHOICE, "none", 0, 0, faults},
    [AT] = {"at", "in which task", PARAM_COUNT, "3", 0, 1e6, NULL},
    [WHERE] = {"where", "in every runner, or only where serial and async are spared", PARAM_CHOICE,
               "any", 0, 0, wheres},
    [CLAIM] = {"claim", "what it claims to be bound by", PARAM_CHOICE, "io", 0, 0, claims},
    {0},
};

static int shape(struct job *job, struct shape *shape)
{
    shape->tasks = (size_t)job->values[TASKS].n;
    shape->input_size = sizeof(pid_t);
    shape->output_max = sizeof(uint64_t);
    shape->output_type = OUTPUT_U64;
    shape->bound = (enum bound)job->values[CLAIM].n;
    shape->directory = true;
    shape->report_size = job->values[FAULT].n == HELPER ? 1 : 0;
    return 0;
}

static int prepare(struct job *job)
{
    *(pid_t *)job->input = getpid();
    if (job->values[FAULT].n == PREPARE)
        return job_fail(job, -EIO, "this workload cannot be prepared, as was asked for");
    return 0;
}

static int helper(struct job *job, struct helper *helper)
{
    (void)helper;
    return job_fail(job, -EADDRINUSE, "this helper cannot start, as was asked for");
}

static int enter(struct worker *worker)
{
    if (worker->job->values[FAULT].n == ENTER)
        return worker_fail(worker, -EIO, "this worker cannot enter, as was asked for");
    return 0;
}

static void hang(void)
{
    static const char sign[] = "this task hangs now\n"; /* for a test that waits for it */
    if (write(STDERR_FILENO, sign, sizeof(sign) - 1) < 0)
        return;
    for (;;)
        pause(); /* deaf to the stop flag */
}

/* The main thread of the harness: serial and async run in it. Its process is in the input. */
static bool in_harness(const struct worker *worker)
{
    return getpid() == *(const pid_t *)worker->job->input && gettid() == getpid();
}

static int64_t fault_of(const struct worker *worker, const struct task *task)
{
    const struct value *values = worker->job->values;
    bool spared = values[WHERE].n == WORKERS && in_harness(worker);
    return (int64_t)task->index == values[AT].n && !spared ? values[FAULT].n : NONE;
}

static int run(struct worker *worker, struct task *task)
{
    const struct value *values = worker->job->values;
    int64_t fault = fault_of(worker, task);
    int err =
        fault == SLOW ? wait_ns(worker, INT64_C(3600000000000)) : wait_ns(worker, values[TIME].n);
    *(uint64_t *)task->output = task->index + (fault == WRONG);
    task->output_size = sizeof(uint64_t);
    switch (fault) {
    case FAIL:
        return worker_fail(worker, -EIO, "task %zu fails, as was asked for", task->index);
    case HANG:
        hang();
        break;
    case KILL:
        raise(SIGKILL);
        break;
    case EXIT:
        _exit(9);
    }
    return err;
}

static int check(struct job *job, const struct task *tasks)
{
    for (size_t i = 0; i < job->shape.tasks; i++) {
        if (*(const uint64_t *)tasks[i].output != i)
            return job_fail(job, -EILSEQ, "task %zu answered %llu", i,
                            (unsigned long long)*(const uint64_t *)tasks[i].output);
    }
    return 0;
}

const struct workload workload_fault = {
    .name = "fault",
    .summary = "waits that go wrong on demand",
    .bound = BOUND_IO,
    .params = params,
    .shape = shape,
    .prepare = prepare,
    .helper = helper,
    .enter = enter,
    .run = run,
    .check = check,
};
