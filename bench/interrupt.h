// SPDX-License-Identifier: MIT
/* Ctrl-C, the end of the terminal and SIGTERM, for a command that ends in its own time: it waits
 * for others, and shows what is complete. What computes itself is stopped by bench/stop.h. */
#ifndef SPEEDUP_INTERRUPT_H
#define SPEEDUP_INTERRUPT_H

#include <stdbool.h>

/* From now on they are only noted, and end a system call that waits. A hang-up that is ignored, as
 * under nohup, stays so. */
void interrupt_catch(void);

/* Has one come? */
bool interrupt_asked(void);

/* In a child that does not call exec(): they end it, as they do other programs. */
void interrupt_release(void);

#endif
