// SPDX-License-Identifier: MIT
/*
 * Tasks that depend on others: one may begin when all that it needs are done. Each computes for
 * `time` from the values of those and leaves its own value to those that need it; one after the
 * other, in the order of their numbers, gives the same values.
 *
 *     tree       a root forks in two, and so on down to `size` leaves, which join in the same way
 *     wavefront  a square of size x size: each needs its upper and its left neighbour
 *     random     `size` tasks that need up to three of the 16 before them
 */
#include "workloads/workload.h"

#include <errno.h>
#include <stdlib.h>

enum { FORM, SIZE, TIME };
enum { TREE, WAVEFRONT, RANDOM };
enum { READY, SOURCE, CLAIMED };
enum { NEEDS_MAX = 3, NEAR = 16 };

static const char *const forms[] = {"tree", "wavefront", "random", NULL};
static const struct param params[] = {
    [FORM] = {"form", "how the tasks depend on each other", PARAM_CHOICE, "tree", 0, 0, forms},
    [SIZE] = {"size", "leaves of the tree, side of the square, number of random tasks", PARAM_COUNT,
              "16", 0, 100000, NULL},
    [TIME] = {"time", "computing of each task", PARAM_TIME, "200us", 0, 60e9, NULL},
    {0},
};

static const struct preset presets[] = {
    {"quick", "a wavefront over a square of 12 x 12 tasks", "form=wavefront size=12",
     "thread-pool,process-pool,openmp", "1,2,4"},
    {"full", "a tree that forks to 64 leaves and joins", "form=tree size=64", NULL, NULL},
    {"full", "a wavefront over a square of 24 x 24 tasks", "form=wavefront size=24", NULL, NULL},
    {"full", "500 tasks that need up to three others", "form=random size=500", NULL, NULL},
    {"dependent-tasks", "tasks that wait for the results of others", "form=tree size=8 time=10ms",
     "thread-pool,process-pool", "2,4"},
    {0},
};

/* The input: the graph. Tasks are numbered so that each needs only smaller numbers. */
struct node {
    uint32_t needs[NEEDS_MAX], need_count;
    uint32_t first_needed_by, needed_by_count; /* in the list behind the nodes */
};

/* The scratch memory: what a task needs has come so often, and what it found. */
struct cell {
    _Alignas(64) atomic_uint arrived;
    uint64_t value;
};

static size_t task_count(const struct job *job)
{
    size_t size = (size_t)job->values[SIZE].n;
    if (job->values[FORM].n == WAVEFRONT)
        return size * size;
    return job->values[FORM].n == TREE && size > 0 ? 3 * size - 2 : size;
}

static struct node *nodes_of(const struct job *job)
{
    return job->input;
}

/* Of all nodes, one list behind the other. */
static uint32_t *needed_by(const struct job *job)
{
    return (uint32_t *)(void *)(nodes_of(job) + job->shape.tasks);
}

static int shape(struct job *job, struct shape *shape)
{
    shape->tasks = task_count(job);
    if (shape->tasks > 1000000)
        return job_fail(job, -ERANGE, "size makes %zu tasks; a million are enough", shape->tasks);
    shape->input_size = shape->tasks * (sizeof(struct node) + NEEDS_MAX * sizeof(uint32_t));
    shape->slice_size = sizeof(struct node);
    shape->bytes = 1; /* reading the graph is not what it does */
    shape->scratch_size = shape->tasks * sizeof(struct cell);
    shape->output_max = sizeof(uint64_t);
    shape->output_type = OUTPUT_U64;
    shape->shared[READY] = (struct shared_spec){SHARED_QUEUE, 0, shape->tasks + 1};
    shape->shared[SOURCE].kind = SHARED_ATOMIC;
    shape->shared[CLAIMED].kind = SHARED_ATOMIC;
    return 0;
}

/* ---- the three forms ---------------------------------------------------------------------- */

