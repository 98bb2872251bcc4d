// SPDX-License-Identifier: MIT
/* Many downloads at once on a worker's event loop, by curl_multi_socket_action. */
#ifndef SPEEDUP_TRANSFERS_H
#define SPEEDUP_TRANSFERS_H

#include "workloads/workload.h"

/* transfers_close follows also after a failure; it drops what is still in flight. */
int transfers_open(struct worker *worker);
void transfers_close(struct worker *worker);

/* For use as a workload's `start`. */
int transfers_start(struct worker *worker, struct task *task);

#endif
