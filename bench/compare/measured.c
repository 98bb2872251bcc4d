// SPDX-License-Identifier: MIT
#include "bench/compare/measured.h"

#include <math.h>
#include <stdio.h>

/* The mean of a case's repetitions, if none is missing. */
static int add_case(struct half *half, const struct view_job *job, const struct view_case *c,
                    long repetitions)
{
    char reason[HALF_TEXT_MAX];
    double sum = 0;
    if (c->name == NULL || c->refused != NULL)
        return 0;
    if (c->failed != NULL || job->failed != NULL)
        return half_add(half, c->name, NAN, c->failed != NULL ? c->failed : job->failed);
    if (c->run_count != (size_t)repetitions) {
        snprintf(reason, sizeof(reason), "it did %zu of %ld repetitions", c->run_count,
                 repetitions);
        return half_add(half, c->name, NAN, reason);
    }
    for (size_t i = 0; i < c->run_count; i++)
        sum += c->runs[i].value[VIEW_RUN];
    half->when.repetitions = repetitions;
    return half_add(half, c->name, sum / (double)c->run_count, NULL);
}

int measured_add(struct half *half, const struct view *view, long repetitions)
{
    int err = 0;
    for (size_t j = 0; j < view->job_count && err == 0; j++)
        for (size_t i = 0; i < view->jobs[j].case_count && err == 0; i++)
            err = add_case(half, &view->jobs[j], &view->jobs[j].cases[i], repetitions);
    return err;
}

bool measured_failure(const struct view *view, long repetitions)
{
    for (size_t j = 0; j < view->job_count; j++) {
        const struct view_job *job = &view->jobs[j];
        if (job->failed != NULL)
            return true;
        for (size_t i = 0; i < job->case_count; i++) {
            const struct view_case *c = &job->cases[i];
            if (c->refused == NULL && (c->failed != NULL || c->run_count != (size_t)repetitions))
                return true;
        }
    }
    return false;
}
