// SPDX-License-Identifier: MIT
#include "bench/params.h"
#include "bench/suggest.h"
#include "bench/units.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

size_t params_count(const struct param *params)
{
    size_t n = 0;
    while (params != NULL && params[n].name != NULL)
        n++;
    return n;
}

int params_find(const struct param *params, const char *name)
{
    for (int i = 0; params != NULL && params[i].name != NULL; i++) {
        if (strcmp(params[i].name, name) == 0)
            return i;
    }
    return -1;
}

int params_defaults(const struct param *params, struct value *values, char *why, size_t size)
{
    for (size_t i = 0; i < params_count(params); i++) {
        int err = units_parse(&params[i], params[i].initial, &values[i], why, size);
        if (err != 0)
            return err;
    }
    return 0;
}

static int unknown(const struct param *params, const char *name, char *why, size_t size)
{
    const char *names[PARAMS_MAX + 1] = {NULL};
    for (size_t i = 0; i < params_count(params) && i < PARAMS_MAX; i++)
        names[i] = params[i].name;
    const char *near = suggest(name, names);
    int n = snprintf(why, size, "there is no parameter '%.60s'", name);
    if (near != NULL)
        n += snprintf(why + n, size - (size_t)n, "; did you mean '%s'?", near);
    else if (names[0] == NULL)
        n += snprintf(why + n, size - (size_t)n, "; there are none to set");
    for (size_t i = 0; near == NULL && names[i] != NULL && (size_t)n < size; i++)
        n += snprintf(why + n, size - (size_t)n, "%s %s", i ? "," : "; there are", names[i]);
    return -ENOENT;
}

int params_apply(const struct param *params, const char *setting, struct value *values, char *why,
                 size_t size)
{
    const char *equals = strchr(setting, '=');
    if (equals == NULL || equals == setting) {
        snprintf(why, size, "'%s' is not name=value", setting);
        return -EINVAL;
    }
    char *name = strndup(setting, (size_t)(equals - setting));
    if (name == NULL) {
        snprintf(why, size, "out of memory");
        return -ENOMEM;
    }
    int i = params_find(params, name);
    int err = i < 0 ? unknown(params, name, why, size)
                    : units_parse(&params[i], equals + 1, &values[i], why, size);
    free(name);
    return err;
}

int params_apply_list(const struct param *params, const char *settings, struct value *values,
                      char *why, size_t size)
{
    int err = 0;
    char *copy = strdup(settings), *rest = copy;
    if (copy == NULL) {
        snprintf(why, size, "out of memory");
        return -ENOMEM;
    }
    for (char *word = strsep(&rest, " "); word != NULL && err == 0; word = strsep(&rest, " ")) {
        if (word[0] != '\0')
            err = params_apply(params, word, values, why, size);
    }
    free(copy);
    return err;
}

void params_print(const struct param *params, const struct value *values, char *text, size_t size)
{
    size_t n = 0;
    if (size > 0)
        text[0] = '\0';
    for (size_t i = 0; i < params_count(params) && n < size; i++) {
        char value[VALUE_TEXT_MAX];
        units_print(&params[i], &values[i], value, sizeof(value));
        if (value[0] != '\0')
            n += (size_t)snprintf(text + n, size - n, "%s%s:%s", n ? "/" : "", params[i].name,
                                  value);
    }
}

void params_print_settings(const struct param *params, const struct value *values, char *text,
                           size_t size)
{
    struct value initial[PARAMS_MAX];
    char why[ERROR_MAX], value[VALUE_TEXT_MAX];
    bool only_changed = false;
    size_t n = 0;
    if (size > 0)
        text[0] = '\0';
    params_defaults(params, initial, why, sizeof(why));
    for (size_t i = 0; i < params_count(params); i++)
        only_changed |= memcmp(&initial[i], &values[i], sizeof(initial[i])) != 0;
    for (size_t i = 0; i < params_count(params) && n < size; i++) {
        units_print(&params[i], &values[i], value, sizeof(value));
        bool changed = memcmp(&initial[i], &values[i], sizeof(initial[i])) != 0;
        if (value[0] != '\0' && (changed || !only_changed))
            n += (size_t)snprintf(text + n, size - n, "%s%s=%s", n ? " " : "", params[i].name,
                                  value);
    }
}

void params_print_changed(const struct param *params, const struct value *values, char before,
                          char sign, char *text, size_t size)
{
    size_t n = 0;
    if (size > 0)
        text[0] = '\0';
    for (size_t i = 0; i < params_count(params) && n < size; i++) {
        struct value initial;
        char why[ERROR_MAX], value[VALUE_TEXT_MAX];
        if (units_parse(&params[i], params[i].initial, &initial, why, sizeof(why)) == 0 &&
            memcmp(&initial, &values[i], sizeof(initial)) == 0)
            continue;
        units_print(&params[i], &values[i], value, sizeof(value));
        n += (size_t)snprintf(text + n, size - n, "%c%s%c%s", before, params[i].name, sign, value);
    }
}

json_t *params_json(const struct param *params, const struct value *values)
{
    json_t *object = json_object();
    for (size_t i = 0; i < params_count(params); i++) {
        const struct param *p = &params[i];
        json_t *v = p->type == PARAM_TEXT       ? json_string(values[i].text)
                    : p->type == PARAM_CHOICE   ? json_string(p->choices[values[i].n])
                    : p->type == PARAM_FRACTION ? json_real(values[i].x)
                                                : json_integer(values[i].n);
        json_object_set_new(object, p->name, v);
    }
    return object;
}
