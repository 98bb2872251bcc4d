// SPDX-License-Identifier: MIT
/* What the parts of the workload `download` share: its table is in workloads/download.c, one
 * download in transfer.c, many on an event loop in transfers.c. */
#ifndef SPEEDUP_DOWNLOAD_H
#define SPEEDUP_DOWNLOAD_H

#include <limits.h>
#include <stdint.h>

#include "workloads/workload.h"

/* The parameters, and the choices of two of them. */
enum { FILES, SIZE, LATENCY, BANDWIDTH, SAVE, REUSE, URLS, OWNER, PORT };
enum { SAVE_DISK, SAVE_MEMORY };
enum { NO, YES };

/* job->report, when the built-in server runs. */
struct download_report {
    uint16_t port;
};

/* True if the files come from a user's list; else from the built-in server. */
static inline bool download_from_list(const struct job *job)
{
    return job->values[URLS].text[0] != '\0';
}

/* Where file `index` is saved, below the repetition's directory. */
void download_path(char path[PATH_MAX], const char *directory, size_t index);

#endif
