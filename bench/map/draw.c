// SPDX-License-Identifier: MIT
#include <errno.h>
#include <math.h>
#include <string.h>

#include "bench/map/show.h"
#include "bench/picture.h"
#include "bench/registry.h"

/* scripts/map.gp, which draws from the variables written before it. */
__asm__(".pushsection .rodata\n"
        "map_script:\n"
        ".incbin \"scripts/map.gp\"\n"
        ".byte 0\n"
        ".popsection\n");
extern const char map_script[];

enum {
    HEAD = 84,
    FOOT = 116,
    ROW = 34,
    COLUMN = 84,
    SIDES = 310,
    WIDTH_LEAST = 780, /* for the lines of text */
    FRONTIERS_MAX = 2 * MAP_SERIES_MAX
};

/* Okabe and Ito's seven that are neither black nor white, as in scripts/style.gp; grey and brown
 * for the last two. */
static const char *const colours[MAP_SERIES_MAX] = {"#0072B2", "#D55E00", "#009E73",
                                                    "#CC79A7", "#E69F00", "#56B4E9",
                                                    "#F0E442", "#999999", "#8C564B"};

/* The place of the series' runner among all, serial left out; 0: of no runner that is known. */
static size_t place_of(const struct view *view, size_t series)
{
    const char *name = "";
    size_t place = 0;
    for (size_t j = 0; j < view->job_count; j++)
        for (size_t i = 0; i < view->jobs[j].case_count; i++)
            if (view->jobs[j].cases[i].series == series + 1)
                name = view->jobs[j].cases[i].runner;
    for (size_t i = 0; runners[i] != NULL && strcmp(runners[i]->name, name) != 0; i++)
        place += strcmp(runners[i]->name, BASELINE) != 0;
    return place;
}

/* A runner has its colour in every map; only where two have the same one, as with two settings of
 * one runner, the second has the next that is free. */
static void choose_colours(const struct map *m, const struct view *view,
                           const char *colour[MAP_SERIES_MAX])
{
    bool taken[MAP_SERIES_MAX] = {false};
    for (size_t s = 0; s < m->series_count; s++) {
        size_t c = place_of(view, s) % MAP_SERIES_MAX;
        while (taken[c])
            c = (c + 1) % MAP_SERIES_MAX;
        taken[c] = true;
        colour[s] = colours[c];
    }
}

/* A stripe of the cell for each that is the fastest in it, as far as the noise lets us tell. */
static void put_stripes(FILE *script, const struct map *m, const struct map_cell *cell,
                        double column, double row)
{
    size_t tied = 0, drawn = 0;
    for (size_t s = 0; s < m->series_count; s++)
        tied += cell->tied[s];
    for (size_t s = 0; s < m->series_count; s++) {
        if (!cell->tied[s])
            continue;
        double left = column - 0.48 + 0.96 * (double)drawn++ / (double)tied;
        fprintf(script, "%.6g %.6g %.6g %.6g %zu %d\n", left, left + 0.96 / (double)tied,
                row - 0.47, row + 0.47, s + 1, cell->clear);
    }
}

static void put_cells(FILE *script, const struct map *m, bool numbers)
{
    fprintf(script, "%s << END\n", numbers ? "$numbers" : "$stripes");
    for (size_t row = 0; row < m->share_count; row++) {
        for (size_t n = 0; n < m->n_count; n++) {
            const struct map_cell *cell = &m->cells[row][n];
            int best = cell->best[MAP_MEASURED];
            if (best < 0)
                continue;
            if (numbers)
                fprintf(script, "%zu %zu %.6g\n", n + 1, row + 1,
                        cell->of[best].measured->speedup.value);
            else
                put_stripes(script, m, cell, (double)n + 1, (double)row + 1);
        }
    }
    fputs("END\n", script);
}

/* Where a share of waiting lies between the rows, counted from 1. */
static double height_of(const struct map *m, double share)
{
    size_t row = 0;
    while (row + 2 < m->share_count && m->shares[row + 1] < share)
        row++;
    return (double)row + 1 + (share - m->shares[row]) / (m->shares[row + 1] - m->shares[row]);
}

/* Two points are no line that people should believe, nor is one that the noise alone draws. */
static bool has_frontier(const struct map *m, size_t series)
{
    enum { LEAST = 3 };
    size_t measured = 0, model = 0;
    for (size_t n = 0; n < m->n_count; n++) {
        measured += !isnan(map_frontier(m, series, n, MAP_MEASURED));
        model += !isnan(map_frontier(m, series, n, MAP_MODEL));
    }
    return measured >= LEAST && model >= LEAST;
}

static void put_frontier(FILE *script, const struct map *m, size_t series, enum map_source by)
{
    for (size_t n = 0; n < m->n_count; n++) {
        double share = map_frontier(m, series, n, by);
        if (!isnan(share))
            fprintf(script, "%zu %.6g\n", n + 1, height_of(m, share));
    }
    fputs("\n\n", script);
}

