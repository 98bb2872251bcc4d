// SPDX-License-Identifier: MIT
#include "bench/gil_params.h"
#include "bench/params.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { VARIANT, INTERVAL, RELEASE, REACTION, CHECK, TICK, SLOWDOWN, REFERENCES };

static const char *const releases[] = {"always", "io", "kernels", "never", NULL};
static const unsigned release_masks[] = {BLOCKING_WAIT | BLOCKING_KERNEL, BLOCKING_WAIT,
                                         BLOCKING_KERNEL, 0};

const struct param gil_params[] = {
    [VARIANT] = {"variant", "whose lock", PARAM_CHOICE, "new", 0, 0, gil_names},
    [INTERVAL] = {"interval", "a waiter asks for the lock after so long (new)", PARAM_TIME, "5ms",
                  1e3, 1e9, NULL},
    [RELEASE] = {"release",
                 "what lets go of the lock: waits and kernels, one of the two, or neither",
                 PARAM_CHOICE, "always", 0, 0, releases},
    [REACTION] = {"reaction", "from seeing the request to dropping the lock (new)", PARAM_TIME,
                  "400ns", 0, 1e6, NULL},
    [CHECK] = {"check", "ticks between two drops (old)", PARAM_COUNT, "100", 1, 1e9, NULL},
    [TICK] = {"tick", "length of a tick (old)", PARAM_TIME, "15ns", 1, 1e6, NULL},
    [SLOWDOWN] = {"slowdown", "CPU time of a thread without a lock / with one (none)",
                  PARAM_FRACTION, "1.08", 1, 100, NULL},
    [REFERENCES] = {"references", "shared reference counts touched per microsecond (none)",
                    PARAM_COUNT, "0", 0, 1e6, NULL},
    {0},
};

enum {
    LIKE_NEW = 1 << GIL_NEW | 1 << GIL_PER_INTERPRETER | 1 << GIL_FIFO | 1 << GIL_UNFORCED,
    LIKE_OLD = 1 << GIL_OLD | 1 << GIL_OLD_CONDITION,
    FREE = 1 << GIL_NONE,
};
static const unsigned users[] = {
    [VARIANT] = LIKE_NEW | LIKE_OLD | FREE,
    [INTERVAL] = LIKE_NEW,
    [RELEASE] = LIKE_NEW | LIKE_OLD,
    [REACTION] = LIKE_NEW,
    [CHECK] = LIKE_OLD,
    [TICK] = LIKE_OLD,
    [SLOWDOWN] = FREE,
    [REFERENCES] = FREE,
};

bool gil_looks_at(enum gil_variant variant, const char *name)
{
    int param = params_find(gil_params, name);
    return param >= 0 && (users[param] & 1U << variant) != 0;
}

int gil_expect_used(const char *settings, enum gil_variant variant, char *why, size_t size)
{
    char name[ERROR_MAX / 4];
    for (settings += strspn(settings, " "); *settings != '\0'; settings += strspn(settings, " ")) {
        snprintf(name, sizeof(name), "%.*s", (int)strcspn(settings, "="), settings);
        if (!gil_looks_at(variant, name)) {
            snprintf(why, size, "`%s` does not look at '%s'; leave it out", gil_names[variant],
                     name);
            return -EINVAL;
        }
        settings += strcspn(settings, " ");
    }
    return 0;
}

static bool is_among(const char *const *names, const char *name)
{
    while (*names != NULL && strcmp(*names, name) != 0)
        names++;
    return *names != NULL;
}

/* Says what there is to set; what other variants look at is nothing here. */
static int say_unknown(const char *settings, enum gil_variant variant, const char *const *fixed,
                       char *why, size_t size)
{
    struct param own[sizeof(gil_params) / sizeof(gil_params[0])] = {{0}};
    struct value values[PARAMS_MAX];
    size_t n = 0;
    for (const struct param *p = gil_params + 1; p->name != NULL; p++) {
        if (gil_looks_at(variant, p->name) && !is_among(fixed, p->name))
            own[n++] = *p;
    }
    return params_apply_list(own, settings, values, why, size);
}

/* The variant stands before them, and is none of them. */
static int apply_settings(const char *settings, const char *const *fixed, struct value *values,
                          char *why, size_t size)
{
    enum gil_variant variant = (enum gil_variant)values[VARIANT].n;
    int err = params_apply_list(gil_params + 1, settings, values + 1, why, size);
    if (err == -ENOENT)
        return say_unknown(settings, variant, fixed, why, size);
    return err != 0 ? err : gil_expect_used(settings, variant, why, size);
}

/* The variant and its parameters have the syntax of runners in -R. */
static int apply(char *words, const char *const *fixed, struct value *values, char *why,
                 size_t size)
{
    char *settings = strchr(words, ':'), variant[ERROR_MAX / 2];
    if (settings != NULL)
        *settings++ = '\0';
    for (char *c = settings; c != NULL && *c != '\0'; c++)
        *c = *c == ':' ? ' ' : *c;
    snprintf(variant, sizeof(variant), "%s=%s", gil_params[VARIANT].name, words);
    int err = params_defaults(gil_params, values, why, size);
    if (err == 0)
        err = params_apply(gil_params, variant, values, why, size);
    return err == 0 && settings != NULL ? apply_settings(settings, fixed, values, why, size) : err;
}

int gil_parse_but(const char *text, const char *const *fixed, struct value *values, char *why,
                  size_t size)
{
    char *copy = strdup(text);
    if (copy == NULL) {
        snprintf(why, size, "out of memory");
        return -ENOMEM;
    }
    memset(values, 0, PARAMS_MAX * sizeof(*values));
    int err = apply(copy, fixed, values, why, size);
    free(copy);
    return err;
}

int gil_parse(const char *text, struct value *values, char *why, size_t size)
{
    return gil_parse_but(text, (const char *const[]){NULL}, values, why, size);
}

struct gil_options gil_options_of(const struct value *values)
{
    struct gil_options options = gil_defaults((enum gil_variant)values[VARIANT].n);
    options.interval_ns = values[INTERVAL].n;
    options.releases = release_masks[values[RELEASE].n];
    options.reaction_ns = values[REACTION].n;
    options.check = (unsigned)values[CHECK].n;
    options.tick_ns = (double)values[TICK].n;
    options.slowdown = values[SLOWDOWN].x;
    options.references = (unsigned)values[REFERENCES].n;
    return options;
}

void gil_print(const struct value *values, char text[GIL_TEXT_MAX])
{
    size_t n = (size_t)snprintf(text, GIL_TEXT_MAX, "%s", gil_names[values[VARIANT].n]);
    params_print_changed(gil_params + 1, values + 1, '/', ':', text + n, GIL_TEXT_MAX - n);
}

json_t *gil_json(const struct value *values)
{
    char settings[GIL_TEXT_MAX];
    params_print_changed(gil_params + 1, values + 1, ' ', '=', settings, sizeof(settings));
    return json_pack("{s:s s:s s:o}", "variant", gil_names[values[VARIANT].n], "settings",
                     settings + (settings[0] == ' '), "params",
                     params_json(gil_params + 1, values + 1));
}
