// SPDX-License-Identifier: MIT
/* A table whose columns are as wide as they need to be; columns without any text are left out.
 * Where it is too wide, columns that may stand below their rows do, from the right and as few as it
 * takes.
 */
#ifndef SPEEDUP_HISTORY_LISTING_H
#define SPEEDUP_HISTORY_LISTING_H

#include <stddef.h>
#include <stdio.h>

enum { LISTING_CELL = 96 };    /* enough for the texts below */
enum { LISTING_COLUMNS = 16 }; /* at most */

/* How a column stands: on the right of its place, unless LISTING_LEFT. */
enum { LISTING_LEFT = 1, LISTING_BELOW = 2 /* it may */ };

struct listing_column {
    const char *title;
    unsigned how; /* of the above */
};

struct listing {
    const struct listing_column *columns;
    size_t column_count; /* up to LISTING_COLUMNS */
    char **cells;        /* row by row; owned */
    size_t cell_count;
};

void listing_begin(struct listing *listing, const struct listing_column *columns, size_t count);

/* The next cell, printf-like: from left to right, row by row. */
void listing_add(struct listing *listing, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* At most `width` columns wide, as far as what may not stand below allows. */
void listing_print(const struct listing *listing, FILE *out, int width);
void listing_free(struct listing *listing);

/* "+5.2 %" of 0.052, "–" of what is not known. Returns text. */
char *listing_change(char text[LISTING_CELL], double change);

/* "[-0.3, +5.2]", in percent. Returns text. */
char *listing_interval(char text[LISTING_CELL], double low, double high);

#endif
