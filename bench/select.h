// SPDX-License-Identifier: MIT
/* From what a user asks for to experiments with their cases. */
#ifndef SPEEDUP_SELECT_H
#define SPEEDUP_SELECT_H

#include "bench/session.h"

/* The options that choose what is measured, as typed. NULL: not given. Lists are NULL-terminated.
 */
struct request {
    const char **workloads;
    const char *runners;     /* -R */
    const char *concurrency; /* -n */
    const char **settings;   /* -p, each name=value */
    const char *gils;        /* --gil */
    const char *filter;      /* -f, a regular expression over case names */
    const char *example;     /* --example */
    const char *suite;       /* "quick" or "full" */
};

/* Fills session->experiments and their cases. Pairs that make no sense are refused, not left out.
 * 0, or -EINVAL with one sentence in why[size]. */
int select_experiments(const struct request *request, struct session *session, char *why,
                       size_t size);

#endif
