// SPDX-License-Identifier: MIT
/* What the built-in file server answers, as bytes that can be had again from any offset: so a
 * connection needs no buffer for what a slow client has not taken yet. */
#ifndef SPEEDUP_RESPONSE_H
#define SPEEDUP_RESPONSE_H

#include <http_parser.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct response {
    enum http_status status; /* OK: the body is a file, otherwise the status in words */
    bool keep_alive;
    bool head_only;            /* the request was HEAD */
    uint64_t seed, file, size; /* of the contents */
};

/* Writes the bytes from offset on, header first; returns how many, 0 at the end. */
size_t response_part(const struct response *response, uint64_t offset, char *out, size_t size);

#endif
