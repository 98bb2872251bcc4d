// SPDX-License-Identifier: MIT
/* One event loop that echoes datagrams and beside that computes, as asyncio does. */
#include "bench/gil/scene.h"
#include "bench/chain.h"

#include <errno.h>
#include <ev.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct echo {
    struct scene scene;
    struct lab *lab;
    ev_io io;
    ev_check coroutine;
    ev_idle busy;
    int64_t begin, requests;
    int64_t longest; /* chunk, as long as it really was: the system may take the core away */
};

static void on_datagram(struct ev_loop *loop, ev_io *io, int events)
{
    struct echo *echo = io->data;
    struct sockaddr_in client;
    socklen_t size = sizeof(client);
    char data[256];
    (void)events;
    ssize_t n = recvfrom(io->fd, data, sizeof(data), 0, (struct sockaddr *)&client, &size);
    if (echo->begin == 0)
        echo->begin = now_ns();
    if (n < 0 || (n == 3 && memcmp(data, "END", 3) == 0)) {
        ev_break(loop, EVBREAK_ALL);
        return;
    }
    sendto(io->fd, data, (size_t)n, 0, (struct sockaddr *)&client, size);
    echo->requests++;
}

/* A coroutine that computes for a chunk and lets the loop turn: `await sleep(0)`. It was ready
 * before the poll, so it comes before what the poll found. */
static void compute(struct ev_loop *loop, ev_check *check, int events)
{
    struct echo *echo = check->data;
    int64_t begin = now_ns(), end = begin + lab_n(echo->lab, LAB_CHUNK), now;
    uint64_t x = (uintptr_t)echo;
    (void)loop, (void)events;
    while ((now = now_ns()) < end) {
        x = chain_run(x, echo->scene.burst);
        gil_checkpoint(&echo->scene.gil, &echo->scene.main);
    }
    echo->longest = now - begin > echo->longest ? now - begin : echo->longest;
}

/* While a callback is ready the loop polls without waiting. */
static void nothing(struct ev_loop *loop, ev_idle *idle, int events)
{
    (void)loop, (void)idle, (void)events;
}

static void let_go(struct ev_loop *loop)
{
    struct echo *echo = ev_userdata(loop);
    gil_release(&echo->scene.gil, &echo->scene.main);
}

static void take_back(struct ev_loop *loop)
{
    struct echo *echo = ev_userdata(loop);
    gil_acquire(&echo->scene.gil, &echo->scene.main);
}

static int run_loop(struct echo *echo, int fd)
{
    struct ev_loop *loop = ev_loop_new(EVFLAG_AUTO | EVFLAG_NOENV);
    if (loop == NULL)
        return -ENOMEM;
    ev_set_userdata(loop, echo);
    ev_set_loop_release_cb(loop, let_go, take_back);
    ev_io_init(&echo->io, on_datagram, fd, EV_READ);
    echo->io.data = echo->coroutine.data = echo;
    ev_io_start(loop, &echo->io);
    ev_check_init(&echo->coroutine, compute);
    ev_idle_init(&echo->busy, nothing);
    ev_set_priority(&echo->coroutine, EV_MAXPRI);
    if (lab_n(echo->lab, LAB_CHUNK) > 0) {
        ev_check_start(loop, &echo->coroutine);
        ev_idle_start(loop, &echo->busy);
    }
    ev_run(loop, 0);
    ev_loop_destroy(loop);
    return 0;
}

int simulate_async_echo(struct lab *lab, json_t *samples, json_t *numbers)
{
    struct echo echo = {.lab = lab};
    unsigned port = 0;
    (void)samples;
    int err = scene_open(&echo.scene, lab, 0), fd = err == 0 ? echo_socket(&port) : err;
    lab_ready(lab, port);
    err = fd >= 0 ? run_loop(&echo, fd) : fd;
    if (fd >= 0) {
        report_requests(numbers, echo.requests, echo.begin);
        json_object_set_new(numbers, "chunk_max_ns", json_integer(echo.longest));
        close(fd);
    }
    scene_close(&echo.scene);
    return err;
}
