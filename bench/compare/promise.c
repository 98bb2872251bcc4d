// SPDX-License-Identifier: MIT
#include "bench/compare/promise.h"
#include "bench/exit_codes.h"
#include "bench/stats.h"

static const double unlikely = 0.005; /* less is no chance */
static const double false_alarms = 0.01, unseen = 0.05;

const char *const promise_words[] = {
    [PROMISE_HOLDS] = "holds", [PROMISE_MISSED] = "MISSED", [PROMISE_UNTRIED] = "too few to say"};

/* Of n, so many went wrong, each with at most that chance. */
static enum promise judge(size_t wrong, size_t n, double chance)
{
    if (stats_binomial_tail(n, n, chance) >= unlikely)
        return PROMISE_UNTRIED;
    return stats_binomial_tail(wrong, n, chance) >= unlikely ? PROMISE_HOLDS : PROMISE_MISSED;
}

enum promise promise_calm(const struct tally *none)
{
    return judge(none->slower + none->faster, none->comparisons, false_alarms);
}

enum promise promise_sees(const struct tally *slowed)
{
    return judge(slowed->comparisons - slowed->slower, slowed->comparisons, unseen);
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