static void need(struct node *node, size_t other)
{
    node->needs[node->need_count++] = (uint32_t)other;
}

/* Forks are numbered like a heap: 2i+1 and 2i+2 come from i; the last `size` of them are leaves.
 * The join of fork i is task last - i, so that joins come after what they join. */
static void make_tree(struct node *nodes, size_t size)
{
    size_t forks = size - 1, last = 3 * size - 3;
    for (size_t i = 1; i < forks + size; i++)
        need(&nodes[i], (i - 1) / 2);
    for (size_t i = 0; i < forks; i++) {
        for (size_t child = 2 * i + 1; child <= 2 * i + 2; child++)
            need(&nodes[last - i], child < forks ? last - child : child);
    }
}

static void make_wavefront(struct node *nodes, size_t size)
{
    for (size_t i = 0; i < size * size; i++) {
        if (i >= size)
            need(&nodes[i], i - size);
        if (i % size > 0)
            need(&nodes[i], i - 1);
    }
}

static void make_random(struct node *nodes, size_t size, uint64_t seed)
{
    for (size_t i = 1; i < size; i++) {
        for (int k = 0; k < NEEDS_MAX; k++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u; /* Knuth's MMIX generator */
            size_t back = 1 + (seed >> 33) % NEAR;
            bool again = back > i;
            for (uint32_t n = 0; n < nodes[i].need_count; n++)
                again = again || nodes[i].needs[n] == i - back;
            if (!again)
                need(&nodes[i], i - back);
        }
    }
}

/* Who needs whom, the other way round. */
static void turn_round(const struct job *job)
{
    struct node *nodes = nodes_of(job);
    uint32_t *list = needed_by(job), first = 0;
    size_t count = job->shape.tasks;
    for (size_t i = 0; i < count; i++) {
        for (uint32_t k = 0; k < nodes[i].need_count; k++)
            nodes[nodes[i].needs[k]].needed_by_count++;
    }
    for (size_t i = 0; i < count; i++) {
        nodes[i].first_needed_by = first;
        first += nodes[i].needed_by_count;
        nodes[i].needed_by_count = 0;
    }
    for (size_t i = 0; i < count; i++) {
        for (uint32_t k = 0; k < nodes[i].need_count; k++) {
            struct node *n = &nodes[nodes[i].needs[k]];
            list[n->first_needed_by + n->needed_by_count++] = (uint32_t)i;
        }
    }
}

/* Tasks in the longest chain: no number of workers can be faster than these one by one. */
static int longest_chain(const struct job *job, size_t *longest)
{
    const struct node *nodes = nodes_of(job);
    size_t *length = calloc(job->shape.tasks + 1, sizeof(*length));
    if (length == NULL)
        return -ENOMEM;
    *longest = 0;
    for (size_t i = 0; i < job->shape.tasks; i++) {
        for (uint32_t k = 0; k < nodes[i].need_count; k++) {
            size_t before = length[nodes[i].needs[k]];
            length[i] = before > length[i] ? before : length[i];
        }
        length[i]++;
        *longest = length[i] > *longest ? length[i] : *longest;
    }
    free(length);
    return 0;
}

static int prepare(struct job *job)
{
    size_t size = (size_t)job->values[SIZE].n, longest;
    if (job->shape.tasks == 0)
        return 0;
    if (job->values[FORM].n == TREE)
        make_tree(nodes_of(job), size);
    else if (job->values[FORM].n == WAVEFRONT)
        make_wavefront(nodes_of(job), size);
    else
        make_random(nodes_of(job), size, job->seed);
    turn_round(job);
    int err = longest_chain(job, &longest);
    if (err == 0)
        job_note(job,
                 "its longest chain has %zu of the %zu tasks, so no more than %.2f times as fast "
                 "as serial is possible",
                 longest, job->shape.tasks, (double)job->shape.tasks / (double)longest);
    return err;
}

/* ---- a ready task ------------------------------------------------------------------------- */

