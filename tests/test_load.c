// SPDX-License-Identifier: MIT
/* The load generator against servers that do wrong: each answer that is none, or not the one that
 * was due, is counted as what it is. */
#include <criterion/criterion.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench/helper.h"
#include "workloads/helpers/load.h"

enum { PATIENCE_MS = 10000 };

static struct load_options options;

static int generate(struct job *job, struct helper *helper)
{
    return load_run(&options, job->report, helper);
}

/* The generator as the harness starts it, from its first order to the end of a repetition. */
struct generator {
    struct workload workload;
    struct experiment experiment;
    struct machine machine;
    struct helper_process process;
    struct load_report *report;
};

static void start(struct generator *g, uint32_t connections, int listening, uint16_t port)
{
    char why[ERROR_MAX];
    options = (struct load_options){
        .port = port, .listening = listening, .connections = connections, .requests = 1};
    size_t size = load_report_size(&options);
    *g = (struct generator){.workload = {.name = "generator", .helper = generate}};
    g->report = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    cr_assert_neq(g->report, MAP_FAILED);
    g->experiment.job = (struct job){.workload = &g->workload,
                                     .shape = {.report_size = size, .reports = true},
                                     .report = g->report,
                                     .error = g->experiment.error};
    cr_assert_eq(machine_open(&g->machine, why, sizeof(why)), 0, "%s", why);
    cr_assert_eq(helper_start(&g->process, &g->machine, &g->experiment), 0, "%s",
                 g->experiment.error);
    helper_tell(&g->process, HELPER_GO);
}

static void finish(struct generator *g)
{
    helper_tell(&g->process, HELPER_END);
    helper_await(&g->process);
    cr_expect(helper_alive(&g->process));
    helper_stop(&g->process);
    machine_close(&g->machine);
}

static int listen_somewhere(uint16_t *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    cr_assert_eq(bind(fd, (struct sockaddr *)&address, size), 0);
    cr_assert_eq(listen(fd, 64), 0);
    cr_assert_eq(getsockname(fd, (struct sockaddr *)&address, &size), 0);
    *port = ntohs(address.sin_port);
    return fd;
}

static void await(int fd)
{
    struct pollfd readable = {.fd = fd, .events = POLLIN};
    cr_assert_eq(poll(&readable, 1, PATIENCE_MS), 1, "nothing came");
}

/* Takes a connection and its request, says what the format makes of the name that was asked for,
 * and waits until the client hangs up. */
static void serve_one(int listening, const char *format)
{
    char request[512], answer[1024], name[64];
    await(listening);
    int fd = accept(listening, NULL, NULL);
    cr_assert_geq(fd, 0);
    ssize_t n = recv(fd, request, sizeof(request) - 1, 0);
    cr_assert_gt(n, 0);
    request[n] = '\0';
    cr_assert_eq(sscanf(request, "GET /%63s HTTP", name), 1, "%s", request);
    snprintf(answer, sizeof(answer), format, name);
    cr_assert_eq(send(fd, answer, strlen(answer), MSG_NOSIGNAL), (ssize_t)strlen(answer));
    shutdown(fd, SHUT_WR);
    await(fd);
    cr_expect_leq(recv(fd, request, sizeof(request), 0), 0, "it does not hang up");
    close(fd);
}

/* Names have four characters, as c0-0. */
#define GREETING "Content-Length: 12\r\n\r\nHello, %s!"

Test(load, counts_what_is_wrong)
{
    static const char *const answers[] = {
        "HTTP/1.1 200 OK\r\n" GREETING,
        "HTTP/1.1 500 Oh\r\n" GREETING,
        "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nHello, %.3sX!",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nHi",
        "nonsense\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nHello",
        "HTTP/1.1 200",
        "",
    };
    enum { CONNECTIONS = sizeof(answers) / sizeof(answers[0]) };
    struct generator g;
    uint16_t port;
    int listening = listen_somewhere(&port);
    start(&g, CONNECTIONS, listening, port);
    for (size_t i = 0; i < CONNECTIONS; i++)
        serve_one(listening, answers[i]);
    finish(&g);
    cr_expect_eq(g.report->answers, 4);
    cr_expect_eq(g.report->errors[LOAD_STATUS], 1);
    cr_expect_eq(g.report->errors[LOAD_BODY], 2);
    cr_expect_eq(g.report->errors[LOAD_NO_HTTP], 1);
    cr_expect_eq(g.report->errors[LOAD_CLOSED], 3);
    cr_expect_eq(g.report->errors[LOAD_NO_CONNECTION], 0);
    cr_expect_str_neq(g.report->error, "");
    close(listening);
}

Test(load, counts_connections_that_nobody_takes)
{
    enum { CONNECTIONS = 3 };
    struct generator g;
    uint16_t port, other;
    int closed = listen_somewhere(&port), listening = listen_somewhere(&other);
    close(closed);
    start(&g, CONNECTIONS, listening, port);
    const volatile uint64_t *count = &g.report->errors[LOAD_NO_CONNECTION];
    for (int64_t end = now_ns() + PATIENCE_MS * INT64_C(1000000);
         *count < CONNECTIONS && now_ns() < end;)
        usleep(1000);
    finish(&g);
    cr_expect_eq(g.report->errors[LOAD_NO_CONNECTION], CONNECTIONS);
    cr_expect_eq(g.report->answers, 0);
    cr_expect_not_null(strstr(g.report->error, "could not connect: Connection refused"), "%s",
                       g.report->error);
    close(listening);
}
