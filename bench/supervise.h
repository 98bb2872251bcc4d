// SPDX-License-Identifier: MIT
/* The process above the harness. Whatever happens to the harness, a crash or a task that never
 * ends, a supervisor says so in words, leaves a valid result file, no process and no temporary
 * file. */
#ifndef SPEEDUP_SUPERVISE_H
#define SPEEDUP_SUPERVISE_H

#include <limits.h>
#include <stdbool.h>

/* What the harness tells its supervisor, in shared memory. */
struct watch {
    char scratch[PATH_MAX]; /* the directory of all temporary files, made by the supervisor */
    char result[PATH_MAX];  /* the result file; "": none yet */
    char current[1024];     /* the case that is running */
    bool returned;          /* the harness came to its end: its exit code means what it says */
};

/* Forks, runs harness(watch, argument) in the child and answers its exit code, or the one that
 * tells what became of it. SIGINT, SIGTERM and SIGHUP are passed on. */
int supervise(int (*harness)(struct watch *watch, void *argument), void *argument);

#endif
