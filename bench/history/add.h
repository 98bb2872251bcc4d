// SPDX-License-Identifier: MIT
/* A comparison becomes a session of a history. */
#ifndef SPEEDUP_HISTORY_ADD_H
#define SPEEDUP_HISTORY_ADD_H

#include <stdint.h>
#include <stdio.h>

#include "bench/history/store.h"

/* What the file does not say, or says otherwise; NULL: as the file says. */
struct addition {
    const char *commit;    /* of the new side; by default from its version, "0.1.0+1a2b3c4"; see
                            * commit_find() */
    const char *reference; /* what the base side is; by default its version */
    const char *message;   /* any words */
    const int64_t *date;   /* seconds since 1970, UTC; by default when the comparison began, which
                            * is refused where it is in the future */
};

/* Adds all cases of the comparison file as one session, or nothing, and prints on `out` one line
 * once it is safe; only what can be kept opens the store, if that is not open. Notes go to stderr.
 * 0, or -errno with a sentence in why[size]: -EXDEV for what can never be joined with a history,
 * -EEXIST for what is in it already. */
int history_add(struct store *store, const char *path, const struct addition *addition, FILE *out,
                char *why, size_t size);

#endif
