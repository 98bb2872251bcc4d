// SPDX-License-Identifier: MIT
/*
 * OpenMP's own team and its dynamic schedule: the engine that the others are measured against.
 *
 * The team lives from create to destroy, because a region of as many threads gets the same ones
 * again (OpenMP 5.0, 2.19.2: threadprivate data persists). Between the regions its threads wait for
 * each other, so under an interpreter none of them may hold the lock there.
 */
#include "runners/runner.h"

#include <errno.h>
#include <omp.h>
#include <stdio.h>

static int probe(const struct value *values, const struct job *job, char *why, size_t size)
{
    (void)values, (void)job;
#ifdef __SANITIZE_THREAD__
    snprintf(why, size, "the thread sanitizer does not see how libgomp synchronises");
    return -ENOTSUP;
#else
    (void)why, (void)size;
    return 0;
#endif
}

static int create(struct run *run)
{
    unsigned team = 0;
    int err = 0;
    omp_set_dynamic(0);
#pragma omp parallel num_threads(run->worker_count) reduction(max : team) reduction(min : err)
    {
        team = (unsigned)omp_get_num_threads();
        if (team == run->worker_count) {
            struct worker *worker = &run->workers[omp_get_thread_num()];
            err = worker_start(worker, WORKER_HERE);
            blocking_begin(worker, BLOCKING_OTHERS);
        }
    }
    if (team != run->worker_count)
        return run_fail(run, -EAGAIN,
                        "OpenMP gave %u threads instead of %u; is OMP_THREAD_LIMIT set?", team,
                        run->worker_count);
    return err;
}

/* Tasks that come from elsewhere OpenMP cannot schedule. */
static void work_in_team(struct run *run, struct worker *worker)
{
    size_t count = run->job->workload->next == NULL ? run->job->shape.tasks : 0;
    struct task task;
#pragma omp for schedule(dynamic, 1) nowait
    for (size_t i = 0; i < count; i++) {
        if (worker_stopped(worker))
            continue;
        task_locate(run, i, &task);
        task_run(worker, &task);
    }
    if (run->job->workload->next != NULL)
        work_tasks(worker);
}

static int go(struct run *run)
{
#pragma omp parallel num_threads(run->worker_count)
    {
        struct worker *worker = &run->workers[omp_get_thread_num()];
        blocking_end(worker, BLOCKING_OTHERS);
        work_in_team(run, worker);
        blocking_begin(worker, BLOCKING_OTHERS);
    }
    return 0;
}

/* The team is ended, or its idle threads would spin through the next case. */
static int destroy(struct run *run)
{
    int err = 0;
#pragma omp parallel num_threads(run->worker_count) reduction(min : err)
    {
        struct worker *worker = &run->workers[omp_get_thread_num()];
        blocking_end(worker, BLOCKING_OTHERS);
        err = worker_stop(worker);
    }
    if (omp_pause_resource_all(omp_pause_hard) != 0)
        err = run_fail(run, -EBUSY, "OpenMP did not end its threads");
    return err;
}

const struct runner runner_openmp = {
    .name = "openmp",
    .summary = "an OpenMP team of n threads with a dynamic schedule",
    .caps = RUNNER_BLOCKING | RUNNER_SHARED,
    .probe = probe,
    .create = create,
    .go = go,
    .destroy = destroy,
};
