// SPDX-License-Identifier: MIT
#include "bench/map/show.h"

#include <math.h>
#include <string.h>

#include "bench/text.h"
#include "bench/units.h"

char *map_time(char text[UNITS_MAX], double ns, int digits)
{
    static const char *const units[] = {"ns", "µs", "ms", "s"};
    double last = ns > 0 ? pow(10, floor(log10(ns)) - digits + 1) : 1;
    size_t u = 0;
    for (ns = last * round(ns / last); ns >= 1000 && u < 3; u++)
        ns /= 1000;
    snprintf(text, UNITS_MAX, "%g %s", ns, units[u]);
    return text;
}

static int label_width(const struct map *m)
{
    int width = 0;
    for (size_t s = 0; s < m->series_count; s++)
        width = text_width(m->labels[s]) > width ? text_width(m->labels[s]) : width;
    return width;
}

static void print_label(FILE *out, const struct map *m, size_t series)
{
    fputs("  ", out);
    text_pad(out, m->labels[series], label_width(m), true);
}

/* ---- the cells ---------------------------------------------------------------------------- */

/* Column n of a row, of which nothing follows the last. */
static void print_column(FILE *out, const struct map *m, size_t n, const char *text)
{
    enum { LEAST = 9 }; /* for " 0.123 !" */
    int width = label_width(m) + 1 > LEAST ? label_width(m) + 1 : LEAST;
    fputc(' ', out);
    text_pad(out, text, n + 1 < m->n_count ? width : 0, true);
    if (n + 1 == m->n_count)
        fputc('\n', out);
}

static void print_winner(FILE *out, const struct map *m, size_t row, size_t n)
{
    const struct map_cell *cell = &m->cells[row][n];
    int best = cell->best[MAP_MEASURED];
    char text[VIEW_LABEL_MAX + 1] = " –";
    if (best >= 0)
        snprintf(text, sizeof(text), "%c%s", cell->clear ? ' ' : '~', m->labels[best]);
    print_column(out, m, n, text);
}

static void print_speedup(FILE *out, const struct map *m, size_t row, size_t n)
{
    const struct map_cell *cell = &m->cells[row][n];
    int best = cell->best[MAP_MEASURED];
    bool wrong = map_is_inner(m, row) && cell->differ && !cell->agrees;
    char text[32] = "";
    if (best >= 0)
        snprintf(text, sizeof(text), " %.3g%s", cell->of[best].measured->speedup.value,
                 wrong ? " !" : "");
    print_column(out, m, n, text);
}

static void print_cells(FILE *out, const struct map *m)
{
    int left = text_width(m->param) > 7 ? text_width(m->param) : 7;
    text_pad(out, m->param, left, false);
    for (size_t n = 0; n < m->n_count; n++) {
        char text[32];
        snprintf(text, sizeof(text), " n = %d", m->ns[n]);
        print_column(out, m, n, text);
    }
    for (size_t row = m->share_count; row-- > 0;) {
        fprintf(out, "%*.0f %%", left - 2, 100 * m->shares[row]);
        for (size_t n = 0; n < m->n_count; n++)
            print_winner(out, m, row, n);
        fprintf(out, "%*s", left, "");
        for (size_t n = 0; n < m->n_count; n++)
            print_speedup(out, m, row, n);
    }
    fputs("~: another one ties with it, within the noise\n"
          "!: by the model, it needs more than 10 % longer than the fastest\n\n",
          out);
}

/* ---- the model ---------------------------------------------------------------------------- */

static void print_runner(FILE *out, const struct map *m, size_t series)
{
    const struct map_constants *k = &m->constants[series];
    const struct {
        double ns;
        int width;
    } times[] = {{k->compute_ns, 16}, {k->make_ns, 18}, {k->begin_ns, 20}, {k->wait_ns, 15}};
    char text[UNITS_MAX];
    print_label(out, m, series);
    if (isnan(k->cores)) {
        fputs("  no model: a case of those rows is missing\n", out);
        return;
    }
    for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++)
        text_pad(out, map_time(text, times[i].ns, 2), times[i].width, false);
    fprintf(out, "%7.2f", k->cores);
    if (!isnan(m->errors[series].median))
        fprintf(out, "%6.0f %%%7.0f %%", 100 * m->errors[series].median,
                100 * m->errors[series].largest);
    fputc('\n', out);
}

