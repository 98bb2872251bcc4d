// SPDX-License-Identifier: MIT
/* What the processes of one side of a pair have measured. */
#ifndef SPEEDUP_HALF_H
#define SPEEDUP_HALF_H

#include "bench/compare/trust.h"

enum { HALF_TEXT_MAX = 400 };
enum { HALF_NS = 150000000 }; /* that a half is to take for the median case */

/* What a half has of a case. The names and sentences are its owner's to free: half_free(). */
struct half_case {
    char *name;
    double ns;    /* the mean of its repetitions; NAN: it failed */
    char *failed; /* the reason in words, or NULL */
};

/* One side, measured by fresh processes. */
struct half {
    struct trust_half when;
    double stolen; /* share of its wall time */
    char *failed;  /* all of it: no case can be told of. The reason in words, or NULL */
    bool endless;  /* that is, as it took too long */
    struct half_case *cases;
    size_t case_count;
};

void half_free(struct half *half);

/* 0, or -ENOMEM. */
int half_add(struct half *half, const char *name, double ns, const char *failed);

/* The case of that name, or NULL. */
const struct half_case *half_find(const struct half *half, const char *name);

/* Has it a time of that case? */
bool half_timed(const struct half *half, const char *name);

/* How often a case is to be repeated, at least once: so that the median one, which takes usual_ns,
 * takes HALF_NS, and all of them with their process, which take repetition_ns a time, no more than
 * most_ns. 0 for a time that is not known. */
long half_repetitions(double usual_ns, double repetition_ns, double most_ns);

/* `half` is `first` run once more: what only one of them could do is done, and of what neither
 * could the reason says that it is the second time, in so many runs of this side. 0 or -ENOMEM;
 * `first` is still to be freed. */
int half_merge(struct half *half, struct half *first, size_t runs);

#endif
