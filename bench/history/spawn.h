// SPDX-License-Identifier: MIT
/* Another program, asked one question. */
#ifndef SPEEDUP_HISTORY_SPAWN_H
#define SPEEDUP_HISTORY_SPAWN_H

#include <stdbool.h>

/* Runs argv[0], found in PATH, without a shell and without input, until it ends; what it prints
 * goes to the descriptor out, and with `quiet` what it complains of, too. Its exit code, 128 + the
 * signal that ended it, or -errno where it could not be started. */
int spawn_wait(const char *const argv[], int out, bool quiet);

#endif
