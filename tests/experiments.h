// SPDX-License-Identifier: MIT
/* The laboratory's experiments, made short for tests, and what they say. */
#ifndef SPEEDUP_TESTS_EXPERIMENTS_H
#define SPEEDUP_TESTS_EXPERIMENTS_H

#include <criterion/criterion.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "bench/gil/lab.h"
#include "tests/program.h"

/* Small sizes of whatever the experiment looks at; valid until the next call. */
static inline const char *small(const struct experiment_kind *kind)
{
    static const char *const sizes[][2] = {
        {"duration", "150ms"}, {"pairs", "1"},  {"count", "20"}, {"gap", "1ms"},  {"think", "1ms"},
        {"time", "1ms"},       {"repeat", "5"}, {"size", "4Ki"}, {"chunk", "1ms"}};
    static char text[256];
    text[0] = '\0';
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        if (lab_uses(kind, sizes[i][0]))
            snprintf(text + strlen(text), sizeof(text) - strlen(text), " -p %s=%s", sizes[i][0],
                     sizes[i][1]);
    }
    return text;
}

/* What `speedup gil ... --json` said; to be freed. */
static inline json_t *parse(const struct outcome *o)
{
    json_error_t error;
    cr_assert(o->status == 0, "exit %d: %s", o->status, o->err);
    json_t *all = json_loads(o->out, 0, &error);
    cr_assert_not_null(all, "line %d: %s", error.line, error.text);
    return all;
}

static inline json_t *cell(json_t *all, size_t i)
{
    return json_array_get(json_object_get(all, "cells"), i);
}

#endif
