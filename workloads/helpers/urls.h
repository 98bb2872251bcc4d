// SPDX-License-Identifier: MIT
/*
 * A user's list of addresses: one http or https URL per line, after it, if it is known, the length
 * of the file in bytes. Empty lines, and what begins with '#', are ignored.
 *
 * It lies in job->input as an array of struct url, which holds no pointers. The list also counts
 * the connections to each host, over all workers of all kinds: other people's servers get no more
 * than URL_HOLDERS at once.
 */
#ifndef SPEEDUP_URLS_H
#define SPEEDUP_URLS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "workloads/workload.h"

enum { URL_MAX = 1000, URL_HOLDERS = 6 };

struct url {
    char text[URL_MAX];
    int64_t size;  /* -1: not known */
    uint32_t host; /* the first URL of the same host: its holders are the host's */
    atomic_int holders[URL_HOLDERS]; /* processes that hold a connection; 0: none */
};

/* Reads the list into an array that the caller frees. On failure job_fail() names the line. */
int urls_read(struct job *job, const char *path, struct url **urls, size_t *count);

/* May this process connect to the host now? If true, urls_give follows. What a killed process held
 * is free again. */
bool urls_take(struct url *host);

void urls_give(struct url *host);

#endif
