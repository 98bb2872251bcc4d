// SPDX-License-Identifier: MIT
#include "bench/map/judge.h"

#include <math.h>

#include "bench/stats.h"

/* Who needs at most this share more than the fastest keeps up with it. */
static const double ALIKE = 0.1;

/* A machine on which the same computing varies by more is no judge of a model. */
static const double SPREAD_MAX = 1.3;

bool map_is_inner(const struct map *m, size_t share)
{
    return share > 0 && share + 1 < m->share_count;
}

bool map_is_noisy(const struct map *m)
{
    return m->spread > SPREAD_MAX;
}

/* ---- who wins ----------------------------------------------------------------------------- */

static int find_best(const struct map *m, const struct map_cell *cell, enum map_source by)
{
    int best = -1;
    for (size_t s = 0; s < m->series_count; s++) {
        if (cell->of[s].ns[by] < (best < 0 ? INFINITY : cell->of[best].ns[by]))
            best = (int)s;
    }
    return best;
}

/* How many times longer than the best one a series needs; NAN: not known. */
static double lag(const struct map_cell *cell, int series, enum map_source by)
{
    int best = cell->best[by];
    return best < 0 || series < 0 ? NAN : cell->of[series].ns[by] / cell->of[best].ns[by];
}

static bool keeps_up(const struct map_cell *cell, int series, enum map_source by)
{
    return lag(cell, series, by) <= 1 + ALIKE;
}

static void judge(const struct map *m, struct map_cell *cell)
{
    for (int by = 0; by < MAP_SOURCES; by++)
        cell->best[by] = find_best(m, cell, by);
    int best = cell->best[MAP_MEASURED];
    cell->clear = best >= 0;
    for (size_t s = 0; s < m->series_count; s++) {
        const struct view_case *c = cell->of[s].measured;
        cell->tied[s] =
            c != NULL && best >= 0 && !(cell->of[best].measured->speedup.low > c->speedup.high);
        if (cell->tied[s] && (int)s != best)
            cell->clear = false;
        if (lag(cell, (int)s, MAP_MODEL) > 1 + ALIKE)
            cell->differ = true;
    }
    cell->agrees = keeps_up(cell, best, MAP_MODEL);
}

static void count(struct map *m, const struct map_cell *cell)
{
    int best = cell->best[MAP_MEASURED];
    bool within = false;
    if (best < 0 || !cell->differ)
        return;
    for (size_t s = 0; s < m->series_count; s++) {
        m->tied += cell->tied[s];
        within = within || (cell->tied[s] && keeps_up(cell, (int)s, MAP_MODEL));
    }
    m->compared++;
    m->agreed += cell->agrees;
    m->plain += keeps_up(cell, best, MAP_PLAIN);
    m->named += keeps_up(cell, cell->best[MAP_MODEL], MAP_MEASURED);
    m->within += within;
}

static struct map_error find_error(const struct map *m, size_t series)
{
    double off[MAP_SHARES_MAX * MAP_NS_MAX], largest = NAN;
    size_t known = 0;
    for (size_t row = 1; map_is_inner(m, row); row++) {
        for (size_t n = 0; n < m->n_count; n++) {
            const double *ns = m->cells[row][n].of[series].ns;
            off[known] = fabs(ns[MAP_MODEL] / ns[MAP_MEASURED] - 1);
            largest = fmax(largest, off[known]);
            known += isfinite(off[known]);
        }
    }
    return (struct map_error){stats_median(off, known), largest};
}

void map_judge(struct map *m)
{
    for (size_t row = 0; row < m->share_count; row++) {
        for (size_t n = 0; n < m->n_count; n++) {
            judge(m, &m->cells[row][n]);
            if (map_is_inner(m, row))
                count(m, &m->cells[row][n]);
        }
    }
    for (size_t s = 0; s < m->series_count; s++)
        m->errors[s] = find_error(m, s);
}

/* ---- frontiers ---------------------------------------------------------------------------- */

double map_frontier(const struct map *m, size_t series, size_t n, enum map_source by)
{
    int s = (int)series;
    size_t row = m->share_count;
    while (row > 0 && keeps_up(&m->cells[row - 1][n], s, by))
        row--;
    if (row == 0 || row == m->share_count)
        return NAN;
    for (size_t below = 0; below + 1 < row; below++) {
        if (keeps_up(&m->cells[below][n], s, by))
            return NAN; /* it kept up before: no line divides the two */
    }
    double above = lag(&m->cells[row][n], s, by), below = lag(&m->cells[row - 1][n], s, by);
    double part = isnan(below) ? 0 : (1 + ALIKE - above) / (below - above);
    return m->shares[row] - part * (m->shares[row] - m->shares[row - 1]);
}
