// SPDX-License-Identifier: MIT
/* Two result files. They were measured at different times, and what the machine did meanwhile is in
 * their difference: one in three calls of a stored base would be wrong if it were taken for the
 * change. So this advises, and only about what is far beyond what two sessions differ by. */
#include "bench/compare/compare.h"
#include "bench/compare/print.h"
#include "bench/compare/settle.h"
#include "bench/compare/write.h"
#include "bench/exit_codes.h"
#include "bench/result.h"
#include "bench/result_view.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What makes the median of distances, or their mean, the standard deviation of normal noise. */
static const double of_median = 1.4826, of_mean = 1.2533;
static const double least = 0.05, spreads = 3;
enum { rounds_least = 4 }; /* of a case, to say anything of its spread */

/* A clock that does not move has measured nothing. */
static bool took_no_time(const struct view_case *c)
{
    for (size_t i = 0; i < c->run_count; i++)
        if (!(c->runs[i].value[VIEW_RUN] > 0))
            return true;
    return false;
}

/* The cases of one file, as a half is one. */
static int read_half(const struct view *view, struct half *half)
{
    int err = 0;
    for (size_t j = 0; j < view->job_count && err == 0; j++) {
        const struct view_job *job = &view->jobs[j];
        for (size_t i = 0; i < job->case_count && err == 0; i++) {
            const struct view_case *c = &job->cases[i];
            if (c->name == NULL || c->refused != NULL)
                continue;
            const char *failed = c->failed != NULL     ? c->failed
                                 : job->failed != NULL ? job->failed
                                 : c->run_count == 0   ? "no repetition of it is complete"
                                 : took_no_time(c)     ? "it took no time"
                                                       : NULL;
            err = half_add(half, c->name, c->median[VIEW_RUN], failed);
        }
    }
    return err;
}

/* ---- how far two sessions differ ---------------------------------------------------------- */

/* As logarithms: how far each round lies from its case's median, and by how much the second half of
 * the rounds differs from the first. */
struct moved {
    double *rounds, *halves;
    size_t round_count, half_count;
};

static void add_moved(struct moved *moved, const struct view_case *c, double *times)
{
    size_t n = c->run_count;
    if (c->failed != NULL || n < rounds_least || took_no_time(c))
        return;
    for (size_t i = 0; i < n; i++)
        times[i] = c->runs[i].value[VIEW_RUN];
    double median = stats_median(times, n);
    for (size_t i = 0; i < n; i++)
        moved->rounds[moved->round_count++] = fabs(log(times[i] / median));
    moved->halves[moved->half_count++] =
        fabs(log(stats_median(times + (n + 1) / 2, n / 2) / stats_median(times, n / 2)));
}

static size_t count_runs(const struct view *view)
{
    size_t n = 0;
    for (size_t j = 0; j < view->job_count; j++)
        for (size_t i = 0; i < view->jobs[j].case_count; i++)
            n += view->jobs[j].cases[i].run_count;
    return n;
}

/* What two sessions on this machine differ by, as a logarithm, from how restless it was within each
 * of the two, and not from what is between them: that is what is to be judged. By all cases, it is
 * what most rounds show. By the one of that name it is what all its rounds show: one of two speeds,
 * perhaps, of which the rarer one is in none of the medians. NAN: too few rounds to know. */
