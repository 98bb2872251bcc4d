// SPDX-License-Identifier: MIT
#include "bench/verdict.h"
#include "bench/units.h"

#include <math.h>
#include <string.h>

/* A speed-up that is worth the word. */
static const double GAIN = 1.05;
/* A share of time that explains something. */
static const double MUCH = 0.3;

const char *verdict_bound(const char *bound)
{
    static const char *const names[][2] = {{"CPU", "CPU-bound"},
                                           {"MEMORY", "memory-bound"},
                                           {"IO", "I/O-bound"},
                                           {"LOCK", "lock-bound"},
                                           {"DISPATCH", "dispatch-bound"}};
    for (size_t i = 0; bound != NULL && i < sizeof(names) / sizeof(names[0]); i++)
        if (strcmp(bound, names[i][0]) == 0)
            return names[i][1];
    return bound;
}

static int decimals(double x)
{
    if (x > 0 && x < 0.00995)
        return (int)-floor(log10(x)); /* one digit that says something */
    return x < 9.995 ? 2 : x < 99.95 ? 1 : 0;
}

static void print_times(FILE *out, double ratio)
{
    fprintf(out, "%.*f×", decimals(ratio), ratio);
}

static void print_estimate(FILE *out, const struct estimate *e)
{
    print_times(out, e->value);
    if (!isnan(e->low))
        fprintf(out, " [%.*f, %.*f]", decimals(e->low), e->low, decimals(e->high), e->high);
}

/* Within the noise; without intervals nobody can tell. */
static bool is_alike(const struct view_case *best, const struct view_case *c)
{
    return !(c->speedup.high < best->speedup.low);
}

static void print_subject(FILE *out, const struct view *view, const struct view_job *job)
{
    size_t same = 0;
    for (size_t j = 0; j < view->job_count; j++)
        same += strcmp(view->jobs[j].workload, job->workload) == 0 &&
                strcmp(view->jobs[j].under, job->under) == 0;
    fprintf(out, "%s%s", job->workload, job->under);
    if (same > 1)
        fprintf(out, " (%s)", job->params);
    if (job->measured != NULL)
        fprintf(out, " is %s", verdict_bound(job->measured));
    fprintf(out, ": ");
}

/* The case with the highest value that is not the baseline, on run or on the whole. */
static const struct view_case *highest(const struct view_job *job, bool whole)
{
    const struct view_case *best = NULL;
    double most = -1;
    for (size_t i = 0; i < job->case_count; i++) {
        const struct view_case *c = &job->cases[i];
        double value = whole ? c->whole.value : c->speedup.value;
        if (!c->baseline && value > most) {
            best = c;
            most = value;
        }
    }
    return best;
}

static bool any_gains(const struct view_job *job)
{
    for (size_t i = 0; i < job->case_count; i++) {
        if (!job->cases[i].baseline && job->cases[i].speedup.low > 1)
            return true;
    }
    return false;
}

static void print_best(FILE *out, const struct view *view, const struct view_job *job,
                       const struct view_case *best)
{
    if (best->speedup.high < 1)
        fprintf(out, "nothing is as fast as %s; ", job->over);
    else if (best->speedup.low <= 1 && !any_gains(job))
        fprintf(out, "nothing is faster than %s by more than the noise; ", job->over);
    fprintf(out, "with %s at %d it is ", best->label, best->concurrency);
    print_estimate(out, &best->speedup);
    fprintf(out, " as fast as %s", job->over);
    bool sure = !isnan(best->speedup.low);
    if (!sure)
        fprintf(out, " (fewer than 6 rounds give no interval, so no order is claimed)");
    const char *before = sure ? "; within the noise of that: " : "; the others: ";
    for (size_t s = 1; s < view->series_count; s++) {
        const struct view_case *c = view_best_of(job, s);
        if (c == NULL || c->baseline || s == best->series || !is_alike(best, c))
            continue;
        fprintf(out, "%s%s (", before, c->label);
        before = ", ";
        print_times(out, c->speedup.value);
        fprintf(out, ")");
    }
    fprintf(out, ".");
}

