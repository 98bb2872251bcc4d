// SPDX-License-Identifier: MIT
#include "bench/result_view.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/result_read.h"
#include "bench/text.h"

/* ---- labels: what tells the lines of a table and of a chart apart ------------------------- */

static const json_t *case_params(const struct view *view, size_t job, size_t in_case)
{
    const json_t *jobs = json_object_get(json_object_get(view->result, "speedup"), "jobs");
    const json_t *cases = json_object_get(json_array_get(jobs, job), "cases");
    return json_object_get(json_array_get(cases, in_case), "runner_params");
}

/* Has another case of the same runner another value? */
static bool differs(const struct view *view, const char *runner, const char *key,
                    const json_t *value)
{
    for (size_t j = 0; j < view->job_count; j++)
        for (size_t c = 0; c < view->jobs[j].case_count; c++)
            if (strcmp(view->jobs[j].cases[c].runner, runner) == 0 &&
                !json_equal(json_object_get(case_params(view, j, c), key), value))
                return true;
    return false;
}

static size_t append(char *text, size_t size, size_t n, const char *prefix, const json_t *value)
{
    if (n >= size)
        return n;
    int m = json_is_string(value)
                ? snprintf(text + n, size - n, "%s%s", prefix, json_string_value(value))
                : snprintf(text + n, size - n, "%s%g", prefix, json_number_value(value));
    return n + (size_t)m;
}

static void make_label(const struct view *view, size_t j, size_t i)
{
    struct view_case *c = &view->jobs[j].cases[i];
    size_t n = (size_t)snprintf(c->label, VIEW_LABEL_MAX, "%s", c->runner);
    const char *key;
    json_t *value;
    json_object_foreach ((json_t *)case_params(view, j, i), key, value) {
        if (differs(view, c->runner, key, value))
            n = append(c->label, VIEW_LABEL_MAX, n, " ", value);
    }
}

/* What no label shows, once per label. */
static void add_settings(struct view *view, size_t j, size_t i)
{
    const struct view_case *c = &view->jobs[j].cases[i];
    size_t n = strlen(view->settings);
    const char *key;
    json_t *value;
    json_object_foreach ((json_t *)case_params(view, j, i), key, value) {
        char prefix[2 * VIEW_LABEL_MAX];
        snprintf(prefix, sizeof(prefix), "%s%s %.40s=", n > 0 ? " · " : "", c->label, key);
        if (!differs(view, c->runner, key, value))
            n = append(view->settings, VIEW_TEXT_MAX, n, prefix, value);
    }
}

static size_t series_of(struct view *view, const char *label)
{
    size_t s = 0;
    while (s < view->series_count && strcmp(view->labels[s], label) != 0)
        s++;
    if (s == view->series_count)
        snprintf(view->labels[view->series_count++], VIEW_LABEL_MAX, "%s", label);
    return s;
}

static int make_labels(struct view *view)
{
    size_t count = 1;
    for (size_t j = 0; j < view->job_count; j++)
        count += view->jobs[j].case_count;
    view->labels = calloc(count, sizeof(*view->labels));
    if (view->labels == NULL)
        return -ENOMEM;
    series_of(view, "serial");
    for (size_t j = 0; j < view->job_count; j++)
        for (size_t i = 0; i < view->jobs[j].case_count; i++) {
            struct view_case *c = &view->jobs[j].cases[i];
            make_label(view, j, i);
            size_t known = view->series_count;
            c->series = series_of(view, c->serial ? "serial" : c->label);
            if (c->series == known)
                add_settings(view, j, i);
        }
    return 0;
}

/* ---- numbers ------------------------------------------------------------------------------ */

