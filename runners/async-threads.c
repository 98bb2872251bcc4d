// SPDX-License-Identifier: MIT
/* An event loop in each of several threads, n tasks in flight in all. */
#include "runners/runner.h"

static const struct param params[] = {
    {"loops", "threads with a loop, 0: one per core", PARAM_COUNT, "0", 0, 4096, NULL},
    {0},
};

static int create(struct run *run)
{
    return crew_create(run, WORKER_THREAD);
}

static int work(struct worker *worker)
{
    gate_wait(worker);
    return work_loop(worker);
}

const struct runner runner_async_threads = {
    .name = "async-threads",
    .summary = "an event loop per thread, n tasks in flight in all",
    .python = "an asyncio loop per thread",
    .caps = RUNNER_EVENT_LOOP | RUNNER_SHARED,
    .params = params,
    .workers = workers_loops,
    .create = create,
    .go = crew_go,
    .work = work,
    .destroy = crew_destroy,
};
