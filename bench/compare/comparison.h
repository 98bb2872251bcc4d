// SPDX-License-Identifier: MIT
/* A comparison of two builds or two commands, as its file holds it: docs/comparison-file.md. What
 * is printed, drawn or kept in a history is read from here and from nothing else. */
#ifndef SPEEDUP_COMPARISON_H
#define SPEEDUP_COMPARISON_H

#include <jansson.h>
#include <stdbool.h>

#include "bench/stats.h"

/* In the order of their weight: the first ones are what a gate is for. */
enum verdict_kind {
    VERDICT_BROKEN,       /* failed or gave a wrong answer on the new side alone */
    VERDICT_REGRESSION,   /* slower than the margin allows, for certain */
    VERDICT_INCONCLUSIVE, /* too noisy to say */
    VERDICT_IMPROVEMENT,  /* faster than the margin, for certain */
    VERDICT_UNCHANGED,    /* for certain not slower by the least effect that matters */
    VERDICT_REPAIRED,     /* failed on the base side alone */
    VERDICT_FAILED,       /* failed on both sides */
    VERDICT_ADDED,        /* only the new side has it, where it works */
    VERDICT_REMOVED,      /* only the base side has it */
    VERDICTS
};
extern const char *const verdict_names[VERDICTS + 1]; /* "BROKEN", ...; ended by NULL */

/* Room for a fingerprint, 16 hexadecimal digits: where it was measured, which two points of a
 * history must have in common. */
enum { FINGERPRINT_MAX = 17 };

/* One case. Times in nanoseconds, changes as fractions: 0.05 is 5 % slower. NAN: not known. */
struct compared_case {
    const char *name;     /* unique in its file; see docs/result-file.md */
    const char *workload; /* NULL for commands */
    enum verdict_kind verdict;
    bool confirmed;                 /* judged by fresh pairs, after a screening that asked for it */
    const char *why;                /* one sentence, or NULL */
    double base_ns, new_ns;         /* medians over the pairs that it is judged by */
    struct estimate change;         /* with its 99 % interval */
    double p_slow, p_slow_adjusted; /* Holm's, over all cases */
    double p_fast, p_fast_adjusted;
    double visible;      /* the smallest slow-down that it would have seen in four of five times */
    double pairs_needed; /* to see one of the least effect that matters; NAN: enough */
    /* The pairs that it is judged by; pair_count of each, in order, owned by the comparison. */
    double *base_times_ns, *new_times_ns;
    size_t pair_count;
};

struct comparison {
    json_t *file; /* holds all text */
    char fingerprint[FINGERPRINT_MAX];
    const char *started, *finished; /* UTC, ISO 8601; finished may be NULL */
    const char *status;             /* "complete", "interrupted", ... */
    const char *message; /* the sentence that was printed for another, or that time was over; or
                          * NULL */
    const char *base, *base_version; /* path or command; version may be NULL */
    const char *news, *new_version;
    const char *hostname, *cpu; /* may be NULL */
    bool paired;   /* the tool ran both sides itself; else two stored files: advisory */
    bool commands; /* the sides are commands, not builds */
    double margin, min_effect, alpha;
    long repetitions; /* in a half of a pair */
    struct compared_case *cases;
    size_t case_count;
};

/* Reads the file. 0, or -errno with one sentence in why[size] that names the file and the place in
 * it; then there is nothing to close. -EPROTO: it can be read but not believed, as its processes
 * did not begin in the order of its coin, one process served several halves, or a repetition is
 * missing. */
int comparison_open(struct comparison *comparison, const char *path, char *why, size_t size);

/* The same from a loaded file, which the comparison keeps a reference to. */
int comparison_build(struct comparison *comparison, json_t *file, char *why, size_t size);

void comparison_close(struct comparison *comparison);

#endif
