// SPDX-License-Identifier: MIT
#include "bench/map/model.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/text.h"

/* A model that says less than this share more does not say that it is slower. */
static const double ALIKE = 0.1;

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

/* The one number in which the jobs differ, if it is a share. */
static int find_param(struct map *m, const struct view *view, char *why, size_t size)
{
    bool other = false;
    for (size_t j = 1; j < view->job_count && !other; j++) {
        const char *key = m->param[0] == '\0' ? difference(view, j, 0, "") : NULL;
        if (key != NULL)
            snprintf(m->param, sizeof(m->param), "%s", key);
        other = difference(view, j, 0, m->param) != NULL;
    }
    if (m->param[0] != '\0' && !other)
        return 0;
    snprintf(why, size,
             "it is no map: its jobs must differ in one parameter alone, the share of waiting");
    return -EINVAL;
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

static int add_n(struct map *m, int n)
{
    size_t at = 0;
    while (at < m->n_count && m->ns[at] < n)
        at++;
    if (at < m->n_count && m->ns[at] == n)
        return 0;
    if (m->n_count == MAP_NS_MAX)
        return -ERANGE;
    memmove(&m->ns[at + 1], &m->ns[at], (m->n_count - at) * sizeof(m->ns[0]));
    m->ns[at] = n;
    m->n_count++;
    return 0;
}

/* Serial is what all are compared with, and no rival. */
static int lay_out(struct map *m, const struct view *view, char *why, size_t size)
{
    int err =
        view->job_count <= MAP_SHARES_MAX && view->series_count <= MAP_SERIES_MAX + 1 ? 0 : -ERANGE;
    for (size_t j = 0; j < view->job_count && err == 0; j++) {
        double share = share_of(m, view, j);
        if (!(share >= 0 && share <= 1) || find_share(m, share) < m->share_count)
            err = -EINVAL;
        m->shares[m->share_count++] = share;
        for (size_t i = 0; i < view->jobs[j].case_count && err == 0; i++)
            err = view->jobs[j].cases[i].serial ? 0 : add_n(m, view->jobs[j].cases[i].concurrency);
    }
    if (err == 0) {
        qsort(m->shares, m->share_count, sizeof(double), by_value);
        for (size_t s = 1; s < view->series_count; s++)
            m->labels[m->series_count++] = view->labels[s];
    }
    if (err == 0 && m->series_count > 0 && m->ns[0] == 1 && m->shares[0] == 0 &&
        m->shares[m->share_count - 1] == 1)
        return 0;
    snprintf(why, size,
             "it is no map: it takes at most %d jobs, one for each value of %s from 0 to 1, both "
             "included, n = 1 among the concurrencies, and at most %d runners",
             MAP_SHARES_MAX, m->param, MAP_SERIES_MAX);
    text_clean(why);
    return -EINVAL;
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

static int fill(struct map *m, const struct view *view, char *why, size_t size)
{
    for (size_t j = 0; j < view->job_count; j++) {
        const struct view_job *job = &view->jobs[j];
        size_t row = find_share(m, share_of(m, view, j));
        if (job->baseline == NULL) {
            snprintf(why, size, "the serial case of %s was not measured", job->name);
            text_clean(why);
            return -EINVAL;
        }
        m->tasks = job->tasks;
        m->cores = job->cores;
        m->pus = job->cores * view->allowed_pus / view->allowed_cores;
        if (m->shares[row] == 0) {
            m->compute_ns = job->baseline->median[VIEW_RUN] / job->tasks;
            m->spread = spread_of(job->baseline);
        }
        if (m->shares[row] == 1)
            m->wait_ns = job->baseline->median[VIEW_RUN] / job->tasks;
        for (size_t i = 0; i < job->case_count; i++) {
            const struct view_case *c = &job->cases[i];
            if (c->series == 0 || isnan(c->speedup.value))
                continue;
            m->cells[row][find_n(m, c->concurrency)].of[c->series - 1] = (struct map_case){
                .measured = c, .measured_ns = job->baseline->median[VIEW_RUN] / c->speedup.value};
        }
    }
    return 0;
}

/* ---- who wins ----------------------------------------------------------------------------- */

static void judge_measured(const struct map *m, struct map_cell *cell)
{
    cell->best = -1;
    for (size_t s = 0; s < m->series_count; s++) {
        const struct view_case *c = cell->of[s].measured;
        if (c != NULL &&
            (cell->best < 0 || c->speedup.value > cell->of[cell->best].measured->speedup.value))
            cell->best = (int)s;
    }
    cell->clear = cell->best >= 0;
    for (size_t s = 0; s < m->series_count; s++) {
        const struct view_case *c = cell->of[s].measured;
        cell->tied[s] =
            c != NULL && !(cell->of[cell->best].measured->speedup.low > c->speedup.high);
        if (cell->tied[s] && (int)s != cell->best)
            cell->clear = false;
    }
}

static void judge_model(const struct map *m, struct map_cell *cell)
{
    double best = INFINITY, worst = 0;
    cell->model_best = -1;
    for (size_t s = 0; s < m->series_count; s++) {
        double ns = cell->of[s].measured != NULL ? cell->of[s].model_ns : NAN;
        worst = fmax(worst, ns);
        if (ns < best) {
            best = ns;
            cell->model_best = (int)s;
        }
    }
    cell->differ = cell->model_best >= 0 && worst > (1 + ALIKE) * best;
    cell->agrees = cell->within = false;
    for (size_t s = 0; s < m->series_count && cell->best >= 0; s++) {
        bool fast = cell->of[s].model_ns < (1 + ALIKE) * best;
        cell->agrees = cell->agrees || (fast && (int)s == cell->best);
        cell->within = cell->within || (fast && cell->tied[s]);
    }
}

bool map_is_inner(const struct map *m, size_t share)
{
    return share > 0 && share + 1 < m->share_count;
}

static int begin(struct map *m, const struct view *view, char *why, size_t size)
{
    memset(m, 0, sizeof(*m));
    int err = find_param(m, view, why, size);
    return err != 0 ? err : lay_out(m, view, why, size);
}

int map_fits(const struct view *view, char *why, size_t size)
{
    struct map *m = malloc(sizeof(*m));
    if (m == NULL)
        return -ENOMEM;
    int err = begin(m, view, why, size);
    free(m);
    return err;
}

int map_read(struct map *m, const struct view *view, char *why, size_t size)
{
    int err = begin(m, view, why, size);
    if (err == 0)
        err = fill(m, view, why, size);
    if (err != 0)
        return err;
    for (size_t s = 0; s < m->series_count; s++)
        m->constants[s] = model_calibrate(m, s);
    for (size_t row = 0; row < m->share_count; row++) {
        for (size_t n = 0; n < m->n_count; n++) {
            struct map_cell *cell = &m->cells[row][n];
            for (size_t s = 0; s < m->series_count; s++)
                cell->of[s].model_ns = model_predict(m, s, &m->constants[s], m->shares[row], n);
            judge_measured(m, cell);
            judge_model(m, cell);
            bool compared = map_is_inner(m, row) && cell->best >= 0 && cell->differ;
            m->compared += compared;
            m->agreed += compared && cell->agrees;
            m->within += compared && cell->within;
        }
    }
    return 0;
}

/* ---- frontiers ---------------------------------------------------------------------------- */

/* How many times longer than the best one a series needs. */
static double lag(const struct map *m, size_t row, size_t n, size_t series, bool model)
{
    const struct map_cell *cell = &m->cells[row][n];
    const struct view_case *own = cell->of[series].measured;
    if (own == NULL || cell->best < 0 || (model && cell->model_best < 0))
        return NAN;
    if (model)
        return cell->of[series].model_ns / cell->of[cell->model_best].model_ns;
    return cell->of[cell->best].measured->speedup.value / own->speedup.value;
}

double map_frontier(const struct map *m, size_t series, size_t n, bool model)
{
    double limit = 1 + ALIKE;
    size_t row = m->share_count;
    while (row > 0 && lag(m, row - 1, n, series, model) < limit)
        row--;
    if (row == 0 || row == m->share_count)
        return NAN;
    for (size_t below = 0; below + 1 < row; below++) {
        if (lag(m, below, n, series, model) < limit)
            return NAN; /* it kept up before: no line divides the two */
    }
    double above = lag(m, row, n, series, model), below = lag(m, row - 1, n, series, model);
    double part = isnan(below) ? 0 : (limit - above) / (below - above);
    return m->shares[row] - part * (m->shares[row] - m->shares[row - 1]);
}
