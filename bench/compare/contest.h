// SPDX-License-Identifier: MIT
/* The procedure of a comparison: which side is measured when, of which cases, and how often. What
 * measures a side is behind a pointer, so that the procedure can be tried on noise that is known.
 *
 * One warm-up pair, which shows the cases; CONTEST_SCREEN pairs of all; then fresh pairs of those
 * that look changed or too noisy to be called unchanged, which are judged by these alone. A coin
 * decides which side of a pair is first. A half in which anything fails is run once more at once,
 * which makes the pair void, whichever side it was. What fails both times is timed no more, and
 * tried in pairs of its own, after the warm-up or at the end: is it more than chance? See
 * bench/compare/recheck.h. A half that is still running at the deadline, far longer than the other
 * side needs, is a failure, too: else whatever never ends would be no worse than what is slow. */
#ifndef SPEEDUP_CONTEST_H
#define SPEEDUP_CONTEST_H

#include <stdint.h>

#include "bench/compare/half.h"
#include "bench/compare/judge.h"

enum { CONTEST_SCREEN = 10, CONTEST_CONFIRM = 30, CONTEST_PAIRS_MAX = 1000 };

/* More stolen time than this share of the wall time makes a pair void, whatever it measured. */
#define CONTEST_STOLEN 0.20

/* What is to be measured. */
struct half_order {
    int side; /* BASE or NEW */
    long repetitions;
    const char *const *names; /* NULL-ended; NULL: all that the user asked for */
    uint64_t seed;            /* of inputs and orders: the same for both sides of a pair */
    uint64_t padding;         /* of the environment: another for each half */
    int64_t deadline_ns;      /* CLOCK_MONOTONIC: whoever is not done then is killed */
};

struct contest;

struct measurer {
    void *self;
    /* 0 where a process ran, even if all of it failed; -EINTR after an interrupt, -ETIMEDOUT at
     * the deadline: then there is no half. Another -errno with a sentence in why[size]: it cannot
     * go on. */
    int (*half)(void *self, const struct half_order *order, struct half *half, char *why,
                size_t size);
    /* After each pair; may be NULL. */
    void (*progress)(void *self, const struct contest *contest);
};

struct contest_pair {
    enum trust_stage stage;
    bool base_first;
    char voided[96]; /* "": it counts */
    struct trust_half half[SIDES];
    double stolen[SIDES];
};

struct contest_time {
    size_t pair; /* index into the contest's pairs */
    double ns[SIDES];
};

struct contest_case {
    char *name;
    bool seen[SIDES];
    char *failed[SIDES]; /* the reason in words, or NULL */
    bool endless[SIDES]; /* it did not end: no chance */
    size_t done[SIDES];  /* halves in which it was timed, whether they count or not */
    size_t recheck_pairs, recheck_failed[SIDES];
    char *explained;            /* what the recheck says of it, or NULL */
    bool wanted;                /* is still measured */
    bool confirmed;             /* judged by the second stage */
    struct contest_time *times; /* of both stages */
    size_t time_count;
    struct compared_case said; /* what they say; its name is `name` */
};

struct contest {
    struct measurer measurer;
    struct judge_rules rules;
    uint64_t seed;
    long repetitions;
    unsigned confirm;    /* pairs of the second stage, at least JUDGE_PAIRS_MIN */
    int64_t deadline_ns; /* CLOCK_MONOTONIC; what is measured then is judged */

    const struct half *known;    /* what the base side did before, to know its cases; or NULL */
    double repetition_ns[SIDES]; /* wall time of the last half that ended, for each repetition of
                                  * it; 0: none of these cases has */

    struct contest_pair *pairs;
    size_t pair_count, planned; /* so many there will be, as far as is known */
    struct contest_case *cases;
    size_t case_count;
    char side_failed[SIDES][HALF_TEXT_MAX]; /* the first half that failed as a whole: why; or "" */
    bool cut[SIDES];                        /* it did not end */
    size_t runs[SIDES], ended[SIDES]; /* halves that were run, each time; and did not fail as a
                                       * whole */
    bool interrupted, out_of_time;
};

/* Measures and judges. 0, also after an interrupt or the deadline; else -errno with one sentence in
 * why[size], and what was measured before is judged. In any case contest_free() it. */
int contest_run(struct contest *contest, char *why, size_t size);

/* Why nothing can be had of that side; "" where something can: it ended once, whatever it did
 * later. */
const char *contest_side_failed(const struct contest *c, int side);

void contest_free(struct contest *contest);

#endif
