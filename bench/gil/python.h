// SPDX-License-Identifier: MIT
/* Real interpreters. */
#ifndef SPEEDUP_PYTHON_H
#define SPEEDUP_PYTHON_H

#include "bench/gil/lab.h"

enum { PYTHONS_MAX = 16 };

struct python {
    const char *path;
    char version[32]; /* "3.11.7" */
    unsigned major, minor;
};

/* Asks the Python at that path who it is. -ENOENT with a sentence in why[size] where it is none, or
 * no CPython; -ENOTSUP where it has no GIL. */
int python_open(struct python *python, const struct machine *machine, const char *path, char *why,
                size_t size);

#endif
