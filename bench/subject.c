// SPDX-License-Identifier: MIT
#include "bench/settings.h"
#include "bench/gil_params.h"
#include "bench/params.h"
#include "bench/registry.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A setting belongs to the first of these that knows its name. */
struct tables {
    struct {
        const struct param *params;
        struct value *values;
    } table[3];
    int count;
    char *why;
    size_t size;
};

static void add_table(struct tables *t, const struct param *params, struct value *values)
{
    t->table[t->count].params = params;
    t->table[t->count++].values = values;
}

static int apply(const struct tables *t, const char *setting)
{
    int err = -ENOENT;
    for (int i = 0; i < t->count && err == -ENOENT; i++)
        err = params_apply(t->table[i].params, setting, t->table[i].values, t->why, t->size);
    return err;
}

/* What nobody knows is a mistake in a preset; of -p it may be a runner's. */
static int apply_all(const struct tables *t, const char *preset, const struct settings *settings,
                     bool all_known)
{
    char *copy = strdup(preset != NULL ? preset : ""), *rest = copy;
    int err = copy != NULL ? 0 : -ENOMEM;
    for (char *word; err == 0 && (word = strsep(&rest, " ")) != NULL;) {
        err = word[0] != '\0' ? apply(t, word) : 0;
        err = err == -ENOENT && !all_known ? 0 : err;
    }
    free(copy);
    for (size_t i = 0; err == 0 && settings->words != NULL && settings->words[i] != NULL; i++) {
        err = apply(t, settings->words[i]);
        settings->used[i] |= err == 0;
        err = err == -ENOENT ? 0 : err;
    }
    return err;
}

/* Its own settings say which workload the others are for. */
static int find_body(struct subject *s, const struct workload *workload, struct value *own,
                     const char *preset, const struct settings *settings, char *why, size_t size)
{
    struct tables tables = {.why = why, .size = size};
    add_table(&tables, workload->params, own);
    int err = params_defaults(workload->params, own, why, size);
    if (err == 0)
        err = apply_all(&tables, preset, settings, false);
    if (err != 0)
        return err;
    s->workload = workload_find(workload->body(own), why, size);
    if (s->workload == NULL)
        return -EINVAL;
    if (s->workload->body != NULL) {
        snprintf(why, size, "%s has no tasks of its own; name a workload that has some",
                 s->workload->name);
        return -EINVAL;
    }
    s->interpreted = true;
    return params_defaults(gil_params, s->gil, why, size);
}

/* As after --gil, a parameter of -p that this lock does not look at is a mistake. */
static int expect_used(const struct subject *s, const struct workload *workload,
                       const struct settings *settings, char *why, size_t size)
{
    enum gil_variant variant = gil_options_of(s->gil).variant;
    char name[ERROR_MAX / 4];
    int err = 0;
    for (size_t i = 0; err == 0 && settings->words != NULL && settings->words[i] != NULL; i++) {
        const char *word = settings->words[i];
        snprintf(name, sizeof(name), "%.*s", (int)strcspn(word, "="), word);
        if (params_find(workload->params, name) < 0 && params_find(gil_params, name) >= 0)
            err = gil_expect_used(name, variant, why, size);
    }
    return err;
}

int subject_make(struct subject *s, const struct workload *workload, const char *preset,
                 const struct settings *settings, const char *gil, char *why, size_t size)
{
    struct tables tables = {.why = why, .size = size};
    struct value *own = calloc(PARAMS_MAX, sizeof(*own));
    int err = own != NULL ? 0 : -ENOMEM;
    memset(s, 0, sizeof(*s));
    s->workload = workload;
    snprintf(why, size, "out of memory");
    if (err == 0 && workload->body != NULL) {
        err = find_body(s, workload, own, preset, settings, why, size);
        add_table(&tables, workload->params, own);
        add_table(&tables, gil_params, s->gil);
    } else if (err == 0 && gil != NULL) {
        s->interpreted = true;
        err = gil_parse(gil, s->gil, why, size);
    }
    if (err == 0)
        err = params_defaults(s->workload->params, s->values, why, size);
    if (err == 0) {
        add_table(&tables, s->workload->params, s->values);
        err = apply_all(&tables, preset, settings, true);
    }
    if (err == 0 && workload->body != NULL)
        err = expect_used(s, workload, settings, why, size);
    free(own);
    return err;
}
