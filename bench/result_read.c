// SPDX-License-Identifier: MIT
#include "bench/result_read.h"
#include "bench/members.h"

#include "runners/gil.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* More than 30 years are no measurement, and sums of them stay numbers. */
static const double NS_MAX = 1e18, TASKS_MAX = 1e18;
enum { SCHEMA = 1 };

/* Where the reader stands, counted from 1; 0: not in one. */
struct reader {
    size_t job, in_case, run;
    char *why;
    size_t size;
};

__attribute__((format(printf, 2, 3))) static int malformed(const struct reader *r,
                                                           const char *format, ...)
{
    char place[96] = "", reason[MEMBERS_WHY_MAX];
    va_list list;
    va_start(list, format);
    vsnprintf(reason, sizeof(reason), format, list);
    va_end(list);
    if (r->run > 0)
        snprintf(place, sizeof(place), " in job %zu, case %zu, run %zu", r->job, r->in_case,
                 r->run);
    else if (r->in_case > 0)
        snprintf(place, sizeof(place), " in job %zu, case %zu", r->job, r->in_case);
    else if (r->job > 0)
        snprintf(place, sizeof(place), " in job %zu", r->job);
    snprintf(r->why, r->size, "not a valid result file%s: %s", place, reason);
    return -EINVAL;
}

/* Optional members: what is missing or null is not known. */
static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static double number_of(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return json_is_number(value) ? json_number_value(value) : NAN;
}

/* It counts from the making of the workers to their end. */
static void read_lock(const json_t *lock, double workers, double v[VIEW_VALUES])
{
    const json_t *hold = json_object_get(lock, "hold"), *wait = json_object_get(lock, "wait");
    double waited = json_is_object(wait) ? number_of(wait, "sum_ns") : 0;
    v[VIEW_LOCK_HOLD] = number_of(hold, "p50_ns");
    v[VIEW_LOCK_WAIT] = number_of(wait, "p50_ns");
    v[VIEW_LOCK_SWITCHES] = number_of(lock, "switches") / v[VIEW_WHOLE] * 1e9;
    v[VIEW_LOCK_WAITED] = json_is_object(hold) ? waited / (v[VIEW_WHOLE] * workers) : NAN;
}

/* By the names that the job lists. */
static void read_measures(const json_t *values, const struct view_job *job, double v[VIEW_VALUES])
{
    for (int i = 0; i < VIEW_VALUES - VIEW_MEASURES; i++)
        v[VIEW_MEASURES + i] =
            job->measures[i].name != NULL ? number_of(values, job->measures[i].name) : NAN;
}

static int read_run(struct reader *r, json_t *json, const struct view_job *job, struct view_case *c)
{
    struct members m = {.object = json};
    struct view_run run = {.round = (int)members_whole(&m, "round", 0, INT_MAX)};
    double *v = run.value;
    bool used = members_bool(&m, "used"), checked = members_bool(&m, "checked");
    v[VIEW_CREATE] = members_number(&m, "create_ns", 0, NS_MAX);
    v[VIEW_RUN] = members_number(&m, "run_ns", 0, NS_MAX);
    v[VIEW_DESTROY] = members_number(&m, "destroy_ns", 0, NS_MAX);
    if (m.err != 0)
        return malformed(r, "%s", m.why);
    v[VIEW_WHOLE] = v[VIEW_CREATE] + v[VIEW_RUN] + v[VIEW_DESTROY];
    read_lock(json_object_get(json, "gil"), c->workers, v);
    read_measures(json_object_get(json, "measures"), job, v);
    v[VIEW_CPU] = number_of(json, "cpu_ns");
    v[VIEW_TASK_P95] = number_of(json, "task_p95_ns");
    v[VIEW_PEAK] = number_of(json, "peak_concurrency");
    v[VIEW_VOLUNTARY] = number_of(json, "voluntary_switches");
    v[VIEW_INVOLUNTARY] = number_of(json, "involuntary_switches");
    if (used && checked)
        c->runs[c->run_count++] = run;
    return 0;
}

