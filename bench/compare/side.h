// SPDX-License-Identifier: MIT
/* The two sides of a comparison, each a build of this program or a command, as something that
 * measures halves of pairs. */
#ifndef SPEEDUP_SIDE_H
#define SPEEDUP_SIDE_H

#include <limits.h>

#include "bench/compare/contest.h"

enum { SIDE_WORDS_MAX = 128, SIDE_LIMIT_S = 600, SIDE_MOST_S = 120, SIDE_TRIES = 3 };

struct side {
    char *what;    /* as the user wrote it */
    char *label;   /* the same, fit to be printed and kept */
    char *program; /* its absolute path; NULL: `what` is a command for /bin/sh */
    char *extra;   /* one more setting, as after -p, of this side alone; NULL: none */
    json_t *first; /* `speedup` of the first result file that it wrote; or NULL */
    int usage;     /* it did not understand its words: its exit status; else 0 */
};

struct sides {
    struct side side[SIDES];
    const char *words[SIDE_WORDS_MAX]; /* what to measure, for `run`; NULL-ended */
    char scratch[PATH_MAX];            /* made by sides_open() */
    int64_t limit_ns;                  /* a half that takes longer has failed */
};

/* Looks at both; texts are copied. 0, or -EINVAL with one sentence in why[size]; then there is
 * nothing to close. */
int sides_open(struct sides *sides, const char *base, const char *news, bool commands, char *why,
               size_t size);

void sides_close(struct sides *sides);

/* For struct measurer; self is the sides. */
int sides_half(void *self, const struct half_order *order, struct half *half, char *why,
               size_t size);

/* How often a case is to be repeated so that the median one takes 150 ms in a half, all of them no
 * more than SIDE_MOST_S, and the screening is over before the deadline: from one repetition on the
 * base side, whose results are in *half then, to be freed; and from SIDE_TRIES more where that took
 * less. *repetition_ns: the wall time of a repetition of all, with its
 * process; 0: not known. As sides_half(), and *repetitions is 1 where nothing could be measured. */
int sides_calibrate(struct measurer *measurer, int64_t deadline_ns, long *repetitions,
                    double *repetition_ns, struct half *half, char *why, size_t size);

#endif
