// SPDX-License-Identifier: MIT
#include "workloads/helpers/connection.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "workloads/workload.h"

static void watch(struct connection *c, int events)
{
    if (ev_is_active(&c->io) && (c->io.events & (EV_READ | EV_WRITE)) == events)
        return; /* the usual case: no system call between two requests */
    ev_io_stop(c->server->loop, &c->io);
    ev_io_set(&c->io, c->io.fd, events);
    if (events != 0)
        ev_io_start(c->server->loop, &c->io);
}

static void wait_until(struct connection *c, struct due_queue *queue, int64_t ns)
{
    c->queue = queue;
    due_add(queue, &c->due, ns);
}

/* ---- sending ------------------------------------------------------------------------------ */

static void finish(struct connection *c)
{
    watch(c, EV_READ);
    c->phase = READING;
    if (!c->response.keep_alive) {
        shutdown(c->io.fd, SHUT_WR);
        c->phase = DRAINING;
    }
}

/* Sends as much as the client takes and the bandwidth allows. */
static void answer(struct connection *c)
{
    struct server *server = c->server;
    size_t size;
    while ((size = response_part(&c->response, c->sent, server->sending, server->portion)) > 0) {
        ssize_t n = send(c->io.fd, server->sending, size, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno != EAGAIN) {
            c->phase = CLOSED;
            return;
        }
        c->sent += n > 0 ? (uint64_t)n : 0;
        if (server->portion_ns > 0) {
            watch(c, 0);
            wait_until(c, &server->pace, c->due.ns + server->portion_ns);
            return;
        }
        if (n < (ssize_t)size) {
            watch(c, EV_WRITE);
            return;
        }
    }
    finish(c);
}

/* ---- requests ----------------------------------------------------------------------------- */

static int on_begin(http_parser *parser)
{
    struct connection *c = parser->data;
    c->path_size = 0;
    return 0;
}

static int on_url(http_parser *parser, const char *at, size_t length)
{
    struct connection *c = parser->data;
    size_t room = PATH_SIZE - c->path_size, n = length < room ? length : room;
    memcpy(c->path + c->path_size, at, n);
    c->path_size += n; /* PATH_SIZE: too long */
    return 0;
}

static int on_complete(http_parser *parser)
{
    struct connection *c = parser->data;
    c->phase = ANSWERING;
    c->response.keep_alive = http_should_keep_alive(parser) && !parser->upgrade;
    http_parser_pause(parser, 1); /* the next request waits for its turn */
    return 0;
}

static const http_parser_settings callbacks = {
    .on_message_begin = on_begin, .on_url = on_url, .on_message_complete = on_complete};

/* The number of an existing file behind "/file/". */
static bool find_file(const struct connection *c, uint64_t *file)
{
    static const char prefix[] = "/file/";
    enum { PREFIX = sizeof(prefix) - 1, DIGITS = 19 };
    *file = 0;
    if (c->path_size <= PREFIX || c->path_size > PREFIX + DIGITS ||
        memcmp(c->path, prefix, PREFIX) != 0)
        return false;
    for (size_t i = PREFIX; i < c->path_size; i++) {
        if (c->path[i] < '0' || c->path[i] > '9')
            return false;
        *file = *file * 10 + (uint64_t)(c->path[i] - '0');
    }
    return *file < c->server->options.files;
}

static enum http_status judge(struct connection *c)
{
    unsigned method = c->parser.method;
    if (HTTP_PARSER_ERRNO(&c->parser) == HPE_HEADER_OVERFLOW)
        return HTTP_STATUS_REQUEST_HEADER_FIELDS_TOO_LARGE;
    if (HTTP_PARSER_ERRNO(&c->parser) != HPE_OK)
        return HTTP_STATUS_BAD_REQUEST;
    if (method != HTTP_GET && method != HTTP_HEAD)
        return HTTP_STATUS_METHOD_NOT_ALLOWED;
    return find_file(c, &c->response.file) ? HTTP_STATUS_OK : HTTP_STATUS_NOT_FOUND;
}

