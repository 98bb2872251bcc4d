// SPDX-License-Identifier: MIT
/* Both sides measured by this program: see bench/compare/contest.h. */
#include "bench/compare/compare.h"
#include "bench/compare/settle.h"
#include "bench/compare/write.h"
#include "bench/exit_codes.h"
#include "bench/interrupt.h"
#include "bench/machine.h"
#include "bench/result.h"
#include "bench/text.h"
#include "workloads/workload.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { WHY_MAX = 2 * HALF_TEXT_MAX, MESSAGE_MAX = WHY_MAX + 64 };

/* A comparison under way. */
struct paired {
    const struct compare_options *options;
    struct sides sides;
    struct contest contest;
    struct write_about about;
    char started[32], finished[32], message[MESSAGE_MAX];
    int64_t begin_ns;
    enum trust_stage stage; /* that was told of last */
    bool checked;           /* the two sides can be compared */
};

/* ---- measuring ---------------------------------------------------------------------------- */

/* After the warm-up the cases are known, and so whether --pairs can tell anything of them. */
static int expect_enough(const struct contest *c, char *why, size_t size)
{
    size_t family = 0;
    if (c->pair_count != 1)
        return 0;
    for (size_t i = 0; i < c->case_count; i++)
        family += c->cases[i].seen[BASE] && c->cases[i].seen[NEW] &&
                  c->cases[i].failed[BASE] == NULL && c->cases[i].failed[NEW] == NULL;
    size_t least = judge_fewest(&c->rules, family);
    if (c->confirm >= least)
        return 0;
    snprintf(why, size,
             "--pairs %u cannot tell of one of %zu cases that it is slower; name %zu or more, or "
             "fewer cases",
             c->confirm, family, least);
    return -EINVAL;
}

/* -EXDEV as soon as it shows that they cannot be compared: the rest would be lost time. */
static int half(void *self, const struct half_order *order, struct half *half, char *why,
                size_t size)
{
    struct paired *p = self;
    const struct side *base = &p->sides.side[BASE], *news = &p->sides.side[NEW];
    int err = expect_enough(&p->contest, why, size);
    if (err == 0)
        err = sides_half(&p->sides, order, half, why, size);
    if (err != 0)
        return err;
    if (p->sides.side[order->side].usage != 0) {
        snprintf(why, size, "%s", half->failed);
        return order->side == BASE ? -EINVAL : -EXDEV;
    }
    if (p->checked || base->first == NULL || news->first == NULL)
        return 0;
    p->checked = true;
    return compare_differ(base->first, news->first, why, size) ? -EXDEV : 0;
}

static json_t *file_of(struct paired *p)
{
    for (int side = BASE; side <= NEW; side++)
        p->about.result[side] = p->sides.side[side].first;
    return write_comparison(&p->contest, &p->about);
}

/* Seconds until the last pair that is planned. */
static double time_left(const struct paired *p, const struct contest *c)
{
    double took = (double)(now_ns() - p->begin_ns) * 1e-9;
    size_t left = c->planned > c->pair_count ? c->planned - c->pair_count : 0;
    double rest = took / (double)c->pair_count * (double)left;
    if (c->deadline_ns == INT64_MAX)
        return rest;
    return fmin(rest, fmax(0, (double)(c->deadline_ns - now_ns()) * 1e-9));
}

/* A line that moves on a terminal; elsewhere one for each stage. */
static void show_progress(struct paired *p, const struct contest *c)
{
    enum trust_stage stage = c->pairs[c->pair_count - 1].stage;
    size_t wanted = 0;
    for (size_t i = 0; i < c->case_count; i++)
        wanted += c->cases[i].wanted;
    bool terminal = isatty(STDERR_FILENO);
    if (!terminal && c->pair_count > 1 && stage == p->stage)
        return;
    p->stage = stage;
    fprintf(stderr, "%s[pair %zu of %zu] %s · %zu case%s · about %.0f s left%s",
            terminal ? "\r\033[K" : "", c->pair_count, c->planned, trust_stages[stage], wanted,
            wanted == 1 ? "" : "s", time_left(p, c), terminal ? "" : "\n");
}

static void clear_progress(void)
{
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "\r\033[K");
}

