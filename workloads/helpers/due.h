// SPDX-License-Identifier: MIT
/*
 * Connections that wait for their time, on one timerfd.
 *
 * libev rounds its time-outs up to whole milliseconds, so a latency of 20 ms would cost 21. A
 * timerfd is exact to some ten microseconds. All that wait in one queue wait equally long, so due
 * times come almost in order, and inserting from the tail is as good as any heap.
 */
#ifndef SPEEDUP_DUE_H
#define SPEEDUP_DUE_H

#include <ev.h>
#include <stdint.h>
#include <sys/queue.h>

struct due {
    TAILQ_ENTRY(due) link;
    int64_t ns; /* CLOCK_MONOTONIC */
};

struct due_queue {
    ev_io io;
    TAILQ_HEAD(due_list, due) waiting;
    void (*call)(struct due *due); /* never before its time; taken out of the queue */
};

/* 0 or -errno. */
int due_open(struct due_queue *queue, struct ev_loop *loop, void (*call)(struct due *due));

void due_close(struct due_queue *queue, struct ev_loop *loop);

void due_add(struct due_queue *queue, struct due *due, int64_t ns);

void due_remove(struct due_queue *queue, struct due *due);

#endif
