// SPDX-License-Identifier: MIT
/* What the program's exit codes mean: docs/usage.md says it to users. */
#ifndef SPEEDUP_EXIT_CODES_H
#define SPEEDUP_EXIT_CODES_H

enum {
    EXIT_OK = 0,
    EXIT_RUN_TIME = 1,
    EXIT_USAGE = 2,
    EXIT_WRONG = 3, /* a wrong answer or unequal work */
    EXIT_REGRESSION = 4,
    EXIT_INCONCLUSIVE = 5,
    EXIT_NOT_COMPARABLE = 6,
    EXIT_NOT_READY = 7,
    EXIT_ABSENT = 8, /* a program that is needed */
    EXIT_INTERRUPTED = 130
};

#endif
