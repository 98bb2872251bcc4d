// SPDX-License-Identifier: MIT
#include "bench/table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "bench/columns.h"
#include "bench/text.h"
#include "bench/units.h"
#include "bench/verdict.h"

enum { GAP = 2, MARK = 2, INDENT = 2 };

/* Everything that decides how the table looks. */
struct look {
    FILE *out;
    int width; /* allowed */
    int widths[COLUMN_COUNT];
    bool shown[COLUMN_COUNT];
    int full_width;                            /* with every column */
    const char *bold, *dim, *good, *bad, *off; /* escape sequences, or nothing */
};

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

static int total(const struct look *look)
{
    int width = MARK - GAP;
    for (int i = 0; i < COLUMN_COUNT; i++)
        width += look->shown[i] ? GAP + look->widths[i] : 0;
    return width;
}

static void choose_columns(struct look *look, const struct view *view)
{
    for (int i = 0; i < COLUMN_COUNT; i++) {
        look->shown[i] = true;
        look->widths[i] = widest(view, &columns[i]);
    }
    look->full_width = total(look);
    for (int turn = 1; turn <= COLUMN_COUNT && total(look) > look->width; turn++)
        for (int i = 0; i < COLUMN_COUNT; i++)
            if (columns[i].leaves == turn)
                look->shown[i] = false;
}

/* ---- the head of a job -------------------------------------------------------------------- */

static void print_bound(const struct look *look, const struct view_job *job)
{
    const char *claim = verdict_bound(job->claim), *measured = verdict_bound(job->measured);
    bool contradicted = measured != NULL && claim != NULL && !job->agrees;
    char text[2 * VIEW_TEXT_MAX];
    if (contradicted)
        snprintf(text, sizeof(text), "CONTRADICTED: it claims to be %s but measured it is %s",
                 claim, measured);
    else if (measured != NULL)
        snprintf(text, sizeof(text), "%s as measured", measured);
    else if (claim != NULL)
        snprintf(text, sizeof(text), "%s as claimed, not measured", claim);
    else
        return;
    if (job->why != NULL) {
        size_t n = strlen(text);
        snprintf(text + n, sizeof(text) - n, ": %s", job->why);
    }
    fprintf(look->out, "%*s%s", INDENT, "", contradicted ? look->bad : "");
    text_wrap(look->out, text, INDENT, INDENT, look->width);
    fprintf(look->out, "%s", contradicted ? look->off : "");
}

/* What the lock of its interpreter did where workers waited most for it. */
static void print_lock(const struct look *look, const struct view_job *job)
{
    const struct view_case *c = view_waited_most(job);
    char text[VIEW_TEXT_MAX], hold[UNITS_MAX], wait[UNITS_MAX];
    if (job->interpreter == NULL)
        return;
    snprintf(text, sizeof(text), "nobody waited for its lock");
    if (c != NULL)
        snprintf(text, sizeof(text),
                 "its lock with %s at %d: a hold lasts %s, a wait for it %s (medians), it changes "
                 "hands %.0f times a second",
                 c->label, c->concurrency, units_time(hold, c->median[VIEW_LOCK_HOLD]),
                 units_time(wait, c->median[VIEW_LOCK_WAIT]), c->median[VIEW_LOCK_SWITCHES]);
    fprintf(look->out, "%*s", INDENT, "");
    text_wrap(look->out, text, INDENT, INDENT, look->width);
}

/* Why a workload with a helper cannot use all cores. */
static void print_helper(const struct look *look, const struct view_job *job)
{
    char text[128];
    if (!job->helper_apart)
        return;
    snprintf(text, sizeof(text),
             "its helper keeps a core for itself: the workers share the other%s",
             job->cores > 1 ? "s" : "");
    fprintf(look->out, "%*s", INDENT, "");
    text_wrap(look->out, text, INDENT, INDENT, look->width);
}

static void print_heading(const struct look *look, const struct view_job *job)
{
    char items[UNITS_MAX], text[2 * VIEW_TEXT_MAX];
    int n = snprintf(text, sizeof(text), "%s%s%.0f tasks", job->params,
                     job->params[0] != '\0' ? " · " : "", job->tasks);
    if (strcmp(job->unit, "B") == 0)
        snprintf(text + n, sizeof(text) - (size_t)n, ", %sB", units_count(items, job->items));
    else if (strcmp(job->unit, "tasks") != 0)
        snprintf(text + n, sizeof(text) - (size_t)n, ", %s %s", units_count(items, job->items),
                 job->unit);
    fprintf(look->out, "\n%s%s%s%s  ", look->bold, job->workload, job->under, look->off);
    text_wrap(look->out, text, text_width(job->workload) + text_width(job->under) + 2, INDENT,
              look->width);
    print_bound(look, job);
    print_lock(look, job);
    print_helper(look, job);
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
    print_heading(look, job);
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

static void print_legend(const struct look *look)
{
    char *line = NULL;
    size_t size;
    FILE *text = open_memstream(&line, &size);
    if (text == NULL)
        return;
    for (int i = 0; i < COLUMN_COUNT; i++)
        if (look->shown[i] && columns[i].legend != NULL)
            fprintf(text, "%s: %s · ", columns[i].title, columns[i].legend);
    fprintf(text, "★: faster than every other runner by more than the noise");
    fclose(text);
    fprintf(look->out, "\n%s", look->dim);
    text_wrap(look->out, line, 0, 0, look->width);
    fprintf(look->out, "%s", look->off);
    free(line);
}

static void print_left_out(const struct look *look)
{
    if (total(look) == look->full_width)
        return;
    char text[VIEW_TEXT_MAX] = "Left out at this width:";
    size_t n = strlen(text);
    for (int i = 0; i < COLUMN_COUNT; i++)
        if (!look->shown[i])
            n += (size_t)snprintf(text + n, sizeof(text) - n, " %s,",
                                  columns[i].kind == COLUMN_RATE             ? "items/s"
                                  : columns[i].kind == COLUMN_WHOLE_INTERVAL ? "whole's 95 %"
                                                                             : columns[i].title);
    snprintf(text + n - 1, sizeof(text) - n, "; a terminal of %d columns or COLUMNS=%d shows all.",
             look->full_width, look->full_width);
    text_wrap(look->out, text, 0, 0, look->width);
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
    choose_columns(&look, &view);
    print_machine(&look, &view);
    for (size_t j = 0; j < view.job_count; j++)
        print_job(&look, &view.jobs[j]);
    print_verdicts(&look, &view);
    print_legend(&look);
    print_left_out(&look);
    view_close(&view);
}

int table_width(FILE *out)
{
    const char *text = getenv("COLUMNS");
    int width = text != NULL ? atoi(text) : 0;
    struct winsize size;
    if (width >= 40)
        return width;
    return ioctl(fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 160;
}
