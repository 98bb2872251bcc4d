// SPDX-License-Identifier: MIT
/* The server's side of a connection: requests for / and /NAME in, greetings out. It touches no
 * socket, so blocking workers and event loops use the same. */
#ifndef SPEEDUP_HELLO_H
#define SPEEDUP_HELLO_H

#include <http_parser.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    HELLO_IN_MAX = 4096,      /* bytes to receive at once */
    HELLO_NAME_MAX = 255,     /* bytes of a name, before its %XX are decoded */
    HELLO_ANSWER_MAX = 512,   /* bytes of one answer */
    HELLO_OUT_MAX = 64 * 1024 /* of all answers to so many bytes received */
};

struct hello {
    http_parser parser;
    char path[HELLO_NAME_MAX + 2];
    size_t path_size; /* above HELLO_NAME_MAX + 1: too long */
    bool closing;     /* after what is written, close */
    uint64_t answered;
    char last[HELLO_NAME_MAX + 16]; /* the last greeting */
    char *out;                      /* while it is being fed: where answers go */
    size_t out_size;
};

void hello_begin(struct hello *hello);

/* Answers every request that these bytes complete, at most HELLO_IN_MAX of them, into
 * out[HELLO_OUT_MAX]. Returns the length of the answers. */
size_t hello_feed(struct hello *hello, const char *data, size_t size, char *out);

/* "Hello, NAME!" for the path of a request: percent signs decoded, what follows a '?' left out.
 * Returns its length, or 0 if the path is none of ours; text has HELLO_NAME_MAX + 16 bytes. */
size_t hello_greet(const char *path, size_t size, char *text);

#endif
