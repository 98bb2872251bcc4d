// SPDX-License-Identifier: MIT
/* An event loop in each of several children, n tasks in flight in all: what nginx and uvicorn call
 * workers. */
#include "runners/runner.h"

static const struct param params[] = {
    {"loops", "children with a loop, 0: one per core", PARAM_COUNT, "0", 0, 4096, NULL},
    {0},
};

static int create(struct run *run)
{
    return crew_create(run, WORKER_FORK);
}

static int work(struct worker *worker)
{
    worker_map_input(worker);
    gate_wait(worker);
    return work_loop(worker);
}

const struct runner runner_async_processes = {
    .name = "async-processes",
    .summary = "an event loop per child, n tasks in flight in all",
    .python = "uvicorn --workers",
    .caps = RUNNER_EVENT_LOOP | RUNNER_ISOLATED,
    .params = params,
    .workers = workers_loops,
    .create = create,
    .go = crew_go,
    .work = work,
    .destroy = crew_destroy,
};
