// SPDX-License-Identifier: MIT
/* A suspect is only that. The builds before and after it, compared with each other now, say more.
 */
#ifndef SPEEDUP_HISTORY_CONFIRM_H
#define SPEEDUP_HISTORY_CONFIRM_H

#include "bench/history/suspect.h"

enum confirmation {
    CONFIRM_NOT_TRIED,
    CONFIRM_SLOWER,  /* measured again, it is */
    CONFIRM_NOT,     /* measured again, it is not */
    CONFIRM_UNCLEAR, /* too noisy to say */
    CONFIRM_GONE,    /* a build is not there, is another's, or could not be compared */
    CONFIRM_INTERRUPTED
};

/* Runs `compare` of this very program on both builds as they were once compared with the reference,
 * but for this case alone; its table goes to stderr. `builds` is a path in which "{commit}" stands
 * for the commit, NULL: the paths that the sessions were measured from. Nothing is said by one
 * build on both sides, or by one whose version is not that of its session. A sentence goes to
 * why[size]. */
enum confirmation confirm(const struct series *series, const struct suspect *suspect,
                          const char *builds, char *why, size_t size);

/* The words of that command, in a new list that ends with NULL; the texts are those that are given.
 * `command` is what was typed once; what it says about output, seeds and times is left out, and the
 * pattern where it compared whole commands. The comparison goes into the file `output`. NULL
 * without memory. */
const char **confirm_words(const json_t *command, const char *const old[2],
                           const char *const builds[2], const char *pattern, const char *output);

/* The path of a build by such a template; NULL without a commit. It is the caller's to free. */
char *confirm_path(const char *builds, const char *commit);

#endif
