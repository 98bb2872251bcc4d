// SPDX-License-Identifier: MIT
#include "bench/table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "bench/look.h"
#include "bench/text.h"
#include "bench/units.h"
#include "bench/verdict.h"

static void set_colors(struct look *look, bool color)
{
    look->bold = color ? "\033[1m" : "";
    look->dim = color ? "\033[2m" : "";
    look->good = color ? "\033[1;32m" : "";
    look->bad = color ? "\033[1;31m" : "";
    look->off = color ? "\033[0m" : "";
}

/* ---- which columns, and how wide ---------------------------------------------------------- */

static int at_least(int width, const char *text)
{
    int needed = text_width(text);
    return needed > width ? needed : width;
}

static int widest(const struct view *view, const struct column *column)
{
    char text[CELL_MAX];
    int width = 0;
    for (size_t j = 0; j < view->job_count; j++) {
        const struct view_job *job = &view->jobs[j];
        width = at_least(width, column_title(column, job, text));
        for (size_t i = 0; i < job->case_count; i++)
            if (job->cases[i].refused == NULL)
                width = at_least(width, column_cell(column, job, &job->cases[i], text));
    }
    return width;
}

/* Older files do not have every number. */
static bool is_empty(const struct view *view, const struct column *column)
{
    if (column->kind != COLUMN_TIME)
        return false;
    for (size_t j = 0; j < view->job_count; j++)
        for (size_t i = 0; i < view->jobs[j].case_count; i++)
            if (!isnan(view->jobs[j].cases[i].median[column->value]))
                return false;
    return true;
}

static int total(const struct look *look)
{
    int width = MARK - GAP;
    for (int i = 0; i < COLUMN_COUNT; i++)
        width += look->shown[i] ? GAP + look->widths[i] : 0;
    return width;
}

/* As many as fit; each table has its own, since only some have numbers of their workload's. */
static void choose_columns(struct look *look, const struct view *view, const struct view_job *job)
{
    char text[CELL_MAX];
    for (int i = 0; i < COLUMN_COUNT; i++) {
        bool none = columns[i].kind == COLUMN_MEASURE && column_measure(&columns[i], job) == NULL;
        look->widths[i] = at_least(widest(view, &columns[i]), column_title(&columns[i], job, text));
        look->shown[i] = !none && !is_empty(view, &columns[i]);
    }
    look->full_width = total(look) > look->full_width ? total(look) : look->full_width;
    for (int turn = 1; turn <= COLUMN_COUNT && total(look) > look->width; turn++) {
        for (int i = 0; i < COLUMN_COUNT; i++) {
            bool leaves = columns[i].leaves == turn && look->shown[i];
            look->shown[i] &= !leaves;
            look->left_out[i] |= leaves;
        }
    }
    for (int i = 0; i < COLUMN_COUNT; i++)
        look->explained[i] |= look->shown[i];
}

/* ---- rows --------------------------------------------------------------------------------- */

static void print_titles(const struct look *look, const struct view_job *job)
{
    char text[CELL_MAX];
    fprintf(look->out, "%s%*s", look->dim, MARK - GAP, "");
    for (int i = 0; i < COLUMN_COUNT; i++) {
        if (!look->shown[i])
            continue;
        fprintf(look->out, "%*s", GAP, "");
        text_pad(look->out, column_title(&columns[i], job, text), look->widths[i], i == 0);
    }
    fprintf(look->out, "%s\n", look->off);
}

static void print_row(const struct look *look, const struct view_job *job,
                      const struct view_case *c, bool wins)
{
    char text[CELL_MAX];
    fprintf(look->out, "%s%s",
            wins                ? look->good
            : c->failed != NULL ? look->bad
                                : "",
            wins ? "★ " : "  ");
    for (int i = 0; i < COLUMN_COUNT; i++) {
        if (!look->shown[i])
            continue;
        fprintf(look->out, "%*s", i > 0 ? GAP : 0, "");
        text_pad(look->out, column_cell(&columns[i], job, c, text), look->widths[i], i == 0);
    }
    fprintf(look->out, "%s\n", wins || c->failed != NULL ? look->off : "");
}

