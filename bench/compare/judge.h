// SPDX-License-Identifier: MIT
/* What the pairs of a case say. Times in nanoseconds, changes as fractions: 0.05 is 5 % slower.
 * The recipe: shares of the noise are the same on both sides of a pair, so only the logarithm of
 * new / base is looked at. */
#ifndef SPEEDUP_JUDGE_H
#define SPEEDUP_JUDGE_H

#include <stdint.h>

#include "bench/compare/comparison.h"

enum { JUDGE_PAIRS_MIN = 8 }; /* below, no interval of 99 % exists, and no verdict */

struct judge_rules {
    double margin;     /* a change up to it is none: 0.01 */
    double min_effect; /* the least that matters: 0.03 */
    double alpha;      /* of the whole family: 0.01 */
    uint64_t seed;     /* of the flips */
};

/* Fills the numbers of one case from its pairs, Holm's excepted: change, both p, medians, what was
 * visible and what is needed, of `family` cases that are judged together. */
void judge_numbers(struct compared_case *c, const struct judge_rules *rules, size_t family);

/* The fewest pairs that can tell of one of `family` cases that it changed: even if it did so in all
 * of them, chance alone would do as much too often with less. */
size_t judge_fewest(const struct judge_rules *rules, size_t family);

/* Of those numbers, the change and its interval alone. */
void judge_change(struct compared_case *c);

/* Holm's adjustment over those of the cases whose p are known, and the verdict of each. `why` is
 * left alone. Cases that already have another verdict than these four are skipped: `judged` says
 * which count. */
void judge_verdicts(struct compared_case *cases, const bool *judged, size_t count,
                    const struct judge_rules *rules);

/* After screening: does it look as if it changed by more than the margin, in either direction? */
bool judge_suspects(const struct compared_case *c, double margin);

/* For certain not slower by the least effect that matters? */
bool judge_unchanged(const struct compared_case *c, double min_effect);

#endif
