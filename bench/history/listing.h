// SPDX-License-Identifier: MIT
/* A table whose columns are as wide as they need to be; columns without any text are left out. */
#ifndef SPEEDUP_HISTORY_LISTING_H
#define SPEEDUP_HISTORY_LISTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum { LISTING_CELL = 96 }; /* enough for the texts below */

struct listing_column {
    const char *title;
    bool left; /* aligned */
};

struct listing {
    const struct listing_column *columns;
    size_t column_count;
    char **cells; /* row by row; owned */
    size_t cell_count;
};

void listing_begin(struct listing *listing, const struct listing_column *columns, size_t count);

/* The next cell, printf-like: from left to right, row by row. */
void listing_add(struct listing *listing, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

void listing_print(const struct listing *listing, FILE *out);
void listing_free(struct listing *listing);

/* "+5.2 %" of 0.052, "–" of what is not known. Returns text. */
char *listing_change(char text[LISTING_CELL], double change);

/* "[-0.3, +5.2]", in percent. Returns text. */
char *listing_interval(char text[LISTING_CELL], double low, double high);

#endif
