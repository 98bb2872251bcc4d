// SPDX-License-Identifier: MIT
/*
 * The built-in file server: HTTP/1.1 on 127.0.0.1, one event loop in the calling process.
 *
 *     GET /file/N    file N, 0 <= N < files, `size` bytes, see contents.h; HEAD likewise
 *
 * Anything else gets 404, 405 (another method), 400 (no HTTP) or 431 (a header above 16 KiB), with
 * a line of text; after the last two the connection ends. Connections are kept alive as HTTP/1.1
 * and 1.0 ask, pipelined requests are answered in order. A connection takes about 250 bytes.
 *
 * Errors: functions that return int return 0 or -errno.
 */
#ifndef SPEEDUP_SERVER_H
#define SPEEDUP_SERVER_H

#include <stdint.h>

struct server_options {
    uint64_t seed;      /* of the contents */
    uint64_t files;     /* how many there are */
    uint64_t size;      /* bytes of each file */
    int64_t latency_ns; /* from a complete request to the first byte of its response, at least */
    uint64_t bandwidth; /* bytes/s per connection, header included; 0: unlimited. Sent in portions
                           of 10 ms, of 1 B to 64 KiB; never more than one of them ahead */
    uint16_t port;      /* 0: any free one */
};

struct server;

/* Binds and listens; from here on clients can connect. -EADDRINUSE, -EACCES: the port cannot be
 * had. Raises the process's limit of open files as far as it may. */
int server_open(struct server **server, const struct server_options *options);

/* The port it listens on. */
uint16_t server_port(const struct server *server);

/* Serves until end of file on stop_fd; bytes that come from there are read and ignored. */
int server_serve(struct server *server, int stop_fd);

/* Closes every connection and frees all. NULL is allowed. */
void server_close(struct server *server);

#endif
