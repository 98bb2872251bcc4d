// SPDX-License-Identifier: MIT
#include "workloads/helpers/transfers.h"

#include <errno.h>
#include <ev.h>
#include <stdlib.h>

#include "workloads/helpers/transfer.h"

enum { RETRY_NS = 1000000 }; /* when all connections to a host are in use */

/* worker->state. Curl says which sockets to watch and when to call it; libev does so. */
struct transfers {
    CURLM *multi;
    struct worker *worker;
    ev_timer timer;
    LIST_HEAD(, transfer) idle, active; /* handles are kept: making one costs as much as using it */
};

/* ---- what curl did ------------------------------------------------------------------------ */

static void collect(struct transfers *all)
{
    CURLMsg *message;
    int left;
    while ((message = curl_multi_info_read(all->multi, &left)) != NULL) {
        struct transfer *t;
        CURLcode code = message->data.result;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &t);
        curl_multi_remove_handle(all->multi, t->easy);
        struct task *task = t->task;
        int err = transfer_end(t, code);
        LIST_REMOVE(t, link);
        LIST_INSERT_HEAD(&all->idle, t, link);
        task_done(all->worker, task, err);
    }
}

static void act(struct transfers *all, curl_socket_t fd, int events)
{
    int running;
    curl_multi_socket_action(all->multi, fd, events, &running);
    collect(all);
}

/* ---- what curl wants ---------------------------------------------------------------------- */

static void on_timer(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)loop, (void)events;
    act(timer->data, CURL_SOCKET_TIMEOUT, 0);
}

static void on_socket(struct ev_loop *loop, ev_io *io, int events)
{
    (void)loop;
    act(io->data, io->fd,
        (events & EV_READ ? CURL_CSELECT_IN : 0) | (events & EV_WRITE ? CURL_CSELECT_OUT : 0));
}

static int set_timer(CURLM *multi, long timeout_ms, void *transfers)
{
    struct transfers *all = transfers;
    struct ev_loop *loop = all->worker->loop;
    (void)multi;
    ev_timer_stop(loop, &all->timer);
    if (timeout_ms < 0)
        return 0;
    /* Never early: curl would find nothing to do and not ask for the same time again. */
    if (timeout_ms > 0)
        ev_now_update(loop);
    ev_timer_set(&all->timer, timeout_ms > 0 ? (double)(timeout_ms + 1) * 1e-3 : 0, 0);
    ev_timer_start(loop, &all->timer);
    return 0;
}

static int set_socket(CURL *easy, curl_socket_t fd, int what, void *transfers, void *watcher)
{
    struct transfers *all = transfers;
    struct ev_loop *loop = all->worker->loop;
    ev_io *io = watcher;
    (void)easy;
    if (io != NULL)
        ev_io_stop(loop, io);
    if (what == CURL_POLL_REMOVE) {
        free(io);
        return 0;
    }
    if (io == NULL) {
        io = malloc(sizeof(*io));
        if (io == NULL)
            return -1; /* ends the transfers with an error */
        ev_init(io, on_socket);
        io->data = all;
        curl_multi_assign(all->multi, fd, io);
    }
    ev_io_set(io, fd, (what & CURL_POLL_IN ? EV_READ : 0) | (what & CURL_POLL_OUT ? EV_WRITE : 0));
    ev_io_start(loop, io);
    return 0;
}

/* ---- tasks -------------------------------------------------------------------------------- */

/* An idle handle, a new one if there is none; NULL when memory is short. */
static struct transfer *find_idle(struct transfers *all)
{
    struct transfer *t = LIST_FIRST(&all->idle);
    if (t != NULL || (t = malloc(sizeof(*t))) == NULL)
        return t;
    if (transfer_open(t, all->worker) != 0) {
        transfer_close(t);
        free(t);
        return NULL;
    }
    LIST_INSERT_HEAD(&all->idle, t, link);
    return t;
}

static void again(struct worker *worker, struct task *task)
{
    int err = transfers_start(worker, task);
    if (err != 0)
        task_done(worker, task, err);
}

int transfers_start(struct worker *worker, struct task *task)
{
    struct transfers *all = worker->state;
    struct transfer *t = find_idle(all);
    if (t == NULL)
        return -ENOMEM;
    int err = transfer_begin(t, task);
    if (err == -EAGAIN) {
        wait_start(worker, task, RETRY_NS, again);
        return 0;
    }
    if (err == 0 && curl_multi_add_handle(all->multi, t->easy) != CURLM_OK)
        err = worker_fail(worker, -ENOMEM, "curl could not begin another transfer");
    if (err != 0) {
        transfer_abandon(t);
        return err;
    }
    LIST_REMOVE(t, link);
    LIST_INSERT_HEAD(&all->active, t, link);
    return 0;
}

int transfers_open(struct worker *worker)
{
    struct transfers *all = calloc(1, sizeof(*all));
    worker->state = all;
    if (all == NULL || (all->multi = curl_multi_init()) == NULL)
        return worker_fail(worker, -ENOMEM, "could not make a curl handle; is memory short?");
    all->worker = worker;
    ev_init(&all->timer, on_timer);
    all->timer.data = all;
    curl_multi_setopt(all->multi, CURLMOPT_SOCKETFUNCTION, set_socket);
    curl_multi_setopt(all->multi, CURLMOPT_SOCKETDATA, all);
    curl_multi_setopt(all->multi, CURLMOPT_TIMERFUNCTION, set_timer);
    curl_multi_setopt(all->multi, CURLMOPT_TIMERDATA, all);
    return 0;
}

static void discard(struct transfers *all, struct transfer *t)
{
    curl_multi_remove_handle(all->multi, t->easy);
    LIST_REMOVE(t, link);
    transfer_close(t);
    free(t);
}

void transfers_close(struct worker *worker)
{
    struct transfers *all = worker->state;
    struct transfer *t;
    if (all == NULL)
        return;
    while ((t = LIST_FIRST(&all->active)) != NULL || (t = LIST_FIRST(&all->idle)) != NULL)
        discard(all, t);
    if (all->multi != NULL)
        curl_multi_cleanup(all->multi);
    if (all->worker != NULL)
        ev_timer_stop(worker->loop, &all->timer);
    worker->state = NULL;
    free(all);
}
