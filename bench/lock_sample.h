// SPDX-License-Identifier: MIT
/* What the locks of simulated interpreters did in one repetition. */
#ifndef SPEEDUP_LOCK_SAMPLE_H
#define SPEEDUP_LOCK_SAMPLE_H

#include <jansson.h>

#include "runners/interpreter.h"

/* How times are spread, in nanoseconds. */
struct spread {
    uint64_t count; /* 0: the rest is not known */
    double sum_ns, p50_ns, p95_ns, max_ns;
};

struct lock_sample {
    bool known; /* false: there was no interpreter */
    unsigned locks;
    struct gil_counters counters;
    struct spread hold, wait; /* of locks that workers share; else unknown */
};

/* Reads them. After destroy. */
void lock_measure(struct lock_sample *sample, const struct run *run);

/* As result files show them, or null. New reference. */
json_t *lock_json(const struct lock_sample *sample);

#endif
