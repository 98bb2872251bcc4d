// SPDX-License-Identifier: MIT
/* Where a worker of the server carries its connections: one at a time, or many on its loop.
 */
#ifndef SPEEDUP_DESK_H
#define SPEEDUP_DESK_H

#include "workloads/workload.h"

/* Makes worker->state. With stall_ns > 0 the first connection blocks the worker for so long, once,
 * after its stall_after-th answer. 0 or -errno. */
int desk_open(struct worker *worker, uint64_t stall_after, int64_t stall_ns);

/* Serves the connection until either side ends it; a client that leaves is no error. */
int desk_run(struct worker *worker, struct task *task);
int desk_start(struct worker *worker, struct task *task);

/* Ends what is still open on the loop. For use as leave, also after a failed enter. */
void desk_close(struct worker *worker);

#endif
