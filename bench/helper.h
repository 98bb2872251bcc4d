// SPDX-License-Identifier: MIT
/* The process of a workload's helper: a server or a load generator outside the measurement. */
#ifndef SPEEDUP_HELPER_H
#define SPEEDUP_HELPER_H

#include <sys/types.h>

#include "bench/experiment.h"

struct helper_process {
    pid_t pid; /* 0: there is none */
    int fd;
};

/* Starts the workload's helper on its place and waits until it is ready; does nothing for a
 * workload without one. On failure job->error says why. */
int helper_start(struct helper_process *helper, const struct machine *machine,
                 struct experiment *experiment);

/* Tells it HELPER_GO or HELPER_END. */
void helper_tell(const struct helper_process *helper, char event);

/* Waits until it says that it is ready, again, for at most 10 s; if it does not it counts as dead.
 */
void helper_await(struct helper_process *helper);

/* False once it has died by itself. */
bool helper_alive(const struct helper_process *helper);

/* Ends and reaps it. */
void helper_stop(struct helper_process *helper);

#endif