static int derive_medians(struct view_case *c)
{
    double *values = calloc(c->run_count + 1, sizeof(*values));
    if (values == NULL)
        return -ENOMEM;
    for (int v = 0; v < VIEW_VALUES; v++) {
        size_t n = 0;
        for (size_t i = 0; i < c->run_count; i++)
            if (!isnan(c->runs[i].value[v]))
                values[n++] = c->runs[i].value[v];
        c->median[v] = stats_median(values, n);
    }
    c->peak_min = c->peak_max = NAN;
    for (size_t i = 0; i < c->run_count; i++) {
        c->peak_min = fmin(c->peak_min, c->runs[i].value[VIEW_PEAK]);
        c->peak_max = fmax(c->peak_max, c->runs[i].value[VIEW_PEAK]);
    }
    free(values);
    return 0;
}

static const struct view_run *run_of_round(const struct view_case *c, int round)
{
    for (size_t i = 0; i < c->run_count; i++)
        if (c->runs[i].round == round)
            return &c->runs[i];
    return NULL;
}

/* T(baseline) / T(case) over the rounds in which both succeeded. */
static struct estimate ratio(const struct view_case *baseline, const struct view_case *c,
                             enum view_value v)
{
    struct estimate e = {NAN, NAN, NAN};
    double *base = calloc(2 * c->run_count + 1, sizeof(*base)), *times = base + c->run_count;
    if (base == NULL)
        return e;
    size_t n = 0;
    for (size_t i = 0; i < c->run_count; i++) {
        const struct view_run *other = run_of_round(baseline, c->runs[i].round);
        if (other != NULL) {
            base[n] = other->value[v];
            times[n++] = c->runs[i].value[v];
        }
    }
    e = stats_ratio(base, times, n);
    free(base);
    return e;
}

/* What was possible for this case: one that needs less CPU time than serial, because it wakes up
 * less often, say, could have been faster than serial's share of CPU time allows. */
static double ideal_of(const struct view_job *job, const struct view_case *c)
{
    const struct view_case *b = job->baseline;
    struct view_job own = *job;
    double needs = c->median[VIEW_CPU] / b->median[VIEW_CPU];
    if (needs < 1)
        own.cpu_share = (job->cpu_share > 0.9 ? 1 : job->cpu_share) * needs;
    return fmax(view_ideal(&own, c->concurrency), view_ideal(job, c->concurrency));
}

static void derive_speedup(const struct view_job *job, struct view_case *c)
{
    const struct estimate unknown = {NAN, NAN, NAN}, one = {1, 1, 1};
    c->rate = c->efficiency = NAN;
    c->speedup = c->whole = unknown;
    if (job->tasks == 0)
        return;
    c->rate = job->items / c->median[VIEW_RUN] * 1e9;
    if (job->baseline == NULL || c->run_count == 0)
        return;
    c->speedup = c->baseline ? one : ratio(job->baseline, c, VIEW_RUN);
    c->whole = c->baseline ? one : ratio(job->baseline, c, VIEW_WHOLE);
    if (job->baseline->serial)
        c->efficiency = c->speedup.value / ideal_of(job, c);
}

/* The first of the cases that may be the baseline and were measured. */
static void choose_baseline(struct view_job *job)
{
    for (size_t i = 0; i < job->case_count; i++) {
        struct view_case *c = &job->cases[i];
        c->baseline = c->baseline && c->run_count > 0 && job->baseline == NULL;
        if (c->baseline)
            job->baseline = c;
    }
    const struct view_case *b = job->baseline;
    if (b != NULL && !b->serial)
        snprintf(job->over, sizeof(job->over), "%.60s at %d", b->label, b->concurrency);
    else
        snprintf(job->over, sizeof(job->over), "serial");
}

static int derive_job(struct view_job *job)
{
    for (size_t i = 0; i < job->case_count; i++) {
        struct view_case *c = &job->cases[i];
        int err = derive_medians(c);
        if (err != 0)
            return err;
    }
    choose_baseline(job);
    if (isnan(job->cpu_share) && job->baseline != NULL && job->baseline->serial)
        job->cpu_share = job->baseline->median[VIEW_CPU] / job->baseline->median[VIEW_WHOLE];
    for (size_t i = 0; i < job->case_count; i++)
        derive_speedup(job, &job->cases[i]);
    return 0;
}

