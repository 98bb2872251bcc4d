// SPDX-License-Identifier: MIT
#include "workloads/helpers/load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ev.h>
#include <http_parser.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "workloads/workload.h"

enum { TEXT_MAX = 128, RECEIVE_MAX = 4096 };

/* More connections at once than a server's queue holds would be tried again after a second. */
enum { CONNECTING_MAX = 1000 };

struct client {
    ev_io io;
    struct load *load;
    uint32_t number;
    bool connected, busy;    /* busy: an answer is due */
    uint32_t asked, allowed; /* requests sent, and that should have been by now */
    int64_t due_ns;          /* when the one in progress should have been sent */
    http_parser parser;
    bool complete;
    char body[TEXT_MAX];
    size_t body_size;
};

struct load {
    const struct load_options *options;
    struct load_report *report;
    struct helper *helper;
    struct ev_loop *loop;
    ev_io orders; /* from the harness */
    ev_io clock;  /* of the open loop */
    struct client *clients;
    uint32_t opened;          /* of the clients, the first */
    uint64_t total, released; /* requests of the open loop, and how many are due by now */
    int64_t cpu_begin_ns;
};

static int64_t cpu_now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

const char *const load_error_names[] = {[LOAD_NO_CONNECTION] = "not connected",
                                        [LOAD_CLOSED] = "closed too early",
                                        [LOAD_NO_HTTP] = "no HTTP",
                                        [LOAD_STATUS] = "wrong status",
                                        [LOAD_BODY] = "wrong body"};

size_t load_report_size(const struct load_options *o)
{
    return sizeof(struct load_report) + (size_t)o->connections * o->requests * sizeof(uint32_t);
}

/* ---- one connection ----------------------------------------------------------------------- */

/* The first request of a connection asks for nobody, if it is not the only one. */
static bool asks_for_nobody(const struct client *c, uint32_t request)
{
    return request == 0 && c->load->options->requests > 1;
}

__attribute__((format(printf, 3, 4))) static void
count_error(struct client *c, enum load_error kind, const char *format, ...)
{
    struct load_report *r = c->load->report;
    va_list arguments;
    va_start(arguments, format);
    if (r->error[0] == '\0')
        vsnprintf(r->error, sizeof(r->error), format, arguments);
    va_end(arguments);
    r->errors[kind]++;
}

static void hang_up(struct client *c)
{
    ev_io_stop(c->load->loop, &c->io);
    close(c->io.fd);
    c->io.fd = -1;
}

static void ask(struct client *c, int64_t due_ns)
{
    char text[TEXT_MAX], name[32] = "";
    if (!asks_for_nobody(c, c->asked))
        snprintf(name, sizeof(name), "c%u-%u", c->number, c->asked);
    int n = snprintf(text, sizeof(text), "GET /%s HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", name);
    c->due_ns = due_ns;
    c->busy = true;
    c->asked++;
    c->body_size = 0;
    ssize_t sent = send(c->io.fd, text, (size_t)n, MSG_NOSIGNAL);
    if (sent == n)
        return;
    /* nothing else is under way, so there was room for it */
    count_error(c, LOAD_CLOSED, "a request could not be sent: %s",
                sent < 0 ? strerror(errno) : "cut short");
    hang_up(c);
}

static int64_t due_of(const struct load *l, const struct client *c, uint32_t request)
{
    double number = (double)request * l->options->connections + c->number;
    return l->report->begin_ns + (int64_t)(number / l->options->rate * 1e9);
}

/* Sends the next request if it may. */
static void go_on(struct client *c)
{
    const struct load_options *o = c->load->options;
    if (!c->connected || c->busy || c->io.fd < 0 || c->asked == o->requests)
        return;
    if (o->rate == 0)
        ask(c, now_ns());
    else if (c->asked < c->allowed)
        ask(c, due_of(c->load, c, c->asked));
}

