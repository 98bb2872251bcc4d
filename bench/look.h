// SPDX-License-Identifier: MIT
/* How a table looks: what its parts, table.c and table_head.c, share. */
#ifndef SPEEDUP_LOOK_H
#define SPEEDUP_LOOK_H

#include <stdio.h>

#include "bench/columns.h"

enum { GAP = 2, MARK = 2, INDENT = 2 };

/* Everything that decides how the table looks. */
struct look {
    FILE *out;
    int width; /* allowed */
    int widths[COLUMN_COUNT];
    bool shown[COLUMN_COUNT];                             /* in the present table */
    bool explained[COLUMN_COUNT], left_out[COLUMN_COUNT]; /* in any */
    int full_width;                                       /* of the widest with every column */
    const char *bold, *dim, *good, *bad, *off;            /* escape sequences, or nothing */
};

/* What stands above the rows of a job: what it is, what limits it, what must be known. */
void look_print_heading(const struct look *look, const struct view_job *job);

#endif
