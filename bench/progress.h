// SPDX-License-Identifier: MIT
/* What a person sees on stderr while a session runs: one line that moves on a terminal, a line per
 * experiment elsewhere. */
#ifndef SPEEDUP_PROGRESS_H
#define SPEEDUP_PROGRESS_H

#include "bench/session.h"

/* Before the first repetition of an experiment. */
void progress_experiment(const struct session *session, const struct experiment *experiment);
/* After the warm-up: how long the rest may take. */
void progress_warm(const struct session *session, const struct experiment *experiment);

/* Before each repetition. */
void progress_case(const struct session *session, const struct experiment *experiment,
                   const char *name, unsigned round);

/* A sentence that must not be lost in the moving line. */
void progress_say(const char *sentence);

/* Clears the moving line. */
void progress_end(void);

#endif
