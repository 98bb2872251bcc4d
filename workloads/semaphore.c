// SPDX-License-Identifier: MIT
/*
 * More tasks than may be inside at once: each enters several times through a semaphore, stays for a
 * while and leaves. A task answers when it entered and left, so that the checker, which knows
 * nothing of the semaphore, can count who was inside.
 */
#include "workloads/workload.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum { TASKS, USES, SLOTS, STAY };
enum { DOOR };

static const struct param params[] = {
    [TASKS] = {"tasks", "number of tasks", PARAM_COUNT, "5", 0, 100000, NULL},
    [USES] = {"uses", "times each task enters", PARAM_COUNT, "3", 1, 10000, NULL},
    [SLOTS] = {"slots", "tasks that may be inside at once", PARAM_COUNT, "2", 1, 1e6, NULL},
    [STAY] = {"stay", "waiting inside each time", PARAM_TIME, "5ms", 0, 600e9, NULL},
    {0},
};

static const struct preset presets[] = {
    {"quick", "5 tasks enter 3 times each, 2 may be inside", "stay=2ms",
     "threads,process-pool,async", "1,2,5"},
    {"full", "16 tasks enter 4 times each, 4 may be inside", "tasks=16 uses=4 slots=4", NULL, NULL},
    {"semaphore-of-2", "5 workers use a resource 3 times each, 2 at once", "stay=100ms",
     "threads,processes,async", "5"},
    {0},
};

/* One use: from after the door to before it. */
struct use {
    int64_t in_ns, out_ns;
};

static int shape(struct job *job, struct shape *shape)
{
    const struct value *v = job->values;
    shape->tasks = (size_t)v[TASKS].n;
    shape->output_max = (size_t)v[USES].n * sizeof(struct use);
    shape->output_type = OUTPUT_U64;
    shape->shared[DOOR] = (struct shared_spec){SHARED_SEMAPHORE, v[SLOTS].n, 0};
    shape->items = (double)(v[TASKS].n * v[USES].n);
    shape->unit = "uses";
    return 0;
}

static void note(struct task *task, int64_t in_ns)
{
    struct use *use = (struct use *)task->output + task->output_size / sizeof(struct use);
    *use = (struct use){in_ns, now_ns()};
    task->output_size += sizeof(*use);
}

static int run(struct worker *worker, struct task *task)
{
    const struct value *v = worker->job->values;
    int err = 0;
    for (int64_t i = 0; i < v[USES].n && err == 0; i++) {
        err = shared_acquire(worker, DOOR);
        if (err != 0)
            break;
        int64_t in_ns = now_ns();
        err = wait_ns(worker, v[STAY].n);
        note(task, in_ns);
        shared_release(worker, DOOR);
    }
    return err;
}

/* ---- on a loop: ask, wait for the door, stay, leave, and again ---------------------------- */

static void ask(struct worker *worker, struct task *task);

static void leave_door(struct worker *worker, struct task *task)
{
    const struct value *v = worker->job->values;
    note(task, task->wait.end_ns - v[STAY].n);
    shared_release(worker, DOOR);
    if (task->output_size == task->output_max)
        task_done(worker, task, 0);
    else
        ask(worker, task);
}

static void ask(struct worker *worker, struct task *task)
{
    if (shared_try_acquire(worker, DOOR) == 0)
        wait_start(worker, task, worker->job->values[STAY].n, leave_door);
    else
        wait_fd_start(worker, task, shared_fd(worker, DOOR), ask);
}

static int start(struct worker *worker, struct task *task)
{
    ask(worker, task);
    return 0;
}

/* ---- checking ----------------------------------------------------------------------------- */

static int by_time(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* Most uses at the same time, from when they began and ended. */
static long overlap(int64_t *in, int64_t *out, size_t uses)
{
    long inside = 0, most = 0;
    qsort(in, uses, sizeof(*in), by_time);
    qsort(out, uses, sizeof(*out), by_time);
    for (size_t i = 0, o = 0; i < uses; i++) {
        for (; o < uses && out[o] <= in[i]; o++)
            inside--;
        inside++;
        most = inside > most ? inside : most;
    }
    return most;
}

/* Of all tasks; -ENOMEM. */
static long most_inside(const struct job *job, const struct task *tasks)
{
    size_t each = (size_t)job->values[USES].n, uses = 0;
    int64_t *in = calloc(2 * each * job->shape.tasks + 1, sizeof(*in));
    if (in == NULL)
        return -ENOMEM;
    int64_t *out = in + each * job->shape.tasks;
    for (size_t i = 0; i < job->shape.tasks; i++) {
        const struct use *use = tasks[i].output;
        for (size_t k = 0; k < each; k++, uses++) {
            in[uses] = use[k].in_ns;
            out[uses] = use[k].out_ns;
        }
    }
    long most = overlap(in, out, uses);
    free(in);
    return most;
}

static int check(struct job *job, const struct task *tasks)
{
    size_t each = (size_t)job->values[USES].n;
    for (size_t i = 0; i < job->shape.tasks; i++) {
        const struct use *use = tasks[i].output;
        if (tasks[i].output_size != each * sizeof(*use))
            return job_fail(job, -EILSEQ, "task %zu was inside %zu times, not %zu", i,
                            tasks[i].output_size / sizeof(*use), each);
        for (size_t k = 0; k < each; k++) {
            if (use[k].out_ns - use[k].in_ns < job->values[STAY].n)
                return job_fail(job, -EILSEQ, "task %zu left too early", i);
        }
    }
    long most = most_inside(job, tasks);
    if (most > job->values[SLOTS].n)
        return job_fail(job, -EILSEQ, "%ld tasks were inside at once, %lld may be", most,
                        (long long)job->values[SLOTS].n);
    return most < 0 ? (int)most : 0;
}

/* When a task was inside, from the first entry of all on. */
static void tell_task(const struct task *tasks, size_t count, size_t task, FILE *out)
{
    const struct use *use = tasks[task].output;
    int64_t first = INT64_MAX;
    for (size_t i = 0; i < count; i++) {
        const struct use *uses = tasks[i].output;
        if (tasks[i].output_size > 0 && uses[0].in_ns < first)
            first = uses[0].in_ns;
    }
    fprintf(out, "worker %zu is inside from", task);
    for (size_t k = 0; k < tasks[task].output_size / sizeof(*use); k++)
        fprintf(out, "%s %.1f to %.1f", k > 0 ? "," : "", (double)(use[k].in_ns - first) * 1e-6,
                (double)(use[k].out_ns - first) * 1e-6);
    fputs(" ms", out);
}

static int tell(const struct job *job, const struct task *tasks, size_t line, char text[ERROR_MAX])
{
    size_t count = job->shape.tasks;
    FILE *out = fmemopen(text, ERROR_MAX, "w");
    if (out == NULL)
        return 0;
    if (line < count)
        tell_task(tasks, count, line, out);
    else
        fprintf(out, "%.0f uses, at most %ld at once", job->shape.items, most_inside(job, tasks));
    fclose(out);
    return line <= count;
}

const struct workload workload_semaphore = {
    .name = "semaphore",
    .summary = "share a resource that admits a few at once",
    .python = "threading.Semaphore and asyncio.Semaphore",
    .bound = BOUND_IO,
    .params = params,
    .presets = presets,
    .shape = shape,
    .run = run,
    .start = start,
    .check = check,
    .tell = tell,
};
