// SPDX-License-Identifier: MIT
/* What workers do between the gate and the end. */
#include "runners/control.h"

#include <errno.h>
#include <ev.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

unsigned workers_one(const struct value *values, unsigned concurrency, unsigned cores)
{
    (void)values, (void)concurrency, (void)cores;
    return 1;
}

unsigned workers_loops(const struct value *values, unsigned concurrency, unsigned cores)
{
    unsigned loops = values[0].n > 0 ? (unsigned)values[0].n : cores;
    return loops < concurrency ? loops : concurrency;
}

int work_one(struct worker *worker)
{
    struct task task;
    task_locate(worker->run, worker->record->assigned, &task);
    task.fd = worker->record->descriptor;
    task_run(worker, &task);
    return 0;
}

void work_wait(struct worker *worker, int fd, int timeout_ms)
{
    struct pollfd fds[] = {{.fd = fd, .events = POLLIN},
                           {.fd = worker_stop_fd(worker), .events = POLLIN},
                           {.fd = worker->run->control->end_fd, .events = POLLIN}};
    blocking_begin(worker, BLOCKING_OTHERS);
    poll(fds, 3, timeout_ms);
    blocking_end(worker, BLOCKING_OTHERS);
}

int work_tasks(struct worker *worker)
{
    struct claim claim;
    struct task task;
    for (;;) {
        switch (task_next(worker, &claim)) {
        case NEXT_TASK:
            task_locate(worker->run, claim.index, &task);
            task.fd = claim.fd;
            task_run(worker, &task);
            break;
        case NEXT_WAIT:
            work_wait(worker, claim.fd, -1);
            break;
        case NEXT_END:
            return 0;
        }
    }
}

/* Between two tasks an interpreter runs the loop that hands them out. */
void task_run(struct worker *worker, struct task *task)
{
    checkpoint(worker);
    task_begin(worker, task);
    task_end(worker, task, worker->job->workload->run(worker, task));
}

/* ---- on an event loop --------------------------------------------------------------------- */

static void wake(struct ev_loop *loop, ev_io *watcher, int events)
{
    (void)watcher, (void)events;
    ev_break(loop, EVBREAK_ONE);
}

int flight_open(struct worker *worker)
{
    const struct run *run = worker->run;
    unsigned capacity = run->concurrency / run->worker_count +
                        (worker->index < run->concurrency % run->worker_count);
    struct flight *flight = worker->flight = calloc(1, sizeof(*flight));
    if (flight == NULL)
        return -ENOMEM;
    flight->alarm.fd = -1;
    flight->tasks = calloc(capacity, sizeof(*flight->tasks));
    flight->free = calloc(capacity, sizeof(struct task *));
    if (flight->tasks == NULL || flight->free == NULL)
        return -ENOMEM;
    flight->capacity = flight->free_count = capacity;
    for (unsigned i = 0; i < capacity; i++)
        flight->free[i] = &flight->tasks[capacity - 1 - i];
    return waits_open(worker);
}

static void readable(struct ev_loop *loop, ev_io *io, int events)
{
    struct task *task = io->data;
    struct worker *worker = ev_userdata(loop);
    (void)events;
    ev_io_stop(loop, io);
    task->wait.then(worker, task);
    flight_refill(worker);
}

void wait_fd_start(struct worker *worker, struct task *task, int fd,
                   void (*then)(struct worker *worker, struct task *task))
{
    ev_io *io = (ev_io *)(void *)task->wait.watcher;
    _Static_assert(sizeof(*io) <= sizeof(task->wait.watcher), "a libev watcher fits into a task");
    task->wait.then = then;
    ev_io_init(io, readable, fd, EV_READ);
    io->data = task;
    ev_io_start(worker->loop, io);
}

void flight_close(struct worker *worker)
{
    if (worker->flight != NULL) {
        waits_close(worker);
        free(worker->flight->tasks);
        free(worker->flight->free);
    }
    free(worker->flight);
    worker->flight = NULL;
}

/* Begins tasks until the flight is full, none is ready (*wait_fd says what to watch) or none is
 * left. */
static enum next fill(struct worker *worker, struct flight *flight, int *wait_fd)
{
    while (flight->free_count > 0) {
        struct claim claim;
        enum next next = task_next(worker, &claim);
        if (next == NEXT_WAIT)
            *wait_fd = claim.fd;
        if (next != NEXT_TASK)
            return next;
        struct task *task = flight->free[--flight->free_count];
        task_locate(worker->run, claim.index, task);
        task->fd = claim.fd;
        task_start(worker, task);
    }
    return NEXT_TASK;
}

void flight_refill(struct worker *worker)
{
    int wait_fd;
    if (worker->flight->free_count > 0)
        fill(worker, worker->flight, &wait_fd);
}

/* Runs the loop once; with wait_fd >= 0 until that is readable, too, or nothing will come. */
static void turn(struct ev_loop *loop, int wait_fd, int end_fd)
{
    ev_io io, end;
    ev_io_init(&io, wake, wait_fd, EV_READ);
    ev_io_init(&end, wake, end_fd, EV_READ);
    if (wait_fd >= 0) {
        ev_io_start(loop, &io);
        ev_io_start(loop, &end);
    }
    ev_run(loop, EVRUN_ONCE);
    ev_io_stop(loop, &io);
    ev_io_stop(loop, &end);
}

int work_loop(struct worker *worker)
{
    ev_io stopped;
    ev_io_init(&stopped, wake, worker_stop_fd(worker), EV_READ);
    ev_io_start(worker->loop, &stopped);
    while (!worker_stopped(worker)) {
        int wait_fd = -1;
        enum next next = fill(worker, worker->flight, &wait_fd);
        if (next == NEXT_END && worker->flight->free_count == worker->flight->capacity)
            break;
        turn(worker->loop, wait_fd, worker->run->control->end_fd);
    }
    ev_io_stop(worker->loop, &stopped);
    return 0;
}

void task_start(struct worker *worker, struct task *task)
{
    const struct workload *workload = worker->job->workload;
    checkpoint(worker);
    task_begin(worker, task);
    if (workload->start == NULL) {
        task_done(worker, task, workload->run(worker, task));
        return;
    }
    int err = workload->start(worker, task);
    if (err != 0)
        task_done(worker, task, err);
}

void task_done(struct worker *worker, struct task *task, int error)
{
    task_end(worker, task, error);
    worker->flight->free[worker->flight->free_count++] = task;
}
