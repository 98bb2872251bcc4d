// SPDX-License-Identifier: MIT
/* A fresh thread for every task, at most n alive. Creating them is part of the run. */
#include "runners/runner.h"

static int nothing(struct run *run)
{
    (void)run;
    return 0;
}

static int go(struct run *run)
{
    return fresh_go(run, WORKER_THREAD);
}

const struct runner runner_threads = {
    .name = "threads",
    .summary = "a fresh thread per task, at most n alive",
    .python = "threading.Thread per task",
    .caps = RUNNER_BLOCKING | RUNNER_SHARED | RUNNER_FRESH,
    .create = nothing,
    .go = go,
    .work = work_one,
    .destroy = nothing, /* every thread was joined before the last task counted as done */
};
