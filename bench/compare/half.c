// SPDX-License-Identifier: MIT
#include "bench/compare/half.h"
#include "bench/text.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REPETITIONS_MAX = 1000 };

void half_free(struct half *half)
{
    for (size_t i = 0; i < half->case_count; i++) {
        free(half->cases[i].name);
        free(half->cases[i].failed);
    }
    free(half->cases);
    free(half->failed);
    *half = (struct half){0};
}

int half_add(struct half *half, const char *name, double ns, const char *failed)
{
    struct half_case *more = reallocarray(half->cases, half->case_count + 1, sizeof(*half->cases));
    if (more == NULL)
        return -ENOMEM;
    half->cases = more;
    struct half_case *c = &more[half->case_count++];
    *c = (struct half_case){strdup(name), failed != NULL ? NAN : ns,
                            failed != NULL ? strdup(failed) : NULL};
    return c->name == NULL || (failed != NULL && c->failed == NULL) ? -ENOMEM : 0;
}

const struct half_case *half_find(const struct half *half, const char *name)
{
    for (size_t i = 0; i < half->case_count; i++)
        if (strcmp(half->cases[i].name, name) == 0)
            return &half->cases[i];
    return NULL;
}

bool half_timed(const struct half *half, const char *name)
{
    const struct half_case *c = half_find(half, name);
    return half->failed == NULL && c != NULL && c->ns > 0;
}

long half_repetitions(double usual_ns, double repetition_ns, double most_ns)
{
    if (!(usual_ns > 0))
        return 1;
    double wanted = fmin(ceil(HALF_NS / usual_ns), REPETITIONS_MAX);
    double most = repetition_ns > 0 ? floor(most_ns / repetition_ns) : wanted;
    return (long)fmax(fmin(wanted, most), 1);
}

/* "failed twice in 12 runs: REASON" */
static int put_twice(char **reason, size_t runs)
{
    char text[HALF_TEXT_MAX];
    snprintf(text, sizeof(text), "failed twice in %zu runs: %.340s", runs, *reason);
    text_clean(text); /* what is cut may end within a character */
    free(*reason);
    *reason = strdup(text);
    return *reason != NULL ? 0 : -ENOMEM;
}

int half_merge(struct half *half, struct half *first, size_t runs)
{
    int err = 0;
    half->endless &= first->endless;
    if (half->failed != NULL && first->failed != NULL)
        return put_twice(&half->failed, runs);
    if (half->failed != NULL) { /* what the first could not do is told in its words */
        struct half other = *half;
        half->failed = NULL;
        half->cases = first->cases;
        half->case_count = first->case_count;
        *first = other;
    }
    for (size_t i = 0; i < first->case_count && err == 0; i++)
        if (half_timed(first, first->cases[i].name) &&
            half_find(half, first->cases[i].name) == NULL)
            err = half_add(half, first->cases[i].name, first->cases[i].ns, NULL);
    for (size_t i = 0; i < half->case_count && err == 0; i++) {
        struct half_case *one = &half->cases[i];
        if (half_timed(half, one->name))
            continue;
        if (half_timed(first, one->name)) {
            one->ns = half_find(first, one->name)->ns;
            free(one->failed);
            one->failed = NULL;
        } else if (one->failed != NULL)
            err = put_twice(&one->failed, runs);
    }
    return err;
}
