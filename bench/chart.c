// SPDX-License-Identifier: MIT
#include "bench/chart.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "bench/picture.h"
#include "bench/text.h"
#include "bench/verdict.h"

/* scripts/speedup.gp, which draws one chart from the variables written before it. */
__asm__(".pushsection .rodata\n"
        "chart_script:\n"
        ".incbin \"scripts/speedup.gp\"\n"
        ".byte 0\n"
        ".popsection\n");
extern const char chart_script[];

/* In units of an SVG; a PNG has twice as many pixels. */
enum { WIDTH = 800, HEIGHT = 500, PANEL_WIDTH = 440, PANEL_HEIGHT = 340, HEAD = 30, FOOT = 70 };
enum { STYLES = 9, TICS_MAX = 10, DETAILS_MAX = 110, PANEL_DETAILS_MAX = 60, HEADING_MAX = 34 };

/* ---- what gnuplot is told ----------------------------------------------------------------- */

/* The text, cut after `most` characters. */
static void put_cut(FILE *out, const char *text, size_t most)
{
    char cut[VIEW_TEXT_MAX];
    size_t n = 0, characters = 0;
    for (; text[n] != '\0' && n < sizeof(cut) - 4; n++) {
        characters += ((unsigned char)text[n] & 0xC0) != 0x80;
        if (characters > most)
            break;
        cut[n] = text[n];
    }
    snprintf(cut + n, 4, "%s", text[n] != '\0' ? "…" : "");
    picture_text(out, cut);
}

static bool is_drawn(const struct view_case *c)
{
    return !c->baseline && !isnan(c->speedup.value);
}

static bool has_points(const struct view_job *job, size_t series)
{
    for (size_t i = 0; i < job->case_count; i++)
        if (job->cases[i].series == series && is_drawn(&job->cases[i]))
            return true;
    return false;
}

static bool has_chart(const struct view_job *job)
{
    for (size_t i = 0; i < job->case_count; i++)
        if (is_drawn(&job->cases[i]))
            return true;
    return false;
}

/* In rising order of concurrency, as lines are drawn. */
static void put_series(FILE *out, const struct view_job *job, size_t series)
{
    for (int n = 0;;) {
        const struct view_case *next = NULL;
        for (size_t i = 0; i < job->case_count; i++) {
            const struct view_case *c = &job->cases[i];
            if (c->series == series && is_drawn(c) && c->concurrency > n &&
                (next == NULL || c->concurrency < next->concurrency))
                next = c;
        }
        if (next == NULL)
            return;
        n = next->concurrency;
        struct estimate s = next->speedup;
        fprintf(out, "%d %.9g %.9g %.9g\n", n, s.value, isnan(s.low) ? s.value : s.low,
                isnan(s.high) ? s.value : s.high);
    }
}

static void put_data(FILE *out, const struct view *view, const struct view_job *job)
{
    size_t count = 0;
    fprintf(out, "$data << END\n");
    for (size_t s = 0; s < view->series_count; s++) {
        if (!has_points(job, s))
            continue;
        fprintf(out, "%s", count++ > 0 ? "\n\n" : "");
        put_series(out, job, s);
    }
    fprintf(out, "END\nseries = %zu\narray label[%zu]\narray style[%zu]\n", count, count, count);
    count = 0;
    for (size_t s = 0; s < view->series_count; s++) {
        if (!has_points(job, s))
            continue;
        fprintf(out, "style[%zu] = %zu\nlabel[%zu] = ", count + 1, (s - 1) % STYLES + 1, count + 1);
        picture_text(out, view->labels[s]);
        fputc('\n', out);
        count++;
    }
}

/* The tics are the concurrencies themselves, unless they are many. */
static void put_tics(FILE *out, const struct view_job *job)
{
    int seen[TICS_MAX], count = 0;
    for (size_t i = 0; i < job->case_count; i++) {
        int n = job->cases[i].concurrency, k = 0;
        while (k < count && seen[k] != n)
            k++;
        if (k < count || !is_drawn(&job->cases[i]))
            continue;
        if (count == TICS_MAX)
            return;
        seen[count++] = n;
    }
    fprintf(out, "set xtics (");
    for (int k = 0; k < count; k++)
        fprintf(out, "%s%d", k > 0 ? ", " : "", seen[k]);
    fprintf(out, ")\n");
}

/* What n could give at most; over another baseline than serial nobody knows. */
static double ideal(const struct view_job *job, double n)
{
    return job->baseline != NULL && job->baseline->serial ? view_ideal(job, n) : NAN;
}

