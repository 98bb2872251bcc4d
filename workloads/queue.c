// SPDX-License-Identifier: MIT
/*
 * Producers and consumers on a bounded queue, first in first out or the smallest priority first.
 * The first tasks produce: each waits for its next item, as one waits for data, and puts it. The
 * others get items and compute on them. Who puts the last item also puts a sentinel for every
 * consumer.
 *
 * A task answers what it put or got and at which turn of the queue, so that the checker can play
 * the whole history again with a queue of its own.
 */
#include "workloads/workload.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PRODUCERS, CONSUMERS, ITEMS, CAPACITY, ORDER, MAKE, USE };
enum { FIFO, PRIORITY };
enum { QUEUE, PRODUCING };
enum { PRIORITIES = 10 };

static const char *const orders[] = {"fifo", "priority", NULL};
static const struct param params[] = {
    [PRODUCERS] = {"producers", "tasks that put", PARAM_COUNT, "2", 1, 1000, NULL},
    [CONSUMERS] = {"consumers", "tasks that get", PARAM_COUNT, "2", 1, 1000, NULL},
    [ITEMS] = {"items", "items in all", PARAM_COUNT, "1000", 0, 1e6, NULL},
    [CAPACITY] = {"capacity", "items that fit into the queue", PARAM_COUNT, "10", 1, 10000, NULL},
    [ORDER] = {"order", "first in first out, or the most urgent first", PARAM_CHOICE, "fifo", 0, 0,
               orders},
    [MAKE] = {"make", "waiting of a producer for each item", PARAM_TIME, "0ns", 0, 60e9, NULL},
    [USE] = {"use", "computing of a consumer on each item", PARAM_TIME, "0ns", 0, 60e9, NULL},
    {0},
};

static const struct preset presets[] = {
    {"quick", "2 producers and 2 consumers: what passing an item costs", "items=4000",
     "threads,processes,async", "4"},
    {"full", "2 producers and 2 consumers: what passing an item costs", "items=20k", NULL, "4"},
    {"full", "the same, the most urgent first", "items=20k order=priority", NULL, "4"},
    {"full", "items that come every ms and take 1 ms each", "items=400 make=1ms use=1ms", NULL,
     "4"},
    {"producer-consumer", "producers, a bounded queue, consumers that end at a sentinel",
     "producers=1 consumers=2 items=20 make=10ms use=10ms", "threads,processes,async", "3"},
    {"priority-queue", "the same queue, the most urgent item first",
     "producers=1 consumers=1 items=10 order=priority use=10ms", "threads,processes,async", "2"},
    {0},
};

/* What happened at one turn of the queue. */
struct event {
    int64_t turn, value;
};

/* Sorts behind every item. */
static const int64_t SENTINEL = INT64_MAX;

/* Priority first, so that the smallest value is the most urgent one. */
static int64_t value_of(const struct job *job, size_t item)
{
    uint64_t x = (job->seed + item + 1) * UINT64_C(0x9E3779B97F4A7C15);
    int64_t priority = (int64_t)((x ^ (x >> 32)) % PRIORITIES);
    return job->values[ORDER].n == PRIORITY ? (priority << 32) + (int64_t)item : (int64_t)item;
}

/* The items of a producer: every PRODUCERS-th one. */
static size_t item_count(const struct job *job, size_t producer)
{
    size_t items = (size_t)job->values[ITEMS].n, producers = (size_t)job->values[PRODUCERS].n;
    return (items + producers - 1 - producer) / producers;
}

static int shape(struct job *job, struct shape *shape)
{
    const struct value *v = job->values;
    bool none = v[ITEMS].n == 0;
    shape->tasks = none ? 0 : (size_t)(v[PRODUCERS].n + v[CONSUMERS].n);
    shape->together = shape->tasks;
    shape->output_max = (size_t)(v[ITEMS].n + v[CONSUMERS].n) * sizeof(struct event);
    shape->output_type = OUTPUT_U64;
    enum shared_kind kind = v[ORDER].n == PRIORITY ? SHARED_PRIORITY : SHARED_QUEUE;
    shape->shared[QUEUE] = (struct shared_spec){kind, 0, (size_t)v[CAPACITY].n};
    shape->shared[PRODUCING] = (struct shared_spec){SHARED_ATOMIC, v[PRODUCERS].n, 0};
    shape->items = (double)v[ITEMS].n;
    shape->unit = "items";
    shape->bound = v[USE].n > 10 * v[MAKE].n && v[USE].n > 100000 ? BOUND_CPU
                   : v[MAKE].n > v[USE].n                         ? BOUND_IO
                                                                  : BOUND_LOCK;
    return 0;
}

/* ---- what a task does next, whether it may wait or not ------------------------------------ */

static bool is_producer(const struct worker *worker, const struct task *task)
{
    return task->index < (size_t)worker->job->values[PRODUCERS].n;
}

static size_t events(const struct task *task)
{
    return task->output_size / sizeof(struct event);
}

