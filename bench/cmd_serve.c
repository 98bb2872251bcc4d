// SPDX-License-Identifier: MIT
/* speedup serve: the server of the workload `serve` under a runner, for clients from outside. */
#include "bench/cli.h"
#include "bench/cmd.h"
#include "bench/helper.h"
#include "bench/params.h"
#include "bench/registry.h"
#include "bench/repetition.h"
#include "bench/settings.h"
#include "bench/stop.h"
#include "bench/supervise.h"
#include "bench/units.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

struct options {
    char *runner, *port, *concurrency, *pin, *gil;
};

/* One case, and what it needs. */
struct service {
    struct machine machine;
    struct experiment experiment;
    struct bench_case served;
};

/* Connections at once where -n does not say: what a server of that kind would be given. */
static unsigned usual_concurrency(const struct runner *runner)
{
    enum { LOOP = 10000, FRESH = 1000, POOL = 64 };
    return runner->caps & RUNNER_EVENT_LOOP ? LOOP : runner->caps & RUNNER_FRESH ? FRESH : POOL;
}

/* Each connection is a descriptor. */
static unsigned most_connections(void)
{
    enum { SPARE = 64 };
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_max > 65536 + SPARE)
        return 65536;
    return limit.rlim_max > SPARE + 1 ? (unsigned)limit.rlim_max - SPARE : 1;
}

static int read_concurrency(const char *text, const struct runner *runner, unsigned *n, char *why,
                            size_t size)
{
    const struct param param = {"-n", "", PARAM_COUNT, "1", 1, 65536, NULL};
    struct value value;
    unsigned most = most_connections(), usual = usual_concurrency(runner);
    *n = runner->workers == workers_one && !(runner->caps & RUNNER_EVENT_LOOP) ? 1 : usual;
    *n = *n < most ? *n : most;
    int err = text != NULL ? units_parse(&param, text, &value, why, size) : 0;
    if (text == NULL || err != 0)
        return err;
    *n = (unsigned)value.n;
    if (*n <= most)
        return 0;
    snprintf(why, size,
             "-n %u: the limit of open files allows %u connections; raise it with "
             "ulimit -n, or choose fewer",
             *n, most);
    return -EINVAL;
}

/* The workload with the port, placed; nothing is started. */
static int set_up_experiment(struct service *s, const struct options *o, char *why, size_t size)
{
    char port[64];
    const struct settings none = {NULL, NULL};
    struct subject subject;
    const struct workload *w = workload_find("serve", why, size);
    snprintf(port, sizeof(port), "port=%.32s", o->port != NULL ? o->port : "8080");
    int err = w == NULL ? -EINVAL : subject_make(&subject, w, port, &none, o->gil, why, size);
    if (err != 0)
        return err;
    struct experiment *e = &s->experiment;
    e->job.workload = subject.workload;
    e->job.endless = true;
    memcpy(e->values, subject.values, sizeof(e->values));
    e->interpreted = subject.interpreted;
    memcpy(e->gil, subject.gil, sizeof(e->gil));
    if (experiment_shape(e) != 0 ||
        experiment_place(e, &s->machine, o->pin != NULL ? o->pin : "cores") != 0) {
        snprintf(why, size, "%s", e->failed);
        return -EINVAL;
    }
    return 0;
}

static int set_up_case(struct service *s, const struct options *o, char *why, size_t size)
{
    const struct settings none = {NULL, NULL};
    struct runner_choice *choice = calloc(1, sizeof(*choice));
    struct bench_case *c = &s->served;
    const struct runner *loop = runner_with(RUNNER_EVENT_LOOP);
    const char *runner = o->runner != NULL ? o->runner : loop->name;
    int err = choice == NULL ? -ENOMEM : runner_choose(runner, &none, choice, why, size);
    if (err == 0)
        err = read_concurrency(o->concurrency, choice->runner, &c->concurrency, why, size);
    if (err == 0 && choice->runner->probe != NULL)
        err = choice->runner->probe(choice->values, &s->experiment.job, why, size);
    if (err == 0) {
        c->experiment = &s->experiment;
        c->runner = choice->runner;
        memcpy(c->runner_values, choice->values, sizeof(c->runner_values));
        c->worker_count = runner_workers(choice, c->concurrency,
                                         placement_cores(&s->experiment.placement, &s->machine));
        s->experiment.cases = c;
        s->experiment.case_count = 1;
        snprintf(c->name, sizeof(c->name), "serve/%s/n:%u", runner, c->concurrency);
    }
    free(choice);
    return err;
}

