// SPDX-License-Identifier: MIT
/*
 * Simulated interpreters belong to processes: threads of one process share one and its lock, a
 * process worker has its own. Under `per-interpreter` every thread has one of its own.
 *
 * Machinery, like crew.c: plug-ins do not include this.
 */
#ifndef SPEEDUP_INTERPRETER_H
#define SPEEDUP_INTERPRETER_H

#include "runners/control.h"

/* What happened to the locks of a repetition. */
struct lock_report {
    struct gil_counters counters; /* added up */
    unsigned locks;               /* how many of them were used */
    struct histogram hold, wait;  /* of those that workers share; empty where they are processes */
};

/* The interpreters of this process, with room for so many threads; NULL without memory. */
struct interpreters *interpreters_open(const struct gil_options *options, unsigned threads);

/* No thread may be in it. NULL is allowed. */
void interpreters_close(struct interpreters *interpreters);

/* In the worker, before it does anything a Python worker would do, and after all of it. Nothing
 * where the case has no interpreter. A process worker makes its own. 0 or -errno. */
int interpreter_enter(struct worker *worker);
void interpreter_leave(struct worker *worker);

/* Is the worker a process of its own? */
bool worker_is_process(const struct worker *worker);

/* Once all workers have ended. */
void interpreters_read(const struct run *run, struct lock_report *report);

#endif
