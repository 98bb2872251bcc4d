// SPDX-License-Identifier: MIT
/* Another program, asked one question. */
#ifndef SPEEDUP_HISTORY_SPAWN_H
#define SPEEDUP_HISTORY_SPAWN_H

#include <stdbool.h>

enum { SPAWN_FAILED = 127 };

/* Runs argv[0], found in PATH, without a shell and without input, until it ends; what it prints
 * goes to the descriptor out, and with `quiet` what it complains of, too. An interrupt that was
 * asked to be caught (bench/interrupt.h) asks it to end, in its own time, and it does not outlive
 * this process. Its exit code, 128 + the signal that ended it, SPAWN_FAILED where it could not be
 * started, or -errno where there was no process. */
int spawn_wait(const char *const argv[], int out, bool quiet);

#endif
