// SPDX-License-Identifier: MIT
#include "workloads/helpers/urls.h"

#include <errno.h>
#include <http_parser.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- reading ------------------------------------------------------------------------------ */

/* One line of the list, for sentences. */
struct place_in_list {
    struct job *job;
    const char *path;
    unsigned line;
};

static int complain(const struct place_in_list *place, const char *word, const char *what)
{
    return job_fail(place->job, -EINVAL, "%s, line %u: '%.100s' %s", place->path, place->line, word,
                    what);
}

/* A part of a URL: its first byte, and its length in *size. */
static const char *part(const char *text, const struct http_parser_url *parts, int field,
                        size_t *size)
{
    *size = parts->field_data[field].len;
    return text + parts->field_data[field].off;
}

static bool is_web_address(const char *text, struct http_parser_url *parts)
{
    size_t size;
    http_parser_url_init(parts);
    if (http_parser_parse_url(text, strlen(text), 0, parts) != 0)
        return false;
    const char *scheme = part(text, parts, UF_SCHEMA, &size);
    return (size == 4 && strncasecmp(scheme, "http", size) == 0) ||
           (size == 5 && strncasecmp(scheme, "https", size) == 0);
}

static int parse_line(const struct place_in_list *place, char *line, struct url *url)
{
    struct http_parser_url parts;
    char *rest, *end, *word = strtok_r(line, " \t\r\n", &rest);
    *url = (struct url){.size = -1};
    if (word == NULL || word[0] == '#')
        return 0;
    if (strlen(word) >= URL_MAX)
        return complain(place, word, "is too long; the limit is 999 bytes");
    if (!is_web_address(word, &parts))
        return complain(place, word, "is no http or https address");
    strcpy(url->text, word);
    word = strtok_r(NULL, " \t\r\n", &rest);
    if (word == NULL || word[0] == '#')
        return 0;
    errno = 0;
    url->size = strtoll(word, &end, 10);
    if (*end != '\0' || word[0] < '0' || word[0] > '9' || errno != 0)
        return complain(place, word, "is no length in bytes");
    word = strtok_r(NULL, " \t\r\n", &rest);
    if (word != NULL && word[0] != '#')
        return complain(place, word, "is too much; a line holds an address and a length");
    return 0;
}

/* A URL's host, and which URL of the list it is. */
struct host {
    const char *name;
    size_t size, index;
};

static int by_host(const void *a, const void *b)
{
    const struct host *x = a, *y = b;
    if (x->size != y->size)
        return x->size < y->size ? -1 : 1;
    int order = strncasecmp(x->name, y->name, x->size);
    return order != 0 ? order : (x->index > y->index) - (x->index < y->index);
}

/* Finds the first URL of each one's host. */
static int find_hosts(struct url *urls, size_t count)
{
    struct host *hosts = calloc(count, sizeof(*hosts));
    if (hosts == NULL)
        return -ENOMEM;
    for (size_t i = 0; i < count; i++) {
        struct http_parser_url parsed;
        hosts[i].index = i;
        if (is_web_address(urls[i].text, &parsed))
            hosts[i].name = part(urls[i].text, &parsed, UF_HOST, &hosts[i].size);
    }
    qsort(hosts, count, sizeof(*hosts), by_host);
    for (size_t i = 0, first = 0; i < count; i++) {
        const struct host *f = &hosts[first];
        if (f->size != hosts[i].size || strncasecmp(f->name, hosts[i].name, f->size) != 0)
            first = i;
        urls[hosts[i].index].host = (uint32_t)hosts[first].index;
    }
    free(hosts);
    return 0;
}

static int read_lines(struct place_in_list *place, FILE *file, struct url **urls, size_t *count)
{
    char *line = NULL;
    size_t line_size = 0, capacity = 0;
    int err = 0;
    while (err == 0 && getline(&line, &line_size, file) >= 0) {
        place->line++;
        if (*count == capacity) {
            capacity = capacity * 2 + 16;
            struct url *more = realloc(*urls, capacity * sizeof(**urls));
            if (more == NULL) {
                err = -ENOMEM;
                break;
            }
            *urls = more;
        }
        err = parse_line(place, line, &(*urls)[*count]);
        *count += err == 0 && (*urls)[*count].text[0] != '\0';
    }
    if (err == 0 && ferror(file))
        err = job_fail(place->job, -EIO, "could not read %s to its end", place->path);
    free(line);
    return err;
}

int urls_read(struct job *job, const char *path, struct url **urls, size_t *count)
{
    struct place_in_list place = {.job = job, .path = path};
    FILE *file = fopen(path, "re");
    *urls = NULL;
    *count = 0;
    if (file == NULL)
        return job_fail(job, -errno, "could not read the list of addresses %s: %s", path,
                        strerror(errno));
    int err = read_lines(&place, file, urls, count);
    fclose(file);
    if (err == 0 && *count == 0)
        err = job_fail(job, -EINVAL, "%s holds no address; write one http or https URL per line",
                       path);
    if (err == 0)
        err = find_hosts(*urls, *count);
    if (err != 0) {
        free(*urls);
        *urls = NULL;
    }
    return err;
}

/* ---- politeness --------------------------------------------------------------------------- */

static bool replace(atomic_int *holder, int old, int new)
{
    return atomic_compare_exchange_strong(holder, &old, new);
}

bool urls_take(struct url *host)
{
    for (int i = 0; i < URL_HOLDERS; i++) {
        if (replace(&host->holders[i], 0, getpid()))
            return true;
    }
    for (int i = 0; i < URL_HOLDERS; i++) {
        int holder = atomic_load(&host->holders[i]);
        if (holder != 0 && kill(holder, 0) != 0 && errno == ESRCH)
            return replace(&host->holders[i], holder, getpid());
    }
    return false;
}

void urls_give(struct url *host)
{
    for (int i = 0; i < URL_HOLDERS; i++) {
        if (replace(&host->holders[i], getpid(), 0))
            return;
    }
}
