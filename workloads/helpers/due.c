// SPDX-License-Identifier: MIT
#include "workloads/helpers/due.h"

#include <errno.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "workloads/workload.h"

static void arm(struct due_queue *queue)
{
    const struct due *first = TAILQ_FIRST(&queue->waiting);
    int64_t ns = first->ns > 0 ? first->ns : 1; /* zero would disarm */
    struct itimerspec at = {.it_value = {ns / 1000000000, ns % 1000000000}};
    timerfd_settime(queue->io.fd, TFD_TIMER_ABSTIME, &at, NULL);
}

static void on_timer(struct ev_loop *loop, ev_io *io, int events)
{
    struct due_queue *queue = io->data;
    struct due *due;
    uint64_t expirations;
    (void)loop, (void)events;
    if (read(io->fd, &expirations, sizeof(expirations)) < 0)
        return; /* a spurious wake-up */
    int64_t now = now_ns();
    while ((due = TAILQ_FIRST(&queue->waiting)) != NULL && due->ns <= now) {
        due_remove(queue, due);
        queue->call(due);
    }
    if (due != NULL)
        arm(queue);
}

int due_open(struct due_queue *queue, struct ev_loop *loop, void (*call)(struct due *due))
{
    int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    TAILQ_INIT(&queue->waiting);
    queue->call = call;
    ev_io_init(&queue->io, on_timer, fd, EV_READ);
    queue->io.data = queue;
    if (fd < 0)
        return -errno;
    ev_io_start(loop, &queue->io);
    return 0;
}

void due_close(struct due_queue *queue, struct ev_loop *loop)
{
    ev_io_stop(loop, &queue->io);
    close(queue->io.fd);
}

void due_add(struct due_queue *queue, struct due *due, int64_t ns)
{
    struct due *before = TAILQ_LAST(&queue->waiting, due_list);
    while (before != NULL && before->ns > ns)
        before = TAILQ_PREV(before, due_list, link);
    due->ns = ns;
    if (before != NULL) {
        TAILQ_INSERT_AFTER(&queue->waiting, before, due, link);
    } else {
        TAILQ_INSERT_HEAD(&queue->waiting, due, link);
        arm(queue);
    }
}

void due_remove(struct due_queue *queue, struct due *due)
{
    TAILQ_REMOVE(&queue->waiting, due, link);
}