/* Cases of a label that have the same reason share a line. */
static bool is_told(const struct view_job *job, size_t i, const char *reason, bool failed)
{
    for (size_t k = 0; k < i; k++) {
        const struct view_case *c = &job->cases[k];
        const char *other = failed ? c->failed : c->refused;
        if (c->series == job->cases[i].series && other != NULL && strcmp(other, reason) == 0)
            return true;
    }
    return false;
}

static void append_errors(FILE *text, const json_t *errors)
{
    const char *kind;
    json_t *count;
    json_object_foreach ((json_t *)errors, kind, count)
        fprintf(text, " · %s: %.0f tasks", kind, json_number_value(count));
}

static void print_reason(const struct look *look, const struct view_job *job, size_t i,
                         const char *reason, bool failed)
{
    char *line = NULL;
    size_t size;
    FILE *text = open_memstream(&line, &size);
    if (text == NULL)
        return;
    fprintf(text, "%s %s at n = ", failed ? "failed:" : "refused:", job->cases[i].label);
    for (size_t k = i, told = 0; k < job->case_count; k++) {
        const struct view_case *c = &job->cases[k];
        const char *other = failed ? c->failed : c->refused;
        if (c->series == job->cases[i].series && other != NULL && strcmp(other, reason) == 0)
            fprintf(text, "%s%d", told++ > 0 ? ", " : "", c->concurrency);
    }
    fprintf(text, ": %s", reason);
    if (failed)
        append_errors(text, job->cases[i].errors);
    fclose(text);
    fprintf(look->out, "%*s%s", INDENT, "", failed ? look->bad : look->dim);
    text_wrap(look->out, line, INDENT, 2 * INDENT, look->width);
    fprintf(look->out, "%s", look->off);
    free(line);
}

static void print_reasons(const struct look *look, const struct view_job *job, bool failed)
{
    for (size_t i = 0; i < job->case_count; i++) {
        const char *reason = failed ? job->cases[i].failed : job->cases[i].refused;
        if (reason != NULL && !is_told(job, i, reason, failed))
            print_reason(look, job, i, reason, failed);
    }
}

static void print_job(const struct look *look, const struct view_job *job)
{
    look_print_heading(look, job);
    if (job->failed != NULL) {
        fprintf(look->out, "%*s%s", INDENT, "", look->bad);
        text_wrap(look->out, job->failed, INDENT, INDENT, look->width);
        fprintf(look->out, "%s", look->off);
        return;
    }
    const struct view_case *winner = view_winner(job);
    print_titles(look, job);
    for (size_t i = 0; i < job->case_count; i++)
        if (job->cases[i].refused == NULL)
            print_row(look, job, &job->cases[i], &job->cases[i] == winner);
    print_reasons(look, job, true);
    print_reasons(look, job, false);
}

/* ---- around the jobs ---------------------------------------------------------------------- */

static const char *put_known(char text[32], double x)
{
    snprintf(text, 32, isnan(x) ? "?" : "%g", x);
    return text;
}

static void print_machine(const struct look *look, const struct view *view)
{
    char text[VIEW_TEXT_MAX], cores[32], pus[32], rounds[32], quota[64] = "";
    if (!isnan(view->quota_cpus))
        snprintf(quota, sizeof(quota), ", quota of %g CPUs", view->quota_cpus);
    snprintf(text, sizeof(text), "%s%s · %s · cores allowed: %s (PUs: %s)%s · rounds: %s · %s",
             view->simulated ? "SIMULATED " : "", view->hostname != NULL ? view->hostname : "?",
             view->cpu != NULL ? view->cpu : "unknown CPU", put_known(cores, view->allowed_cores),
             put_known(pus, view->allowed_pus), quota, put_known(rounds, view->rounds),
             view->started != NULL ? view->started : "?");
    text_wrap(look->out, text, 0, 0, look->width);
    if (view->settings[0] != '\0')
        text_wrap(look->out, view->settings, 0, 0, look->width);
    bool whole = view->status == NULL || strcmp(view->status, "complete") == 0;
    if (whole)
        return;
    snprintf(text, sizeof(text), "This run ended with the status \"%s\"%s%s", view->status,
             view->message != NULL ? ": " : "", view->message != NULL ? view->message : "");
    fprintf(look->out, "%s", look->bad);
    text_wrap(look->out, text, 0, 0, look->width);
    fprintf(look->out, "%s", look->off);
}