static void check_answer(struct client *c)
{
    char right[TEXT_MAX];
    int n = asks_for_nobody(c, c->asked - 1)
                ? snprintf(right, sizeof(right), "Hello, Anonymous!")
                : snprintf(right, sizeof(right), "Hello, c%u-%u!", c->number, c->asked - 1);
    bool same = c->body_size == (size_t)n && memcmp(c->body, right, (size_t)n) == 0;
    if (c->parser.status_code != 200)
        count_error(c, LOAD_STATUS, "the status of connection %u was %u", c->number,
                    c->parser.status_code);
    else if (!same)
        count_error(c, LOAD_BODY, "connection %u got '%.*s' instead of '%s'", c->number,
                    (int)c->body_size, c->body, right);
}

static void note_answer(struct client *c)
{
    struct load *l = c->load;
    struct load_report *r = l->report;
    r->end_ns = now_ns();
    int64_t latency = (r->end_ns - c->due_ns) / LATENCY_UNIT_NS;
    r->latency[r->answers++] = latency < UINT32_MAX ? (uint32_t)latency : UINT32_MAX;
    r->cpu_ns = r->answers == l->total ? cpu_now_ns() - l->cpu_begin_ns : 0;
    check_answer(c);
    c->busy = c->complete = false;
    if (c->asked == l->options->requests)
        hang_up(c);
}

static int on_body(http_parser *parser, const char *at, size_t length)
{
    struct client *c = parser->data;
    size_t room = sizeof(c->body) - c->body_size, n = length < room ? length : room;
    memcpy(c->body + c->body_size, at, n);
    c->body_size += n;
    return 0;
}

static int on_complete(http_parser *parser)
{
    struct client *c = parser->data;
    c->complete = true;
    return 0;
}

static const http_parser_settings callbacks = {.on_body = on_body,
                                               .on_message_complete = on_complete};

static void receive(struct client *c)
{
    char data[RECEIVE_MAX];
    ssize_t n = recv(c->io.fd, data, sizeof(data), 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n <= 0) {
        count_error(c, LOAD_CLOSED, "connection %u was closed before its last answer: %s",
                    c->number, n < 0 ? strerror(errno) : "end of file");
        hang_up(c);
        return;
    }
    size_t used = http_parser_execute(&c->parser, &callbacks, data, (size_t)n);
    if (used != (size_t)n || HTTP_PARSER_ERRNO(&c->parser) != HPE_OK || (c->complete && !c->busy)) {
        count_error(c, LOAD_NO_HTTP, "what came on connection %u is no answer: %s", c->number,
                    http_errno_name(HTTP_PARSER_ERRNO(&c->parser)));
        hang_up(c);
        return;
    }
    if (c->complete) {
        note_answer(c);
        go_on(c);
    }
}

static void open_next(struct load *l);

static void on_io(struct ev_loop *loop, ev_io *io, int events)
{
    struct client *c = io->data;
    (void)events;
    if (c->connected) {
        receive(c);
        return;
    }
    int error = 0;
    socklen_t size = sizeof(error);
    getsockopt(io->fd, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) {
        count_error(c, LOAD_NO_CONNECTION, "could not connect: %s", strerror(error));
        hang_up(c);
    } else {
        c->connected = true;
        ev_io_stop(loop, io);
        ev_io_set(io, io->fd, EV_READ);
        ev_io_start(loop, io);
        go_on(c);
    }
    open_next(c->load);
}

/* Begins to connect; false where that has failed at once. */
static bool client_open(struct load *l, struct client *c)
{
    const struct sockaddr_in address = {.sin_family = AF_INET,
                                        .sin_port = htons(l->options->port),
                                        .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    ev_io_init(&c->io, on_io, fd, EV_WRITE);
    c->io.data = c;
    http_parser_init(&c->parser, HTTP_RESPONSE);
    c->parser.data = c;
    if (fd >= 0 && setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)) == 0 &&
        (connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0 ||
         errno == EINPROGRESS)) {
        ev_io_start(l->loop, &c->io);
        return true;
    }
    count_error(c, LOAD_NO_CONNECTION, "could not connect: %s", strerror(errno));
    hang_up(c);
    return false;
}

static void open_next(struct load *l)
{
    while (l->opened < l->options->connections && !client_open(l, &l->clients[l->opened++]))
        ;
}

