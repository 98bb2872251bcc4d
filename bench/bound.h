// SPDX-License-Identifier: MIT
/* What a workload is bound by, measured: rule 7 of the design. */
#ifndef SPEEDUP_BOUND_H
#define SPEEDUP_BOUND_H

#include "bench/calibrate.h"

/* "CPU", "MEMORY", "IO", "LOCK" or "DISPATCH". */
const char *bound_name(enum bound bound);

/* Fills experiment->bound from the recorded repetitions; not known without serial ones. The claim
 * is shape.bound.
 *
 * IO        serial CPU / wall < 0.5; waiting for a CPU that others use is not counted as wall
 * MEMORY    serial bytes / s >= 0.6 x what one core reads as a stream
 * DISPATCH  an empty task costs at least half of a serial task
 * LOCK      workers of some case waited for locks for at least 0.3 of their time
 * CPU       otherwise */
void bound_measure(struct experiment *experiment, const struct calibration *calibration);

#endif
