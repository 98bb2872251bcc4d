// SPDX-License-Identifier: MIT
/* What `speedup compare --self-test` makes of what it saw on this machine. */
#include "bench/compare/promise.h"
#include "bench/exit_codes.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static void expect_promise(enum promise found, enum promise expected, size_t k, size_t n)
{
    cr_expect_eq(found, expected, "%zu of %zu: %s", k, n, promise_words[found]);
}

/* By hand: P(X >= 5) is 0.0034 for 100 at 1 %, P(X >= 4) is 0.018; of one or none, none is rare. */
Test(gate_promise, false_alarms_are_few)
{
    static const struct {
        size_t alarms, n;
        enum promise promise;
    } rows[] = {{0, 0, PROMISE_UNTRIED}, {1, 1, PROMISE_UNTRIED},   {0, 2, PROMISE_HOLDS},
                {2, 2, PROMISE_MISSED},  {4, 100, PROMISE_HOLDS},   {5, 100, PROMISE_MISSED},
                {0, 100, PROMISE_HOLDS}, {100, 100, PROMISE_MISSED}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        for (size_t slower = 0; slower <= rows[i].alarms; slower++) {
            struct tally none = {rows[i].n, slower, rows[i].alarms - slower};
            expect_promise(promise_calm(&none), rows[i].promise, rows[i].alarms, rows[i].n);
        }
}

/* By hand: a gate that sees 99 of 100 misses 3 or more of 20 in 0.0010 of all cases, 2 or more in
 * 0.017, one or more of 9 in 0.086, 2 or more in 0.0034, and both of 2 in 0.0001. */
Test(gate_promise, slow_downs_are_seen)
{
    static const struct {
        size_t seen, n;
        enum promise promise;
    } rows[] = {{0, 0, PROMISE_UNTRIED}, {0, 1, PROMISE_UNTRIED}, {1, 1, PROMISE_UNTRIED},
                {0, 2, PROMISE_MISSED},  {1, 2, PROMISE_HOLDS},   {8, 9, PROMISE_HOLDS},
                {7, 9, PROMISE_MISSED},  {18, 20, PROMISE_HOLDS}, {17, 20, PROMISE_MISSED},
                {19, 20, PROMISE_HOLDS}, {0, 20, PROMISE_MISSED}, {20, 20, PROMISE_HOLDS}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct tally slowed = {rows[i].n, rows[i].seen, 0};
        expect_promise(promise_sees(&slowed), rows[i].promise, rows[i].seen, rows[i].n);
    }
}

static void expect_conclusion(int missed, bool tried, int code, const char *sentence)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    cr_assert_not_null(out);
    cr_expect_eq(promise_conclude(out, missed, tried), code, "%s", sentence);
    fclose(out);
    cr_expect_not_null(strstr(text, sentence), "no '%s' in '%s'", sentence, text);
    free(text);
}

Test(gate_promise, what_is_missed_is_a_failure)
{
    expect_conclusion(0, true, EXIT_OK, "The gate keeps its word.");
    expect_conclusion(0, false, EXIT_INCONCLUSIVE, "Too little time to say");
    expect_conclusion(2, true, EXIT_WRONG, "missed 2 of its promises");
    expect_conclusion(1, false, EXIT_WRONG, "missed 1 of its promises");
}