/* Straight from one concurrency to the next, like the lines of the series, with its own bend. */
static void put_ideal(FILE *out, const struct view_job *job, double x_min, double x_max)
{
    double knee = view_ideal(job, INFINITY);
    fprintf(out, "$ideal << END\n");
    for (double x = x_min; isfinite(x);) {
        fprintf(out, "%.9g %.9g\n", x, ideal(job, x));
        double next = x < x_max ? x_max : INFINITY;
        if (knee > x)
            next = fmin(next, knee);
        for (size_t i = 0; i < job->case_count; i++)
            if (job->cases[i].concurrency > x && is_drawn(&job->cases[i]))
                next = fmin(next, job->cases[i].concurrency);
        x = next <= x_max ? next : INFINITY;
    }
    fprintf(out, "END\n");
}

static void put_ranges(FILE *out, const struct view_job *job)
{
    double x_min = INFINITY, x_max = 0, low = 1, high = 1;
    for (size_t i = 0; i < job->case_count; i++) {
        const struct view_case *c = &job->cases[i];
        if (!is_drawn(c))
            continue;
        x_min = fmin(x_min, c->concurrency);
        x_max = fmax(x_max, c->concurrency);
        low = fmin(low, fmin(c->speedup.value, c->speedup.low));
        high = fmax(high, fmax(c->speedup.value, c->speedup.high));
    }
    if (x_min == x_max) {
        x_min = fmax(x_min / 2, 1);
        x_max *= 2;
    }
    high = fmax(high, ideal(job, x_max));
    bool logarithmic = high > 10 * low;
    fprintf(out, "x_min = %g\nx_max = %g\ny_log = %d\ny_min = %g\ny_max = %g\n", x_min, x_max,
            logarithmic, logarithmic ? low * 0.8 : 0, high * (logarithmic ? 1.3 : 1.08));
    put_ideal(out, job, x_min, x_max);
}

static size_t count_failed(const struct view_job *job)
{
    size_t count = 0;
    for (size_t i = 0; i < job->case_count; i++)
        count += job->cases[i].failed != NULL;
    return count;
}

static void put_headings(FILE *out, const struct view_job *job, bool panel)
{
    char text[VIEW_TEXT_MAX + 128], failed[64] = "";
    const char *bound = verdict_bound(job->measured);
    if (count_failed(job) > 0)
        snprintf(failed, sizeof(failed), "%zu failed, not drawn · ", count_failed(job));
    snprintf(text, sizeof(text), "%s%s%s%s%s%s", job->workload,
             panel && job->interpreter != NULL ? ", GIL " : "",
             !panel                     ? job->under
             : job->interpreter != NULL ? job->interpreter
                                        : "",
             panel ? "" : ": speed-up", bound != NULL ? " · " : "", bound != NULL ? bound : "");
    fprintf(out, "heading = ");
    put_cut(out, text, panel ? HEADING_MAX : PANEL_DETAILS_MAX);
    snprintf(text, sizeof(text), "%s%s", failed, job->params);
    fprintf(out, "\ndetails = ");
    put_cut(out, text, panel ? PANEL_DETAILS_MAX : DETAILS_MAX);
    fputc('\n', out);
}

static void put_chart(FILE *out, const struct view *view, const struct view_job *job, bool panel)
{
    put_data(out, view, job);
    put_headings(out, job, panel);
    put_tics(out, job);
    put_ranges(out, job);
    double cores = isnan(view->allowed_cores) ? 0 : view->allowed_cores;
    fprintf(out, "over = ");
    picture_text(out, job->over);
    fprintf(out, "\nhas_ideal = %d\n", !isnan(ideal(job, 1)));
    fprintf(out, "cores = %g\ncores_text = '%g core%s'\nlegend = %d\n%s\n", cores, cores,
            cores == 1 ? "" : "s", !panel, chart_script);
}

/* ---- pictures ----------------------------------------------------------------------------- */

static void path_of(char path[PATH_MAX], const struct view *view, const char *stem, size_t job,
                    unsigned format)
{
    const char *ending = format == CHART_PNG ? "png" : "svg";
    if (job == view->job_count) {
        snprintf(path, PATH_MAX, "%s.%s", stem, ending);
        return;
    }
    char name[41];
    snprintf(name, sizeof(name), "%s", view->jobs[job].workload);
    for (char *c = name; *c != '\0'; c++)
        if (!isalnum((unsigned char)*c))
            *c = '-';
    snprintf(path, PATH_MAX, "%s-%zu-%s.%s", stem, job + 1, name, ending);
}

