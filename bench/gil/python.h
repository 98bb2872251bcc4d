// SPDX-License-Identifier: MIT
/* Real interpreters. */
#ifndef SPEEDUP_PYTHON_H
#define SPEEDUP_PYTHON_H

#include "bench/gil/lab.h"

enum { PYTHONS_MAX = 16 };

/* Of "CPython 3.11.7 A", and of that with a path behind it: texts with their final zero. */
enum { PYTHON_NAME_MAX = 48, PYTHON_LABEL_MAX = 96 };

struct python {
    const char *path;
    char version[32]; /* "3.11.7" */
    char letter;      /* 'A', 'B', ...: tells it from others of that version; 0: there are none */
    unsigned major, minor;
};

/* Asks the Python at that path who it is. -ENOENT with a sentence in why[size] where it is none, or
 * no CPython; -ENOTSUP where it has no GIL. */
int python_open(struct python *python, const struct machine *machine, const char *path, char *why,
                size_t size);

/* Gives a letter to each that has the version of another one. */
void python_tell_apart(struct python *all, unsigned count);

/* "CPython 3.11.7", or "CPython 3.11.7 A". Returns text. */
char *python_name(const struct python *python, char text[PYTHON_NAME_MAX]);

/* "CPython 3.11.7 A (…/bin/python3)" from such a name: for pictures, where a long path has no room
 * and its end says the most. Returns text. */
char *python_label(const char *name, const char *path, char text[PYTHON_LABEL_MAX]);

#endif
