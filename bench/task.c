// SPDX-License-Identifier: MIT
/* The harness's side of the two contracts: tasks, errors, the stop flag. */
#include "bench/arena.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* ---- errors ------------------------------------------------------------------------------- */

static void say(char text[ERROR_MAX], const char *format, va_list arguments)
{
    if (text[0] == '\0')
        vsnprintf(text, ERROR_MAX, format, arguments);
}

int job_fail(struct job *job, int err, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say(job->error, format, arguments);
    va_end(arguments);
    return err;
}

int worker_fail(struct worker *worker, int err, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say(worker->record->message, format, arguments);
    va_end(arguments);
    return err;
}

int run_fail(struct run *run, int err, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    if (!atomic_exchange(&run->control->run_failed,
                         true)) /* workers that are threads may fail at once */
        vsnprintf(run->control->run_error, ERROR_MAX, format, arguments);
    va_end(arguments);
    return err;
}

void job_note(struct job *job, const char *format, ...)
{
    char text[ERROR_MAX];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    for (int i = 0; i < NOTES_MAX; i++) {
        char *note = job->notes + i * ERROR_MAX;
        if (note[0] == '\0')
            snprintf(note, ERROR_MAX, "%s", text);
        if (strcmp(note, text) == 0)
            return;
    }
}

/* ---- what a worker may ask ---------------------------------------------------------------- */

const char *job_directory(const struct job *job)
{
    return job->arena->control->directory;
}

const char *worker_directory(const struct worker *worker)
{
    return job_directory(worker->job);
}

bool worker_stopped(const struct worker *worker)
{
    return atomic_load_explicit(&worker->run->control->stop, memory_order_relaxed) != STOP_NONE;
}

int worker_stop_fd(const struct worker *worker)
{
    return worker->run->control->stop_fd;
}

void control_stop(struct control *control, enum stop reason)
{
    int none = STOP_NONE;
    uint64_t one = 1;
    atomic_compare_exchange_strong(&control->stop, &none, (int)reason);
    int saved = errno;
    ssize_t n = write(control->stop_fd, &one, sizeof(one)); /* fails only when it is set already */
    (void)n;
    errno = saved;
}

void control_end(struct control *control)
{
    uint64_t one = 1;
    if (atomic_exchange(&control->end, true))
        return;
    ssize_t n = write(control->end_fd, &one, sizeof(one)); /* it holds 2^64 - 2 */
    (void)n;
}

int wait_ns(struct worker *worker, int64_t ns)
{
    int64_t now = now_ns(), end = now + ns;
    struct pollfd fd = {.fd = worker_stop_fd(worker), .events = POLLIN};
    blocking_begin(worker, BLOCKING_WAIT);
    while (now < end && !worker_stopped(worker)) {
        struct timespec rest = {(end - now) / 1000000000, (end - now) % 1000000000};
        ppoll(&fd, 1, &rest, NULL);
        now = now_ns();
    }
    blocking_end(worker, BLOCKING_WAIT);
    return now < end ? -ECANCELED : 0;
}

/* ---- tasks -------------------------------------------------------------------------------- */

enum next task_next(struct worker *worker, struct claim *claim)
{
    claim->fd = -1;
    if (worker_stopped(worker))
        return NEXT_END;
    const struct job *job = worker->job;
    if (job->workload->next != NULL) {
        enum next next = job->workload->next(worker, claim);
        if (next == NEXT_END)
            control_end(worker->run->control);
        return next;
    }
    claim->index = atomic_fetch_add_explicit(&worker->run->control->next, 1, memory_order_relaxed);
    return claim->index < job->shape.tasks ? NEXT_TASK : NEXT_END;
}

void task_locate(const struct run *run, size_t index, struct task *task)
{
    const struct arena *arena = run->job->arena;
    const struct shape *shape = &run->job->shape;
    size_t begin = 0, end = shape->input_size;
    if (shape->slice_size > 0) {
        size_t from = index * shape->slice_size, to = from + shape->slice_size + shape->halo_size;
        begin = from > shape->halo_size ? from - shape->halo_size : 0;
        begin = begin < end ? begin : end;
        end = to < end ? to : end;
    }
    task->index = index;
    task->input = arena->input + begin;
    task->input_size = end - begin;
    task->output = arena->outputs + index * arena->control->layout.output_stride;
    task->output_max = shape->output_max;
    task->output_size = 0;
    task->fd = -1;
    task->state = NULL;
}

void task_begin(struct worker *worker, struct task *task)
{
    task->begin_ns = now_ns();
    worker->job->arena->slots[task->index].begin_ns = task->begin_ns;
}

void task_end(struct worker *worker, struct task *task, int error)
{
    struct slot *slot = &worker->job->arena->slots[task->index];
    slot->end_ns = now_ns();
    slot->error = task->output_size <= task->output_max ? error : -EOVERFLOW;
    slot->output_size = task->output_size;
    slot->worker = worker->index;
    atomic_fetch_add_explicit(&slot->runs, 1, memory_order_release);
}