static double spread(const struct view views[SIDES], const char *name)
{
    size_t runs = count_runs(&views[BASE]) + count_runs(&views[NEW]) + 1;
    double *times = calloc(runs, sizeof(*times));
    struct moved moved = {.rounds = calloc(runs, sizeof(double)),
                          .halves = calloc(runs, sizeof(double))};
    bool ready = times != NULL && moved.rounds != NULL && moved.halves != NULL;
    for (int side = BASE; side <= NEW && ready; side++)
        for (size_t j = 0; j < views[side].job_count; j++)
            for (size_t i = 0; i < views[side].jobs[j].case_count; i++) {
                const struct view_case *c = &views[side].jobs[j].cases[i];
                if (name == NULL || (c->name != NULL && strcmp(c->name, name) == 0))
                    add_moved(&moved, c, times);
            }
    double found = NAN;
    if (moved.half_count > 0 && name == NULL)
        found = of_median * fmax(stats_median(moved.rounds, moved.round_count),
                                 stats_median(moved.halves, moved.half_count));
    else if (moved.half_count > 0)
        found = of_mean * fmax(stats_mean(moved.rounds, moved.round_count),
                               stats_mean(moved.halves, moved.half_count));
    free(times);
    free(moved.rounds);
    free(moved.halves);
    return found;
}

/* ---- the cases of both -------------------------------------------------------------------- */

static int add_case(struct contest *contest, const char *name, const struct half_case *base,
                    const struct half_case *news)
{
    struct contest_case *more =
        reallocarray(contest->cases, contest->case_count + 1, sizeof(*contest->cases));
    if (more == NULL)
        return -ENOMEM;
    contest->cases = more;
    struct contest_case *one = &more[contest->case_count++];
    *one = (struct contest_case){.name = strdup(name), .seen = {base != NULL, news != NULL}};
    const struct half_case *sides[SIDES] = {base, news};
    for (int side = BASE; side <= NEW; side++) {
        bool failed = sides[side] != NULL && sides[side]->failed != NULL;
        one->failed[side] = failed ? strdup(sides[side]->failed) : NULL;
        one->done[side] = sides[side] != NULL && !failed;
    }
    one->said = (struct compared_case){.name = one->name,
                                       .base_ns = base != NULL ? base->ns : NAN,
                                       .new_ns = news != NULL ? news->ns : NAN,
                                       .change = {NAN, NAN, NAN},
                                       .p_slow = NAN,
                                       .p_slow_adjusted = NAN,
                                       .p_fast = NAN,
                                       .p_fast_adjusted = NAN,
                                       .visible = NAN,
                                       .pairs_needed = NAN};
    if (base != NULL && news != NULL)
        one->said.change.value = news->ns / base->ns - 1;
    return one->name != NULL ? 0 : -ENOMEM;
}

static int join(struct contest *contest, const struct half halves[SIDES])
{
    int err = 0;
    for (size_t i = 0; i < halves[BASE].case_count && err == 0; i++) {
        const struct half_case *base = &halves[BASE].cases[i];
        err = add_case(contest, base->name, base, half_find(&halves[NEW], base->name));
    }
    for (size_t i = 0; i < halves[NEW].case_count && err == 0; i++) {
        const struct half_case *news = &halves[NEW].cases[i];
        if (half_find(&halves[BASE], news->name) == NULL)
            err = add_case(contest, news->name, NULL, news);
    }
    return err;
}

/* Below which change, as a share, nothing can be told, and why, in words: by what all cases differ
 * by, or by the case's own rounds where these differ more. */
static double threshold_of(double all, double own, char *words, size_t size)
{
    bool loud = own > all;
    double found = loud ? own : all;
    char visible[PRINT_CELL_MAX], rule[PRINT_CELL_MAX];
    if (!isfinite(found)) {
        snprintf(words, size,
                 "no case has %d rounds, so nobody knows what two sessions differ by; measure with "
                 "-r %d or more",
                 rounds_least, rounds_least);
        return NAN;
    }
    double threshold = fmax(least, expm1(spreads * found));
    snprintf(words, size,
             "two stored files cannot tell less than %s (the rounds of %s differ by %s %s)",
             print_share(visible, threshold), loud ? "this case" : "these",
             print_share(rule, expm1(found)), loud ? "on average" : "as a rule");
    return threshold;
}

