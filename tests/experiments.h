// SPDX-License-Identifier: MIT
/* The laboratory's experiments, made short for tests. */
#ifndef SPEEDUP_TESTS_EXPERIMENTS_H
#define SPEEDUP_TESTS_EXPERIMENTS_H

#include <stdio.h>
#include <string.h>

#include "bench/gil/lab.h"

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

#endif
