// SPDX-License-Identifier: MIT
/* The option --fail-on: which verdicts are no success. */
#ifndef SPEEDUP_FAIL_ON_H
#define SPEEDUP_FAIL_ON_H

#include <stdbool.h>

#include "bench/compare/comparison.h"

/* Sets of verdicts: 1 << enum verdict_kind for each. */
#define FAIL_ON_ALL    ((1u << VERDICTS) - 1)
#define FAIL_ON_UNSAID (1u << VERDICTS) /* the default, whatever that is */
#define FAIL_ON_DEFAULT                                                                            \
    (1u << VERDICT_REGRESSION | 1u << VERDICT_BROKEN | 1u << VERDICT_INCONCLUSIVE)

/* Reads a list such as "regression, broken", or "none", in any case of letters, into *set. Only
 * verdicts of `known` may be named. EXIT_OK; EXIT_USAGE after one sentence on stderr, which begins
 * with the command, or EXIT_RUN_TIME without memory. */
int fail_on_read(const char *command, const char *list, unsigned known, unsigned *set);

#endif