/* What was measured so far is kept, whatever comes. */
static void progress(void *self, const struct contest *contest)
{
    struct paired *p = self;
    show_progress(p, contest);
    if (p->options->output == NULL || settle_all(&p->contest) != 0)
        return;
    json_t *file = file_of(p);
    if (file != NULL)
        result_replace(p->options->output, file); /* at the end it is said if that fails */
    json_decref(file);
}

static int measure(struct paired *p, char *why, size_t size)
{
    struct half first = {0};
    p->begin_ns = now_ns();
    int err = sides_calibrate(&p->contest.measurer, p->contest.deadline_ns, &p->contest.repetitions,
                              &p->contest.repetition_ns[BASE], &first, why, size);
    p->contest.known = &first;
    p->begin_ns = now_ns();
    if (err == -EINTR || err == -ETIMEDOUT) {
        p->contest.interrupted = err == -EINTR;
        p->contest.out_of_time = err == -ETIMEDOUT;
        err = 0;
    } else if (err == 0)
        err = contest_run(&p->contest, why, size);
    p->contest.known = NULL;
    half_free(&first);
    return err;
}

/* ---- what became of it -------------------------------------------------------------------- */

/* printf-like. Answers the code. */
__attribute__((format(printf, 4, 5))) static int say(struct paired *p, const char *status, int code,
                                                     const char *format, ...)
{
    va_list list;
    p->about.status = status;
    p->about.message = p->message;
    va_start(list, format);
    vsnprintf(p->message, sizeof(p->message), format, list);
    va_end(list);
    text_clean(p->message);
    fprintf(stderr, "speedup compare: %s\n", p->message);
    return code;
}

static int expect_measured(struct paired *p)
{
    const struct contest *c = &p->contest;
    bool said = false;
    for (size_t i = 0; i < c->case_count; i++)
        said |= c->cases[i].time_count > 0 || c->cases[i].failed[BASE] != NULL ||
                c->cases[i].failed[NEW] != NULL;
    if (said)
        return EXIT_OK;
    return say(p, "failed", EXIT_RUN_TIME, "nothing was measured: %s",
               c->out_of_time ? "--max-time is over before a pair counted; allow more"
                              : "every pair was void, as time was stolen or a half failed once; "
                                "try it again");
}

/* Nothing to judge: the base side fails, no case is on both, or nothing was measured. */
static int expect_cases(struct paired *p)
{
    const struct contest *c = &p->contest;
    const char *failed[SIDES] = {contest_side_failed(c, BASE), contest_side_failed(c, NEW)};
    size_t common = 0;
    for (size_t i = 0; i < c->case_count; i++)
        common += c->cases[i].seen[BASE] && c->cases[i].seen[NEW];
    if (failed[BASE][0] != '\0' && failed[NEW][0] == '\0')
        return say(p, "failed", EXIT_RUN_TIME,
                   "nothing can be compared: the base side %s; mend it first", failed[BASE]);
    if (common > 0 || c->pair_count == 0)
        return expect_measured(p);
    if (failed[BASE][0] != '\0' && failed[NEW][0] != '\0')
        return say(p, "failed", EXIT_WRONG, "both sides fail: %s; %s", failed[BASE], failed[NEW]);
    return say(p, "failed", EXIT_NOT_COMPARABLE,
               "they have no case in common: another workload, or other parameters");
}

static int conclude(struct paired *p, int err, const char *why)
{
    if (err == -EINVAL)
        return say(p, "failed", EXIT_USAGE, "%s", why);
    if (err == -EXDEV)
        return say(p, "failed", EXIT_NOT_COMPARABLE, "the two cannot be compared: %s", why);
    if (err != 0)
        return say(p, "failed", EXIT_RUN_TIME, "%s", why);
    if (p->contest.interrupted)
        return say(p, "interrupted", EXIT_INTERRUPTED, "interrupted; %s",
                   p->contest.case_count > 0
                       ? "what the complete pairs say follows, and is no verdict to rely on"
                       : "no pair was complete, so nothing can be said");
    if (p->contest.out_of_time && p->contest.pair_count > 0)
        say(p, "complete", EXIT_OK, "--max-time was over after %zu pair%s; allow more of it",
            p->contest.pair_count, p->contest.pair_count == 1 ? "" : "s");
    return expect_cases(p);
}

