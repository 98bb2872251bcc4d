// SPDX-License-Identifier: MIT
#include "runners/interpreter.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* One thread's share. */
struct thread {
    struct interpreter interpreter; /* what its worker sees of it */
    struct gil *gil;
    struct gil_thread state;
};

struct interpreters {
    struct gil *gils;
    struct thread *threads;
    unsigned gil_count, thread_count;
};

/* ---- what a worker calls ------------------------------------------------------------------ */

static struct thread *thread_of(struct interpreter *interpreter)
{
    _Static_assert(offsetof(struct thread, interpreter) == 0, "a thread begins with what is seen");
    return (struct thread *)(void *)interpreter;
}

static void yield(struct interpreter *interpreter)
{
    struct thread *t = thread_of(interpreter);
    gil_yield(t->gil, &t->state);
}

static void begin(struct interpreter *interpreter, enum blocking kind)
{
    static atomic_int never;
    struct thread *t = thread_of(interpreter);
    interpreter->drop_request = &never; /* no bytecode runs in there that would look */
    if (t->gil->options.releases & kind)
        gil_release(t->gil, &t->state);
}

static void end(struct interpreter *interpreter, enum blocking kind)
{
    struct thread *t = thread_of(interpreter);
    if (t->gil->options.releases & kind)
        gil_acquire(t->gil, &t->state);
    interpreter->drop_request = &t->gil->drop_request;
}

/* ---- their lives -------------------------------------------------------------------------- */

static int open_gils(struct interpreters *its, const struct gil_options *options)
{
    struct gil_options own = *options;
    unsigned wanted = options->variant == GIL_PER_INTERPRETER ? its->thread_count : 1;
    own.releases |= BLOCKING_OTHERS;
    its->gils = aligned_alloc(_Alignof(struct gil), wanted * sizeof(*its->gils));
    int err = its->gils != NULL ? 0 : -ENOMEM;
    while (err == 0 && its->gil_count < wanted) {
        err = gil_open(&its->gils[its->gil_count], &own);
        its->gil_count += err == 0;
    }
    return err;
}

struct interpreters *interpreters_open(const struct gil_options *options, unsigned threads)
{
    struct interpreters *its = calloc(1, sizeof(*its));
    if (its == NULL)
        return NULL;
    its->thread_count = threads;
    its->threads = calloc(threads, sizeof(*its->threads));
    if (its->threads == NULL || open_gils(its, options) != 0) {
        interpreters_close(its);
        return NULL;
    }
    for (unsigned i = 0; i < threads; i++) {
        its->threads[i].interpreter =
            (struct interpreter){.yield = yield, .begin = begin, .end = end};
        its->threads[i].gil = &its->gils[i % its->gil_count];
    }
    return its;
}

void interpreters_close(struct interpreters *its)
{
    if (its == NULL)
        return;
    for (unsigned i = 0; i < its->gil_count; i++)
        gil_close(&its->gils[i]);
    free(its->gils);
    free(its->threads);
    free(its);
}

bool worker_is_process(const struct worker *worker)
{
    return worker->seat->kind == WORKER_FORK || worker->seat->kind == WORKER_SPAWN;
}

int interpreter_enter(struct worker *worker)
{
    struct run *run = worker->run;
    bool process = worker_is_process(worker);
    if (process && run->control->interpreted) {
        run->interpreters = interpreters_open(&run->control->gil, 1);
        if (run->interpreters == NULL)
            return worker_fail(worker, -ENOMEM, "no memory for its interpreter");
    }
    if (run->interpreters == NULL)
        return 0;
    struct thread *t = &run->interpreters->threads[process ? 0 : worker->index];
    gil_enter(t->gil, &t->state);
    t->interpreter.drop_request = &t->gil->drop_request;
    worker->interpreter = &t->interpreter;
    return 0;
}

/* ---- what happened ------------------------------------------------------------------------ */

/* Adds up the locks that were used. A lock of `none` is never taken; then the first stands for it.
 */
static unsigned read_gils(const struct interpreters *its, struct gil_counters *sum)
{
    unsigned used = 0;
    for (unsigned i = 0; i < its->gil_count; i++) {
        struct gil_counters counters;
        gil_read(&its->gils[i], &counters);
        if (counters.takes == 0 && i > 0)
            continue;
        gil_counters_add(sum, &counters);
        used++;
    }
    return used;
}

void interpreter_leave(struct worker *worker)
{
    if (worker->interpreter == NULL)
        return;
    struct thread *t = thread_of(worker->interpreter);
    worker->interpreter = NULL;
    gil_leave(t->gil, &t->state);
    if (!worker_is_process(worker))
        return;
    struct run *run = worker->run;
    worker->record->locks += read_gils(run->interpreters, &worker->record->gil);
    interpreters_close(run->interpreters);
    run->interpreters = NULL;
}

void interpreters_read(const struct run *run, struct lock_report *report)
{
    const struct interpreters *its = run->interpreters;
    memset(report, 0, sizeof(*report));
    if (its != NULL)
        report->locks = read_gils(its, &report->counters);
    for (unsigned i = 0; its != NULL && i < its->thread_count; i++) {
        histogram_merge(&report->hold, &its->threads[i].state.hold);
        histogram_merge(&report->wait, &its->threads[i].state.wait);
    }
    for (unsigned i = 0; its == NULL && i < run->worker_count; i++) {
        const struct record *record = &run->job->arena->records[i];
        report->locks += record->locks;
        gil_counters_add(&report->counters, &record->gil);
    }
}
