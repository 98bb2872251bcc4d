// SPDX-License-Identifier: MIT
/* Another program, run once in a process of its own and watched. */
#ifndef SPEEDUP_CHILD_H
#define SPEEDUP_CHILD_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { CHILD_PADDING_MAX = 4096, CHILD_LINE_MAX = 200 };

struct child_order {
    char *const *argv;     /* argv[0] is a path */
    size_t padding;        /* bytes that the environment is longer, below CHILD_PADDING_MAX: where
                            * the stack lies changes times, and differs from process to process */
    const char *directory; /* becomes TMPDIR; NULL: TMPDIR stays */
    int64_t deadline_ns;   /* CLOCK_MONOTONIC */
};

struct child {
    pid_t pid;
    int64_t started_ns, ended_ns;
    int status;                /* wait's */
    char line[CHILD_LINE_MAX]; /* the last that it wrote to stdout or stderr, cleaned; or "" */
};

/* Runs it to its end, with nothing on stdin; what it writes is not shown, but kept in memory until
 * then: no pipe that is to be emptied, and no disk, takes part in what is measured. Nobody of its
 * process group is left. 0, whatever its exit status; -ETIMEDOUT or -EINTR: it was killed, and the
 * child is filled; another -errno: there was none. */
int child_run(const struct child_order *order, struct child *child);

/* What became of it, in words: "exited with 3: LINE"; NULL if it exited with 0. Returns text. */
const char *child_failure(const struct child *child, char *text, size_t size);

#endif