static int read_runs(struct reader *r, json_t *runs, const struct view_job *job,
                     struct view_case *c)
{
    c->runs = calloc(json_array_size(runs) + 1, sizeof(*c->runs));
    if (c->runs == NULL)
        return malformed(r, "not enough memory");
    json_t *run;
    size_t i;
    json_array_foreach (runs, i, run) {
        r->run = i + 1;
        int err = read_run(r, run, job, c);
        if (err != 0)
            return err;
    }
    if (c->failed != NULL || c->refused != NULL)
        c->run_count = 0;
    return 0;
}

static int read_case(struct reader *r, json_t *json, const struct view_job *job,
                     struct view_case *c)
{
    struct members m = {.object = json};
    r->run = 0;
    c->name = text_of(json, "name");
    c->runner = members_text(&m, "runner");
    c->concurrency = (int)members_whole(&m, "concurrency", 1, INT_MAX);
    json_t *runs = members_list(&m, "runs");
    if (m.err != 0)
        return malformed(r, "%s", m.why);
    c->serial = strcmp(c->runner, "serial") == 0;
    const json_t *baseline = json_object_get(json, "baseline"); /* older files have only serial */
    c->baseline = baseline != NULL ? json_is_true(baseline) : c->serial;
    c->inlined = json_is_true(json_object_get(json, "inline"));
    c->refused = text_of(json, "refused");
    c->failed = text_of(json, "failed");
    c->errors = json_object_get(json, "errors");
    double workers = number_of(json, "workers");
    c->workers = workers >= 1 ? workers : c->concurrency;
    return read_runs(r, runs, job, c);
}

/* Its settings or, without them, its name:
 * "primes/limit:4/split:equal" becomes "limit=4 split=equal". The names are known, so that a text
 * value may hold both signs. */
static void read_params(const json_t *json, struct view_job *job)
{
    char text[VIEW_TEXT_MAX];
    const char *settings = text_of(json, "settings");
    if (settings != NULL) {
        snprintf(job->params, sizeof(job->params), "%s", settings);
        return;
    }
    const char *slash = strchr(job->name, '/'), *key;
    snprintf(text, sizeof(text), "%s", slash != NULL ? slash : "/");
    json_t *value;
    json_object_foreach (json_object_get(json, "params"), key, value) {
        char sign[128];
        int n = snprintf(sign, sizeof(sign), "/%s:", key);
        char *at = n < (int)sizeof(sign) ? strstr(text, sign) : NULL;
        if (at != NULL) {
            at[0] = ' ';
            at[n - 1] = '=';
        }
    }
    snprintf(job->params, sizeof(job->params), "%s", text + 1);
}

/* Files that are older than interpreters have none. */
static void read_interpreter(const json_t *interpreter, struct view_job *job)
{
    const char *settings = text_of(interpreter, "settings");
    job->interpreter = text_of(interpreter, "variant");
    if (job->interpreter == NULL)
        return;
    bool locks = strcmp(job->interpreter, gil_names[GIL_NONE]) != 0;
    bool more = settings != NULL && settings[0] != '\0';
    snprintf(job->under, sizeof(job->under), " %s a GIL (%.30s%s%.40s)",
             locks ? "under" : "without", job->interpreter, more ? " " : "", more ? settings : "");
}

static void read_bound(const json_t *bound, struct view_job *job)
{
    job->claim = text_of(bound, "claim");
    job->measured = text_of(bound, "measured");
    job->why = text_of(bound, "why");
    job->agrees = !json_is_false(json_object_get(bound, "agrees"));
    job->cpu_share = number_of(bound, "cpu_per_wall");
}

static void read_size(const json_t *json, const struct view *view, struct view_job *job)
{
    job->items = number_of(json, "items");
    job->unit = text_of(json, "unit");
    if (!(job->items > 0) || job->unit == NULL) {
        job->items = job->tasks;
        job->unit = "tasks";
    }
    const json_t *helper = json_object_get(json, "helper");
    bool apart = json_is_object(helper) && !json_is_true(json_object_get(helper, "shared"));
    job->helper_apart = apart;
    job->helper_shared = json_is_object(helper) && !apart;
    double cores = view->allowed_cores - (apart && view->allowed_cores > 1);
    job->cores = fmin(cores, view->quota_cpus);
}

