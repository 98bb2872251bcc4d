// SPDX-License-Identifier: MIT
/* -n: how many tasks may be in progress at once; and other lists of counts. */
#ifndef SPEEDUP_CONCURRENCY_H
#define SPEEDUP_CONCURRENCY_H

#include "bench/machine.h"
#include "workloads/workload.h"

enum { CONCURRENCIES_MAX = 64, CONCURRENCY_MAX = 100000 };

/* Ascending, each once. */
struct concurrencies {
    size_t count;
    unsigned n[CONCURRENCIES_MAX];
};

/* Reads "1,2,4", "1-8", "auto" or a mixture. auto is 1, 2, 4 … up to twice the allowed cores, the
 * cores included; for a workload that claims to wait, powers of four up to the number of tasks. 0,
 * or -EINVAL with a sentence in why[size]. */
int concurrencies_parse(struct concurrencies *concurrencies, const char *text,
                        const struct shape *shape, const struct machine *machine, char *why,
                        size_t size);

/* Reads "1,2,4", "1-8" or a mixture: values of that parameter. -EINVAL with a sentence. */
int concurrencies_parse_counts(struct concurrencies *counts, const char *text,
                               const struct param *param, char *why, size_t size);

#endif