/* Where tasks are tiny, what carries them is all there is to see. */
static bool costs_more(const struct view_job *job, const struct view_case *c)
{
    const double tiny_ns = 50e3;
    return c->speedup.high < 1 / GAIN && job->tasks > 0 && job->baseline != NULL &&
           job->baseline->median[VIEW_RUN] / job->tasks < tiny_ns;
}

static void print_reason(FILE *out, const struct view_job *job, const struct view_case *c)
{
    char task[UNITS_MAX], each[UNITS_MAX];
    if (costs_more(job, c))
        fprintf(out, ", because it takes %s for each task of %s",
                units_time(each, c->median[VIEW_RUN] / job->tasks),
                units_time(task, job->baseline->median[VIEW_RUN] / job->tasks));
    else if (c->inlined)
        fprintf(out, ", because its tasks run inline, one after the other");
    else if (c->concurrency > 1 && c->peak_max <= 1)
        fprintf(out, ", because its tasks ran one at a time");
    else if (c->median[VIEW_LOCK_WAITED] >= MUCH)
        fprintf(out, ", because its workers wait for the GIL %.0f %% of their time",
                100 * fmin(c->median[VIEW_LOCK_WAITED], 1));
}

/* The series that the best one beats, in falling order of speed-up: those that gain something, or
 * those that do not. */
static void print_beaten(FILE *out, const struct view *view, const struct view_job *job,
                         const struct view_case *best, bool gain)
{
    double above = INFINITY;
    for (int told = 0;; told++) {
        const struct view_case *next = NULL;
        for (size_t s = 1; s < view->series_count; s++) {
            const struct view_case *c = view_best_of(job, s);
            if (c != NULL && !c->baseline && s != best->series && !is_alike(best, c) &&
                c->speedup.value < above && (c->speedup.value > GAIN) == gain &&
                (next == NULL || c->speedup.value > next->speedup.value))
                next = c;
        }
        if (next == NULL) {
            fprintf(out, "%s", told > 0 ? "." : "");
            return;
        }
        above = next->speedup.value;
        fprintf(out, "%s%s ",
                told > 0 ? (gain ? ", " : "; ")
                : gain   ? " Behind: "
                         : " ",
                next->label);
        if (!gain)
            fprintf(out, "%s ", above > 1 / GAIN ? "stays at" : "falls to");
        print_times(out, above);
        if (gain)
            fprintf(out, " at %d", next->concurrency);
        print_reason(out, job, next);
    }
}

/* Only where making and ending the workers changes the picture. */
static void print_whole(FILE *out, const struct view_job *job, const struct view_case *best)
{
    const struct view_case *whole = highest(job, true);
    if (best->speedup.high < 1)
        return; /* it is bad enough already */
    bool overtaken = whole->series != best->series && whole->whole.low > best->whole.high;
    if (!overtaken && best->whole.value > 0.9 * best->speedup.value)
        return;
    fprintf(out, " Making and ending the workers included, the best is %s at %d with ",
            whole->label, whole->concurrency);
    print_estimate(out, &whole->whole);
    if (whole != best) {
        fprintf(out, " (%s at %d: ", best->label, best->concurrency);
        print_times(out, best->whole.value);
        fprintf(out, ")");
    }
    fprintf(out, ".");
}

void verdict_print(FILE *out, const struct view *view, const struct view_job *job)
{
    print_subject(out, view, job);
    const struct view_case *best = highest(job, false);
    if (best == NULL) {
        fprintf(out, "no speed-up is known, because %s.",
                job->failed != NULL     ? "it could not be prepared"
                : job->tasks == 0       ? "there are no tasks"
                : job->baseline == NULL ? "the serial case was not measured"
                                        : "no other case was measured");
        return;
    }
    print_best(out, view, job, best);
    print_beaten(out, view, job, best, true);
    print_beaten(out, view, job, best, false);
    print_whole(out, job, best);
}
