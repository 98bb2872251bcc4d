// SPDX-License-Identifier: MIT
/* Is the simulated interpreter lock CPython's? Every law, on real interpreters and on the
 * simulator, interleaved. */
#ifndef SPEEDUP_VALIDATE_H
#define SPEEDUP_VALIDATE_H

#include "bench/gil/lab.h"
#include "bench/gil/laws.h"

enum { PYTHONS_MAX = 16, RUNS_MAX = 15, LAWS_MAX = 96 };

/* A real interpreter. */
struct python {
    const char *path;
    char version[32]; /* "3.11.7" */
    unsigned major, minor;
};

struct validation {
    const struct machine *machine;
    struct python pythons[PYTHONS_MAX];
    unsigned python_count, runs; /* runs: each measurement of each subject, median of them */
    struct gil_options gil;      /* the lock that stands for those of new Pythons */
    const char *filter;          /* only the laws whose text this regular expression matches */
    bool more;                   /* points beyond the named laws, too */
    bool no_wait;                /* for an idle machine */
    double work_rate;
    unsigned complete_runs;
    double busiest; /* the largest share of the machine that others used before a measurement */
    bool wanted[LAWS_MAX];
    bool absent[LAWS_MAX][PYTHONS_MAX]; /* this interpreter says that it cannot do it */
    /* by law and run; real ones by interpreter, too; NAN: not measured */
    double simulated[LAWS_MAX][RUNS_MAX], real[LAWS_MAX][PYTHONS_MAX][RUNS_MAX];
};

/* Asks the Python at that path who it is. -ENOENT with a sentence in why[size] where it is none. */
int python_open(struct python *python, const struct machine *machine, const char *path, char *why,
                size_t size);

/* Does this Python have what the measurement is about? */
bool python_has(const struct python *python, const struct measurement *m);

/* Decides which laws are wanted: those that the filter matches and a Python has. -EINVAL with a
 * sentence in why[size] where there are none. */
int validation_choose(struct validation *v, char *why, size_t size);

/* About how many seconds one run takes on an idle machine. */
unsigned validation_run_s(const struct validation *v);

/* Measures; interrupted() ends it early, and what is complete counts. -errno with a sentence. */
int validation_run(struct validation *v, bool (*interrupted)(void), char *why, size_t size);

/* One table per interpreter. Answers the number of hard laws that were missed. */
unsigned validation_print(const struct validation *v, FILE *out);

/* The same as JSON, all runs included; new reference. */
json_t *validation_json(const struct validation *v);

/* Draws such JSON into the file, whose name ends in .svg or .png: speed-ups of CPython and of the
 * simulator side by side, and how close every law is. -errno with a sentence in why[size]; -ENOENT
 * where gnuplot is missing. */
int validation_draw(const json_t *validation, const char *path, char *why, size_t size);

/* Is this what validation_json() gives? */
bool validation_is(const json_t *json);

#endif