/* Consumes bytes up to the end of a request; answers it if it is complete. Returns how many. */
static size_t consume(struct connection *c, const char *data, size_t size)
{
    struct server *server = c->server;
    size_t used = http_parser_execute(&c->parser, &callbacks, data, size);
    if (c->phase == ANSWERING) {
        http_parser_pause(&c->parser, 0);
    } else if (HTTP_PARSER_ERRNO(&c->parser) != HPE_OK) {
        c->phase = ANSWERING;
        c->response.keep_alive = false;
        used = size; /* what follows cannot be understood */
    } else {
        return used;
    }
    c->sent = 0;
    c->response.status = judge(c);
    c->response.head_only =
        c->parser.method == HTTP_HEAD && HTTP_PARSER_ERRNO(&c->parser) == HPE_OK;
    c->due.ns = server->options.latency_ns > 0 || server->portion_ns > 0 ? now_ns() : 0;
    if (server->options.latency_ns > 0)
        wait_until(c, &server->latency, c->due.ns + server->options.latency_ns);
    else
        answer(c);
    return used;
}

/* Keeps what is not consumed; data may lie in c->early. */
static void keep(struct connection *c, const char *data, size_t size)
{
    char *old = c->early;
    c->early = NULL;
    c->early_size = size;
    if (size > 0) {
        c->early = malloc(size);
        if (c->early == NULL)
            c->phase = CLOSED;
        else
            memcpy(c->early, data, size);
    }
    free(old);
}

/* Answers one request after the other as far as that goes without waiting. */
static void proceed(struct connection *c, const char *data, size_t size)
{
    while (c->phase == READING && size > 0) {
        size_t used = consume(c, data, size);
        data += used;
        size -= used;
    }
    if (c->phase == CLOSED)
        connection_free(c);
    else if (size > 0 || c->early != NULL)
        keep(c, data, c->phase == ANSWERING ? size : 0);
}

/* Goes on with a response that had to wait, and after it with what came early. */
static void resume(struct connection *c)
{
    answer(c);
    if (c->phase != ANSWERING)
        proceed(c, c->early, c->early_size);
}

/* ---- events ------------------------------------------------------------------------------- */

static void receive(struct connection *c)
{
    char *buffer = c->server->received;
    ssize_t n = recv(c->io.fd, buffer, REQUEST_MAX, 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n <= 0)
        connection_free(c); /* nothing is owed to a client that leaves now */
    else if (c->phase == READING)
        proceed(c, buffer, (size_t)n);
}

static void on_io(struct ev_loop *loop, ev_io *io, int events)
{
    struct connection *c = io->data;
    (void)loop;
    if (events & EV_WRITE) {
        resume(c);
    } else if (c->phase == ANSWERING) {
        watch(c, 0); /* more requests, or no more: both have time until this one is answered */
    } else {
        receive(c);
    }
}

void connection_due(struct due *due)
{
    struct connection *c = (struct connection *)((char *)due - offsetof(struct connection, due));
    c->queue = NULL;
    resume(c);
}

void connection_open(struct server *server, int fd)
{
    struct connection *c = calloc(1, sizeof(*c));
    if (c == NULL) {
        close(fd);
        return;
    }
    c->server = server;
    c->response.seed = server->options.seed;
    c->response.size = server->options.size;
    http_parser_init(&c->parser, HTTP_REQUEST);
    c->parser.data = c;
    LIST_INSERT_HEAD(&server->connections, c, link);
    ev_io_init(&c->io, on_io, fd, 0);
    c->io.data = c;
    watch(c, EV_READ);
}

void connection_free(struct connection *c)
{
    if (c->queue != NULL)
        due_remove(c->queue, &c->due);
    ev_io_stop(c->server->loop, &c->io);
    close(c->io.fd);
    LIST_REMOVE(c, link);
    free(c->early);
    free(c);
}
