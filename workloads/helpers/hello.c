// SPDX-License-Identifier: MIT
#include "workloads/helpers/hello.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* ---- greetings ---------------------------------------------------------------------------- */

static int digit(char c)
{
    return isdigit((unsigned char)c) ? c - '0' : tolower((unsigned char)c) - 'a' + 10;
}

/* Appends the name, with %XX as the byte that it stands for. */
static size_t decode(const char *name, size_t size, char *out)
{
    size_t n = 0;
    for (size_t i = 0; i < size; i++) {
        bool escaped = name[i] == '%' && i + 2 < size && isxdigit((unsigned char)name[i + 1]) &&
                       isxdigit((unsigned char)name[i + 2]);
        out[n++] = escaped ? (char)(digit(name[i + 1]) * 16 + digit(name[i + 2])) : name[i];
        i += escaped ? 2 : 0;
    }
    return n;
}

size_t hello_greet(const char *path, size_t size, char *text)
{
    static const char before[] = "Hello, ", nobody[] = "Anonymous";
    const char *query = memchr(path, '?', size);
    size = query != NULL ? (size_t)(query - path) : size;
    if (size == 0 || size > HELLO_NAME_MAX + 1 || path[0] != '/' ||
        memchr(path + 1, '/', size - 1) != NULL)
        return 0;
    size_t n = sizeof(before) - 1;
    memcpy(text, before, n);
    n += size > 1 ? decode(path + 1, size - 1, text + n)
                  : decode(nobody, sizeof(nobody) - 1, text + n);
    text[n++] = '!';
    return n;
}

/* ---- answers ------------------------------------------------------------------------------ */

static size_t put_answer(char *out, enum http_status status, const char *body, size_t size,
                         bool closing, bool head_only)
{
    const char *allow = status == HTTP_STATUS_METHOD_NOT_ALLOWED ? "Allow: GET, HEAD\r\n" : "";
    int n = snprintf(out, HELLO_ANSWER_MAX,
                     "HTTP/1.1 %d %s\r\nContent-Type: text/plain; charset=utf-8\r\n"
                     "Content-Length: %zu\r\n%s%s\r\n",
                     (int)status, http_status_str(status), size, allow,
                     closing ? "Connection: close\r\n" : "");
    if (!head_only)
        memcpy(out + n, body, size);
    return (size_t)n + (head_only ? 0 : size);
}

/* The request is complete, or what came is none. */
static void answer(struct hello *h, bool understood)
{
    unsigned method = h->parser.method;
    char text[HELLO_NAME_MAX + 16];
    enum http_status status = HTTP_STATUS_BAD_REQUEST;
    size_t n = 0;
    if (HTTP_PARSER_ERRNO(&h->parser) == HPE_HEADER_OVERFLOW)
        status = HTTP_STATUS_REQUEST_HEADER_FIELDS_TOO_LARGE;
    else if (understood && method != HTTP_GET && method != HTTP_HEAD)
        status = HTTP_STATUS_METHOD_NOT_ALLOWED;
    else if (understood && h->path_size > HELLO_NAME_MAX + 1)
        status = HTTP_STATUS_URI_TOO_LONG;
    else if (understood) {
        n = hello_greet(h->path, h->path_size, text);
        status = n > 0 ? HTTP_STATUS_OK : HTTP_STATUS_NOT_FOUND;
    }
    if (n == 0) {
        n = (size_t)snprintf(text, sizeof(text), "%s\n", http_status_str(status));
    } else {
        memcpy(h->last, text, n);
        h->last[n] = '\0';
    }
    h->out_size += put_answer(h->out + h->out_size, status, text, n, h->closing,
                              understood && method == HTTP_HEAD);
    h->answered++;
}

/* ---- requests ----------------------------------------------------------------------------- */

static int on_begin(http_parser *parser)
{
    struct hello *h = parser->data;
    h->path_size = 0;
    return 0;
}

static int on_url(http_parser *parser, const char *at, size_t length)
{
    struct hello *h = parser->data;
    size_t room = sizeof(h->path) - h->path_size, n = length < room ? length : room;
    memcpy(h->path + h->path_size, at, n);
    h->path_size += n;
    return 0;
}

static int on_complete(http_parser *parser)
{
    struct hello *h = parser->data;
    h->closing = !http_should_keep_alive(parser) || parser->upgrade;
    answer(h, true);
    if (h->closing)
        http_parser_pause(parser, 1); /* what follows is not for us */
    return 0;
}

static const http_parser_settings callbacks = {
    .on_message_begin = on_begin, .on_url = on_url, .on_message_complete = on_complete};

void hello_begin(struct hello *h)
{
    memset(h, 0, sizeof(*h));
    http_parser_init(&h->parser, HTTP_REQUEST);
    h->parser.data = h;
}

size_t hello_feed(struct hello *h, const char *data, size_t size, char *out)
{
    h->out = out;
    h->out_size = 0;
    if (h->closing)
        return 0;
    http_parser_execute(&h->parser, &callbacks, data, size);
    enum http_errno error = HTTP_PARSER_ERRNO(&h->parser);
    if (error != HPE_OK && error != HPE_PAUSED) {
        h->closing = true;
        answer(h, false);
    }
    return h->out_size;
}