double view_ideal(const struct view_job *job, double n)
{
    double share = job->cpu_share > 0.9 ? 1 : job->cpu_share;
    double busy = job->cores / share, most = fmin(n, job->tasks);
    return isnan(busy) || share < 0.1 ? most : fmin(most, fmax(busy, 1));
}

const struct view_case *view_waited_most(const struct view_job *job)
{
    const struct view_case *most = NULL;
    for (size_t i = 0; i < job->case_count; i++) {
        const struct view_case *c = &job->cases[i];
        bool first = most == NULL || (most->concurrency == 1 && c->concurrency > 1);
        if (most != NULL && most->concurrency > 1 && c->concurrency == 1)
            continue; /* who is alone waits for the one who made it */
        if (c->median[VIEW_LOCK_WAITED] > (first ? 0 : most->median[VIEW_LOCK_WAITED]))
            most = c;
    }
    return most;
}

const struct view_case *view_best_of(const struct view_job *job, size_t series)
{
    const struct view_case *best = NULL;
    for (size_t i = 0; i < job->case_count; i++) {
        const struct view_case *c = &job->cases[i];
        if (c->series == series && !isnan(c->speedup.value) &&
            (best == NULL || c->speedup.value > best->speedup.value))
            best = c;
    }
    return best;
}

const struct view_case *view_winner(const struct view_job *job)
{
    const struct view_case *best = NULL;
    bool rivals = false;
    for (size_t i = 0; i < job->case_count; i++) {
        const struct view_case *c = &job->cases[i];
        if (!isnan(c->speedup.value) && (best == NULL || c->speedup.value > best->speedup.value))
            best = c;
    }
    for (size_t i = 0; best != NULL && i < job->case_count; i++) {
        const struct view_case *c = view_best_of(job, job->cases[i].series);
        if (c == NULL || c->series == best->series)
            continue;
        rivals = true;
        if (!(best->speedup.low > c->speedup.high))
            return NULL;
    }
    return rivals ? best : NULL;
}

/* ---- the life of a view ------------------------------------------------------------------- */

int view_build(struct view *view, const json_t *result, char *why, size_t size)
{
    *view = (struct view){.result = json_incref((json_t *)result)};
    snprintf(why, size, "not enough memory to read the result");
    int err = result_read(view, why, size);
    if (err == 0)
        err = make_labels(view);
    for (size_t j = 0; err == 0 && j < view->job_count; j++)
        err = derive_job(&view->jobs[j]);
    if (err != 0)
        view_close(view);
    return err;
}

int view_open(struct view *view, const char *path, char *why, size_t size)
{
    json_error_t error;
    json_t *result = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    if (result == NULL && json_error_code(&error) == json_error_cannot_open_file) {
        snprintf(why, size, "%s: cannot be opened: %s", path, strerror(errno));
        return -ENOENT;
    }
    if (result == NULL) {
        snprintf(why, size, "%s: not JSON, line %d, column %d: %s; was the file cut off?", path,
                 error.line, error.column, error.text);
        text_clean(why); /* it may hold words of the file */
        return -EINVAL;
    }
    char reason[VIEW_TEXT_MAX];
    int err = view_build(view, result, reason, sizeof(reason));
    json_decref(result);
    if (err != 0)
        snprintf(why, size, "%s: %s", path, reason);
    return err;
}

void view_close(struct view *view)
{
    for (size_t j = 0; j < view->job_count; j++) {
        for (size_t i = 0; i < view->jobs[j].case_count; i++)
            free(view->jobs[j].cases[i].runs);
        free(view->jobs[j].cases);
    }
    free(view->jobs);
    free(view->labels);
    json_decref(view->result);
    *view = (struct view){0};
}
