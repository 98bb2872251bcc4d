// SPDX-License-Identifier: MIT
/*
 * The primes up to a limit by trial division, as the tutorials do it: every number is divided by 2,
 * 3, 4 … up to its square root. Each task returns the primes of its range; a sieve knows the
 * answer.
 */
#include "workloads/helpers/again.h"
#include "workloads/workload.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

enum { LIMIT, TASKS, SPLIT, AGAIN };
enum { SPLIT_EQUAL, SPLIT_BALANCED };

static const char *const splits[] = {"equal", "balanced", NULL};
static const struct param params[] = {
    [LIMIT] = {"limit", "the largest number to test", PARAM_COUNT, "100k", 1, 1e8, NULL},
    [TASKS] = {"tasks", "number of ranges", PARAM_COUNT, "4", 0, 1e6, NULL},
    [SPLIT] = {"split", "ranges of equal length, or of about equal work", PARAM_CHOICE, "equal", 0,
               0, splits},
    [AGAIN] = {"again", "share of the numbers to test twice, to try `speedup compare` with",
               PARAM_TEXT, "", 0, 0, NULL},
    {0},
};

static const struct preset presets[] = {
    {"quick", "primes up to 600,000 in 64 ranges", "limit=600k tasks=64",
     "threads,thread-pool,processes,process-pool,async,openmp", NULL},
    {"full", "primes up to 2,000,000 in 256 ranges", "limit=2M tasks=256", NULL, NULL},
    {"full", "the same in ranges of equal work", "limit=2M tasks=256 split=balanced", NULL, NULL},
    {"prime-ranges", "count primes up to 100,000 in 4 ranges over a pool", "limit=100k tasks=4",
     "thread-pool,process-pool", "1,2,4"},
    {0},
};

/* Input of a task: first <= n <= last; those that again_picks() are tested twice. */
struct range {
    uint32_t first, last;
    uint64_t again;
};

/* Where range i begins, minus 1. Testing all numbers up to n costs about n^1.5. */
static uint32_t border(const struct job *job, size_t i)
{
    double share = (double)i / (double)job->values[TASKS].n;
    if (job->values[SPLIT].n == SPLIT_BALANCED)
        share = pow(share, 2.0 / 3.0);
    return (uint32_t)((double)job->values[LIMIT].n * share);
}

static int shape(struct job *job, struct shape *shape)
{
    uint32_t longest = 0;
    uint64_t again;
    if (again_read(job->values[AGAIN].text, &again) != 0)
        return job_fail(job, -EINVAL, "again: '%s' is no share; write for example 0.05",
                        job->values[AGAIN].text);
    shape->tasks = (size_t)job->values[TASKS].n;
    for (size_t i = 0; i < shape->tasks; i++) {
        uint32_t length = border(job, i + 1) - border(job, i);
        longest = length > longest ? length : longest;
    }
    shape->slice_size = sizeof(struct range);
    shape->input_size = shape->tasks * sizeof(struct range);
    shape->output_max = (longest / 2 + 2) * sizeof(uint32_t); /* 2 and the odd ones */
    shape->output_type = OUTPUT_U32;
    shape->items = shape->tasks > 0 ? (double)job->values[LIMIT].n : 0;
    shape->unit = "numbers";
    return 0;
}

/* composite[n] for n <= limit, by the sieve of Eratosthenes. */
static int prepare(struct job *job)
{
    struct range *ranges = job->input;
    size_t limit = (size_t)job->values[LIMIT].n;
    bool *composite = job->state = calloc(limit + 1, sizeof(bool));
    uint64_t again;
    again_read(job->values[AGAIN].text, &again);
    if (composite == NULL)
        return job_fail(job, -ENOMEM, "no memory for a sieve up to %zu; try a smaller limit",
                        limit);
    for (size_t i = 0; i < job->shape.tasks; i++)
        ranges[i] = (struct range){border(job, i) + 1, border(job, i + 1), again};
    for (size_t n = 2; n * n <= limit; n++) {
        for (size_t m = n * n; !composite[n] && m <= limit; m += n)
            composite[m] = true;
    }
    return 0;
}

static bool is_prime(struct worker *worker, uint32_t n)
{
    enum { BURST = 256 }; /* divisions between checkpoints: about a microsecond */
    uint32_t root = (uint32_t)sqrt((double)n);
    for (uint32_t d = 2; d <= root;) {
        uint32_t end = root - d < BURST ? root : d + BURST;
        for (; d <= end; d++) {
            if (n % d == 0)
                return false;
        }
        checkpoint(worker);
    }
    return n >= 2;
}

/* A loop of its own, so that the other one is the same with and without it. */
static int test_again(struct worker *worker, const struct range *range)
{
    volatile bool prime = false; /* the test must not be left out because nobody asks */
    for (uint32_t n = range->first; n <= range->last && range->again > 0; n++) {
        if (again_picks(n - range->first, range->again))
            prime = is_prime(worker, n);
        if (n % 1024 == 0 && worker_stopped(worker))
            return -ECANCELED;
    }
    (void)prime;
    return 0;
}

static int run(struct worker *worker, struct task *task)
{
    const struct range *range = task->input;
    uint32_t *primes = task->output;
    size_t found = 0;
    for (uint32_t n = range->first; n <= range->last; n++) {
        if (is_prime(worker, n))
            primes[found++] = n;
        if (n % 1024 == 0 && worker_stopped(worker))
            return -ECANCELED;
    }
    task->output_size = found * sizeof(uint32_t);
    return test_again(worker, range);
}

/* All primes of the sieve, in order, and nothing else. */
static int check(struct job *job, const struct task *tasks)
{
    const bool *composite = job->state;
    for (size_t i = 0; i < job->shape.tasks; i++) {
        const uint32_t *primes = tasks[i].output;
        size_t count = tasks[i].output_size / sizeof(uint32_t), seen = 0;
        uint32_t last = border(job, i + 1);
        for (uint32_t n = border(job, i) + 1; n <= last; n++) {
            if (composite[n] || n < 2)
                continue;
            if (seen == count || primes[seen++] != n)
                return job_fail(job, -EILSEQ, "task %zu missed the prime %u", i, n);
        }
        if (seen != count)
            return job_fail(job, -EILSEQ, "task %zu found %zu primes, there are %zu", i, count,
                            seen);
    }
    return 0;
}

static void cleanup(struct job *job)
{
    free(job->state);
    job->state = NULL;
}

const struct workload workload_primes = {
    .name = "primes",
    .summary = "find the primes up to a limit by trial division",
    .python = "count primes with threads, then with processes",
    .bound = BOUND_CPU,
    .params = params,
    .presets = presets,
    .shape = shape,
    .prepare = prepare,
    .run = run,
    .check = check,
    .cleanup = cleanup,
};
