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
    if (!waits && cores > 0)
        add(c, cores);
    if (shape->together > 1)
        add(c, (unsigned)shape->together);
}

static int parse_one(const char *text, unsigned *n, char *why, size_t size)
{
    static const struct param param = {"-n",           "",       PARAM_COUNT,
                                       .initial = "1", .min = 1, .max = CONCURRENCY_MAX};
    struct value value;
    int err = units_parse(&param, text, &value, why, size);
    *n = (unsigned)value.n;
    return err;
}

/* "4" or "1-8". */
static int parse_range(struct concurrencies *c, char *word, char *why, size_t size)
{
    unsigned from, to;
    char *dash = strchr(word + (word[0] == '-'), '-'); /* a negative number is no range */
    if (dash != NULL)
        *dash = '\0';
    int err = parse_one(word, &from, why, size);
    to = from;
    if (err == 0 && dash != NULL)
        err = parse_one(dash + 1, &to, why, size);
    if (err == 0 && to < from) {
        snprintf(why, size, "-n %u-%u goes backwards; write %u-%u", from, to, to, from);
        return -EINVAL;
    }
    for (unsigned n = from; n <= to && err == 0; n++) {
        err = add(c, n);
        if (err != 0)
            snprintf(why, size, "-n names more than %d concurrencies; name fewer",
                     CONCURRENCIES_MAX);
    }
    return err;
}

int concurrencies_parse(struct concurrencies *c, const char *text, const struct shape *shape,
                        const struct machine *machine, char *why, size_t size)
{
    char *copy = strdup(text), *rest = copy;
    int err = copy == NULL ? -ENOMEM : 0;
    c->count = 0;
    for (char *word; err == 0 && (word = strsep(&rest, ",")) != NULL;) {
        if (strcmp(word, "auto") == 0) {
            add_auto(c, shape, machine);
        } else if (word[0] == '\0') {
            snprintf(why, size,
                     "-n '%s' has an empty place; write for example 1,2,4 or 1-8 or auto", text);
            err = -EINVAL;
        } else {
            err = parse_range(c, word, why, size);
        }
    }
    free(copy);
    return err;
}