static void note(struct task *task, int64_t turn, int64_t value)
{
    ((struct event *)task->output)[events(task)] = (struct event){turn, value};
    task->output_size += sizeof(struct event);
}

/* Has a producer to put anything more? The last one to have put its items goes on with the
 * sentinels: task->state says so. To be asked once before each put. */
static bool has_more(struct worker *worker, struct task *task)
{
    const struct job *job = worker->job;
    size_t done = events(task), own = item_count(job, task->index);
    if (done == own && atomic_fetch_sub(shared_atomic(worker, PRODUCING), 1) == 1)
        task->state = task;
    return done < own || (task->state != NULL && done < own + (size_t)job->values[CONSUMERS].n);
}

static int64_t next_value(const struct worker *worker, const struct task *task)
{
    const struct job *job = worker->job;
    size_t done = events(task), producers = (size_t)job->values[PRODUCERS].n;
    bool own = done < item_count(job, task->index);
    return own ? value_of(job, task->index + done * producers) : SENTINEL;
}

/* Notes what came. False: it was the sentinel. */
static bool use(struct worker *worker, struct task *task, int64_t turn, int64_t value)
{
    note(task, turn, value);
    if (value == SENTINEL)
        return false;
    work_ns(worker, worker->job->values[USE].n, (uint64_t)value);
    checkpoint(worker);
    return true;
}

/* ---- blocking ----------------------------------------------------------------------------- */

static int produce(struct worker *worker, struct task *task)
{
    int64_t make = worker->job->values[MAKE].n;
    while (has_more(worker, task)) {
        int64_t value = next_value(worker, task);
        int err = make > 0 && value != SENTINEL ? wait_ns(worker, make) : 0;
        int64_t turn = err == 0 ? shared_put(worker, QUEUE, value) : err;
        if (turn < 0)
            return (int)turn;
        note(task, turn, value);
        checkpoint(worker);
    }
    return 0;
}

static int consume(struct worker *worker, struct task *task)
{
    for (;;) {
        int64_t value, turn = shared_get(worker, QUEUE, &value);
        if (turn < 0)
            return (int)turn;
        if (!use(worker, task, turn, value))
            return 0;
    }
}

static int run(struct worker *worker, struct task *task)
{
    return is_producer(worker, task) ? produce(worker, task) : consume(worker, task);
}

/* ---- on a loop ---------------------------------------------------------------------------- */

static void go_on_putting(struct worker *worker, struct task *task);

static void put_now(struct worker *worker, struct task *task)
{
    int64_t value = next_value(worker, task), turn = shared_try_put(worker, QUEUE, value);
    if (turn == -EAGAIN) {
        wait_fd_start(worker, task, shared_room_fd(worker, QUEUE), put_now);
    } else if (turn < 0) {
        task_done(worker, task, (int)turn);
    } else {
        note(task, turn, value);
        go_on_putting(worker, task);
    }
}

static void go_on_putting(struct worker *worker, struct task *task)
{
    int64_t make = worker->job->values[MAKE].n;
    if (!has_more(worker, task))
        task_done(worker, task, 0);
    else if (make > 0 && next_value(worker, task) != SENTINEL)
        wait_start(worker, task, make, put_now);
    else
        put_now(worker, task);
}

static void get_now(struct worker *worker, struct task *task)
{
    int64_t value, turn;
    while ((turn = shared_try_get(worker, QUEUE, &value)) >= 0) {
        if (!use(worker, task, turn, value)) {
            task_done(worker, task, 0);
            return;
        }
    }
    if (turn == -EAGAIN)
        wait_fd_start(worker, task, shared_fd(worker, QUEUE), get_now);
    else
        task_done(worker, task, (int)turn);
}

static int start(struct worker *worker, struct task *task)
{
    if (is_producer(worker, task))
        go_on_putting(worker, task);
    else
        get_now(worker, task);
    return 0;
}

/* ---- checking: the history once more ------------------------------------------------------ */

struct turn {
    bool known, put;
    int64_t value;
};

/* Files the events of all tasks under their turns. */
static int sort_turns(struct job *job, const struct task *tasks, struct turn *turns, size_t count)
{
    for (size_t i = 0; i < job->shape.tasks; i++) {
        const struct event *e = tasks[i].output;
        for (size_t k = 0; k < events(&tasks[i]); k++) {
            if (e[k].turn < 0 || (size_t)e[k].turn >= count || turns[e[k].turn].known)
                return job_fail(job, -EILSEQ, "turn %lld of the queue was had twice or never",
                                (long long)e[k].turn);
            bool put = i < (size_t)job->values[PRODUCERS].n;
            turns[e[k].turn] = (struct turn){true, put, e[k].value};
        }
    }
    for (size_t t = 0; t < count; t++) {
        if (!turns[t].known)
            return job_fail(job, -EILSEQ, "turn %zu of the queue is missing", t);
    }
    return 0;
}

/* What is in the queue, in the order of putting, from `begin` on; so the first of the smallest is
 * found by looking at each. */
