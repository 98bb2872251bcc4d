// SPDX-License-Identifier: MIT
/* How a repetition is stopped early: Ctrl-C, SIGTERM, SIGHUP and the time limit all set the one
 * stop flag. A repetition that has not ended STOP_GRACE_S later is given up: this process exits at
 * once, its children die with it, and the supervisor says so in the result file. */
#ifndef SPEEDUP_STOP_H
#define SPEEDUP_STOP_H

#include "runners/control.h"

enum { STOP_GRACE_S = 5 };

/* Exit codes of a process that gave up; DESIGN's codes for people are the supervisor's business. */
enum { EXIT_GAVE_UP = 120, EXIT_GAVE_UP_INTERRUPTED = 121 };

/* Once: installs the handlers and makes the eventfd of the stop flag (-errno on failure). */
int stop_install(void);

/* From here on a signal stops the repetition behind this control, at the latest after timeout_ns.
 */
void stop_arm(struct control *control, int64_t timeout_ns);

/* The repetition has ended. */
void stop_disarm(void);

/* True once the session was interrupted: no further repetition is to begin. */
bool stop_interrupted(void);

#endif
