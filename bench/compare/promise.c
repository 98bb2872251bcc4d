// SPDX-License-Identifier: MIT
#include "bench/compare/promise.h"
#include "bench/exit_codes.h"
#include "bench/stats.h"

static const double unlikely = 0.005; /* less is no chance */
static const double wrong = 0.01;     /* at most, of false alarms and of slow-downs unseen */

const char *const promise_words[] = {
    [PROMISE_HOLDS] = "holds", [PROMISE_MISSED] = "MISSED", [PROMISE_UNTRIED] = "too few to say"};

/* Of n, so many were wrong. */
static enum promise judge(size_t found, size_t n)
{
    if (stats_binomial_tail(n, n, wrong) >= unlikely)
        return PROMISE_UNTRIED;
    return stats_binomial_tail(found, n, wrong) >= unlikely ? PROMISE_HOLDS : PROMISE_MISSED;
}

enum promise promise_calm(const struct tally *none)
{
    return judge(none->slower + none->faster, none->comparisons);
}

enum promise promise_sees(const struct tally *slowed)
{
    return judge(slowed->comparisons - slowed->slower, slowed->comparisons);
}

int promise_conclude(FILE *out, int missed, bool tried)
{
    if (missed > 0) {
        fprintf(out, "\nThe gate missed %d of its promises; do not rely on it here.\n", missed);
        return EXIT_WRONG;
    }
    if (!tried) {
        fprintf(out, "\nToo little time to say whether the gate keeps its word here; allow more "
                     "with --max-time.\n");
        return EXIT_INCONCLUSIVE;
    }
    fprintf(out, "\nThe gate keeps its word.\n");
    return EXIT_OK;
}
