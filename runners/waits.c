// SPDX-License-Identifier: MIT
/*
 * Waits of the tasks on an event loop. libev waits in whole milliseconds where it uses epoll, so a
 * timerfd for the earliest wait wakes the loop when it is over, and a heap knows the others.
 */
#include "runners/control.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/timerfd.h>
#include <unistd.h>

/* ---- the heap ----------------------------------------------------------------------------- */

static bool is_earlier(const struct task *a, const struct task *b)
{
    return a->wait.end_ns < b->wait.end_ns;
}

static void add(struct flight *f, struct task *task)
{
    unsigned at = f->wait_count++;
    for (; at > 0 && is_earlier(task, f->waits[(at - 1) / 2]); at = (at - 1) / 2)
        f->waits[at] = f->waits[(at - 1) / 2];
    f->waits[at] = task;
}

static struct task *take_first(struct flight *f)
{
    struct task *first = f->waits[0], *last = f->waits[--f->wait_count];
    unsigned at = 0;
    for (unsigned child = 1; child < f->wait_count; child = 2 * at + 1) {
        child += child + 1 < f->wait_count && is_earlier(f->waits[child + 1], f->waits[child]);
        if (!is_earlier(f->waits[child], last))
            break;
        f->waits[at] = f->waits[child];
        at = child;
    }
    f->waits[at] = last;
    return first;
}

/* ---- the alarm ---------------------------------------------------------------------------- */

/* For the earliest wait; a time that has passed goes off at once. */
static void set_alarm(const struct flight *f)
{
    int64_t ns = f->waits[0]->wait.end_ns;
    const struct itimerspec at = {.it_value = {ns / 1000000000, ns % 1000000000}};
    timerfd_settime(f->alarm.fd, TFD_TIMER_ABSTIME, &at, NULL);
}

static void on_alarm(struct ev_loop *loop, ev_io *io, int events)
{
    struct worker *worker = ev_userdata(loop);
    struct flight *f = io->data;
    uint64_t count;
    (void)events;
    if (read(io->fd, &count, sizeof(count)) < 0)
        return;
    int64_t now = now_ns();
    while (f->wait_count > 0 && f->waits[0]->wait.end_ns <= now) {
        struct task *task = take_first(f);
        task->wait.then(worker, task);
        flight_refill(worker);
    }
    if (f->wait_count > 0)
        set_alarm(f);
}

void wait_start(struct worker *worker, struct task *task, int64_t ns,
                void (*then)(struct worker *worker, struct task *task))
{
    struct flight *f = worker->flight;
    task->wait.then = then;
    task->wait.end_ns = now_ns() + ns;
    add(f, task);
    if (f->waits[0] == task)
        set_alarm(f);
}

int waits_open(struct worker *worker)
{
    struct flight *f = worker->flight;
    int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    ev_io_init(&f->alarm, on_alarm, fd, EV_READ);
    f->waits = calloc(f->capacity + 1, sizeof(struct task *));
    if (fd < 0 || f->waits == NULL)
        return fd < 0 ? -errno : -ENOMEM;
    f->alarm.data = f;
    ev_io_start(worker->loop, &f->alarm);
    return 0;
}

/* The loop is gone by now. */
void waits_close(struct worker *worker)
{
    struct flight *f = worker->flight;
    if (f->alarm.fd >= 0)
        close(f->alarm.fd);
    free(f->waits);
}