static void print_verdicts(const struct look *look, const struct view *view)
{
    fprintf(look->out, "\n%sThreads, processes or async?%s\n", look->bold, look->off);
    for (size_t j = 0; j < view->job_count; j++) {
        char *line = NULL;
        size_t size;
        FILE *text = open_memstream(&line, &size);
        if (text == NULL)
            return;
        verdict_print(text, view, &view->jobs[j]);
        fclose(text);
        fprintf(look->out, "%*s", INDENT, "");
        text_wrap(look->out, line, INDENT, 2 * INDENT, look->width);
        free(line);
    }
}

/* What the workloads' own numbers mean, each once. */
static void explain_measures(FILE *text, const struct look *look, const struct view *view)
{
    for (size_t j = 0; j < view->job_count; j++) {
        for (int i = 0; i < COLUMN_COUNT; i++) {
            const struct view_measure *m = column_measure(&columns[i], &view->jobs[j]), *other;
            bool told = m == NULL || m->help == NULL || !look->explained[i];
            for (size_t k = 0; k < j && !told; k++) {
                other = column_measure(&columns[i], &view->jobs[k]);
                told = other != NULL && strcmp(other->name, m->name) == 0;
            }
            if (!told)
                fprintf(text, "%s: %s · ", m->name, m->help);
        }
    }
}

static void print_legend(const struct look *look, const struct view *view)
{
    char *line = NULL;
    size_t size;
    FILE *text = open_memstream(&line, &size);
    if (text == NULL)
        return;
    for (int i = 0; i < COLUMN_COUNT; i++)
        if (look->explained[i] && columns[i].legend != NULL)
            fprintf(text, "%s: %s · ", columns[i].title, columns[i].legend);
    explain_measures(text, look, view);
    fprintf(text, "★: faster than every other runner by more than the noise");
    fclose(text);
    fprintf(look->out, "\n%s", look->dim);
    text_wrap(look->out, line, 0, 0, look->width);
    fprintf(look->out, "%s", look->off);
    free(line);
}

static const char *left_out_name(const struct view *view, int i)
{
    const struct view_measure *m = NULL;
    for (size_t j = 0; j < view->job_count && m == NULL; j++)
        m = column_measure(&columns[i], &view->jobs[j]);
    return m != NULL                                  ? m->name
           : columns[i].kind == COLUMN_RATE           ? "items/s"
           : columns[i].kind == COLUMN_WHOLE_INTERVAL ? "whole's 95 %"
                                                      : columns[i].title;
}

static void print_left_out(const struct look *look, const struct view *view)
{
    char *line = NULL;
    size_t size, told = 0;
    FILE *text = open_memstream(&line, &size);
    if (text == NULL)
        return;
    fprintf(text, "Left out at this width:");
    for (int i = 0; i < COLUMN_COUNT; i++)
        if (look->left_out[i])
            fprintf(text, "%s %s", told++ > 0 ? "," : "", left_out_name(view, i));
    fprintf(text, "; a terminal of %d columns or COLUMNS=%d shows all.", look->full_width,
            look->full_width);
    fclose(text);
    if (told > 0)
        text_wrap(look->out, line, 0, 0, look->width);
    free(line);
}

void table_print(FILE *out, const json_t *result, int width, bool color)
{
    struct look look = {.out = out, .width = width};
    struct view view;
    char why[VIEW_TEXT_MAX];
    if (view_build(&view, result, why, sizeof(why)) != 0) {
        fprintf(out, "%s\n", why);
        return;
    }
    set_colors(&look, color);
    print_machine(&look, &view);
    for (size_t j = 0; j < view.job_count; j++) {
        choose_columns(&look, &view, &view.jobs[j]);
        print_job(&look, &view.jobs[j]);
    }
    print_verdicts(&look, &view);
    print_legend(&look, &view);
    print_left_out(&look, &view);
    view_close(&view);
}

int table_width(FILE *out, int otherwise)
{
    const char *text = getenv("COLUMNS");
    int width = text != NULL ? atoi(text) : 0;
    struct winsize size;
    if (width >= 40)
        return width;
    return ioctl(fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : otherwise;
}