/* ---- a repetition ------------------------------------------------------------------------- */

/* Until the next request is due. */
static void set_clock(struct load *l)
{
    struct itimerspec at = {{0, 0}, {0, 0}};
    if (l->released < l->total) {
        int64_t ns = l->report->begin_ns + (int64_t)((double)l->released / l->options->rate * 1e9);
        at.it_value = (struct timespec){ns / 1000000000, ns % 1000000000};
    }
    timerfd_settime(l->clock.fd, TFD_TIMER_ABSTIME, &at, NULL);
}

static void on_clock(struct ev_loop *loop, ev_io *io, int events)
{
    struct load *l = io->data;
    uint64_t expirations;
    (void)loop, (void)events;
    if (read(io->fd, &expirations, sizeof(expirations)) < 0)
        return;
    double elapsed = (double)(now_ns() - l->report->begin_ns) * 1e-9;
    uint64_t due = (uint64_t)(elapsed * l->options->rate) + 1;
    for (due = due < l->total ? due : l->total; l->released < due; l->released++) {
        struct client *c = &l->clients[l->released % l->options->connections];
        c->allowed++;
        go_on(c);
    }
    set_clock(l);
}

static void begin(struct load *l)
{
    enum { AHEAD_NS = 2000000 }; /* time to connect before the first request is due */
    const struct load_options *o = l->options;
    memset(l->report, 0, sizeof(*l->report));
    l->report->begin_ns = now_ns() + (o->rate > 0 ? AHEAD_NS : 0);
    l->cpu_begin_ns = cpu_now_ns();
    l->released = l->opened = 0;
    for (uint32_t i = 0; i < o->connections; i++)
        l->clients[i] = (struct client){.load = l, .number = i, .io.fd = -1};
    for (uint32_t i = 0; i < CONNECTING_MAX; i++)
        open_next(l);
    if (o->rate > 0)
        set_clock(l);
}

/* Leaves nothing of this repetition to the next one. */
static void end(struct load *l)
{
    int fd;
    l->released = l->total;
    if (l->options->rate > 0)
        set_clock(l);
    for (uint32_t i = 0; i < l->options->connections; i++) {
        if (l->clients[i].load != NULL && l->clients[i].io.fd >= 0)
            hang_up(&l->clients[i]);
    }
    while ((fd = accept(l->options->listening, NULL, NULL)) >= 0)
        close(fd);
}

static void on_orders(struct ev_loop *loop, ev_io *io, int events)
{
    struct load *l = io->data;
    char order;
    (void)events;
    ssize_t n = read(io->fd, &order, 1);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n == 1 && order == HELPER_GO) {
        begin(l);
    } else {
        end(l);
        if (n == 1)
            helper_ready(l->helper);
        else
            ev_break(loop, EVBREAK_ALL);
    }
}

int load_run(const struct load_options *options, struct load_report *report, struct helper *helper)
{
    struct load l = {.options = options, .report = report, .helper = helper};
    l.total = (uint64_t)options->connections * options->requests;
    l.loop = ev_loop_new(EVBACKEND_EPOLL | EVFLAG_NOENV);
    l.clients = calloc(options->connections + 1, sizeof(*l.clients));
    int clock = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    int err = l.loop == NULL || l.clients == NULL ? -ENOMEM : clock < 0 ? -errno : 0;
    if (err == 0) {
        for (uint32_t i = 0; i < options->connections; i++)
            l.clients[i].io.fd = -1;
        ev_io_init(&l.orders, on_orders, helper_fd(helper), EV_READ);
        ev_io_init(&l.clock, on_clock, clock, EV_READ);
        l.orders.data = l.clock.data = &l;
        ev_io_start(l.loop, &l.orders);
        ev_io_start(l.loop, &l.clock);
        helper_ready(helper);
        ev_run(l.loop, 0);
    }
    if (clock >= 0)
        close(clock);
    if (l.loop != NULL)
        ev_loop_destroy(l.loop);
    free(l.clients);
    return err;
}
