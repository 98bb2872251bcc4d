// SPDX-License-Identifier: MIT
#include "bench/history/chart.h"
#include "bench/history/date.h"
#include "bench/history/suspect.h"
#include "bench/picture.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* scripts/history.gp, which draws from the variables written before it. */
__asm__(".pushsection .rodata\n"
        "history_script:\n"
        ".incbin \"scripts/history.gp\"\n"
        ".byte 0\n"
        ".popsection\n");
extern const char history_script[];

enum { WIDTH = 900, HEIGHT = 420, HEAD = 64, TICS = 7 };

static double percent(double change)
{
    return 100 * change;
}

/* ---- the axis ----------------------------------------------------------------------------- */

/* What the picture shows, in percent. */
struct axis {
    double low, high;
};

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void stretch(struct axis *axis, double value)
{
    axis->low = fmin(axis->low, value);
    axis->high = fmax(axis->high, value);
}

/* The middle half of all sessions, and every level; little noise must not fill the picture. */
static int find_core(const struct series *s, const struct findings *f, struct axis *core)
{
    size_t n = 0;
    double *values = calloc(s->point_count + 1, sizeof(*values));
    if (values == NULL)
        return -ENOMEM;
    for (size_t i = 0; i < s->point_count; i++)
        if (!isnan(s->points[i].change))
            values[n++] = percent(s->points[i].change);
    qsort(values, n, sizeof(*values), ascending);
    *core = (struct axis){-percent(SUSPECT_EFFECT), percent(SUSPECT_EFFECT)};
    if (n > 0) {
        stretch(core, values[n / 4]);
        stretch(core, values[n - 1 - n / 4]);
        stretch(core, percent(f->first_level));
    }
    for (size_t i = 0; i < f->count; i++)
        stretch(core, percent(f->suspects[i].level));
    free(values);
    return 0;
}

/* It reaches all that is not far out (farther from the middle half than three times its height:
 * Tukey 1977), so that one wild session does not make all others flat. */
static int find_axis(const struct series *s, const struct findings *f, struct axis *axis)
{
    struct axis core;
    int err = find_core(s, f, &core);
    if (err != 0)
        return err;
    double reach = 3 * (core.high - core.low);
    const struct axis fence = {core.low - reach, core.high + reach};
    *axis = core;
    for (size_t i = 0; i < s->point_count; i++) {
        const struct point *p = &s->points[i];
        double change = percent(p->change); /* of a broken one NAN, which fails both */
        if (change >= fence.low && change <= fence.high) {
            stretch(axis, fmax(fmin(change, percent(p->low)), fence.low));
            stretch(axis, fmin(fmax(change, percent(p->high)), fence.high));
        }
    }
    double margin = (axis->high - axis->low) / 25;
    axis->low -= margin;
    axis->high += 3 * margin; /* for the names of the changes */
    return 0;
}

static void put_axis(FILE *script, const struct series *s, const struct axis *axis)
{
    size_t beyond = 0;
    for (size_t i = 0; i < s->point_count; i++) {
        double change = percent(s->points[i].change);
        beyond += change < axis->low || change > axis->high;
    }
    fprintf(script, "low = %.6g\nhigh = %.6g\nbeyond = %zu\n", axis->low, axis->high, beyond);
}

/* ---- what it holds ------------------------------------------------------------------------ */

/* In the same order as the sessions, counted from 1. */
static void put_points(FILE *script, const struct series *s)
{
    fputs("$points << END\n", script);
    for (size_t i = 0; i < s->point_count; i++) {
        const struct point *p = &s->points[i];
        bool known = !isnan(p->low) && !isnan(p->high);
        if (!isnan(p->change))
            fprintf(script, "%zu %.6g %.6g %.6g\n", i + 1, percent(p->change),
                    percent(known ? p->low : p->change), percent(known ? p->high : p->change));
    }
    size_t broken = 0;
    /* of one row alone gnuplot 5.4 dies */
    fputs("NaN NaN NaN NaN\nEND\n$broken << END\n", script);
    for (size_t i = 0; i < s->point_count; i++) {
        if (!isnan(s->points[i].change))
            continue;
        fprintf(script, "%zu\n", i + 1);
        broken++;
    }
    fprintf(script, "NaN\nEND\nbroken = %zu\n", broken);
}