/* What was measured is printed and kept even after an interrupt. */
static int finish(struct paired *p, int code)
{
    json_t *file = file_of(p);
    if (file == NULL)
        return say(p, "failed", EXIT_RUN_TIME,
                   "the comparison cannot be made into a file: not enough memory, or text that is "
                   "no UTF-8");
    bool worth = code == EXIT_OK || (code == EXIT_INTERRUPTED && p->contest.case_count > 0);
    int verdict = EXIT_OK;
    if (worth)
        verdict = compare_finish(p->options, file);
    else
        compare_save(p->options, file);
    json_decref(file);
    return code != EXIT_OK ? code : verdict;
}

/* ---- all of it ---------------------------------------------------------------------------- */

static void add_word(struct sides *sides, size_t *n, const char *word)
{
    if (*n + 1 < SIDE_WORDS_MAX)
        sides->words[(*n)++] = word;
}

static void add_option(struct sides *sides, size_t *n, const char *option, const char *value)
{
    if (value == NULL)
        return;
    add_word(sides, n, option);
    add_word(sides, n, value);
}

/* The selection for `speedup run`, which checks it. */
static bool fill_words(struct sides *sides, const struct compare_options *o)
{
    const struct selection_words *words = o->words;
    size_t n = 0;
    if (words->quick)
        add_word(sides, &n, "--quick");
    add_option(sides, &n, "-R", words->runners);
    add_option(sides, &n, "-n", words->concurrency);
    add_option(sides, &n, "--gil", words->gil);
    add_option(sides, &n, "--pin", words->pin);
    add_option(sides, &n, "-f", words->filter);
    for (size_t i = 0; words->settings != NULL && words->settings[i] != NULL; i++)
        add_option(sides, &n, "-p", words->settings[i]);
    add_word(sides, &n, "--");
    for (size_t i = 0; o->workloads != NULL && o->workloads[i] != NULL; i++)
        add_word(sides, &n, o->workloads[i]);
    sides->words[n] = NULL;
    return n + 1 < SIDE_WORDS_MAX;
}

static void prepare(struct paired *p, bool commands)
{
    const struct compare_options *o = p->options;
    p->contest = (struct contest){
        .measurer = {p, half, progress},
        .rules = o->rules,
        .seed = o->seed,
        .repetitions = 1,
        .confirm = o->confirm,
        .deadline_ns = o->max_time_ns > 0 ? now_ns() + o->max_time_ns : INT64_MAX,
    };
    result_stamp(p->started);
    p->about = (struct write_about){.argc = o->argc,
                                    .argv = o->argv,
                                    .started = p->started,
                                    .status = "running",
                                    .kind = commands ? "commands" : "builds"};
    if (commands)
        p->about.time = "wall: from the start of the command until it has ended";
    for (int side = BASE; side <= NEW; side++)
        p->about.what[side] = p->sides.side[side].label;
}

static int run(struct paired *p, bool commands, json_t *machine)
{
    char why[WHY_MAX] = "";
    bool selected = commands || strcmp(p->sides.words[0], "--") != 0 || p->sides.words[1] != NULL;
    if (!selected && p->options->max_time_ns == 0)
        fprintf(stderr, "speedup compare: the whole quick suite takes an hour and a half or more; "
                        "name the workloads that matter, or a --max-time\n");
    prepare(p, commands);
    p->about.machine = machine;
    interrupt_catch();
    int err = measure(p, why, sizeof(why));
    clear_progress();
    p->about.status = "complete";
    int code = conclude(p, err, why);
    result_stamp(p->finished);
    p->about.finished = p->finished;
    code = finish(p, code);
    contest_free(&p->contest);
    return code;
}

int compare_paired(const struct compare_options *options, const char *base, const char *news,
                   bool commands)
{
    struct paired p = {.options = options};
    struct machine machine;
    char why[WHY_MAX] = "";
    int code = EXIT_USAGE;
    if (machine_open(&machine, why, sizeof(why)) != 0) {
        fprintf(stderr, "speedup compare: %s\n", why);
        return EXIT_RUN_TIME;
    }
    json_t *json = machine_json(&machine);
    machine_close(&machine);
    int err = sides_open(&p.sides, base, news, commands, why, sizeof(why));
    if (err != 0) {
        fprintf(stderr, "speedup compare: %s\n", why);
        code = err == -EINVAL ? EXIT_USAGE : EXIT_RUN_TIME;
    } else {
        if (fill_words(&p.sides, options))
            code = run(&p, commands, json);
        else
            fprintf(stderr, "speedup compare: too many options and workloads; name fewer\n");
        sides_close(&p.sides);
    }
    json_decref(json);
    return code;
}
