// SPDX-License-Identifier: MIT
/* What this machine can do, measured once per session, so that bounds can be judged. */
#ifndef SPEEDUP_CALIBRATE_H
#define SPEEDUP_CALIBRATE_H

#include "bench/repetition.h"

struct calibration {
    double work_rate;               /* steps of the work chain per nanosecond */
    double stream_read_bytes_per_s; /* one core reads memory beyond its caches; 0: not measured */
    double empty_task_ns;           /* what a task costs that does nothing, under serial */
};

/* Measures work_rate and empty_task_ns, and the memory only if `memory`. About 20 ms, or 0.5 s with
 * memory. 0 or -errno. */
int calibrate(struct calibration *calibration, const struct stage *stage, bool memory, int stop_fd);

#endif
