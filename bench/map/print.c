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
    char compute[UNITS_MAX], make[UNITS_MAX], wait[UNITS_MAX], c[UNITS_MAX], w[UNITS_MAX];
    fprintf(out,
            "The model, from the rows that only compute and only wait (a task computes %s or waits "
            "%s one by one):\n"
            "  %-18s %14s %14s %14s %14s\n",
            units_time(c, m->compute_ns), units_time(w, m->wait_ns), "runner", "adds per task",
            "makes one in", "waits longer", "cores at once");
    for (size_t s = 0; s < m->series_count; s++) {
        const struct map_constants *k = &m->constants[s];
        print_label(out, m, s);
        if (isnan(k->cores)) {
            fprintf(out, " no model: a case of those rows is missing\n");
            continue;
        }
        fputc(' ', out);
        text_pad(out, units_time(compute, k->compute_ns), 14, false);
        fputc(' ', out);
        text_pad(out, units_time(make, k->make_ns), 14, false);
        fputc(' ', out);
        text_pad(out, units_time(wait, k->wait_ns), 14, false);
        fprintf(out, " %14.2f\n", k->cores);
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
    if (m->compared == 0)
        fputs("The models differ by no more than 10 % in any cell between those rows.\n", out);
    else
        fprintf(
            out,
            "The models differ by more than 10 %% in %zu cells between those rows; the measured "
            "winner is the model's in %zu of them (%.0f %%).\n",
            m->compared, m->agreed, 100.0 * (double)m->agreed / (double)m->compared);
}