static int judge_case(struct contest_case *one, double all, double own)
{
    struct compared_case *c = &one->said;
    char words[HALF_TEXT_MAX];
    double change = c->change.value, threshold = threshold_of(all, own, words, sizeof(words));
    c->visible = threshold;
    c->verdict = log1p(change) > log1p(threshold)    ? VERDICT_REGRESSION
                 : log1p(change) < -log1p(threshold) ? VERDICT_IMPROVEMENT
                                                     : VERDICT_INCONCLUSIVE;
    if (c->verdict != VERDICT_INCONCLUSIVE)
        return 0;
    one->explained = strdup(words);
    c->why = one->explained;
    return c->why != NULL ? 0 : -ENOMEM;
}

static int judge(struct contest *contest, const struct view views[SIDES])
{
    double all = spread(views, NULL);
    int err = 0;
    for (size_t i = 0; i < contest->case_count && err == 0; i++) {
        struct contest_case *one = &contest->cases[i];
        bool failed;
        err = settle_failed(contest, one, &failed);
        if (err == 0 && !failed)
            err = judge_case(one, all, spread(views, one->name));
    }
    return err;
}

static json_t *file_of(const struct compare_options *o, const struct contest *contest,
                       const struct view views[SIDES], const char *base, const char *news)
{
    char now[32];
    result_stamp(now);
    struct write_about about = {.argc = o->argc,
                                .argv = o->argv,
                                .started = now,
                                .finished = now,
                                .status = "complete",
                                .kind = "results",
                                .what = {base, news}};
    for (int side = BASE; side <= NEW; side++)
        about.result[side] = json_object_get(views[side].result, "speedup");
    about.machine = json_object_get(about.result[BASE], "machine");
    return write_comparison(contest, &about);
}

static int compare(const struct compare_options *o, const struct view views[SIDES],
                   const char *base, const char *news)
{
    struct half halves[SIDES] = {0};
    struct contest contest = {.rules = o->rules, .seed = o->seed};
    int code = EXIT_RUN_TIME;
    int err = read_half(&views[BASE], &halves[BASE]);
    if (err == 0)
        err = read_half(&views[NEW], &halves[NEW]);
    if (err == 0)
        err = join(&contest, halves);
    size_t common = 0;
    for (size_t i = 0; i < contest.case_count; i++)
        common += contest.cases[i].seen[BASE] && contest.cases[i].seen[NEW];
    if (err == 0 && common == 0) {
        code = EXIT_NOT_COMPARABLE;
        fprintf(stderr, "speedup compare: the two cannot be compared: they have no case in common: "
                        "another workload, or other parameters\n");
    } else if (err == 0) {
        err = judge(&contest, views);
        json_t *file = err == 0 ? file_of(o, &contest, views, base, news) : NULL;
        if (file != NULL)
            code = compare_finish(o, file);
        else
            fprintf(stderr, "speedup compare: the comparison cannot be made: not enough memory, or "
                            "text that is no UTF-8\n");
        json_decref(file);
    }
    half_free(&halves[BASE]);
    half_free(&halves[NEW]);
    contest_free(&contest);
    return code;
}

int compare_stored(const struct compare_options *o, const char *base, const char *news)
{
    const char *const paths[SIDES] = {base, news};
    struct view views[SIDES];
    char why[2 * VIEW_TEXT_MAX];
    for (int side = BASE; side <= NEW; side++) {
        if (view_open(&views[side], paths[side], why, sizeof(why)) == 0)
            continue;
        fprintf(stderr, "speedup compare: %s\n", why);
        if (side == NEW)
            view_close(&views[BASE]);
        return EXIT_USAGE;
    }
    int code = EXIT_NOT_COMPARABLE;
    if (compare_differ(json_object_get(views[BASE].result, "speedup"),
                       json_object_get(views[NEW].result, "speedup"), why, sizeof(why)))
        fprintf(stderr, "speedup compare: the two cannot be compared: %s\n", why);
    else
        code = compare(o, views, base, news);
    view_close(&views[BASE]);
    view_close(&views[NEW]);
    return code;
}
