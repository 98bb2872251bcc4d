// SPDX-License-Identifier: MIT
/*
 * The mean of each chunk of an array of numbers. The numbers are multiples of 1/1024 below 1, so
 * every sum of them is exact in whatever order it is taken, and integers can check it.
 */
#include "workloads/workload.h"

#include <errno.h>
#include <stdlib.h>

enum { SIZE, CHUNK };
enum { UNIT = 1024 };

static const struct param params[] = {
    [SIZE] = {"size", "length of the array", PARAM_COUNT, "1M", 0, 1e12, NULL},
    [CHUNK] = {"chunk", "numbers per task", PARAM_COUNT, "100k", 1, 1e12, NULL},
    {0},
};

static const struct preset presets[] = {
    {"quick", "512 MiB of numbers, beyond most caches", "size=64Mi chunk=1Mi",
     "threads,thread-pool,processes,process-pool,openmp", NULL},
    {"full", "1,000,000 numbers in chunks of 100,000: small, and in the cache", "size=1M", NULL,
     NULL},
    {"full", "1 GiB of numbers, beyond the last-level cache", "size=128Mi chunk=1Mi", NULL, NULL},
    {"full", "the same numbers in shared memory, and copied to the children through pipes",
     "size=16Mi chunk=1Mi", "process-pool,process-pool:transfer=pipe", "1,2,4"},
    {"chunk-means", "means of 1,000,000 numbers in chunks of 100,000", "size=1M chunk=100k",
     "thread-pool,process-pool", "1,2,4"},
    {0},
};

static int shape(struct job *job, struct shape *shape)
{
    size_t size = (size_t)job->values[SIZE].n, chunk = (size_t)job->values[CHUNK].n;
    shape->tasks = (size + chunk - 1) / chunk;
    if (shape->tasks > 1000000)
        return job_fail(job, -ERANGE, "size / chunk makes %zu tasks; a million are enough",
                        shape->tasks);
    shape->input_size = size * sizeof(double);
    shape->slice_size = chunk * sizeof(double);
    shape->output_max = sizeof(double);
    shape->output_type = OUTPUT_F64;
    shape->items = (double)shape->input_size;
    shape->unit = "B";
    return 0;
}

/* Fills the array and keeps the sums of its chunks in units of 1/1024. */
static int prepare(struct job *job)
{
    size_t size = (size_t)job->values[SIZE].n, chunk = (size_t)job->values[CHUNK].n;
    double *numbers = job->input;
    uint64_t *sums = job->state = calloc(job->shape.tasks + 1, sizeof(*sums));
    uint64_t x = job->seed;
    if (sums == NULL)
        return -ENOMEM;
    for (size_t i = 0; i < size; i++) {
        x = x * 6364136223846793005u + 1442695040888963407u; /* Knuth's MMIX generator */
        uint64_t k = x >> 54;
        numbers[i] = (double)k / UNIT;
        sums[i / chunk] += k;
    }
    return 0;
}

static int run(struct worker *worker, struct task *task)
{
    enum { BURST = 1024 }; /* 8 KiB between checkpoints: about a microsecond */
    const double *numbers = task->input;
    size_t count = task->input_size / sizeof(double);
    double sum = 0;
    blocking_begin(worker, BLOCKING_KERNEL); /* as NumPy does for a long array */
    for (size_t i = 0; i < count;) {
        size_t end = count - i < BURST ? count : i + BURST;
#pragma omp simd reduction(+ : sum)
        for (size_t k = i; k < end; k++)
            sum += numbers[k];
        i = end;
        checkpoint(worker);
    }
    blocking_end(worker, BLOCKING_KERNEL);
    *(double *)task->output = sum / (double)count;
    task->output_size = sizeof(double);
    return worker_stopped(worker) ? -ECANCELED : 0;
}

static int check(struct job *job, const struct task *tasks)
{
    const uint64_t *sums = job->state;
    for (size_t i = 0; i < job->shape.tasks; i++) {
        double count = (double)tasks[i].input_size / sizeof(double);
        double right = (double)sums[i] / UNIT / count, found = *(const double *)tasks[i].output;
        if (tasks[i].output_size != sizeof(double) || found != right)
            return job_fail(job, -EILSEQ, "the mean of chunk %zu is %.17g, not %.17g", i, right,
                            found);
    }
    return 0;
}

static void cleanup(struct job *job)
{
    free(job->state);
    job->state = NULL;
}

const struct workload workload_means = {
    .name = "means",
    .summary = "the mean of each chunk of an array",
    .python = "NumPy chunk means over a pool",
    .bound = BOUND_MEMORY,
    .params = params,
    .presets = presets,
    .shape = shape,
    .prepare = prepare,
    .run = run,
    .check = check,
    .cleanup = cleanup,
};
