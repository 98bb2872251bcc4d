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

static bool same_host(const char *a, const char *b)
{
    struct http_parser_url in_a, in_b;
    size_t a_size, b_size;
    if (!is_web_address(a, &in_a) || !is_web_address(b, &in_b))
        return false;
    const char *a_host = part(a, &in_a, UF_HOST, &a_size);
    const char *b_host = part(b, &in_b, UF_HOST, &b_size);
    return a_size == b_size && strncasecmp(a_host, b_host, a_size) == 0;
}

/* Finds the first URL of each one's host. */
static void find_hosts(struct url *urls, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t j = 0;
        while (j < i && !(urls[j].host == j && same_host(urls[j].text, urls[i].text)))
            j++;
        urls[i].host = (uint32_t)j;
    }
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
    if (err != 0) {
        free(*urls);
        *urls = NULL;
    } else {
        find_hosts(*urls, *count);
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
