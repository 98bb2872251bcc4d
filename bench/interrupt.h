// SPDX-License-Identifier: MIT
/* Ctrl-C, the end of the terminal and SIGTERM, for a command that ends in its own time: it waits
 * for others, and shows what is complete. What computes itself is stopped by bench/stop.h. */
#ifndef SPEEDUP_INTERRUPT_H
#define SPEEDUP_INTERRUPT_H

#include <stdbool.h>
#include <stdint.h>

/* From now on they are only noted, and end a system call that waits. A hang-up that is ignored, as
 * under nohup, stays so. */
void interrupt_catch(void);

/* Has one come? */
bool interrupt_asked(void);

/* Waits until fd can be read, or its other end is gone. 0; -ETIMEDOUT once CLOCK_MONOTONIC is
 * deadline_ns; -EINTR after an interrupt, also after one that came before. Negative descriptors are
 * never ready. */
int interrupt_await(int fd, int64_t deadline_ns);

/* In a child that does not call exec(): they end it, as they do other programs. */
void interrupt_release(void);

#endif
