// SPDX-License-Identifier: MIT
#include "bench/map/model.h"

#include "bench/shuffle.h"

#include <math.h>

enum { COMPUTE, MAKE, BEGIN, WAIT, CORES, CONSTANTS };

/* A choice of the constants, in the order above, and how far it is from what was measured. */
struct point {
    double at[CONSTANTS], misfit;
};

/* As in the row that only computes: workers are as many in every row. */
static double workers_of(const struct map *m, size_t series, size_t n)
{
    const struct view_case *c = m->cells[0][n].of[series].measured;
    return c != NULL ? c->workers : NAN;
}

/* The slowest of what may hold it up: the tasks of one place in line, the cores, the starter. The
 * workers begin one after the other, woken and touching their memory for the first time; those that
 * have begun compute meanwhile. */
double model_predict(const struct map *m, size_t series, const struct map_constants *k,
                     double share, size_t n)
{
    double compute = (1 - share) * m->compute_ns + k->compute_ns;
    double begin = workers_of(m, series, n) * k->begin_ns, at_once = fmin(k->cores, m->ns[n]);
    double wait = share > 0 ? share * m->task_ns + k->wait_ns : 0;
    double in_line = ceil(m->tasks / m->ns[n]) * (wait + compute + k->make_ns);
    double cores = wait + (m->tasks * (compute + k->make_ns) + begin) / at_once;
    double starter = wait + compute + m->tasks * k->make_ns;
    return fmax(fmax(in_line, starter) + begin, cores);
}

static struct map_constants constants_of(const struct point *p)
{
    return (struct map_constants){.compute_ns = p->at[COMPUTE],
                                  .make_ns = p->at[MAKE],
                                  .begin_ns = p->at[BEGIN],
                                  .wait_ns = p->at[WAIT],
                                  .cores = p->at[CORES]};
}

/* The squares of the logarithms of model over measured, summed over both rows: a case counts by its
 * error in per cent, whether it takes 2 ms or 60. What a runner adds to a task is lost in the noise
 * where the task computes for long, and shows where many wait at once and compute next to nothing.
 * NAN if a case is missing. */
static double misfit(const struct map *m, size_t series, const struct point *p)
{
    const struct map_constants k = constants_of(p);
    double sum = 0;
    for (size_t n = 0; n < m->n_count; n++) {
        for (int waits = 0; waits < 2; waits++) {
            const struct map_case *c = &m->cells[waits ? m->share_count - 1 : 0][n].of[series];
            double off = log(model_predict(m, series, &k, waits, n) / c->ns[MAP_MEASURED]);
            sum += off * off;
        }
    }
    return sum;
}

struct map_constants model_plain(const struct map *m, size_t series)
{
    double workers = workers_of(m, series, m->n_count - 1);
    return (struct map_constants){.cores = fmax(fmin(m->pus, workers), 1)};
}

/* At least one computes, and no more than there are to compute on or than were tried. */
static double most_cores(const struct map *m)
{
    return fmax(fmin(m->pus, m->ns[m->n_count - 1]), 1);
}

/* Another choice near by: each constant stays, or goes up or down by a step of any size from a
 * quarter of a task's time, or of a core, down to a few millionths. Each stays within what is
 * possible: no work is less than nothing, and no wait ends before its time. */
static struct point neighbour(const struct map *m, const struct point *p, uint64_t *random)
{
    enum { SIZES = 16, FIRST = 2 };
    struct point q = *p;
    for (int i = 0; i < CONSTANTS; i++) {
        double least = i == CORES ? 1 : 0;
        double most = i == CORES ? most_cores(m) : INFINITY;
        double unit = i == CORES ? 1 : m->compute_ns;
        uint64_t bits = random_next(random);
        double step = ldexp(bits & 1 ? unit : -unit, -FIRST - (int)(bits / 4 % SIZES));
        if (bits & 2)
            q.at[i] = fmin(fmax(q.at[i] + step, least), most);
    }
    return q;
}

/* Where the search begins: nothing is added, and as many cores compute as computing got faster. */
static struct point first_guess(const struct map *m, size_t series)
{
    double fastest = INFINITY;
    for (size_t n = 0; n < m->n_count; n++)
        fastest = fmin(fastest, m->cells[0][n].of[series].ns[MAP_MEASURED]);
    double cores = m->cells[0][0].of[series].ns[MAP_MEASURED] / fastest;
    struct point p = {.at = {[CORES] = fmin(fmax(cores, 1), most_cores(m))}};
    p.misfit = misfit(m, series, &p);
    return p;
}

/* From the first guess downhill, to a better choice near by as long as one is found.
 * The model has edges where something else begins to hold it up, which would stop a search that
 * follows slopes or axes. Always the same steps, so that a file always has the same constants. */
struct map_constants model_calibrate(const struct map *m, size_t series)
{
    enum { TRIES = 30000 };
    struct point best = first_guess(m, series);
    uint64_t random = 1;
    if (m->n_count < MAP_NS_LEAST || isnan(best.misfit))
        return (struct map_constants){NAN, NAN, NAN, NAN, NAN};
    for (int i = 0; i < TRIES; i++) {
        struct point q = neighbour(m, &best, &random);
        q.misfit = misfit(m, series, &q);
        best = q.misfit < best.misfit ? q : best;
    }
    return constants_of(&best);
}
