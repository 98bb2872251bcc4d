// SPDX-License-Identifier: MIT
/* Runners that do wrong, each in one way that the harness must notice. */
#include "runners/runner.h"

#include <pthread.h>

static int create_here(struct run *run)
{
    return worker_start(&run->workers[0], WORKER_HERE);
}

static int destroy_here(struct run *run)
{
    return worker_stop(&run->workers[0]);
}

enum wrong { DROP, TWICE, SWALLOW };
enum { VICTIM = 2 }; /* the task that is done wrong */

static int go_wrong(struct run *run, enum wrong wrong)
{
    struct worker *worker = &run->workers[0];
    struct claim claim;
    while (task_next(worker, &claim) == NEXT_TASK) {
        struct task task;
        task_locate(run, claim.index, &task);
        if (wrong == SWALLOW && run->job->workload->run(worker, &task) != 0)
            continue; /* as if nothing had happened */
        if (wrong == TWICE && claim.index == VICTIM)
            task_run(worker, &task);
        if (wrong != DROP || claim.index != VICTIM)
            task_run(worker, &task);
    }
    return 0;
}

static int go_drop(struct run *run)
{
    return go_wrong(run, DROP);
}

static int go_twice(struct run *run)
{
    return go_wrong(run, TWICE);
}

static int go_swallow(struct run *run)
{
    return go_wrong(run, SWALLOW);
}

const struct runner runner_bad_drop = {
    .name = "bad-drop",
    .summary = "forgets a task",
    .caps = RUNNER_BLOCKING | RUNNER_SHARED,
    .workers = workers_one,
    .create = create_here,
    .go = go_drop,
    .destroy = destroy_here,
};

const struct runner runner_bad_twice = {
    .name = "bad-twice",
    .summary = "does a task twice",
    .caps = RUNNER_BLOCKING | RUNNER_SHARED,
    .workers = workers_one,
    .create = create_here,
    .go = go_twice,
    .destroy = destroy_here,
};

const struct runner runner_bad_swallow = {
    .name = "bad-swallow",
    .summary = "says nothing of a task that failed",
    .caps = RUNNER_BLOCKING | RUNNER_SHARED,
    .workers = workers_one,
    .create = create_here,
    .go = go_swallow,
    .destroy = destroy_here,
};

/* ---- crews of threads --------------------------------------------------------------------- */

static int create_threads(struct run *run)
{
    return crew_create(run, WORKER_THREAD);
}

static int work(struct worker *worker)
{
    gate_wait(worker);
    return work_tasks(worker);
}

static int go_early(struct run *run)
{
    crew_open(run); /* and does not wait for anybody */
    return 0;
}

const struct runner runner_bad_early = {
    .name = "bad-early",
    .summary = "returns before the end",
    .caps = RUNNER_BLOCKING | RUNNER_SHARED,
    .create = create_threads,
    .go = go_early,
    .work = work,
    .destroy = crew_destroy,
};

static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;

static int work_one_at_a_time(struct worker *worker)
{
    struct claim claim;
    struct task task;
    gate_wait(worker);
    while (task_next(worker, &claim) == NEXT_TASK) {
        task_locate(worker->run, claim.index, &task);
        pthread_mutex_lock(&one_at_a_time);
        task_run(worker, &task);
        pthread_mutex_unlock(&one_at_a_time);
    }
    return 0;
}

const struct runner runner_bad_serialise = {
    .name = "bad-serialise",
    .summary = "claims to be concurrent and is not",
    .caps = RUNNER_BLOCKING | RUNNER_SHARED,
    .create = create_threads,
    .go = crew_go,
    .work = work_one_at_a_time,
    .destroy = crew_destroy,
};
