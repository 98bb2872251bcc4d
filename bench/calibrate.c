// SPDX-License-Identifier: MIT
#include "bench/calibrate.h"
#include "bench/chain.h"
#include "bench/registry.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* ---- reading memory ----------------------------------------------------------------------- */

enum { PASSES = 3, SMALLEST = 64 << 20, LARGEST = 1 << 30 };

/* Twice the last-level cache, within reason: on virtual machines it is the host's, and huge. */
static size_t stream_size(const struct machine *machine)
{
    size_t size = 2 * machine->cache_bytes;
    size_t most = machine->memory_bytes / 8 < LARGEST ? machine->memory_bytes / 8 : LARGEST;
    size = size > most ? most : size;
    return size < SMALLEST ? SMALLEST : size;
}

static double sum_of(const double *data, size_t count)
{
    enum {
        BURST = 1024
    }; /* gcc 12 keeps the sum of one long simd loop in memory, not in a register */
    double sum = 0;
    for (size_t i = 0; i + BURST <= count; i += BURST) {
        double part = 0;
#pragma omp simd reduction(+ : part)
        for (size_t k = 0; k < BURST; k++)
            part += data[i + k];
        sum += part;
    }
    return sum;
}

static double stream_read(const struct machine *machine)
{
    size_t size = stream_size(machine);
    double *data = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    double best = 0;
    if (data == MAP_FAILED)
        return 0;
    memset(data, 0, size);
    for (int pass = 0; pass < PASSES; pass++) {
        int64_t begin = now_ns();
        volatile double sum = sum_of(data, size / sizeof(double));
        (void)sum;
        double rate = (double)size * 1e9 / (double)(now_ns() - begin);
        best = rate > best ? rate : best;
    }
    munmap(data, size);
    return best;
}

/* ---- a task that does nothing ------------------------------------------------------------- */

enum { EMPTY_TASKS = 20000, EMPTY_ROUNDS = 3 };

static int empty_shape(struct job *job, struct shape *shape)
{
    (void)job;
    shape->tasks = EMPTY_TASKS;
    return 0;
}

static int empty_run(struct worker *worker, struct task *task)
{
    (void)worker, (void)task;
    return 0;
}

static int empty_check(struct job *job, const struct task *tasks)
{
    (void)job, (void)tasks;
    return 0;
}

static const struct workload empty = {
    .name = "empty",
    .summary = "tasks that do nothing",
    .shape = empty_shape,
    .run = empty_run,
    .check = empty_check,
};

static int empty_task(struct calibration *calibration, const struct stage *stage, int stop_fd)
{
    char why[ERROR_MAX];
    struct experiment e = {.job = {.workload = &empty}};
    struct bench_case c = {.experiment = &e, .concurrency = 1, .worker_count = 1};
    c.runner = runner_find(BASELINE, why, sizeof(why));
    int err = c.runner != NULL ? experiment_shape(&e) : -ENOENT;
    if (err == 0)
        err = experiment_place(&e, stage->machine, "cores");
    if (err == 0)
        err = experiment_prepare(&e, stage->machine, MEMORY_FIRST_TOUCH, stop_fd);
    for (int i = 0; i < EMPTY_ROUNDS && err == 0; i++) {
        struct sample sample = {0};
        err = repetition_run(stage, &c, &sample);
        double ns = (double)sample.run_ns / EMPTY_TASKS;
        if (err == 0 && (i == 0 || ns < calibration->empty_task_ns))
            calibration->empty_task_ns = ns;
    }
    experiment_free(&e);
    return err;
}

int calibrate(struct calibration *calibration, const struct stage *stage, bool memory, int stop_fd)
{
    *calibration = (struct calibration){.work_rate = chain_calibrate()};
    struct stage unhurried = *stage; /* --timeout is for the user's cases */
    unhurried.timeout_ns = INT64_C(60000000000);
    if (memory)
        calibration->stream_read_bytes_per_s = stream_read(stage->machine);
    return empty_task(calibration, &unhurried, stop_fd);
}
