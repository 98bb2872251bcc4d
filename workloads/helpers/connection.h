// SPDX-License-Identifier: MIT
/* One client of the built-in file server: server.c accepts it, connection.c speaks HTTP. */
#ifndef SPEEDUP_CONNECTION_H
#define SPEEDUP_CONNECTION_H

#include "workloads/helpers/due.h"
#include "workloads/helpers/response.h"
#include "workloads/helpers/server.h"

enum {
    REQUEST_MAX = 16 * 1024, /* most bytes of a request's header, and of one receive */
    PORTION_MAX = 64 * 1024, /* most bytes of one send */
    PATH_SIZE = 40           /* "/file/" and 20 digits fit; a longer path names no file */
};

struct server {
    struct server_options options;
    uint16_t port;
    struct ev_loop *loop;
    ev_io accepting, stopping;
    ev_timer pause;           /* until accepting is tried again */
    struct due_queue latency; /* connections whose request is complete */
    struct due_queue pace;    /* connections between two portions of a response */
    size_t portion;           /* bytes of one send */
    int64_t portion_ns;       /* between two of them; 0: bandwidth is unlimited */
    LIST_HEAD(, connection) connections;
    char received[REQUEST_MAX]; /* one thread serves all, so they share the buffers */
    char sending[PORTION_MAX];
};

enum phase {
    READING,   /* a request is not yet complete */
    ANSWERING, /* it is; the response waits or is being sent */
    DRAINING,  /* all is sent; the client closes first, lest a reset overtakes the response */
    CLOSED     /* to be freed */
};

struct connection {
    ev_io io;
    struct server *server;
    LIST_ENTRY(connection) link;
    enum phase phase;
    http_parser parser;
    char path[PATH_SIZE];
    size_t path_size;
    struct response response;
    uint64_t sent;           /* bytes of the response */
    struct due due;          /* for the latency or the next portion */
    struct due_queue *queue; /* NULL: in none */
    char *early;             /* bytes that came before their turn (pipelining); NULL: none */
    size_t early_size;
};

/* Takes over the socket; closes it when there is no memory. */
void connection_open(struct server *server, int fd);

void connection_free(struct connection *connection);

/* Sends the response, or its next portion: for the server's two queues. */
void connection_due(struct due *due);

#endif