static void put_levels(FILE *script, const struct series *s, const struct findings *f)
{
    fputs("$levels << END\n", script);
    for (size_t i = 0; i <= f->count; i++) {
        double begin = i == 0 ? 0.5 : (double)f->suspects[i - 1].after + 0.5;
        double end =
            i == f->count ? (double)s->point_count + 0.5 : (double)f->suspects[i].after + 0.5;
        double level = percent(i == 0 ? f->first_level : f->suspects[i - 1].level);
        if (!isnan(level))
            fprintf(script, "%.6g %.6g\n%.6g %.6g\n\n", begin, level, end, level);
    }
    fprintf(script,
            "NaN NaN\nEND\nchanges = %zu\narray change_at[%zu]\narray change_slower[%zu]\n"
            "array change_text[%zu]\n",
            f->count, f->count + 1, f->count + 1, f->count + 1);
    for (size_t i = 0; i < f->count; i++) {
        const struct suspect *is = &f->suspects[i];
        const struct point *p = &s->points[is->after];
        char text[160], date[DATE_MAX];
        snprintf(text, sizeof(text), "%.40s  %+.1f %%",
                 p->commit != NULL ? p->commit : date_print(date, p->date, true),
                 percent(is->change));
        fprintf(script,
                "change_at[%zu] = %.6g\nchange_slower[%zu] = %d\nchange_text[%zu] = ", i + 1,
                (double)is->after + 0.5, i + 1, is->change > 0, i + 1);
        picture_text(script, text);
        fputc('\n', script);
    }
}

/* Dates below as many sessions as have room. */
static void put_tics(FILE *script, const struct series *s)
{
    size_t step = (s->point_count + TICS - 1) / TICS;
    fprintf(script, "sessions = %zu\nset xtics scale 0.5 ('' 0)\n", s->point_count);
    for (size_t i = 0; i<s->point_count; i += step> 0 ? step : 1) {
        char date[DATE_MAX];
        date_print(date, s->points[i].date, true);
        date[strcspn(date, " ")] = '\0';
        fprintf(script, "set xtics add (");
        picture_tic(script, date);
        fprintf(script, " %zu)\n", i + 1);
    }
}

int chart_series(const struct series *series, const char *path, char *why, size_t size)
{
    char details[320];
    struct findings findings;
    struct axis axis;
    int err = findings_make(&findings, series);
    if (err == -ENODATA && isnan(findings.first_level)) {
        snprintf(why, size, "there is nothing to draw: no session of it has a change");
        return -ENODATA;
    }
    if (err == 0 || err == -ENODATA)
        err = find_axis(series, &findings, &axis);
    if (err != 0) {
        findings_free(&findings);
        snprintf(why, size, "not enough memory");
        return err;
    }
    struct pictures picture;
    err = picture_open(&picture, path, WIDTH, HEIGHT, why, size);
    if (err != 0) {
        findings_free(&findings);
        return err;
    }
    FILE *script = picture.script;
    snprintf(details, sizeof(details),
             "change over %.60s on machine %.8s, with 99 %% intervals, and the levels",
             series->reference, series->fingerprint);
    picture_head(script, series->name, details, HEIGHT);
    put_axis(script, series, &axis);
    put_points(script, series);
    put_levels(script, series, &findings);
    put_tics(script, series);
    fprintf(script, "set tmargin at screen %.6f\n%s\nunset multiplot\n", 1 - (double)HEAD / HEIGHT,
            history_script);
    findings_free(&findings);
    return picture_close(&picture);
}
