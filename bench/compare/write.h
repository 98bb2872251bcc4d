// SPDX-License-Identifier: MIT
/* A contest as the comparison's file holds it: docs/comparison-file.md. */
#ifndef SPEEDUP_COMPARE_WRITE_H
#define SPEEDUP_COMPARE_WRITE_H

#include "bench/compare/contest.h"

/* What the file says besides pairs and cases. Everything is only read. */
struct write_about {
    int argc;
    const char **argv;
    const char *started, *finished; /* finished: NULL while it runs */
    const char *status, *message;   /* message may be NULL */
    const char *kind;               /* "builds", "commands" or "results" */
    const char *time;               /* what a time means; NULL: as the first result says */
    const char *what[SIDES];
    const json_t *result[SIDES]; /* `speedup` of a result file of each, or NULL */
    const json_t *machine;
};

/* New reference. NULL without memory, or where any part of it cannot be kept, such as text that is
 * no UTF-8: never less than all cases. */
json_t *write_comparison(const struct contest *contest, const struct write_about *about);

#endif
