// SPDX-License-Identifier: MIT
/* One task after the other in the caller: the baseline of every speed-up. */
#include "runners/runner.h"

static int create(struct run *run)
{
    return worker_start(&run->workers[0], WORKER_HERE);
}

static int go(struct run *run)
{
    return work_tasks(&run->workers[0]);
}

static int destroy(struct run *run)
{
    return worker_stop(&run->workers[0]);
}

const struct runner runner_serial = {
    .name = "serial",
    .summary = "one task after the other: the baseline",
    .python = "a for loop",
    .caps = RUNNER_BLOCKING | RUNNER_SHARED,
    .workers = workers_one,
    .create = create,
    .go = go,
    .destroy = destroy,
};
