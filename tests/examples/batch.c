// SPDX-License-Identifier: MIT
/* Threads that start without a gate, as soon as each is made: a complete runner. What making them
 * costs is part of its run. */
#include "runners/runner.h"

static int create(struct run *run)
{
    (void)run; /* nothing is made in advance */
    return 0;
}

static int go(struct run *run)
{
    int err = 0;
    for (unsigned i = 0; i < run->worker_count && err == 0; i++)
        err = worker_start(&run->workers[i], WORKER_THREAD);
    for (struct worker *ended = run->workers; err == 0 && ended != NULL;)
        err = worker_wait_any(run, &ended);
    return err;
}

static int destroy(struct run *run)
{
    return crew_destroy(run);
}

const struct runner runner_batch = {
    .name = "batch",
    .summary = "n threads that begin as soon as each is made",
    .caps = RUNNER_BLOCKING | RUNNER_SHARED,
    .create = create,
    .go = go,
    .work = work_tasks,
    .destroy = destroy,
};
