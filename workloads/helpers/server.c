// SPDX-License-Identifier: MIT
#include "workloads/helpers/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "workloads/helpers/connection.h"
#include "workloads/helpers/file_limit.h"

enum { ACCEPTS_AT_ONCE = 64 }; /* then the others get their turn */

static const double pause_s = 0.1; /* when no descriptor is left */

static void on_accept(struct ev_loop *loop, ev_io *io, int events)
{
    struct server *server = io->data;
    (void)events;
    for (int i = 0; i < ACCEPTS_AT_ONCE; i++) {
        int fd = accept4(io->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0) {
            connection_open(server, fd);
        } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
            ev_io_stop(loop, io); /* it would stay readable and spin */
            ev_timer_set(&server->pause, pause_s, 0);
            ev_timer_start(loop, &server->pause);
            return;
        } else if (errno != EINTR && errno != ECONNABORTED) {
            return;
        }
    }
}

static void on_pause_end(struct ev_loop *loop, ev_timer *timer, int events)
{
    struct server *server = timer->data;
    (void)events;
    ev_io_start(loop, &server->accepting);
}

static void on_stop(struct ev_loop *loop, ev_io *io, int events)
{
    char bytes[64];
    ssize_t n = read(io->fd, bytes, sizeof(bytes));
    (void)events;
    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
        ev_break(loop, EVBREAK_ALL);
}

static int listen_on(struct server *server)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(server->options.port),
                                  .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof(address);
    int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    ev_io_init(&server->accepting, on_accept, fd, EV_READ);
    if (fd < 0)
        return -errno;
    /* accepted sockets inherit TCP_NODELAY: one call for all */
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) != 0 ||
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)) != 0 ||
        bind(fd, (struct sockaddr *)&address, size) != 0 || listen(fd, SOMAXCONN) != 0 ||
        getsockname(fd, (struct sockaddr *)&address, &size) != 0)
        return -errno;
    server->port = ntohs(address.sin_port);
    return 0;
}

/* Portions of 10 ms: smooth enough, and cheap. */
static void set_pace(struct server *server)
{
    uint64_t bandwidth = server->options.bandwidth, portion = bandwidth / 100;
    server->portion = PORTION_MAX;
    if (bandwidth == 0)
        return;
    if (portion < PORTION_MAX)
        server->portion = portion > 0 ? (size_t)portion : 1;
    /* rounded up: never faster than asked */
    server->portion_ns = (int64_t)((server->portion * 1000000000 + bandwidth - 1) / bandwidth);
}

int server_open(struct server **made, const struct server_options *options)
{
    struct server *server = calloc(1, sizeof(*server));
    *made = server;
    if (server == NULL)
        return -ENOMEM;
    server->options = *options;
    LIST_INIT(&server->connections);
    set_pace(server);
    file_limit_raise();
    http_parser_set_max_header_size(REQUEST_MAX);
    server->loop = ev_loop_new(EVBACKEND_EPOLL | EVFLAG_NOENV);
    ev_timer_init(&server->pause, on_pause_end, 0, 0);
    server->accepting.fd = -1;
    int err = server->loop == NULL ? -ENOMEM : 0;
    if (err == 0)
        err = listen_on(server);
    if (err != 0) {
        server_close(server);
        *made = NULL;
    }
    return err;
}

uint16_t server_port(const struct server *server)
{
    return server->port;
}

int server_serve(struct server *server, int stop_fd)
{
    int err = due_open(&server->latency, server->loop, connection_due);
    if (err != 0)
        return err;
    err = due_open(&server->pace, server->loop, connection_due);
    if (err == 0) {
        server->accepting.data = server->pause.data = server;
        ev_io_init(&server->stopping, on_stop, stop_fd, EV_READ);
        ev_io_start(server->loop, &server->stopping);
        ev_io_start(server->loop, &server->accepting);
        ev_run(server->loop, 0);
        due_close(&server->pace, server->loop);
    }
    due_close(&server->latency, server->loop);
    return err;
}

void server_close(struct server *server)
{
    struct connection *c;
    if (server == NULL)
        return;
    while ((c = LIST_FIRST(&server->connections)) != NULL)
        connection_free(c);
    if (server->accepting.fd >= 0)
        close(server->accepting.fd);
    if (server->loop != NULL)
        ev_loop_destroy(server->loop);
    free(server);
}
