// SPDX-License-Identifier: MIT
/*
 * Squares of small numbers: tasks so tiny that handing them out is the work. A task squares a share
 * of the numbers, or with all=yes each of them again; power=1 just says them.
 */
#include "workloads/workload.h"

#include <errno.h>

enum { NUMBERS, TASKS, POWER, ALL };
enum { NO, YES };

static const char *const answers[] = {"no", "yes", NULL};
static const struct param params[] = {
    [NUMBERS] = {"numbers", "how many numbers: 0, 1, 2 …", PARAM_COUNT, "10", 0, 1e7, NULL},
    [TASKS] = {"tasks", "number of tasks, 0: one for each number", PARAM_COUNT, "0", 0, 1e6, NULL},
    [POWER] = {"power", "each number to this power", PARAM_COUNT, "2", 0, 2, NULL},
    [ALL] = {"all", "every task does all the numbers, instead of its share", PARAM_CHOICE, "no", 0,
             0, answers},
    {0},
};

static const struct preset presets[] = {
    {"quick", "500 squares, a task each: what handing out costs", "numbers=500",
     "threads,thread-pool,process-pool,process-pool:transfer=pipe,async,openmp", "1,2"},
    {"full", "20,000 squares, a task each: what handing out costs", "numbers=20k", NULL, NULL},
    {"full", "the same in 200 tasks, as a chunk size would", "numbers=20k tasks=200", NULL, NULL},
    {"pool-map", "the square of each of 10 numbers over a pool (Pool.map)", "numbers=10",
     "thread-pool,process-pool,process-pool:transfer=pipe", "2,4"},
    {"two-printers", "five numbers, said by each of two workers",
     "numbers=5 tasks=2 power=1 all=yes", "threads,processes,async", "2"},
    {0},
};

static size_t task_count(const struct job *job)
{
    const struct value *v = job->values;
    return (size_t)(v[TASKS].n > 0 && v[NUMBERS].n > 0 ? v[TASKS].n : v[NUMBERS].n);
}

/* The numbers of a task: first <= x < end. */
static void share(const struct job *job, size_t task, uint64_t *first, uint64_t *end)
{
    uint64_t numbers = (uint64_t)job->values[NUMBERS].n, tasks = job->shape.tasks;
    bool all = job->values[ALL].n == YES;
    *first = all ? 0 : task * numbers / tasks;
    *end = all ? numbers : (task + 1) * numbers / tasks;
}

static int shape(struct job *job, struct shape *shape)
{
    const struct value *v = job->values;
    uint64_t numbers = (uint64_t)v[NUMBERS].n, most = numbers;
    shape->tasks = task_count(job);
    if (v[ALL].n == NO && shape->tasks > 0)
        most = numbers / shape->tasks + 1;
    if (shape->tasks > 1000000 || most * shape->tasks > 100000000)
        return job_fail(job, -ERANGE,
                        "that is too much at once; choose at most a million tasks, and numbers x "
                        "tasks of at most 100M with all=yes");
    shape->output_max = most * sizeof(uint64_t);
    shape->output_type = OUTPUT_U64;
    shape->items = (double)(v[ALL].n == YES ? numbers * shape->tasks : numbers);
    shape->unit = "numbers";
    return 0;
}

static int run(struct worker *worker, struct task *task)
{
    uint64_t first, end, *out = task->output;
    int64_t power = worker->job->values[POWER].n;
    share(worker->job, task->index, &first, &end);
    for (uint64_t x = first; x < end; x++) {
        uint64_t y = 1;
        for (int64_t i = 0; i < power; i++)
            y *= x;
        out[x - first] = y;
        if (x % 1024 == 0)
            checkpoint(worker);
    }
    task->output_size = (end - first) * sizeof(uint64_t);
    return 0;
}

/* Another method than run: a square is the sum of the odd numbers before it. */
static int check(struct job *job, const struct task *tasks)
{
    int64_t power = job->values[POWER].n;
    for (size_t i = 0; i < job->shape.tasks; i++) {
        uint64_t first, end;
        share(job, i, &first, &end);
        const uint64_t *out = tasks[i].output;
        if (tasks[i].output_size != (end - first) * sizeof(uint64_t))
            return job_fail(job, -EILSEQ, "task %zu answered %zu numbers instead of %zu", i,
                            tasks[i].output_size / sizeof(uint64_t), (size_t)(end - first));
        uint64_t right = power == 0 ? 1 : power == 1 ? first : first * first;
        for (uint64_t x = first; x < end; x++) {
            if (out[x - first] != right)
                return job_fail(job, -EILSEQ, "task %zu says %llu for %llu", i,
                                (unsigned long long)out[x - first], (unsigned long long)x);
            right += power == 0 ? 0 : power == 1 ? 1 : 2 * x + 1;
        }
    }
    return 0;
}

const struct workload workload_squares = {
    .name = "squares",
    .summary = "square small numbers: what handing out tiny tasks costs",
    .python = "Pool.map over a list of numbers",
    .bound = BOUND_DISPATCH,
    .params = params,
    .presets = presets,
    .shape = shape,
    .run = run,
    .check = check,
};
