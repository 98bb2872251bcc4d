// SPDX-License-Identifier: MIT
#include "bench/look.h"

#include <string.h>

#include "bench/text.h"
#include "bench/units.h"
#include "bench/verdict.h"

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
    bool has_lock = strncmp(job->under, " without", strlen(" without")) != 0;
    snprintf(text, sizeof(text), has_lock ? "nobody waited for its lock" : "it has no lock");
    if (c != NULL)
        snprintf(
            text, sizeof(text),
            "its lock with %s at %d: half of its holds last at least %s, of the waits for it %s; "
            "it changes hands %.0f times a second",
            c->label, c->concurrency, units_time(hold, c->median[VIEW_LOCK_HOLD]),
            units_time(wait, c->median[VIEW_LOCK_WAIT]), c->median[VIEW_LOCK_SWITCHES]);
    fprintf(look->out, "%*s", INDENT, "");
    text_wrap(look->out, text, INDENT, INDENT, look->width);
}

/* Why a workload with a helper cannot use all cores, or not alone. */
static void print_helper(const struct look *look, const struct view_job *job)
{
    char text[128];
    if (!job->helper_apart && !job->helper_shared)
        return;
    snprintf(text, sizeof(text),
             "its helper shares the only core with the workers, and disturbs them");
    if (job->helper_apart)
        snprintf(text, sizeof(text),
                 "its helper keeps a core for itself: the workers share the other%s",
                 job->cores > 1 ? "s" : "");
    fprintf(look->out, "%*s", INDENT, "");
    text_wrap(look->out, text, INDENT, INDENT, look->width);
}

/* What its speed-ups are over, if that is not serial, and what the workload says. */
static void print_notes(const struct look *look, const struct view_job *job)
{
    char text[VIEW_TEXT_MAX];
    const json_t *note;
    size_t i;
    if (job->baseline != NULL && !job->baseline->serial) {
        snprintf(text, sizeof(text), "speed-ups are over %s, as serial cannot run it", job->over);
        fprintf(look->out, "%*s", INDENT, "");
        text_wrap(look->out, text, INDENT, INDENT, look->width);
    }
    json_array_foreach ((json_t *)job->notes, i, note) {
        fprintf(look->out, "%*s", INDENT, "");
        text_wrap(look->out, json_is_string(note) ? json_string_value(note) : "?", INDENT, INDENT,
                  look->width);
    }
}

void look_print_heading(const struct look *look, const struct view_job *job)
{
    char items[UNITS_MAX], text[2 * VIEW_TEXT_MAX];
    int n = snprintf(text, sizeof(text), "%s%s%.0f tasks", job->params,
                     job->params[0] != '\0' ? " · " : "", job->tasks);
    if (strcmp(job->unit, "B") == 0)
        snprintf(text + n, sizeof(text) - (size_t)n, ", %sB", units_count(items, job->items));
    else if (strcmp(job->unit, "tasks") != 0)
        snprintf(text + n, sizeof(text) - (size_t)n, ", %s %s", units_count(items, job->items),
                 job->unit);
    fprintf(look->out, "\n%s", look->bold);
    text_pad(look->out, job->workload, 0, true);
    text_pad(look->out, job->under, 0, true);
    fprintf(look->out, "%s  ", look->off);
    text_wrap(look->out, text, text_width(job->workload) + text_width(job->under) + 2, INDENT,
              look->width);
    print_bound(look, job);
    print_lock(look, job);
    print_helper(look, job);
    print_notes(look, job);
}
