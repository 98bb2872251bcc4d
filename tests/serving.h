// SPDX-License-Identifier: MIT
/* For tests of the built-in file server: the server in a child, and a client on a raw socket. */
#ifndef SPEEDUP_TESTS_SERVING_H
#define SPEEDUP_TESTS_SERVING_H

#include <criterion/criterion.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "workloads/helpers/contents.h"
#include "workloads/helpers/server.h"

enum { SEED = 42, PORTION = 64 * 1024 /* most bytes that the server sends at once */ };

/* ---- the server in a child ---------------------------------------------------------------- */

struct child {
    pid_t pid;
    int stop; /* closed: the server ends */
    uint16_t port;
    struct server_options options;
};

static inline _Noreturn void serve(const struct server_options *options, int ready, int stop)
{
    struct server *server;
    if (server_open(&server, options) != 0)
        _exit(1);
    uint16_t port = server_port(server);
    if (write(ready, &port, sizeof(port)) != sizeof(port))
        _exit(2);
    int err = server_serve(server, stop);
    server_close(server);
    _exit(err == 0 ? 0 : 3);
}

/* At most `files` descriptors; 0: no limit of ours. */
static inline struct child start_limited(struct server_options options, rlim_t files)
{
    int ready[2], stop[2];
    struct child child = {.options = options};
    cr_assert_eq(pipe(ready), 0);
    cr_assert_eq(pipe(stop), 0);
    child.pid = fork();
    if (child.pid == 0) {
        struct rlimit limit = {files, files};
        close(stop[1]);
        if (files > 0 && setrlimit(RLIMIT_NOFILE, &limit) != 0)
            _exit(4);
        serve(&options, ready[1], stop[0]);
    }
    close(ready[1]);
    close(stop[0]);
    cr_assert_eq(read(ready[0], &child.port, sizeof(child.port)), sizeof(child.port));
    close(ready[0]);
    child.stop = stop[1];
    return child;
}

static inline struct child start(uint64_t size, int64_t latency_ns, uint64_t bandwidth)
{
    struct server_options options = {
        .seed = SEED, .files = 100, .size = size, .latency_ns = latency_ns, .bandwidth = bandwidth};
    return start_limited(options, 0);
}

static inline void stop(struct child *child)
{
    int status;
    close(child->stop);
    cr_assert_eq(waitpid(child->pid, &status, 0), child->pid);
    cr_assert_eq(status, 0, "the server ended with wait status %#x", status);
}

/* ---- a client ----------------------------------------------------------------------------- */

struct reply {
    int status;
    char header[512];
    char *body; /* freed by the caller */
    size_t size;
};

static inline int dial(const struct child *child)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(child->port),
                                  .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    cr_assert_geq(fd, 0, "%s", strerror(errno));
    cr_assert_eq(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0, "%s",
                 strerror(errno));
    return fd;
}

static inline void say(int fd, const char *text)
{
    cr_assert_eq(send(fd, text, strlen(text), MSG_NOSIGNAL), (ssize_t)strlen(text));
}

static inline void ask(int fd, const char *method, unsigned file)
{
    char text[100];
    snprintf(text, sizeof(text), "%s /file/%u HTTP/1.1\r\nHost: x\r\n\r\n", method, file);
    say(fd, text);
}

/* Byte by byte up to the empty line, so that nothing of the next response is taken. */
static inline struct reply hear_header(int fd)
{
    struct reply reply = {0};
    size_t n = 0;
    while (n < sizeof(reply.header) - 1 &&
           !(n >= 4 && !memcmp(reply.header + n - 4, "\r\n\r\n", 4)))
        cr_assert_eq(recv(fd, &reply.header[n++], 1, 0), 1, "the header ends early: '%s'",
                     reply.header);
    cr_assert_eq(sscanf(reply.header, "HTTP/1.1 %d", &reply.status), 1, "'%s'", reply.header);
    const char *length = strstr(reply.header, "Content-Length: ");
    cr_assert_not_null(length);
    reply.size = strtoull(length + strlen("Content-Length: "), NULL, 10);
    return reply;
}

static inline struct reply hear(int fd)
{
    struct reply reply = hear_header(fd);
    reply.body = calloc(1, reply.size + 1);
    if (reply.size > 0)
        cr_assert_eq(recv(fd, reply.body, reply.size, MSG_WAITALL), (ssize_t)reply.size);
    return reply;
}

static inline void expect_file(int fd, unsigned file, size_t size)
{
    struct reply reply = hear(fd);
    char *right = malloc(size + 1);
    contents_fill(SEED, file, 0, right, size);
    cr_assert_eq(reply.status, 200);
    cr_assert_eq(reply.size, size, "%zu B instead of %zu B", reply.size, size);
    cr_assert_eq(memcmp(reply.body, right, size), 0, "file %u holds wrong bytes", file);
    free(reply.body);
    free(right);
}

static inline void expect_status(int fd, int status)
{
    struct reply reply = hear(fd);
    cr_assert_eq(reply.status, status, "%d instead of %d", reply.status, status);
    cr_assert_gt(reply.size, 0, "no word of explanation");
    free(reply.body);
}

static inline void expect_end(int fd)
{
    char byte;
    cr_assert_eq(recv(fd, &byte, 1, 0), 0, "the connection is not closed in order");
    close(fd);
}

#endif
