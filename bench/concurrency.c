// SPDX-License-Identifier: MIT
#include "bench/concurrency.h"
#include "bench/units.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int add(struct concurrencies *c, unsigned n)
{
    size_t at = 0;
    while (at < c->count && c->n[at] < n)
        at++;
    if (at < c->count && c->n[at] == n)
        return 0;
    if (c->count == CONCURRENCIES_MAX)
        return -ERANGE;
    memmove(&c->n[at + 1], &c->n[at], (c->count - at) * sizeof(c->n[0]));
    c->n[at] = n;
    c->count++;
    return 0;
}

static void add_auto(struct concurrencies *c, const struct shape *shape,
                     const struct machine *machine)
{
    bool waits = shape->bound == BOUND_IO;
    unsigned cores = machine->allowed_cores;
    size_t most = waits ? shape->tasks : 2 * (size_t)cores;
    most = most > CONCURRENCY_MAX ? CONCURRENCY_MAX : most;
    for (size_t n = 1; n <= most || n == 1; n *= waits ? 4 : 2)
        add(c, (unsigned)n);
    if (waits && most > 0)
        add(c, (unsigned)most); /* all at once */
    if (!waits && cores > 0)
        add(c, cores);
    if (shape->together > 1)
        add(c, (unsigned)shape->together);
}

/* "4" or "1-8". */
static int parse_range(struct concurrencies *c, char *word, const struct param *param, char *why,
                       size_t size)
{
    struct value from, to;
    char *dash = strchr(word + (word[0] == '-'), '-'); /* a negative number is no range */
    if (dash != NULL && dash[1] == '\0') {
        snprintf(why, size, "%s %s is a range without an end; write for example 1-8", param->name,
                 word);
        return -EINVAL;
    }
    if (dash != NULL)
        *dash = '\0';
    int err = units_parse(param, word, &from, why, size);
    to = from;
    if (err == 0 && dash != NULL)
        err = units_parse(param, dash + 1, &to, why, size);
    if (err == 0 && to.n < from.n) {
        snprintf(why, size, "%s %lld-%lld goes backwards; write %lld-%lld", param->name,
                 (long long)from.n, (long long)to.n, (long long)to.n, (long long)from.n);
        return -EINVAL;
    }
    for (int64_t n = from.n; err == 0 && n <= to.n; n++) {
        err = add(c, (unsigned)n);
        if (err != 0)
            snprintf(why, size, "%s names more than %d numbers; name fewer", param->name,
                     CONCURRENCIES_MAX);
    }
    return err;
}

/* shape NULL: "auto" is no word. */
static int parse_list(struct concurrencies *c, const char *text, const struct param *param,
                      const struct shape *shape, const struct machine *machine, char *why,
                      size_t size)
{
    char *copy = strdup(text), *rest = copy;
    int err = copy == NULL ? -ENOMEM : 0;
    c->count = 0;
    for (char *word; err == 0 && (word = strsep(&rest, ",")) != NULL;) {
        if (shape != NULL && strcmp(word, "auto") == 0) {
            add_auto(c, shape, machine);
        } else if (word[0] == '\0') {
            snprintf(why, size, "%s '%s' has an empty place; write for example 1,2,4 or 1-8%s",
                     param->name, text, shape != NULL ? " or auto" : "");
            err = -EINVAL;
        } else {
            err = parse_range(c, word, param, why, size);
        }
    }
    free(copy);
    return err;
}

int concurrencies_parse(struct concurrencies *c, const char *text, const struct shape *shape,
                        const struct machine *machine, char *why, size_t size)
{
    static const struct param param = {"-n",           "",       PARAM_COUNT,
                                       .initial = "1", .min = 1, .max = CONCURRENCY_MAX};
    return parse_list(c, text, &param, shape, machine, why, size);
}

int concurrencies_parse_counts(struct concurrencies *c, const char *text, const struct param *param,
                               char *why, size_t size)
{
    return parse_list(c, text, param, NULL, NULL, why, size);
}
