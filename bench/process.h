// SPDX-License-Identifier: MIT
/* Another program's process: waiting for its end, and what it said last. */
#ifndef SPEEDUP_PROCESS_H
#define SPEEDUP_PROCESS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Waits for its end until CLOCK_MONOTONIC is deadline_ns; *status is wait's. The process leads a
 * group of its own, of which nobody is left afterwards. -ETIMEDOUT, or -EINTR after an interrupt:
 * then it was killed. A kernel before Linux 5.3 has no pidfd_open(2): there this waits without a
 * deadline, deaf to interrupts, and ends nobody of the group. */
int process_await(pid_t pid, int64_t deadline_ns, int *status);

/* The last line of a file; "" where it is empty or unreadable. */
void process_last_line(int fd, char *line, size_t size);

#endif
