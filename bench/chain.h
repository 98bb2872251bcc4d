// SPDX-License-Identifier: MIT
#ifndef SPEEDUP_CHAIN_H
#define SPEEDUP_CHAIN_H

#include "workloads/workload.h"

/* n steps of the work chain from x; answers its new state. */
uint64_t chain_run(uint64_t x, uint64_t n);

/* Steps of the work chain per nanosecond on an undisturbed core: the best of several tries, about
 * 8 ms. For job->work_rate. */
double chain_calibrate(void);

#endif
