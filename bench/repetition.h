// SPDX-License-Identifier: MIT
/* One repetition of a case: the bracket of the project. */
#ifndef SPEEDUP_REPETITION_H
#define SPEEDUP_REPETITION_H

#include "bench/answers.h"
#include "bench/experiment.h"

/* What repetitions of a session share. */
struct stage {
    const struct machine *machine;
    int64_t timeout_ns;  /* of one repetition */
    const char *scratch; /* where directories for repetitions are made */
    FILE *answers;       /* NULL, or where what the tasks returned is printed */
    enum answers_order order;
    struct helper_process *helper;
};

/* Runs the case once and fills the sample. 0, or -errno after the failure was noted in the case;
 * -EINTR if the session was interrupted, which is no failure of the case. */
int repetition_run(const struct stage *stage, struct bench_case *c, struct sample *sample);

#endif
