// SPDX-License-Identifier: MIT
#include "bench/map/show.h"

#include <math.h>
#include <string.h>

#include "bench/text.h"
#include "bench/units.h"

enum { CELL = 24 };

static void print_label(FILE *out, const struct map *m, size_t series)
{
    fputs("  ", out);
    text_pad(out, m->labels[series], 18, true);
}

static void print_constants(FILE *out, const struct map *m)
{
    char text[UNITS_MAX], c[UNITS_MAX], w[UNITS_MAX];
    fprintf(out,
            "The model, from the rows that only compute and only wait (a task computes %s or waits "
            "%s one by one):\n"
            "  %-18s %14s %14s %14s %14s %14s\n",
            units_time(c, m->compute_ns), units_time(w, m->wait_ns), "runner", "adds per task",
            "makes one in", "begins one in", "waits longer", "cores at once");
    for (size_t s = 0; s < m->series_count; s++) {
        const struct map_constants *k = &m->constants[s];
        print_label(out, m, s);
        if (isnan(k->cores)) {
            fprintf(out, " no model: a case of those rows is missing\n");
            continue;
        }
        fputc(' ', out);
        const double times[] = {k->compute_ns, k->make_ns, k->begin_ns, k->wait_ns};
        for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
            text_pad(out, units_time(text, times[i]), 14, false);
            fputc(' ', out);
        }
        fprintf(out, "%14.2f\n", k->cores);
    }
}

static void print_cell(FILE *out, const struct map *m, const struct map_cell *cell, bool inner)
{
    char text[128] = "–";
    if (cell->best >= 0)
        snprintf(text, sizeof(text), "%s%s %.3g%s", cell->clear ? "" : "~", m->labels[cell->best],
                 cell->of[cell->best].measured->speedup.value,
                 inner && cell->differ && !cell->agrees ? " !" : "");
    fputs("  ", out);
    text_pad(out, text, CELL, true);
}

static void print_share(FILE *out, double share)
{
    if (isnan(share))
        fputs("         –", out);
    else
        fprintf(out, " %7.0f %%", 100 * share);
}

static void print_frontiers(FILE *out, const struct map *m)
{
    bool told = false;
    for (size_t s = 0; s < m->series_count; s++) {
        for (size_t n = 0; n < m->n_count; n++) {
            double measured = map_frontier(m, s, n, false), model = map_frontier(m, s, n, true);
            if (isnan(measured) && isnan(model))
                continue;
            if (!told)
                fprintf(
                    out,
                    "From this share of waiting on, and not below, a runner takes at most 10 %% "
                    "longer than the fastest\n  %-18s %5s %9s %9s\n",
                    "runner", "n", "measured", "model");
            told = true;
            print_label(out, m, s);
            fprintf(out, " %5d", m->ns[n]);
            print_share(out, measured);
            print_share(out, model);
            fputc('\n', out);
        }
    }
}

static double share_of(size_t cells, const struct map *m)
{
    return 100 * (double)cells / (double)m->compared;
}

static void print_agreement(FILE *out, const struct map *m)
{
    if (m->compared == 0) {
        fputs("The models differ by no more than 10 % in any cell between those rows.\n", out);
        return;
    }
    fprintf(out,
            "The models differ by more than 10 %% in %zu cells between those rows; the measured "
            "winner is the model's in %zu of them (%.0f %%),\n"
            "and it or another one within its noise is in %zu (%.0f %%).\n",
            m->compared, m->agreed, share_of(m->agreed, m), m->within, share_of(m->within, m));
}

/* So that a reader can judge how quiet the machine was: what the kernel knows, which older files do
 * not say, and what shows where it is not told. */
static void print_quiet(FILE *out, const struct map *m, const struct view *view)
{
    char stolen[UNITS_MAX];
    fprintf(out, "The same computing, one by one, took %.0f %% longer in one round than in another",
            100 * (m->spread - 1));
    if (view->stolen_ns > 0)
        fprintf(out, "; the hypervisor took %s of CPU time meanwhile, %.1f %% of a core.\n",
                units_time(stolen, view->stolen_ns), 100 * view->stolen_ns / view->took_ns);
    else if (view->stolen_ns == 0)
        fputs("; the kernel knows of no CPU time that a hypervisor took.\n", out);
    else
        fputs(".\n", out);
}

void map_print(FILE *out, const struct map *m, const struct view *view)
{
    const struct view_job *job = &view->jobs[0];
    text_pad(out, job->workload, 0, true);
    text_pad(out, job->under, 0, true);
    fprintf(out, ": %.0f tasks, %g core%s. The fastest runner and its speed-up over serial\n",
            m->tasks, m->cores, m->cores == 1 ? "" : "s");
    text_pad(out, m->param, 9, false);
    for (size_t n = 0; n < m->n_count; n++) {
        char text[32];
        snprintf(text, sizeof(text), "n = %d", m->ns[n]);
        fputs("  ", out);
        text_pad(out, text, CELL, true);
    }
    fputc('\n', out);
    for (size_t row = m->share_count; row-- > 0;) {
        fprintf(out, "%7.0f %%", 100 * m->shares[row]);
        for (size_t n = 0; n < m->n_count; n++)
            print_cell(out, m, &m->cells[row][n], map_is_inner(m, row));
        fputc('\n', out);
    }
    fputs("~: within the noise of another · !: the model says another one, by more than 10 %\n\n",
          out);
    print_constants(out, m);
    print_frontiers(out, m);
    print_agreement(out, m);
    print_quiet(out, m, view);
}
