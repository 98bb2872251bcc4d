// SPDX-License-Identifier: MIT
/* The table of a result, for people: what was measured, and what it says in plain words. */
#ifndef SPEEDUP_TABLE_H
#define SPEEDUP_TABLE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

/* Prints a table per job at most `width` columns wide, as far as names allow: narrow ones leave out
 * columns in a fixed order and say so. With colour only where the caller allows it. A result that
 * cannot be understood gives one sentence instead. */
void table_print(FILE *out, const json_t *result, int width, bool color);

/* The width to print at: $COLUMNS where it is a number of at least 40, else that of the terminal
 * behind `out`, else what is said here. */
int table_width(FILE *out, int otherwise);

#endif
