// SPDX-License-Identifier: MIT
#include "bench/session.h"
#include "bench/bound.h"
#include "bench/exit_codes.h"
#include "bench/gbench.h"
#include "bench/helper.h"
#include "bench/progress.h"
#include "bench/result.h"
#include "bench/shuffle.h"
#include "bench/stop.h"
#include "bench/ticks.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A round of one experiment while Google Benchmark drives it. */
struct round {
    struct session *session;
    struct experiment *experiment;
    unsigned number, position;
};

/* The most telling exit code stays: interrupted, then a wrong answer, then any other failure. */
static void note(struct session *s, int status, const char *sentence)
{
    bool worse = s->status == 0 || status == EXIT_INTERRUPTED ||
                 (status == EXIT_WRONG && s->status == EXIT_RUN_TIME);
    if (status == 0 || !worse)
        return;
    s->status = status;
    snprintf(s->message, sizeof(s->message), "%s", sentence);
}

static void note_case(struct session *s, const struct bench_case *c)
{
    char sentence[SENTENCE_MAX];
    snprintf(sentence, sizeof(sentence), "%s: %s", c->name, c->failed);
    progress_say(sentence);
    note(s, c->status, sentence);
}

/* Google Benchmark's body: one repetition of one case. */
static int run_case(void *context, size_t number, struct gbench_time *time)
{
    struct round *round = context;
    struct session *s = round->session;
    struct bench_case *c = &round->experiment->cases[number];
    struct sample *sample = &c->samples[c->sample_count];
    if (stop_interrupted())
        return -EINTR;
    *sample = (struct sample){.round = round->number, .position = round->position++};
    progress_case(s, round->experiment, c->name, round->number);
    snprintf(s->watch->current, sizeof(s->watch->current), "%s", c->name);
    if (s->print_answers && c->sample_count == 0)
        progress_end(); /* the answers follow */
    s->stage.answers = s->print_answers && c->sample_count == 0 ? stdout : NULL;
    int err = repetition_run(&s->stage, c, sample);
    s->repetitions_done++;
    c->sample_count++;
    if (err != 0 && err != -EINTR)
        note_case(s, c);
    time->wall_ns = sample->run_ns;
    time->cpu_ns = sample->cpu_ns;
    time->items_per_second = sample->run_ns > 0 && round->experiment->job.shape.items > 0
                                 ? round->experiment->job.shape.items * 1e9 / (double)sample->run_ns
                                 : 0;
    return err;
}

/* The cases that can still be measured, as Google Benchmark wants them. */
static size_t list_cases(const struct experiment *e, const char **names, size_t *order)
{
    size_t n = 0;
    for (size_t i = 0; i < e->case_count; i++) {
        names[i] = e->cases[i].name;
        if (e->cases[i].refused[0] == '\0' && e->cases[i].failed[0] == '\0')
            order[n++] = i;
    }
    return n;
}

static int save(struct session *s)
{
    s->took_ns = now_ns() - s->begin_ns;
    s->stolen_ns = ticks_read().stolen_ns - s->stolen_before_ns;
    return result_save(s);
}

/* Saves the result after a round, but spends no more than a tenth of the time on it: the file grows
 * with every round. */
static int save_round(struct session *s)
{
    int64_t begin = now_ns();
    if (begin < s->next_save_ns)
        return 0;
    int err = save(s);
    int64_t end = now_ns();
    s->next_save_ns = end + 9 * (end - begin);
    return err;
}

/* Every case of the experiment once, in shuffled order; round 0 is the warm-up and is thrown away.
 */
static int run_round(struct session *s, struct experiment *e, unsigned number)
{
    const char **names = calloc(e->case_count + 1, sizeof(*names));
    size_t *order = calloc(e->case_count + 1, sizeof(*order));
    struct round round = {s, e, number, 0};
    int err = names == NULL || order == NULL ? -ENOMEM : 0;
    if (err == 0) {
        size_t n = list_cases(e, names, order);
        shuffle(order, n, s->seed ^ (number * UINT64_C(0x9E3779B97F4A7C15)));
        if (n > 0)
            gbench_round(names, order, n, (int)number, (int)s->rounds, number > 0, run_case,
                         &round);
        if (!stop_interrupted())
            e->complete_rounds = number;
        err = save_round(s);
    }
    free(names);
    free(order);
    return err;
}

/* What can be run only once gets no warm-up. */
static bool has_round(const struct experiment *e, unsigned round)
{
    return e->case_count > 0 && e->failed[0] == '\0' && (!e->job.shape.once || round == 1);
}

