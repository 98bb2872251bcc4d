// SPDX-License-Identifier: MIT
/* What the comparisons of `speedup compare --self-test` on this machine say of the gate's two
 * promises. A promise is missed where a gate that keeps it would do so badly in less than 1 of 200
 * such tests; where there were so few comparisons that even the worst would say nothing, it was not
 * tried. */
#ifndef SPEEDUP_COMPARE_PROMISE_H
#define SPEEDUP_COMPARE_PROMISE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Comparisons of one kind: how many called the new side slower, or faster. */
struct tally {
    size_t comparisons, slower, faster;
};

enum promise { PROMISE_HOLDS, PROMISE_MISSED, PROMISE_UNTRIED };

/* "holds", "MISSED", "too few to say" */
extern const char *const promise_words[];

/* Without a change: a false alarm in at most one of 100. At most 4 in 100 hold. */
enum promise promise_calm(const struct tally *none);

/* With 5 % more work: called slower in at least 99 of 100. At least 18 of 20 hold. */
enum promise promise_sees(const struct tally *slowed);

/* Says on `out` what came of it, of so many promises that were missed; tried: all were. Answers the
 * exit code. */
int promise_conclude(FILE *out, int missed, bool tried);

#endif
