// SPDX-License-Identifier: MIT
#include "bench/members.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

__attribute__((format(printf, 2, 3))) static void refuse(struct members *m, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    vsnprintf(m->why, sizeof(m->why), format, list);
    va_end(list);
    m->err = -EINVAL;
}

/* NULL: it is missing, or there was an error before. */
static json_t *member(struct members *m, const char *key)
{
    if (m->err != 0)
        return NULL;
    json_t *value = json_object_get(m->object, key);
    if (!json_is_object(m->object))
        refuse(m, "there must be an object with '%s', and it is none", key);
    else if (value == NULL)
        refuse(m, "'%s' is missing", key);
    return value;
}

const char *members_text(struct members *m, const char *key)
{
    const json_t *value = member(m, key);
    if (value != NULL && !json_is_string(value))
        refuse(m, "'%s' must be a text", key);
    return m->err == 0 ? json_string_value(value) : NULL;
}

json_int_t members_whole(struct members *m, const char *key, json_int_t least, json_int_t most)
{
    const json_t *value = member(m, key);
    json_int_t n = json_integer_value(value);
    if (value != NULL && (!json_is_integer(value) || n < least || n > most))
        refuse(m, "'%s' must be a whole number from %lld to %lld", key, (long long)least,
               (long long)most);
    return m->err == 0 ? n : 0;
}

double members_number(struct members *m, const char *key, double least, double most)
{
    const json_t *value = member(m, key);
    double x = json_number_value(value);
    if (value != NULL && (!json_is_number(value) || !(x >= least && x <= most)))
        refuse(m, "'%s' must be a number from %g to %g", key, least, most);
    return m->err == 0 ? x : 0;
}

bool members_bool(struct members *m, const char *key)
{
    const json_t *value = member(m, key);
    if (value != NULL && !json_is_boolean(value))
        refuse(m, "'%s' must be true or false", key);
    return m->err == 0 && json_is_true(value);
}

json_t *members_list(struct members *m, const char *key)
{
    json_t *value = member(m, key);
    if (value != NULL && !json_is_array(value))
        refuse(m, "'%s' must be an array", key);
    return m->err == 0 ? value : NULL;
}

json_t *members_object(struct members *m, const char *key)
{
    json_t *value = member(m, key);
    if (value != NULL && !json_is_object(value))
        refuse(m, "'%s' must be an object", key);
    return m->err == 0 ? value : NULL;
}