static int make_samples(struct session *s, struct experiment *e)
{
    for (size_t i = 0; i < e->case_count; i++) {
        e->cases[i].samples = calloc(s->rounds + 1, sizeof(struct sample));
        if (e->job.shape.tasks > 0 && e->job.shape.tasks <= TASKS_KEPT_MAX)
            e->cases[i].tasks = calloc(e->job.shape.tasks, sizeof(struct task_times));
        if (e->cases[i].samples == NULL)
            return -ENOMEM;
    }
    return 0;
}

/* Prepares it and starts its helper. */
static int open_experiment(struct session *s, struct experiment *e, struct helper_process *helper)
{
    *helper = (struct helper_process){0, -1};
    if (e->case_count == 0) /* -f left none */
        return 0;
    e->job.work_rate = s->calibration.work_rate;
    snprintf(s->watch->current, sizeof(s->watch->current), "preparing %s", e->name);
    progress_experiment(s, e);
    int err = make_samples(s, e);
    if (err == 0)
        err = experiment_prepare(e, &s->machine, s->memory, s->stop_fd);
    if (err == 0)
        err = helper_start(helper, &s->machine, e);
    if (err != 0) {
        char sentence[SENTENCE_MAX];
        if (e->failed[0] == '\0')
            snprintf(e->failed, sizeof(e->failed), "%s",
                     e->job.error[0] ? e->job.error : strerror(-err));
        snprintf(sentence, sizeof(sentence), "%s: %s", e->job.workload->name, e->failed);
        progress_say(sentence);
        note(s, EXIT_RUN_TIME, sentence);
    }
    return e->failed[0] != '\0' ? 0 : err; /* what only this experiment could not do is noted */
}

static void close_experiment(struct session *s, struct experiment *e, struct helper_process *helper)
{
    helper_stop(helper);
    bound_measure(e, &s->calibration);
    experiment_cleanup(e);
}

/* The experiments from first to last, which all stand there meanwhile: a round of each, then the
 * next of each. So what disturbs the machine for a while disturbs a round or two of all of them,
 * which medians forgive, and not all rounds of one. */
static int run_experiments(struct session *s, struct experiment *first, size_t count)
{
    struct helper_process *helpers = calloc(count, sizeof(*helpers));
    int err = helpers != NULL ? 0 : -ENOMEM;
    size_t open = 0;
    s->done_before = s->repetitions_done;
    s->experiment_begin_ns = now_ns();
    for (; open < count && err == 0; open++)
        err = open_experiment(s, &first[open], &helpers[open]);
    for (unsigned round = 0; round <= s->rounds; round++) {
        for (size_t i = 0; i < count && err == 0 && !stop_interrupted(); i++) {
            if (!has_round(&first[i], round))
                continue;
            s->stage.helper = &helpers[i];
            err = run_round(s, &first[i], round);
        }
        if (round == 0 && err == 0 && s->repetitions_done > s->done_before)
            progress_warm(s, &first[count - 1]);
    }
    for (size_t i = 0; i < open; i++)
        close_experiment(s, &first[i], &helpers[i]);
    free(helpers);
    return err;
}

static bool reads_memory(const struct session *s)
{
    for (size_t i = 0; i < s->experiment_count; i++) {
        if (s->experiments[i].case_count > 0 && s->experiments[i].job.shape.bytes >= 1 << 20)
            return true;
    }
    return false;
}

int session_run(struct session *s)
{
    result_stamp(s->started);
    s->begin_ns = now_ns();
    s->stolen_before_ns = ticks_read().stolen_ns;
    gbench_open("speedup");
    struct helper_process none = {0, -1};
    s->stage.helper = &none;
    int err = save(s); /* a path that cannot be written is said before the work */
    if (err == 0)
        err = calibrate(&s->calibration, &s->stage, reads_memory(s), s->stop_fd);
    size_t together = s->in_turn ? s->experiment_count : 1;
    for (size_t i = 0; i < s->experiment_count && err == 0 && !stop_interrupted(); i += together)
        err = run_experiments(s, &s->experiments[i], together);
    if (stop_interrupted())
        note(s, EXIT_INTERRUPTED, "interrupted: what was complete is kept");
    progress_end();
    result_stamp(s->finished);
    if (err == 0)
        err = save(s);
    if (err != 0)
        note(s, EXIT_RUN_TIME, strerror(-err)); /* it was said where it happened */
    gbench_close();
    return s->status;
}

void session_free(struct session *s)
{
    for (size_t i = 0; i < s->experiment_count; i++)
        experiment_free(&s->experiments[i]);
    free(s->experiments);
    s->experiments = NULL;
    s->experiment_count = 0;
    machine_close(&s->machine);
}
