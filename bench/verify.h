// SPDX-License-Identifier: MIT
/* After a repetition: was every task done exactly once, without error, before go returned, and is
 * the answer right? The harness counts, not the workload. */
#ifndef SPEEDUP_VERIFY_H
#define SPEEDUP_VERIFY_H

#include "bench/repetition.h"

/* What the runner answered, and when go did. */
struct outcome {
    int create_error, go_error, destroy_error;
    int64_t go_begin_ns, go_end_ns;
};

/* Notes the first failure in the case and answers its -errno; fills what the sample lacks. */
int verify(const struct stage *stage, struct bench_case *c, const struct outcome *outcome,
           struct sample *sample);

/* Most tasks that were in progress at one instant: the overlap of [begin_ns, end_ns). */
unsigned peak_concurrency(const struct slot *slots, size_t count);

/* Notes a failure with its exit code, printf-like; the first one stays. Answers err. */
int case_fail(struct bench_case *c, int status, int err, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
