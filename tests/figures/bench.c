// SPDX-License-Identifier: MIT
#include "tests/figures/bench.h"
#include "bench/chain.h"
#include "bench/gil_params.h"
#include "bench/params.h"
#include "bench/registry.h"
#include "bench/settings.h"
#include "bench/shuffle.h"
#include "bench/stats.h"
#include "bench/stop.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { CASES_MAX = 4, WARM_UP = 1 };

static struct machine machine;
static struct watch *watched;
static int stop_fd, missed;
static double work_rate;

static _Noreturn void give_up(const char *sentence)
{
    fprintf(stderr, "figures: %s\n", sentence);
    bench_leave(1);
}

void bench_leave(int status)
{
    fflush(stdout);
    watched->returned = true; /* the supervisor takes the exit code as it is */
    exit(stop_interrupted() ? 130 : status);
}

void bench_open(struct watch *watch)
{
    char why[ERROR_MAX];
    watched = watch;
    stop_fd = stop_install();
    if (stop_fd < 0 || machine_open(&machine, why, sizeof(why)) != 0)
        give_up("the machine cannot be read");
    work_rate = chain_calibrate();
}

const struct machine *bench_machine(void)
{
    return &machine;
}

int bench_missed(void)
{
    return missed;
}

/* ---- trials ------------------------------------------------------------------------------- */

void trial_open(struct trial *t, const struct workload *workload, const char *settings)
{
    char why[ERROR_MAX];
    struct experiment *e = &t->experiment;
    *t = (struct trial){.helper = {0, -1}};
    e->job.workload = workload;
    e->job.seed = 1;
    e->job.work_rate = work_rate;
    snprintf(e->name, sizeof(e->name), "%s", workload->name);
    if (params_defaults(workload->params, e->values, why, sizeof(why)) != 0 ||
        params_apply_list(workload->params, settings, e->values, why, sizeof(why)) != 0)
        give_up(why);
    if (experiment_shape(e) != 0 || experiment_place(e, &machine, "cores") != 0)
        give_up(e->failed);
    e->cases = calloc(CASES_MAX, sizeof(*e->cases));
}

void trial_interpret(struct trial *t, const char *gil)
{
    char why[ERROR_MAX];
    t->experiment.interpreted = true;
    if (gil_parse(gil, t->experiment.gil, why, sizeof(why)) != 0)
        give_up(why);
}

size_t trial_add(struct trial *t, const char *name, unsigned concurrency)
{
    char why[ERROR_MAX];
    struct experiment *e = &t->experiment;
    struct bench_case *c = &e->cases[e->case_count];
    const struct runner *runner = runner_find(name, why, sizeof(why));
    if (e->cases == NULL || e->case_count == CASES_MAX || runner == NULL)
        give_up(runner == NULL ? why : "too many cases");
    c->experiment = e;
    c->runner = runner;
    c->concurrency = concurrency;
    params_defaults(runner->params, c->runner_values, why, sizeof(why));
    struct runner_choice choice = {.runner = runner};
    memcpy(choice.values, c->runner_values, sizeof(choice.values));
    c->worker_count =
        runner_workers(&choice, concurrency, placement_cores(&e->placement, &machine));
    snprintf(c->name, sizeof(c->name), "%s/%s/n:%u", e->job.workload->name, name, concurrency);
    return e->case_count++;
}

void trial_begin(struct trial *t)
{
    struct experiment *e = &t->experiment;
    if (experiment_prepare(e, &machine, MEMORY_INTERLEAVED, stop_fd) != 0)
        give_up(e->failed);
    if (helper_start(&t->helper, &machine, e) != 0)
        give_up(e->job.error);
    t->stage = (struct stage){.machine = &machine,
                              .timeout_ns = INT64_C(60000000000),
                              .scratch = watched->scratch,
                              .helper = &t->helper};
}

void trial_close(struct trial *t)
{
    helper_stop(&t->helper);
    experiment_free(&t->experiment);
}

double trial_run(struct trial *t, size_t number)
{
    t->last = (struct sample){0};
    struct bench_case *c = &t->experiment.cases[number];
    if (repetition_run(&t->stage, c, &t->last) != 0) {
        fprintf(stderr, "figures: %s: %s\n", c->name, c->failed[0] ? c->failed : "interrupted");
        bench_leave(c->status);
    }
    return (double)t->last.run_ns;
}

double run_entry(void *context)
{
    struct entry *entry = context;
    return trial_run(entry->trial, entry->number);
}

/* ---- rounds ------------------------------------------------------------------------------- */

void bench_rounds(struct contender *contenders, size_t count, size_t rounds)
{
    size_t order[16];
    uint64_t seed = (uint64_t)time(NULL);
    for (size_t round = 0; round < rounds + WARM_UP; round++) {
        for (size_t i = 0; i < count; i++)
            order[i] = i;
        shuffle(order, count, random_next(&seed));
        for (size_t i = 0; i < count; i++) {
            struct contender *c = &contenders[order[i]];
            double value = c->body(c->context);
            if (round >= WARM_UP)
                c->values[round - WARM_UP] = value;
        }
    }
}

static void judge(const char *what, const double *a, const double *b, size_t rounds, double demand,
                  bool least)
{
    double ratios[256];
    struct estimate e = stats_ratio(a, b, rounds);
    for (size_t i = 0; i < rounds && i < 256; i++)
        ratios[i] = a[i] / b[i];
    double median = stats_median(ratios, rounds);
    bool met = least ? median >= demand : median <= demand;
    missed += !met;
    printf("%-66s %s %-7g %8.4g  [%.4g, %.4g]  %s\n", what, least ? "≥" : "≤", demand, median,
           e.low, e.high, met ? "met" : "NOT MET");
    fflush(stdout);
}

void bench_at_least(const char *what, const double *a, const double *b, size_t rounds,
                    double demand)
{
    judge(what, a, b, rounds, demand, true);
}

void bench_at_most(const char *what, const double *a, const double *b, size_t rounds, double demand)
{
    judge(what, a, b, rounds, demand, false);
}

void bench_count(const char *what, unsigned found, unsigned all, unsigned demand)
{
    missed += found < demand;
    printf("%-66s ≥ %-7u %8u  of %u  %s\n", what, demand, found, all,
           found >= demand ? "met" : "NOT MET");
    fflush(stdout);
}

/* ---- load from outside -------------------------------------------------------------------- */

double bench_wrk(const struct place *place, int connections, const char *url)
{
    char command[512], line[256];
    double rate = 0;
    place_bind(&machine, place);
    snprintf(command, sizeof(command), "wrk -t1 -c%d -d2s %.400s 2>/dev/null", connections, url);
    FILE *wrk = popen(command, "r");
    while (wrk != NULL && fgets(line, sizeof(line), wrk) != NULL)
        sscanf(line, "Requests/sec: %lf", &rate);
    if (wrk != NULL)
        pclose(wrk);
    struct place anywhere = {.cpuset = NULL};
    place_bind(&machine, &anywhere);
    return rate;
}
