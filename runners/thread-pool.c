// SPDX-License-Identifier: MIT
/* n threads that claim tasks as they become free. */
#include "runners/runner.h"

static int create(struct run *run)
{
    return crew_create(run, WORKER_THREAD);
}

static int work(struct worker *worker)
{
    gate_wait(worker);
    return work_tasks(worker);
}

const struct runner runner_thread_pool = {
    .name = "thread-pool",
    .summary = "n threads, each claims the next task when it is free",
    .python = "ThreadPoolExecutor",
    .caps = RUNNER_BLOCKING | RUNNER_SHARED,
    .create = create,
    .go = crew_go,
    .work = work,
    .destroy = crew_destroy,
};
