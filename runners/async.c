// SPDX-License-Identifier: MIT
/* One libev loop in the caller, n tasks in flight. A workload without `start` runs inline, one task
 * after the other: that asynchronous I/O does not help computing is the lesson. */
#include "runners/runner.h"

static int create(struct run *run)
{
    return worker_start(&run->workers[0], WORKER_HERE);
}

static int go(struct run *run)
{
    return work_loop(&run->workers[0]);
}

static int destroy(struct run *run)
{
    return worker_stop(&run->workers[0]);
}

const struct runner runner_async = {
    .name = "async",
    .summary = "one event loop, n tasks in flight",
    .python = "asyncio",
    .caps = RUNNER_EVENT_LOOP | RUNNER_SHARED,
    .workers = workers_one,
    .create = create,
    .go = go,
    .destroy = destroy,
};
