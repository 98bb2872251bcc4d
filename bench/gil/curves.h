// SPDX-License-Identifier: MIT
/* Panels of curves, for the laboratory's charts. */
#ifndef SPEEDUP_CURVES_H
#define SPEEDUP_CURVES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "bench/units.h"

enum { PUBLISHED = -1, SIMULATED = 0 };

struct point {
    double x, y;
};

struct curve {
    char label[160];
    int real;        /* PUBLISHED, SIMULATED, or which CPython, from 1 */
    unsigned colour; /* from 0; curves with the same settings have the same */
    struct point *points;
    size_t count;
    bool ticks; /* in a row: points are samples by themselves, not the outline of a histogram */
};

struct axis {
    const char *title;
    double min, max;
    bool logarithmic;
    char tics[2048]; /* as after `set xtics`; "": gnuplot's own */
};

struct panel {
    struct axis x, y;
    bool steps;      /* histograms: y holds from x to the next x */
    bool rows;       /* each curve in a row of its own, between y = 0 and 1 */
    double marks[4]; /* on the x axis */
    size_t mark_count;
    const char *mark_title;
    const struct curve *curves;
    size_t curve_count;
};

/* The nearest 1, 2 or 5 times a power of ten that is not above x, or not below it. */
double axis_round(double x, bool up);

/* Names the decades of an axis of nanoseconds, as many as have room, and where they are few what
 * lies between. */
void axis_times(struct axis *axis);

/* "5 ms", "2.5 µs". Returns text. */
char *axis_time(char text[UNITS_MAX], double ns);

/* Draws panels side by side into the file, and what the curves of the first are called: in a
 * legend, or before their rows. Two lines of text stand above. -errno with a sentence. */
int curves_draw(const char *path, const char *heading, const char *details,
                const struct panel *panels, size_t count, char *why, size_t size);

#endif