static void print_constants(FILE *out, const struct map *m)
{
    char asked[UNITS_MAX], c[UNITS_MAX], w[UNITS_MAX];
    if (m->n_count < MAP_NS_LEAST) {
        fprintf(out,
                "There are no constants and no score: the model is calibrated with at least %d n, "
                "and here are %zu.\n",
                MAP_NS_LEAST, m->n_count);
        return;
    }
    fprintf(out,
            "The model, calibrated by the rows of 0 %% and 100 %% (one by one, a task of %s "
            "computes %s or waits %s),\n"
            "and how far its times for the other rows are from those measured: median and largest\n"
            "  ",
            map_time(asked, m->task_ns, 3), units_time(c, m->compute_ns),
            units_time(w, m->wait_ns));
    text_pad(out, "runner", label_width(m), true);
    fputs("  adds to a task  starts a task in  begins a worker in  wakes late by  cores  off by  "
          "at most\n",
          out);
    for (size_t s = 0; s < m->series_count; s++)
        print_runner(out, m, s);
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
            double measured = map_frontier(m, s, n, MAP_MEASURED);
            double model = map_frontier(m, s, n, MAP_MODEL);
            if (isnan(measured) && isnan(model))
                continue;
            if (!told) {
                fputs("From this share of waiting on, and not below, a runner keeps up: it needs "
                      "at most 10 % more than the fastest\n  ",
                      out);
                text_pad(out, "runner", label_width(m), true);
                fputs("     n  measured     model\n", out);
            }
            told = true;
            print_label(out, m, s);
            fprintf(out, " %5d", m->ns[n]);
            print_share(out, measured);
            print_share(out, model);
            fputc('\n', out);
        }
    }
}

/* The model has to stand beside one that knows nothing, and beside how many winners a cell has. */
static void print_score(FILE *out, const struct map *m)
{
    if (m->n_count < MAP_NS_LEAST)
        return;
    if (m->compared == 0) {
        fputs("By the model, all runners are within 10 % of the fastest in the other rows.\n", out);
        return;
    }
    fprintf(out,
            "Where the model's runners differ by more than 10 %% in the other rows:\n"
            "  by the model, the measured winner is within 10 %% of the fastest in %zu of %zu "
            "cells\n"
            "  by a model without constants (a task's times, n and cores alone), it is in %zu of "
            "%zu cells\n"
            "  as measured, the runner that the model names is within 10 %% of the fastest in %zu "
            "of %zu cells\n"
            "  %.1f runners tie for the fastest on average; by the model, one of them is within "
            "10 %% in %zu of %zu cells\n",
            m->agreed, m->compared, m->plain, m->compared, m->named, m->compared,
            (double)m->tied / (double)m->compared, m->within, m->compared);
}

/* So that a reader can judge how quiet the machine was: what the kernel knows, which older files do
 * not say, and what shows where it is not told. */
static void print_quiet(FILE *out, const struct map *m, const struct view *view)
{
    char stolen[UNITS_MAX];
    fprintf(out, "The same computing, one by one, took %.0f %% longer in one round than in another",
            100 * (m->spread - 1));
    fputs(map_is_noisy(m) ? ": the map is too noisy to be judged.\n" : ".\n", out);
    if (view->stolen_ns > 0)
        fprintf(out, "The hypervisor took %s of CPU time meanwhile, %.1f %% of a core.\n",
                units_time(stolen, view->stolen_ns), 100 * view->stolen_ns / view->took_ns);
    else if (view->stolen_ns == 0)
        fputs("The kernel knows of no CPU time that a hypervisor took.\n", out);
}

void map_print(FILE *out, const struct map *m, const struct view *view)
{
    const struct view_job *job = &view->jobs[0];
    char time[UNITS_MAX];
    text_pad(out, job->workload, 0, true);
    text_pad(out, job->under, 0, true);
    fprintf(out, ": %.0f tasks of %s, %g core%s. The fastest runner and its speed-up over serial\n",
            m->tasks, map_time(time, m->task_ns, 3), m->cores, m->cores == 1 ? "" : "s");
    print_cells(out, m);
    print_constants(out, m);
    print_frontiers(out, m);
    print_score(out, m);
    print_quiet(out, m, view);
}
