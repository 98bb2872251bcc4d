// SPDX-License-Identifier: MIT
/* The laws of the interpreter lock: what a simulator has to share with a real CPython, and how
 * closely. */
#ifndef SPEEDUP_LAWS_H
#define SPEEDUP_LAWS_H

#include <stdbool.h>

enum { TIMES_MAX = 3 };

/* An experiment with its settings; several laws may read its report. */
struct measurement {
    const char *experiment, *settings;
    enum era { ERA_NEW, ERA_OLD, ERA_INTERPRETERS } era; /* which Pythons it is for */
    unsigned cores;                                      /* that it needs */
    unsigned times; /* that it is measured in a run, at most TIMES_MAX */
    bool calm;      /* a law reads an extreme of it, which shows every disturbance */
};

enum law_kind {
    LAW_NOTE,   /* shown, nothing demanded */
    LAW_RATIO,  /* simulated / real lies in [low, high] */
    LAW_WITHIN, /* simulated lies in [low, high], in units of `unit` */
};

enum law_flag {
    HARD = 0,
    STATISTICAL = 1, /* depends on rare events: may miss in one run of three */
    MORE = 2,        /* not named in the table of laws: a point beside or beyond */
};

enum { LAWS_MAX = 96 };

struct law {
    const char *text;
    unsigned measurement; /* index into laws_measurements */
    const char *quantity; /* as lab_quantity() knows it; "a-b", "a/b": of two */
    double unit;          /* what 1 is shown as: 1e6 for milliseconds */
    const char *unit_name;
    enum law_kind kind;
    double low, high;
    unsigned flags; /* law_flag */
};

extern const struct measurement laws_measurements[];
extern const unsigned laws_measurement_count;
extern const struct law laws[];
extern const unsigned laws_count;

/* "within 3 %", "in [0.97, 1.02]", "at least 1.85", "factor 2", "none". */
void law_demand(const struct law *law, char *text, unsigned long size);

/* Does the law hold for these medians? */
bool law_holds(const struct law *law, double real, double simulated);

#endif