/* What the workload says besides times. */
static void read_words(const json_t *json, struct view_job *job)
{
    const json_t *list = json_object_get(json, "measures");
    job->notes = json_object_get(json, "notes");
    for (size_t i = 0; i < VIEW_VALUES - VIEW_MEASURES; i++) {
        const json_t *one = json_array_get(list, i);
        job->measures[i] =
            (struct view_measure){text_of(one, "name"), text_of(one, "unit"), text_of(one, "help")};
    }
}

static int read_job(struct reader *r, const struct view *view, json_t *json, struct view_job *job)
{
    struct members m = {.object = json};
    r->in_case = r->run = 0;
    job->name = members_text(&m, "name");
    job->workload = members_text(&m, "workload");
    job->tasks = members_number(&m, "tasks", 0, TASKS_MAX);
    json_t *cases = members_list(&m, "cases"), *one;
    if (m.err != 0)
        return malformed(r, "%s", m.why);
    read_size(json, view, job);
    read_params(json, job);
    read_interpreter(json_object_get(json, "interpreter"), job);
    read_words(json, job);
    job->failed = text_of(json, "failed");
    read_bound(json_object_get(json, "bound"), job);
    job->cases = calloc(json_array_size(cases) + 1, sizeof(*job->cases));
    if (job->cases == NULL)
        return malformed(r, "not enough memory");
    size_t i;
    json_array_foreach (cases, i, one) {
        r->in_case = ++job->case_count;
        int err = read_case(r, one, job, &job->cases[i]);
        if (err != 0)
            return err;
    }
    return 0;
}

static void read_machine(const json_t *machine, struct view *view)
{
    view->hostname = text_of(machine, "hostname");
    view->cpu = text_of(machine, "cpu");
    view->simulated = json_is_true(json_object_get(machine, "simulated"));
    view->allowed_cores = number_of(machine, "allowed_cores");
    view->allowed_pus = number_of(machine, "allowed_pus");
    view->quota_cpus = number_of(machine, "quota_cpus");
}

static int read_jobs(struct reader *r, json_t *jobs, struct view *view)
{
    view->jobs = calloc(json_array_size(jobs) + 1, sizeof(*view->jobs));
    if (view->jobs == NULL)
        return malformed(r, "not enough memory");
    json_t *job;
    size_t i;
    json_array_foreach (jobs, i, job) {
        r->job = ++view->job_count;
        int err = read_job(r, view, job, &view->jobs[i]);
        if (err != 0)
            return err;
    }
    return 0;
}

int result_read(struct view *view, char *why, size_t size)
{
    struct reader r = {.why = why, .size = size};
    if (json_is_string(json_object_get(view->result, "experiment")))
        return malformed(
            &r, "it is an 'experiment' of `speedup gil`, which draws with --chart and --timeline");
    if (json_is_object(json_object_get(view->result, "comparison")))
        return malformed(&r,
                         "it is a 'comparison'; `speedup compare FILE`, with it alone, shows it");
    struct members file = {.object = view->result};
    const json_t *own = members_object(&file, "speedup");
    if (file.err != 0)
        return malformed(&r, "%s", file.why);
    struct members m = {.object = own};
    json_int_t schema = members_whole(&m, "schema", 0, INT_MAX);
    if (m.err == 0 && schema != SCHEMA)
        return malformed(&r, "its 'schema' is %d and only %d is known", (int)schema, SCHEMA);
    const json_t *machine = members_object(&m, "machine");
    json_t *jobs = members_list(&m, "jobs");
    if (m.err != 0)
        return malformed(&r, "%s", m.why);
    view->status = text_of(own, "status");
    view->message = text_of(own, "message");
    view->started = text_of(own, "started");
    view->rounds = number_of(own, "rounds");
    view->took_ns = number_of(own, "took_ns");
    view->stolen_ns = number_of(own, "stolen_ns");
    read_machine(machine, view);
    return read_jobs(&r, jobs, view);
}
