// SPDX-License-Identifier: MIT
#include "workloads/helpers/response.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "workloads/helpers/contents.h"

enum { TEXT_MAX = 256 };

static size_t least(uint64_t a, size_t b)
{
    return a < b ? (size_t)a : b;
}

static uint64_t body_size(const struct response *r)
{
    return r->status == HTTP_STATUS_OK ? r->size : strlen(http_status_str(r->status)) + 1;
}

static size_t header(const struct response *r, char text[TEXT_MAX])
{
    const char *allow = r->status == HTTP_STATUS_METHOD_NOT_ALLOWED ? "Allow: GET, HEAD\r\n" : "";
    return (size_t)snprintf(text, TEXT_MAX,
                            "HTTP/1.1 %d %s\r\nContent-Type: text/plain\r\n"
                            "Content-Length: %" PRIu64 "\r\n%sConnection: %s\r\n\r\n",
                            (int)r->status, http_status_str(r->status), body_size(r), allow,
                            r->keep_alive ? "keep-alive" : "close");
}

static size_t body_part(const struct response *r, uint64_t offset, char *out, size_t size)
{
    size_t n = least(body_size(r) - offset, size);
    if (r->status == HTTP_STATUS_OK) {
        contents_fill(r->seed, r->file, offset, out, n);
    } else {
        char text[TEXT_MAX];
        snprintf(text, TEXT_MAX, "%s\n", http_status_str(r->status));
        memcpy(out, text + offset, n);
    }
    return n;
}

size_t response_part(const struct response *r, uint64_t offset, char *out, size_t size)
{
    char text[TEXT_MAX];
    size_t end = header(r, text), n = 0;
    if (offset < end) {
        n = least(end - offset, size);
        memcpy(out, text + offset, n);
    }
    if (r->head_only || n == size)
        return n;
    return n + body_part(r, offset + n - end, out + n, size - n);
}
