// SPDX-License-Identifier: MIT
/* Measuring a session from its file's name to its end. */
#ifndef SPEEDUP_MEASURE_SESSION_H
#define SPEEDUP_MEASURE_SESSION_H

#include "bench/session.h"

/* Measures under supervision into session->path, or where that is "" into a new file in results/,
 * which is named then. Calls show(), unless that is NULL, once a result is saved: in the process
 * that measured. Answers an exit code; a new file without a result is gone. */
int measure_session(struct session *session, int (*show)(const struct session *));

#endif
