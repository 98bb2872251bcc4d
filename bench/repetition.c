// SPDX-License-Identifier: MIT
#include "bench/repetition.h"
#include "bench/gil_params.h"
#include "bench/helper.h"
#include "bench/scratch.h"
#include "bench/stop.h"
#include "bench/verify.h"
#include "bench/worker.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Everything one repetition needs, made before its clocks start. */
struct setting {
    struct run run;
    struct placing placing;
    struct worker *workers;
    struct seat *seats;
};

/* Those of this process: one thread for each worker and one for who starts them. Process workers
 * make their own. */
static int give_interpreters(struct setting *s, const struct bench_case *c)
{
    struct control *control = s->run.control;
    control->gil = gil_options_of(c->experiment->gil);
    if (c->runner->caps & RUNNER_ISOLATED)
        return 0;
    s->run.interpreters = interpreters_open(&control->gil, c->worker_count + 1);
    return s->run.interpreters != NULL ? 0 : -ENOMEM;
}

static int set_up(struct setting *s, const struct stage *stage, struct bench_case *c)
{
    struct experiment *e = c->experiment;
    struct control *control = e->arena.control;
    arena_reset(&e->arena, c->concurrency, c->worker_count);
    snprintf(control->runner, sizeof(control->runner), "%s", c->runner->name);
    memcpy(e->arena.runner_values, c->runner_values, sizeof(c->runner_values));
    s->placing = (struct placing){stage->machine, &e->placement};
    s->workers = calloc(c->worker_count, sizeof(*s->workers));
    s->seats = calloc(c->worker_count, sizeof(*s->seats));
    if (s->workers == NULL || s->seats == NULL)
        return -ENOMEM;
    s->run = (struct run){
        .runner = c->runner,
        .job = &e->job,
        .values = e->arena.runner_values,
        .concurrency = c->concurrency,
        .worker_count = c->worker_count,
        .workers = s->workers,
        .control = control,
        .placing = &s->placing,
    };
    for (unsigned i = 0; i < c->worker_count; i++)
        worker_seat(&s->workers[i], &s->run, i, &s->seats[i]);
    control->interpreted = e->interpreted;
    if (e->interpreted && give_interpreters(s, c) != 0)
        return -ENOMEM;
    return e->job.shape.directory ? scratch_make(stage->scratch, control->directory) : 0;
}

static void tear_down(struct setting *s)
{
    if (s->run.job != NULL && s->run.job->shape.directory)
        scratch_remove(s->run.control->directory);
    interpreters_close(s->run.interpreters);
    free(s->workers);
    free(s->seats);
}

/* Runs a case once. The order of these calls, and what stands between the clock readings, is what
 * every number of the program means. */
int repetition_run(const struct stage *stage, struct bench_case *c, struct sample *sample)
{
    const struct runner *runner = c->runner;
    struct setting setting = {0};
    struct run *run = &setting.run;
    struct outcome outcome = {0};

    int err = set_up(&setting, stage, c);
    if (err != 0) {
        tear_down(&setting);
        return case_fail(c, 1, err, "could not set up: %s", strerror(-err));
    }
    usage_begin(sample);
    stop_arm(run->control, stage->timeout_ns);

    int64_t create_begin = now_ns();
    outcome.create_error = runner->create(run);
    int64_t create_end = now_ns();

    helper_tell(stage->helper, HELPER_GO);
    int64_t go_begin = now_ns();
    if (outcome.create_error == 0)
        outcome.go_error = runner->go(run);
    int64_t go_end = now_ns();
    helper_tell(stage->helper, HELPER_END);

    int64_t destroy_begin = now_ns();
    outcome.destroy_error = runner->destroy(run);
    int64_t destroy_end = now_ns();

    stop_disarm();
    if (c->experiment->job.shape.reports)
        helper_await(stage->helper);
    usage_end(sample, &c->experiment->arena, c->worker_count);
    if (c->experiment->interpreted)
        lock_measure(&sample->lock, run);
    sample->create_ns = create_end - create_begin;
    sample->run_ns = go_end - go_begin;
    sample->destroy_ns = destroy_end - destroy_begin;
    outcome.go_begin_ns = go_begin;
    outcome.go_end_ns = go_end;
    err = verify(stage, c, &outcome, sample);
    if (err == 0 && stage->answers != NULL)
        answers_print(stage->answers, c, stage->order, go_begin);
    tear_down(&setting);
    return err;
}
