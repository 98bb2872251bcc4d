// SPDX-License-Identifier: MIT
/* A fresh child process for every task, at most n alive. Creating them is part of the run. */
#include "runners/runner.h"

enum { START };

static const char *const starts[] = {"fork", "spawn", NULL};
static const struct param params[] = {
    [START] = {"start", "how a child begins: a copy of the parent, or a newly executed program",
               PARAM_CHOICE, .initial = "fork", .choices = starts},
    {0},
};

static int nothing(struct run *run)
{
    (void)run;
    return 0;
}

static int go(struct run *run)
{
    return fresh_go(run, run->values[START].n == 0 ? WORKER_FORK : WORKER_SPAWN);
}

const struct runner runner_processes = {
    .name = "processes",
    .summary = "a fresh child process per task, at most n alive",
    .python = "multiprocessing.Process per task",
    .caps = RUNNER_BLOCKING | RUNNER_ISOLATED | RUNNER_FRESH,
    .params = params,
    .create = nothing,
    .go = go,
    .work = work_one,
    .destroy = nothing, /* every child was reaped before the last task counted as done */
};
