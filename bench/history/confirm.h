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

/* Where the builds are, and how long one comparison may take. */
struct confirm_options {
    const char *builds;   /* a path in which "{commit}" stands for the commit; NULL: the paths that
                           * the sessions were measured from */
    const char *max_time; /* as `compare --max-time` has it; NULL: as long as it takes */
};

/* Runs `compare` of this very program on both builds as they were once compared with the reference,
 * but for this case alone; its table goes to stderr. Nothing is said by one build on both sides, or
 * by one whose version is not that of its session. A sentence goes to why[size]. */
enum confirmation confirm(const struct series *series, const struct suspect *suspect,
                          const struct confirm_options *options, char *why, size_t size);

/* What that command is made of, beside what was typed once. */
struct confirm_parts {
    const char *old[2];    /* the builds as they were typed; NULL: not known */
    const char *builds[2]; /* those of today */
    const char *pattern;   /* the case; left out where whole commands were compared */
    const char *output;    /* the file of the comparison */
    const char *max_time;  /* or NULL */
};

/* The words of that command, in a new list that ends with NULL; the texts are those that are given.
 * `command` is what was typed once; what it says about output, seeds and times is left out. NULL
 * without memory. */
const char **confirm_words(const json_t *command, const struct confirm_parts *parts);

/* The path of a build by such a template; NULL without a commit. It is the caller's to free. */
char *confirm_path(const char *builds, const char *commit);

#endif
