// SPDX-License-Identifier: MIT
/* The columns of the table: what each is called, means and holds. */
#ifndef SPEEDUP_COLUMNS_H
#define SPEEDUP_COLUMNS_H

#include "bench/result_view.h"

enum { COLUMN_COUNT = 23, CELL_MAX = VIEW_LABEL_MAX + 16 };

enum column_kind {
    COLUMN_RUNNER,
    COLUMN_CONCURRENCY,
    COLUMN_TIME,     /* a median, in nanoseconds */
    COLUMN_COUNT_OF, /* a median */
    COLUMN_RATE,
    COLUMN_SPEEDUP,
    COLUMN_SPEEDUP_INTERVAL,
    COLUMN_WHOLE,
    COLUMN_WHOLE_INTERVAL,
    COLUMN_EFFICIENCY,
    COLUMN_PEAK,
    COLUMN_ANSWER,
    COLUMN_MEASURE /* the workload's own; empty where it has none */
};

struct column {
    const char *title;  /* of COLUMN_RATE: see column_title() */
    const char *legend; /* NULL: needs none */
    enum column_kind kind;
    enum view_value value; /* of COLUMN_TIME, COLUMN_COUNT_OF and COLUMN_MEASURE */
    int leaves;            /* narrow tables leave out 1 first, then 2; 0: never */
};

extern const struct column columns[COLUMN_COUNT];

/* The workload's own number that stands in the column, or NULL. */
const struct view_measure *column_measure(const struct column *column, const struct view_job *job);

/* The title, or for the rate the job's unit: "tasks/s". Returns text. */
const char *column_title(const struct column *column, const struct view_job *job,
                         char text[CELL_MAX]);

/* What stands in the column for a case; "–" for what is not known. Returns text. */
const char *column_cell(const struct column *column, const struct view_job *job,
                        const struct view_case *c, char text[CELL_MAX]);

#endif