static int serve(struct watch *watch, void *argument)
{
    struct service *s = argument;
    struct experiment *e = &s->experiment;
    struct helper_process none = {0, -1};
    struct stage stage = {.machine = &s->machine,
                          .timeout_ns = INT64_C(1000000000) * 86400 * 365 * 10,
                          .scratch = watch->scratch,
                          .helper = &none};
    struct sample sample = {0};
    snprintf(watch->current, sizeof(watch->current), "%s", s->served.name);
    int fd = stop_install();
    int err = fd < 0 ? fd : experiment_prepare(e, &s->machine, MEMORY_FIRST_TOUCH, fd);
    if (err != 0) {
        fprintf(stderr, "speedup serve: %s\n", e->failed[0] ? e->failed : strerror(-err));
        return EXIT_RUN_TIME;
    }
    printf("%s with %u at once: %s; Ctrl-C ends it\n", s->served.runner->name,
           s->served.concurrency, e->notes[0]);
    fflush(stdout);
    err = repetition_run(&stage, &s->served, &sample);
    if (err != 0 && err != -EINTR)
        fprintf(stderr, "speedup serve: %s\n", s->served.failed);
    experiment_cleanup(e);
    return err == 0 || err == -EINTR ? EXIT_OK : EXIT_RUN_TIME;
}

int cmd_serve(int argc, const char **argv)
{
    struct options o = {0};
    const struct poptOption table[] = {
        {"runner", 'R', POPT_ARG_STRING, &o.runner, 0,
         "what carries the server (default: an event loop)", "RUNNER"},
        {"port", '\0', POPT_ARG_STRING, &o.port, 0,
         "port of 127.0.0.1 (default 8080); 0: any free one, which is printed", "PORT"},
        {"concurrency", 'n', POPT_ARG_STRING, &o.concurrency, 0,
         "connections at once (default: 10000 for loops, 1000 for a worker each, 64 for pools, 1 "
         "for serial)",
         "N"},
        {"pin", '\0', POPT_ARG_STRING, &o.pin, 0,
         "where workers sit: cores (default), compact, scatter, none or an hwloc location",
         "POLICY"},
        {"gil", '\0', POPT_ARG_STRING, &o.gil, 0, "under a simulated interpreter, e.g. new",
         "VARIANT"},
        POPT_AUTOHELP POPT_TABLEEND};
    struct service *s = calloc(1, sizeof(*s));
    char why[4 * ERROR_MAX] = "out of memory";
    int status;
    poptContext context = cli_open("serve", NULL, argc, argv, table, &status);
    if (status == 0 && (s == NULL || machine_open(&s->machine, why, sizeof(why)) != 0)) {
        fprintf(stderr, "speedup serve: %s\n", why);
        status = EXIT_RUN_TIME;
    } else if (status == 0 && (set_up_experiment(s, &o, why, sizeof(why)) != 0 ||
                               set_up_case(s, &o, why, sizeof(why)) != 0)) {
        status = cli_usage("serve", "%s", why);
    } else if (status == 0) {
        status = supervise(serve, s);
    }
    if (s != NULL) {
        s->experiment.cases = NULL; /* its only one is part of s */
        s->experiment.case_count = 0;
        experiment_free(&s->experiment);
        machine_close(&s->machine);
    }
    char *texts[] = {o.runner, o.port, o.concurrency, o.pin, o.gil};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        free(texts[i]);
    free(s);
    poptFreeContext(context);
    return status;
}