/* How many they are. */
static size_t put_lines(FILE *script, const struct map *m, const char *const colour[])
{
    size_t of[FRONTIERS_MAX], count = 0;
    bool model[FRONTIERS_MAX];
    fputs("$lines << END\n", script);
    for (size_t s = 0; s < m->series_count; s++) {
        for (int which = 0; which < 2 && has_frontier(m, s); which++) {
            put_frontier(script, m, s, which == 1 ? MAP_MODEL : MAP_MEASURED);
            of[count] = s;
            model[count++] = which == 1;
        }
    }
    /* gnuplot looks also at the first of none */
    fprintf(script,
            "%sEND\nfrontiers = %zu\narray line_colour[%zu]\narray line_dash[%zu]\n"
            "array line_title[%zu]\n%s",
            count == 0 ? "0 0\n" : "", count, count + 1, count + 1, count + 1,
            count == 0 ? "line_colour[1] = '#FFFFFF'\nline_dash[1] = 1\nline_title[1] = ''\n" : "");
    for (size_t i = 0; i < count; i++) {
        char title[VIEW_LABEL_MAX + 16];
        snprintf(title, sizeof(title), "%s %s", m->labels[of[i]],
                 model[i] ? "by the model" : "keeps up");
        fprintf(script, "line_colour[%zu] = '%s'\nline_dash[%zu] = %d\nline_title[%zu] = ", i + 1,
                colour[of[i]], i + 1, model[i] ? 2 : 1, i + 1);
        picture_text(script, title);
        fputc('\n', script);
    }
    return count;
}

static void put_names(FILE *script, const struct map *m, const char *const colour[])
{
    fprintf(script, "series = %zu\narray label[%zu]\narray colour[%zu]\n", m->series_count,
            m->series_count, m->series_count);
    for (size_t s = 0; s < m->series_count; s++) {
        fprintf(script, "colour[%zu] = '%s'\nlabel[%zu] = ", s + 1, colour[s], s + 1);
        picture_text(script, m->labels[s]);
        fputc('\n', script);
    }
    fprintf(script, "columns = %zu\nrows = %zu\narray column_name[%zu]\narray row_name[%zu]\n",
            m->n_count, m->share_count, m->n_count, m->share_count);
    for (size_t n = 0; n < m->n_count; n++)
        fprintf(script, "column_name[%zu] = '%d'\n", n + 1, m->ns[n]);
    for (size_t row = 0; row < m->share_count; row++)
        /* the label of a tic is a format */
        fprintf(script, "row_name[%zu] = '%g %%%%'\n", row + 1, 100 * m->shares[row]);
}

/* A line of small text, so many units below the picture's upper edge. */
static void put_line(FILE *script, int label, const char *text, int below, int height)
{
    fprintf(script, "set label %d ", label);
    picture_text(script, text);
    fprintf(script, " at screen 0.012, screen %.6f left font ',10' textcolor rgb '#606060'\n",
            1 - (double)below / height);
}

static void put_score(FILE *script, const struct map *m, int height)
{
    char text[192];
    if (map_is_noisy(m))
        snprintf(text, sizeof(text),
                 "too noisy to be judged: the same computing took %.0f %% longer in one round than "
                 "in another",
                 100 * (m->spread - 1));
    else if (m->compared > 0)
        snprintf(text, sizeof(text),
                 "by the model, the measured winner is within 10 %% of the fastest in %zu of %zu "
                 "cells (without constants: %zu)",
                 m->agreed, m->compared, m->plain);
    else
        return;
    put_line(script, 3, text, 62, height);
}

static void put_notes(FILE *script, bool lines, int height)
{
    put_line(script, 4, "stripes: as fast as each other, within the noise", height - 44, height);
    put_line(script, 5, "rows are not to scale; those of 0 % and 100 % calibrate the model",
             height - 28, height);
    if (lines)
        put_line(script, 6,
                 "left of and above its line a runner keeps up: it needs at most 10 % more than "
                 "the fastest",
                 height - 12, height);
}

int map_draw(const struct map *m, const struct view *view, const char *path, char *why, size_t size)
{
    int width = SIDES + COLUMN * (int)m->n_count;
    int height = HEAD + ROW * (int)m->share_count + FOOT;
    const char *colour[MAP_SERIES_MAX];
    char details[192], time[UNITS_MAX];
    width = width > WIDTH_LEAST ? width : WIDTH_LEAST;
    struct pictures picture;
    int err = picture_open(&picture, path, width, height, why, size);
    if (err != 0)
        return err;
    FILE *script = picture.script;
    snprintf(details, sizeof(details), "%.0f tasks of %s · %g core%s · %.64s", m->tasks,
             map_time(time, m->task_ns, 3), m->cores, m->cores == 1 ? "" : "s",
             view->hostname != NULL ? view->hostname : "an unknown host");
    picture_head(script, "Who is the fastest where, and its speed-up over serial", details, height);
    choose_colours(m, view, colour);
    put_cells(script, m, false);
    put_cells(script, m, true);
    put_names(script, m, colour);
    size_t lines = put_lines(script, m, colour);
    put_score(script, m, height);
    put_notes(script, lines > 0, height);
    fprintf(script,
            "set tmargin at screen %.6f\nset bmargin at screen %.6f\n"
            "ylabel_text = 'share of waiting'\n%s\n",
            1 - (double)HEAD / height, (double)FOOT / height, map_script);
    fprintf(script, "unset multiplot\n");
    return picture_close(&picture);
}