/* The next of the tasks that need no other. */
static bool next_source(struct worker *worker, size_t *index)
{
    const struct node *nodes = nodes_of(worker->job);
    atomic_llong *source = shared_atomic(worker, SOURCE);
    long long tasks = (long long)worker->job->shape.tasks, from = atomic_load(source);
    while (from < tasks) {
        long long at = from;
        while (at < tasks && nodes[at].need_count > 0)
            at++;
        *index = (size_t)at;
        if (atomic_compare_exchange_weak(source, &from, at + 1))
            return at < tasks;
    }
    return false;
}

static enum next next(struct worker *worker, struct claim *claim)
{
    long long tasks = (long long)worker->job->shape.tasks;
    atomic_llong *claimed = shared_atomic(worker, CLAIMED);
    int64_t ready;
    if (atomic_load(claimed) == tasks)
        return NEXT_END;
    if (!next_source(worker, &claim->index)) {
        if (shared_try_get(worker, READY, &ready) < 0) {
            claim->fd = shared_fd(worker, READY);
            return NEXT_WAIT;
        }
        claim->index = (size_t)ready;
    }
    atomic_fetch_add(claimed, 1);
    return NEXT_TASK;
}

/* ---- doing it ----------------------------------------------------------------------------- */

/* What a task computes from: its number and the values of those it needs, in the order in which it
 * names them. */
static uint64_t begin_value(uint64_t task)
{
    return task * UINT64_C(0x9E3779B97F4A7C15) + 1;
}

static uint64_t mix(uint64_t value, uint64_t needed)
{
    value = (value ^ needed) * UINT64_C(0xBF58476D1CE4E5B9);
    return value ^ (value >> 31);
}

static int run(struct worker *worker, struct task *task)
{
    const struct job *job = worker->job;
    const struct node *node = &nodes_of(job)[task->index];
    struct cell *cells = job->scratch;
    uint64_t value = begin_value(task->index);
    for (uint32_t k = 0; k < node->need_count; k++)
        value = mix(value, cells[node->needs[k]].value);
    value = work_ns(worker, job->values[TIME].n, value);
    if (worker_stopped(worker))
        return -ECANCELED;
    *(uint64_t *)task->output = cells[task->index].value = value;
    task->output_size = sizeof(value);
    for (uint32_t k = 0; k < node->needed_by_count; k++) {
        uint32_t other = needed_by(job)[node->first_needed_by + k];
        unsigned arrived = atomic_fetch_add(&cells[other].arrived, 1) + 1;
        if (arrived == nodes_of(job)[other].need_count && shared_put(worker, READY, other) < 0)
            return -ECANCELED;
    }
    return 0;
}

static int check(struct job *job, const struct task *tasks)
{
    const struct node *nodes = nodes_of(job);
    uint64_t *right = calloc(job->shape.tasks + 1, sizeof(*right));
    int err = right != NULL ? 0 : -ENOMEM;
    for (size_t i = 0; i < job->shape.tasks && err == 0; i++) {
        right[i] = begin_value(i);
        for (uint32_t k = 0; k < nodes[i].need_count; k++)
            right[i] = mix(right[i], right[nodes[i].needs[k]]);
        right[i] = work_expected(job, job->values[TIME].n, right[i]);
        if (tasks[i].output_size != sizeof(uint64_t) ||
            *(const uint64_t *)tasks[i].output != right[i])
            err = job_fail(job, -EILSEQ, "task %zu has another value than one by one", i);
    }
    free(right);
    return err;
}

const struct workload workload_graph = {
    .name = "graph",
    .summary = "tasks that depend on others, begun as those are done",
    .python = "futures that wait for futures, asyncio tasks that await tasks",
    .bound = BOUND_CPU,
    .params = params,
    .presets = presets,
    .shape = shape,
    .prepare = prepare,
    .next = next,
    .run = run,
    .check = check,
};
