// SPDX-License-Identifier: MIT
/* One download at a time on a curl easy handle, which is used again and again. */
#ifndef SPEEDUP_TRANSFER_H
#define SPEEDUP_TRANSFER_H

#include <curl/curl.h>
#include <stdbool.h>
#include <sys/queue.h>

#include "workloads/helpers/urls.h"

struct transfer {
    CURL *easy;
    struct worker *worker;
    struct task *task; /* NULL: none is in progress */
    struct url *host;  /* whose connection is taken, NULL: none */
    int fd;            /* of the file on disk, -1: not open */
    int error;         /* of making a socket or of storing what came, 0 or -errno */
    uint64_t size;     /* bytes stored */
    char url[URL_MAX];
    LIST_ENTRY(transfer) link; /* of a loop */
};

/* In each process once: curl's global state, and as many open files as allowed. */
int transfer_library(struct worker *worker);

/* transfer_close follows also after a failure. */
int transfer_open(struct transfer *transfer, struct worker *worker);
void transfer_close(struct transfer *transfer);

/* Takes one of the host's connections; -EAGAIN: all are in use, ask again. */
int transfer_begin(struct transfer *transfer, struct task *task);

/* Writes the task's output; what went wrong is said with worker_fail(). */
int transfer_end(struct transfer *transfer, CURLcode code);

/* Drops what is in progress. */
void transfer_abandon(struct transfer *transfer);

#endif
