// SPDX-License-Identifier: MIT
#include "bench/verify.h"
#include "bench/exit_codes.h"
#include "bench/helper.h"
#include "bench/stop.h"
#include "bench/units.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int case_fail(struct bench_case *c, int status, int err, const char *format, ...)
{
    va_list arguments;
    if (c->failed[0] != '\0')
        return err;
    va_start(arguments, format);
    vsnprintf(c->failed, sizeof(c->failed), format, arguments);
    va_end(arguments);
    c->status = status;
    return err;
}

/* ---- peak concurrency --------------------------------------------------------------------- */

static int by_time(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

unsigned peak_concurrency(const struct slot *slots, size_t count)
{
    int64_t *begins = malloc((2 * count + 1) * sizeof(int64_t)), *ends = begins + count;
    unsigned now = 0, peak = 0;
    size_t n = 0;
    if (begins == NULL)
        return 0;
    for (size_t i = 0; i < count; i++) {
        if (slots[i].end_ns > slots[i].begin_ns) {
            begins[n] = slots[i].begin_ns;
            ends[n++] = slots[i].end_ns;
        }
    }
    qsort(begins, n, sizeof(int64_t), by_time);
    qsort(ends, n, sizeof(int64_t), by_time);
    for (size_t b = 0, e = 0; b < n; b++) {
        while (ends[e] <= begins[b])
            e++, now--;
        now++;
        peak = now > peak ? now : peak;
    }
    free(begins);
    return peak;
}

/* ---- how long tasks took ------------------------------------------------------------------ */

static void measure_tasks(const struct slot *slots, size_t count, struct sample *sample)
{
    int64_t *took = malloc((count + 1) * sizeof(*took));
    if (took == NULL || count == 0) {
        free(took);
        return;
    }
    for (size_t i = 0; i < count; i++)
        took[i] = slots[i].end_ns > slots[i].begin_ns ? slots[i].end_ns - slots[i].begin_ns : 0;
    qsort(took, count, sizeof(*took), by_time);
    sample->task_p50_ns = took[(count - 1) / 2];
    sample->task_p95_ns = took[(count * 95 + 99) / 100 - 1]; /* the nearest rank */
    sample->task_max_ns = took[count - 1];
    free(took);
}

static void keep_tasks(struct bench_case *c, int64_t go_begin_ns)
{
    const struct experiment *e = c->experiment;
    for (size_t i = 0; c->tasks != NULL && i < e->job.shape.tasks; i++) {
        const struct slot *slot = &e->arena.slots[i];
        c->tasks[i] =
            (struct task_times){slot->end_ns - slot->begin_ns, slot->end_ns - go_begin_ns};
    }
}

/* ---- the checks, in the order in which a failure explains the later ones ------------------ */

static int check_runner(const struct stage *stage, struct bench_case *c, const struct outcome *o)
{
    const struct control *control = c->experiment->arena.control;
    int err = o->create_error ? o->create_error : o->go_error ? o->go_error : o->destroy_error;
    int stop = atomic_load(&control->stop);
    if (stop == STOP_INTERRUPTED)
        return -EINTR;
    if (stop == STOP_TIMEOUT) {
        char limit[UNITS_MAX];
        return case_fail(c, EXIT_RUN_TIME, -ETIMEDOUT,
                         "not finished after %s; give it more with --timeout, or less to do",
                         units_time(limit, (double)stage->timeout_ns));
    }
    if (err != 0)
        return case_fail(c, EXIT_RUN_TIME, err, "%s",
                         control->run_error[0] ? control->run_error : strerror(-err));
    if (!helper_alive(stage->helper))
        return case_fail(c, EXIT_RUN_TIME, -ECHILD, "the helper of %s died in mid-run",
                         c->experiment->job.workload->name);
    return 0;
}

static int check_counts(struct bench_case *c, int64_t go_end_ns)
{
    const struct experiment *e = c->experiment;
    for (size_t i = 0; i < e->job.shape.tasks; i++) {
        const struct slot *slot = &e->arena.slots[i];
        unsigned runs = atomic_load(&slot->runs);
        if (runs > 1)
            return case_fail(c, EXIT_WRONG, -EILSEQ, "task %zu was done %u times", i, runs);
        if (runs == 0 && slot->begin_ns == 0)
            return case_fail(c, EXIT_WRONG, -EILSEQ, "task %zu was never done", i);
        if (runs == 0 || slot->end_ns > go_end_ns)
            return case_fail(c, EXIT_WRONG, -EILSEQ, "go returned before task %zu was done", i);
    }
    return 0;
}

static void count_kind(struct bench_case *c, int error)
{
    for (int k = 0; k < ERROR_KINDS_MAX; k++) {
        if (c->kinds[k].count == 0 || c->kinds[k].error == error || k == ERROR_KINDS_MAX - 1) {
            c->kinds[k].error = error;
            c->kinds[k].count++;
            return;
        }
    }
}

static int check_errors(struct bench_case *c)
{
    const struct experiment *e = c->experiment;
    const struct slot *first = NULL;
    size_t failures = 0;
    for (size_t i = 0; i < e->job.shape.tasks; i++) {
        const struct slot *slot = &e->arena.slots[i];
        if (slot->error == 0)
            continue;
        count_kind(c, slot->error);
        failures++;
        if (first == NULL)
            first = slot;
    }
    if (first == NULL)
        return 0;
    const char *message = e->arena.records[first->worker].message;
    return case_fail(c, EXIT_RUN_TIME, first->error, "%zu of %zu tasks failed: %s", failures,
                     e->job.shape.tasks, message[0] ? message : strerror(-first->error));
}

static int check_answer(struct bench_case *c, struct sample *sample)
{
    struct experiment *e = c->experiment;
    struct task *tasks = experiment_tasks(e);
    if (tasks == NULL)
        return case_fail(c, EXIT_RUN_TIME, -ENOMEM, "out of memory");
    e->job.error[0] = '\0';
    e->job.measures = sample->measures;
    e->job.run_ns = sample->run_ns;
    e->job.cpu_ns = sample->cpu_ns;
    int err = e->job.workload->check(&e->job, tasks);
    free(tasks);
    if (err == 0)
        return 0;
    return case_fail(c, EXIT_WRONG, err, "wrong answer: %s",
                     e->job.error[0] ? e->job.error : strerror(-err));
}

int verify(const struct stage *stage, struct bench_case *c, const struct outcome *outcome,
           struct sample *sample)
{
    const struct experiment *e = c->experiment;
    for (int i = 0; i < MEASURES_MAX; i++)
        sample->measures[i] = NAN;
    measure_tasks(e->arena.slots, e->job.shape.tasks, sample);
    sample->peak_concurrency = peak_concurrency(e->arena.slots, e->job.shape.tasks);
    int err = check_runner(stage, c, outcome);
    if (err == 0)
        err = check_counts(c, outcome->go_end_ns);
    if (err == 0)
        err = check_errors(c);
    if (err == 0)
        err = check_answer(c, sample);
    sample->checked = err == 0;
    if (err == 0)
        keep_tasks(c, outcome->go_begin_ns);
    return err;
}
