// SPDX-License-Identifier: MIT
#include "bench/map/judge.h"
#include "bench/map/model.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/text.h"

static int refuse(char *why, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static int refuse(char *why, size_t size, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(why, size, format, args);
    va_end(args);
    text_clean(why);
    return -EINVAL;
}

/* ---- rows, columns, series ---------------------------------------------------------------- */

static const json_t *params_of(const struct view *view, size_t job)
{
    const json_t *jobs = json_object_get(json_object_get(view->result, "speedup"), "jobs");
    return json_object_get(json_array_get(jobs, job), "params");
}

/* The first parameter in which two jobs differ, other than that one; NULL: none. */
static const char *difference(const struct view *view, size_t a, size_t b, const char *but)
{
    const char *key;
    json_t *value;
    json_object_foreach ((json_t *)params_of(view, a), key, value) {
        if (strcmp(key, but) != 0 && !json_equal(value, json_object_get(params_of(view, b), key)))
            return key;
    }
    return NULL;
}

/* The one parameter in which the jobs differ. */
static int find_param(struct map *m, const struct view *view, char *why, size_t size)
{
    const char *other = NULL;
    for (size_t j = 1; j < view->job_count && other == NULL; j++) {
        const char *key = m->param[0] == '\0' ? difference(view, j, 0, "") : NULL;
        if (key != NULL)
            snprintf(m->param, sizeof(m->param), "%s", key);
        other = difference(view, j, 0, m->param);
    }
    if (m->param[0] == '\0')
        return refuse(why, size, "all is alike: a map has a row for each share of waiting");
    if (other != NULL)
        return refuse(why, size,
                      "its rows differ in %s and in %.63s: a map varies the share of waiting alone",
                      m->param, other);
    return 0;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double share_of(const struct map *m, const struct view *view, size_t job)
{
    const json_t *value = json_object_get(params_of(view, job), m->param);
    return json_is_number(value) ? json_number_value(value) : NAN;
}

static size_t find_share(const struct map *m, double share)
{
    size_t i = 0;
    while (i < m->share_count && m->shares[i] != share)
        i++;
    return i;
}

static size_t find_n(const struct map *m, int n)
{
    size_t i = 0;
    while (i < m->n_count && m->ns[i] != n)
        i++;
    return i;
}

static int add_n(struct map *m, int n, char *why, size_t size)
{
    size_t at = 0;
    while (at < m->n_count && m->ns[at] < n)
        at++;
    if (at < m->n_count && m->ns[at] == n)
        return 0;
    if (m->n_count == MAP_NS_MAX)
        return refuse(why, size, "-n: a map has at most %d concurrencies", MAP_NS_MAX);
    memmove(&m->ns[at + 1], &m->ns[at], (m->n_count - at) * sizeof(m->ns[0]));
    m->ns[at] = n;
    m->n_count++;
    return 0;
}

static int add_row(struct map *m, const struct view *view, size_t job, char *why, size_t size)
{
    double share = share_of(m, view, job);
    int err = 0;
    if (!(share >= 0 && share <= 1))
        return refuse(why, size, "%s is no share of waiting between 0 and 1", m->param);
    if (find_share(m, share) < m->share_count)
        return refuse(why, size, "%s is %g in two of its rows; --gil takes one interpreter here",
                      m->param, share);
    if (m->share_count == MAP_SHARES_MAX)
        return refuse(why, size, "a map has at most %d rows", MAP_SHARES_MAX);
    m->shares[m->share_count++] = share;
    for (size_t i = 0; i < view->jobs[job].case_count && err == 0; i++) {
        const struct view_case *c = &view->jobs[job].cases[i];
        err = c->serial ? 0 : add_n(m, c->concurrency, why, size);
    }
    return err;
}

/* Serial is what all are compared with, and no rival. */
static int add_series(struct map *m, const struct view *view, char *why, size_t size)
{
    if (view->series_count < 2)
        return refuse(why, size, "-R: serial has no rival; name other runners");
    if (view->series_count > MAP_SERIES_MAX + 1)
        return refuse(why, size, "-R: a map has at most %d runners, each in its colour",
                      MAP_SERIES_MAX);
    for (size_t s = 1; s < view->series_count; s++)
        m->labels[m->series_count++] = view->labels[s];
    return 0;
}

/* What was asked of a task; NAN where no parameter says it. */
static int read_task(struct map *m, const struct view *view, char *why, size_t size)
{
    const json_t *time = json_object_get(params_of(view, 0), "time");
    m->tasks = view->jobs[0].tasks;
    m->cores = view->jobs[0].cores;
    m->pus = m->cores * view->allowed_pus / view->allowed_cores;
    m->task_ns = json_is_number(time) ? json_number_value(time) : NAN;
    if (!(m->tasks >= 1))
        return refuse(why, size, "-p tasks: a map needs at least one task");
    if (m->task_ns <= 0)
        return refuse(why, size, "-p time: a task must take some time, to wait or to compute");
    return 0;
}

static int lay_out(struct map *m, const struct view *view, char *why, size_t size)
{
    int err = add_series(m, view, why, size);
    for (size_t j = 0; j < view->job_count && err == 0; j++)
        err = add_row(m, view, j, why, size);
    if (err == 0)
        err = read_task(m, view, why, size);
    if (err != 0)
        return err;
    qsort(m->shares, m->share_count, sizeof(double), by_value);
    if (m->ns[0] != 1)
        return refuse(why, size, "-n: 1 is missing, with which the model is calibrated");
    if (m->shares[0] != 0 || m->shares[m->share_count - 1] != 1)
        return refuse(why, size, "%s must reach from 0 to 1, which calibrate the model", m->param);
    return 0;
}

static double spread_of(const struct view_case *c)
{
    double fastest = INFINITY, slowest = 0;
    for (size_t i = 0; i < c->run_count; i++) {
        fastest = fmin(fastest, c->runs[i].value[VIEW_RUN]);
        slowest = fmax(slowest, c->runs[i].value[VIEW_RUN]);
    }
    return slowest / fastest;
}

static void fill_row(struct map *m, const struct view_job *job, size_t row)
{
    double serial_ns = job->baseline->median[VIEW_RUN];
    if (m->shares[row] == 0) {
        m->compute_ns = serial_ns / m->tasks;
        m->spread = spread_of(job->baseline);
    }
    if (m->shares[row] == 1)
        m->wait_ns = serial_ns / m->tasks;
    for (size_t i = 0; i < job->case_count; i++) {
        const struct view_case *c = &job->cases[i];
        if (c->series == 0 || isnan(c->speedup.value))
            continue;
        struct map_case *of = &m->cells[row][find_n(m, c->concurrency)].of[c->series - 1];
        of->measured = c;
        of->ns[MAP_MEASURED] = serial_ns / c->speedup.value;
    }
}

/* A row without its serial case stays empty, but for those without which there is no model. */
static int fill(struct map *m, const struct view *view, char *why, size_t size)
{
    for (size_t j = 0; j < view->job_count; j++) {
        size_t row = find_share(m, share_of(m, view, j));
        if (view->jobs[j].baseline != NULL)
            fill_row(m, &view->jobs[j], row);
        else if (!map_is_inner(m, row))
            return refuse(why, size,
                          "the serial case of %s was not measured, which calibrates the model",
                          view->jobs[j].name);
    }
    if (isnan(m->task_ns))
        m->task_ns = m->wait_ns;
    return 0;
}

/* ---- all of it ---------------------------------------------------------------------------- */

static int begin(struct map *m, const struct view *view, char *why, size_t size)
{
    memset(m, 0, sizeof(*m));
    for (size_t row = 0; row < MAP_SHARES_MAX; row++)
        for (size_t n = 0; n < MAP_NS_MAX; n++)
            for (size_t s = 0; s < MAP_SERIES_MAX; s++)
                m->cells[row][n].of[s] = (struct map_case){NULL, {NAN, NAN, NAN}};
    int err = find_param(m, view, why, size);
    return err != 0 ? err : lay_out(m, view, why, size);
}

int map_fits(const struct view *view, char *why, size_t size)
{
    struct map *m = malloc(sizeof(*m));
    if (m == NULL) {
        snprintf(why, size, "out of memory");
        return -ENOMEM;
    }
    int err = begin(m, view, why, size);
    free(m);
    return err;
}

static void predict(struct map *m, size_t series, enum map_source by,
                    const struct map_constants *constants)
{
    for (size_t row = 0; row < m->share_count; row++) {
        for (size_t n = 0; n < m->n_count; n++) {
            struct map_case *of = &m->cells[row][n].of[series];
            if (of->measured != NULL)
                of->ns[by] = model_predict(m, series, constants, m->shares[row], n);
        }
    }
}

int map_read(struct map *m, const struct view *view, char *why, size_t size)
{
    char fault[VIEW_TEXT_MAX];
    if (begin(m, view, fault, sizeof(fault)) != 0)
        return refuse(why, size, "it is no map: %s", fault);
    if (fill(m, view, why, size) != 0)
        return -EINVAL;
    for (size_t s = 0; s < m->series_count; s++) {
        const struct map_constants plain = model_plain(m, s);
        m->constants[s] = model_calibrate(m, s);
        predict(m, s, MAP_MODEL, &m->constants[s]);
        predict(m, s, MAP_PLAIN, &plain);
    }
    map_judge(m);
    return 0;
}