static int replay(struct job *job, const struct turn *turns, size_t count, int64_t *present)
{
    bool priority = job->values[ORDER].n == PRIORITY;
    size_t begin = 0, n = 0;
    for (size_t t = 0; t < count; t++) {
        if (turns[t].put && n == (size_t)job->values[CAPACITY].n)
            return job_fail(job, -EILSEQ, "more items were in the queue than fit into it");
        if (turns[t].put) {
            present[begin + n++] = turns[t].value;
            continue;
        }
        size_t first = begin;
        for (size_t i = begin + 1; priority && i < begin + n; i++)
            first = present[i] < present[first] ? i : first;
        if (n == 0 || present[first] != turns[t].value)
            return job_fail(job, -EILSEQ, "at turn %zu item %lld came out of order", t,
                            (long long)(turns[t].value & 0xFFFFFFFF));
        memmove(&present[begin + 1], &present[begin], (first - begin) * sizeof(*present));
        begin++;
        n--;
    }
    return n == 0 ? 0 : job_fail(job, -EILSEQ, "%zu items are left in the queue", n);
}

/* Each item was put once, by its producer; by the replay all that was put was got. */
static int check_items(struct job *job, const struct task *tasks)
{
    size_t producers = (size_t)job->values[PRODUCERS].n;
    for (size_t i = 0; i < producers; i++) {
        const struct event *e = tasks[i].output;
        size_t own = item_count(job, i);
        if (events(&tasks[i]) < own)
            return job_fail(job, -EILSEQ, "producer %zu put %zu of %zu items", i, events(&tasks[i]),
                            own);
        for (size_t k = 0; k < own; k++) {
            if (e[k].value != value_of(job, i + k * producers))
                return job_fail(job, -EILSEQ, "producer %zu put a wrong item", i);
        }
    }
    return 0;
}

static int check(struct job *job, const struct task *tasks)
{
    const struct value *v = job->values;
    size_t count = 2 * (size_t)(v[ITEMS].n + v[CONSUMERS].n);
    if (job->shape.tasks == 0)
        return 0;
    struct turn *turns = calloc(count, sizeof(*turns));
    int64_t *present = calloc(count, sizeof(*present));
    int err = turns != NULL && present != NULL ? 0 : -ENOMEM;
    if (err == 0)
        err = check_items(job, tasks);
    if (err == 0)
        err = sort_turns(job, tasks, turns, count);
    if (err == 0)
        err = replay(job, turns, count, present);
    free(turns);
    free(present);
    return err;
}

/* The event of a consumer that is the line-th of all consumers' in the order of turns; sentinels do
 * not count. NULL: there is none. */
static const struct event *find_got(const struct job *job, const struct task *tasks, size_t line,
                                    size_t *consumer)
{
    size_t producers = (size_t)job->values[PRODUCERS].n;
    int64_t after = -1;
    const struct event *found;
    do {
        found = NULL;
        for (size_t i = producers; i < job->shape.tasks; i++) {
            const struct event *e = tasks[i].output;
            for (size_t k = 0; k < events(&tasks[i]); k++) {
                if (e[k].value == SENTINEL || e[k].turn <= after ||
                    (found != NULL && e[k].turn > found->turn))
                    continue;
                found = &e[k];
                *consumer = i - producers;
            }
        }
        after = found != NULL ? found->turn : after;
    } while (found != NULL && line-- > 0);
    return found;
}

static size_t count_got(const struct job *job, const struct task *tasks)
{
    size_t got = 0;
    for (size_t i = (size_t)job->values[PRODUCERS].n; i < job->shape.tasks; i++) {
        const struct event *e = tasks[i].output;
        for (size_t k = 0; k < events(&tasks[i]); k++)
            got += e[k].value != SENTINEL;
    }
    return got;
}

/* The first items one by one. */
static int tell(const struct job *job, const struct task *tasks, size_t line, char text[ERROR_MAX])
{
    enum { TOLD = 30 };
    size_t consumer = 0, got = count_got(job, tasks), told = got < TOLD ? got : TOLD;
    const struct event *e = line < told ? find_got(job, tasks, line, &consumer) : NULL;
    if (e == NULL) {
        snprintf(text, ERROR_MAX, "%zu items", got);
        return line == told;
    }
    int n = snprintf(text, ERROR_MAX, "consumer %zu gets item %lld", consumer,
                     (long long)(e->value & 0xFFFFFFFF));
    if (job->values[ORDER].n == PRIORITY)
        snprintf(text + n, ERROR_MAX - (size_t)n, " of priority %lld", (long long)(e->value >> 32));
    return 1;
}

const struct workload workload_queue = {
    .name = "queue",
    .summary = "producers and consumers on a bounded queue",
    .python = "queue.Queue, multiprocessing.Queue, asyncio.Queue and PriorityQueue",
    .bound = BOUND_LOCK,
    .params = params,
    .presets = presets,
    .shape = shape,
    .run = run,
    .start = start,
    .check = check,
    .tell = tell,
};
