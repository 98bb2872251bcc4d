// SPDX-License-Identifier: MIT
#include "workloads/helpers/desk.h"

#include <errno.h>
#include <ev.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <unistd.h>

#include "workloads/helpers/hello.h"

/* A connection on an event loop. */
struct talk {
    ev_io io;
    struct worker *worker;
    struct task *task;
    LIST_ENTRY(talk) link;
    struct hello hello;
    char *rest; /* of the answers, which the client has not taken yet; NULL: none */
    size_t rest_size;
};

/* A thread serves one request at a time, so its connections share the buffers. */
struct desk {
    char in[HELLO_IN_MAX], out[HELLO_OUT_MAX];
    LIST_HEAD(, talk) talks;
    uint64_t stall_after;
    int64_t stall_ns;
};

int desk_open(struct worker *worker, uint64_t stall_after, int64_t stall_ns)
{
    struct desk *desk = worker->state = malloc(sizeof(*desk));
    if (desk == NULL)
        return -ENOMEM;
    LIST_INIT(&desk->talks);
    desk->stall_after = stall_after;
    desk->stall_ns = stall_ns;
    return 0;
}

static void finish(struct task *task, const struct hello *hello)
{
    size_t n = strlen(hello->last);
    memcpy(task->output, hello->last, n);
    task->output_size = n;
}

/* The first connection stalls, and on a loop all others with it. */
static int stall(struct worker *worker, const struct task *task, const struct hello *hello)
{
    const struct desk *desk = worker->state;
    bool now = task->index == 0 && hello->answered == desk->stall_after;
    return desk->stall_ns > 0 && now ? wait_ns(worker, desk->stall_ns) : 0;
}

/* ---- blocking ----------------------------------------------------------------------------- */

/* Transfers as much as goes at once. 0: the other side has left; or -errno. */
static ssize_t transfer(struct worker *worker, int fd, char *data, size_t size, bool sending)
{
    for (;;) {
        blocking_begin(worker, BLOCKING_WAIT);
        ssize_t n = sending ? send(fd, data, size, MSG_NOSIGNAL) : recv(fd, data, size, 0);
        int error = n < 0 ? errno : 0;
        blocking_end(worker, BLOCKING_WAIT);
        if (worker_stopped(worker))
            return -ECANCELED;
        if (error == 0)
            return n;
        if (error != EAGAIN && error != EINTR)
            return 0;
    }
}

static int talk_blocking(struct worker *worker, const struct task *task, struct hello *hello)
{
    struct desk *desk = worker->state;
    while (!hello->closing) {
        ssize_t n = transfer(worker, task->fd, desk->in, sizeof(desk->in), false);
        if (n <= 0)
            return (int)n;
        size_t size = hello_feed(hello, desk->in, (size_t)n, desk->out);
        int err = stall(worker, task, hello);
        for (char *at = desk->out; size > 0 && err == 0; at += n, size -= (size_t)n) {
            n = transfer(worker, task->fd, at, size, true);
            if (n <= 0)
                return (int)n;
        }
        if (err != 0)
            return err;
        checkpoint(worker);
    }
    return 0;
}

int desk_run(struct worker *worker, struct task *task)
{
    struct hello hello;
    hello_begin(&hello);
    int err = talk_blocking(worker, task, &hello);
    close(task->fd);
    finish(task, &hello);
    return err;
}

/* ---- on a loop ---------------------------------------------------------------------------- */

static void talk_free(struct talk *t)
{
    ev_io_stop(t->worker->loop, &t->io);
    close(t->io.fd);
    LIST_REMOVE(t, link);
    free(t->rest);
    free(t);
}

static void talk_end(struct talk *t, int err)
{
    struct worker *worker = t->worker;
    struct task *task = t->task;
    finish(task, &t->hello);
    talk_free(t);
    task_done(worker, task, err);
}

static void watch(struct talk *t, int event)
{
    if ((t->io.events & (EV_READ | EV_WRITE)) == event)
        return;
    ev_io_stop(t->worker->loop, &t->io);
    ev_io_set(&t->io, t->io.fd, event);
    ev_io_start(t->worker->loop, &t->io);
}

/* Sends what there is; what the client does not take stays as the rest. False: it has ended. */
static bool deliver(struct talk *t, const char *data, size_t size)
{
    ssize_t n = size > 0 ? send(t->io.fd, data, size, MSG_NOSIGNAL) : 0;
    if (n < 0 && errno != EAGAIN && errno != EINTR) {
        talk_end(t, 0);
        return false;
    }
    size_t sent = n > 0 ? (size_t)n : 0;
    char *rest = NULL;
    if (sent < size) {
        rest = malloc(size - sent);
        if (rest == NULL) {
            talk_end(t, -ENOMEM);
            return false;
        }
        memcpy(rest, data + sent, size - sent);
    }
    free(t->rest); /* data may lie in it */
    t->rest = rest;
    t->rest_size = size - sent;
    watch(t, rest != NULL ? EV_WRITE : EV_READ);
    if (rest == NULL && t->hello.closing) {
        talk_end(t, 0);
        return false;
    }
    return true;
}

static void on_io(struct ev_loop *loop, ev_io *io, int events)
{
    struct talk *t = io->data;
    struct desk *desk = t->worker->state;
    (void)loop;
    checkpoint(t->worker);
    if (events & EV_WRITE) {
        deliver(t, t->rest, t->rest_size);
        return;
    }
    ssize_t n = recv(io->fd, desk->in, sizeof(desk->in), 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n <= 0) {
        talk_end(t, 0);
        return;
    }
    size_t size = hello_feed(&t->hello, desk->in, (size_t)n, desk->out);
    int err = stall(t->worker, t->task, &t->hello);
    if (err != 0)
        talk_end(t, err);
    else
        deliver(t, desk->out, size);
}

int desk_start(struct worker *worker, struct task *task)
{
    struct desk *desk = worker->state;
    struct talk *t = malloc(sizeof(*t));
    if (t == NULL) {
        close(task->fd);
        return -ENOMEM;
    }
    t->worker = worker;
    t->task = task;
    t->rest = NULL;
    t->rest_size = 0;
    hello_begin(&t->hello);
    LIST_INSERT_HEAD(&desk->talks, t, link);
    ev_io_init(&t->io, on_io, task->fd, EV_READ);
    t->io.data = t;
    ev_io_start(worker->loop, &t->io);
    return 0;
}

void desk_close(struct worker *worker)
{
    struct desk *desk = worker->state;
    struct talk *t;
    while (desk != NULL && (t = LIST_FIRST(&desk->talks)) != NULL)
        talk_free(t);
    free(desk);
    worker->state = NULL;
}
