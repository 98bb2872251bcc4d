// SPDX-License-Identifier: MIT
#ifndef SPEEDUP_CHAIN_H
#define SPEEDUP_CHAIN_H

#include "workloads/workload.h"

/* Steps of the work chain per nanosecond on an undisturbed core: the best of several tries, about
 * 8 ms. For job->work_rate. */
double chain_calibrate(void);

#endif
