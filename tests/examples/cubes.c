// SPDX-License-Identifier: MIT
/* The cubes of the numbers below `count`: a complete workload. */
#include "workloads/workload.h"

#include <errno.h>

enum { COUNT };

static const struct param params[] = {
    [COUNT] = {"count", "how many numbers", PARAM_COUNT, "1000", 0, 1e6, NULL},
    {0},
};

static int shape(struct job *job, struct shape *shape)
{
    shape->tasks = (size_t)job->values[COUNT].n;
    shape->output_max = sizeof(uint64_t);
    shape->output_type = OUTPUT_U64;
    return 0;
}

static int run(struct worker *worker, struct task *task)
{
    uint64_t n = task->index;
    (void)worker;
    *(uint64_t *)task->output = n * n * n;
    task->output_size = sizeof(uint64_t);
    return 0;
}

/* Another method than run: (n+1)^3 - n^3 = 3n^2 + 3n + 1. */
static int check(struct job *job, const struct task *tasks)
{
    uint64_t cube = 0;
    for (size_t n = 0; n < job->shape.tasks; cube += 3 * n * n + 3 * n + 1, n++) {
        if (tasks[n].output_size != sizeof(cube) || *(const uint64_t *)tasks[n].output != cube)
            return job_fail(job, -EILSEQ, "the cube of %zu is wrong", n);
    }
    return 0;
}

const struct workload workload_cubes = {
    .name = "cubes",
    .summary = "the cubes of the first numbers: tiny tasks",
    .bound = BOUND_DISPATCH,
    .params = params,
    .shape = shape,
    .run = run,
    .check = check,
};