/* Below all the panels, what their colours mean. */
static void put_legend(FILE *out, const struct view *view)
{
    fprintf(out, "unset border; unset tics; unset arrow; unset label; unset logscale\n"
                 "unset xlabel; unset ylabel; unset grid\n"
                 "set margins 0, 0, 0, 0\n"
                 "set key center center horizontal Left reverse samplen 3 spacing 1.5 font ',11'\n"
                 "plot [0:1] [0:1] NaN with lines lt 1 lw 1.5 lc rgb '#A0A0A0' title 'ideal', "
                 "NaN with lines dt (2,3) lw 1.5 lc rgb '#606060' title 'serial'");
    for (size_t s = 1; s < view->series_count; s++) {
        bool drawn = false;
        for (size_t j = 0; j < view->job_count; j++)
            drawn = drawn || has_points(&view->jobs[j], s);
        if (!drawn)
            continue;
        fprintf(out, ", NaN with linespoints ls %zu title ", (s - 1) % STYLES + 1);
        picture_text(out, view->labels[s]);
    }
    fputc('\n', out);
}

static void put_overview(struct pictures *p, const struct view *view, const char *path, int charts)
{
    FILE *out = p->script;
    int columns = charts <= 4 ? 2 : 3, rows = (charts + columns - 1) / columns;
    int width = columns * PANEL_WIDTH, height = HEAD + rows * PANEL_HEIGHT + FOOT, k = 0;
    char title[VIEW_TEXT_MAX];
    int n = snprintf(title, sizeof(title), "Speed-up over serial on %.200s",
                     view->hostname != NULL ? view->hostname : "an unknown host");
    if (!isnan(view->allowed_cores))
        snprintf(title + n, sizeof(title) - (size_t)n, " (%g core%s)", view->allowed_cores,
                 view->allowed_cores == 1 ? "" : "s");
    picture_begin(p, width, height, path);
    fprintf(out, "set multiplot title ");
    put_cut(out, title, (size_t)width / 9);
    fprintf(out, " font ',16'\nset size %.6f, %.6f\n", 1.0 / columns,
            (double)PANEL_HEIGHT / height);
    for (size_t j = 0; j < view->job_count; j++) {
        if (!has_chart(&view->jobs[j]))
            continue;
        fprintf(out, "set origin %.6f, %.6f\n", (double)(k % columns) / columns,
                (double)(FOOT + (rows - 1 - k / columns) * PANEL_HEIGHT) / height);
        put_chart(out, view, &view->jobs[j], true);
        fprintf(out, "unset arrow 1; unset label; unset logscale\n");
        k++;
    }
    fprintf(out, "set origin 0, 0\nset size 1, %.6f\n", (double)FOOT / height);
    put_legend(out, view);
    fprintf(out, "unset multiplot\n");
    picture_end(p);
}

/* A single chart is its own overview. */
static void put_pictures(struct pictures *p, const struct view *view, const char *stem,
                         unsigned format, int charts)
{
    char path[PATH_MAX];
    for (size_t j = 0; j < view->job_count; j++) {
        if (!has_chart(&view->jobs[j]))
            continue;
        path_of(path, view, stem, charts > 1 ? j : view->job_count, format);
        picture_begin(p, WIDTH, HEIGHT, path);
        put_chart(p->script, view, &view->jobs[j], false);
        picture_end(p);
    }
    if (charts == 1)
        return;
    path_of(path, view, stem, view->job_count, format);
    put_overview(p, view, path, charts);
}

/* ---- all of it ---------------------------------------------------------------------------- */

static void list(FILE *paths, const struct view *view, const char *stem, unsigned format,
                 int charts)
{
    char path[PATH_MAX];
    for (size_t i = 0; i <= view->job_count; i++) {
        size_t j = i == 0 ? view->job_count : i - 1; /* the overview first */
        if (j < view->job_count && (charts == 1 || !has_chart(&view->jobs[j])))
            continue;
        path_of(path, view, stem, j, format);
        fprintf(paths, "%s\n", path);
    }
}

static int count_charts(const struct view *view)
{
    int charts = 0;
    for (size_t j = 0; j < view->job_count; j++) {
        if (has_chart(&view->jobs[j]))
            charts++;
        else {
            fputs("no chart of ", stderr);
            text_pad(stderr, view->jobs[j].name, 0, true);
            fputs(": it has no speed-up\n", stderr);
        }
    }
    return charts;
}

int chart_draw(FILE *paths, const struct view *view, const char *stem, unsigned formats, char *why,
               size_t size)
{
    static const unsigned all[] = {CHART_SVG, CHART_PNG};
    int charts = count_charts(view);
    if (charts == 0) {
        snprintf(why, size,
                 "there is no speed-up in it to draw; `speedup run` with a serial case and "
                 "at least one task gives some");
        return -ENODATA;
    }
    struct pictures pictures;
    int err = pictures_open(&pictures, why, size);
    if (err != 0)
        return err;
    for (size_t f = 0; f < 2; f++)
        if (formats & all[f])
            put_pictures(&pictures, view, stem, all[f], charts);
    err = pictures_close(&pictures);
    for (size_t f = 0; err == 0 && f < 2; f++)
        if (formats & all[f])
            list(paths, view, stem, all[f], charts);
    return err;
}
