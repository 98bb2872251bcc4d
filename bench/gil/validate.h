// SPDX-License-Identifier: MIT
/* Is the simulated interpreter lock CPython's? Every law, on real interpreters and on the
 * simulator, interleaved. */
#ifndef SPEEDUP_VALIDATE_H
#define SPEEDUP_VALIDATE_H

#include "bench/gil/laws.h"
#include "bench/gil/python.h"

enum { RUNS_MAX = 15 };

/* What was measured of one quantity, those of incomplete runs last. */
struct series {
    double values[RUNS_MAX * TIMES_MAX];
    unsigned count;
};

struct validation {
    const struct machine *machine;
    struct python pythons[PYTHONS_MAX];
    unsigned python_count, runs; /* runs: each measurement of each subject, median of them */
    struct gil_options gil;      /* the lock that stands for those of new Pythons */
    json_t *lock;                /* the same, for reports; owned by the caller */
    const char *filter; /* only laws whose text or experiment this regular expression matches */
    bool more;          /* points beyond the named laws, too */
    bool no_wait;       /* for an idle machine */
    double work_rate;
    unsigned complete_runs;
    double busiest;      /* the most cores that others used before a measurement */
    double stolen;       /* the largest share of a core that the hypervisor took during one */
    unsigned disturbed;  /* measurements that were to be calm and never were */
    int64_t patience_ns; /* to wait for a calm machine, in one run of all */
    bool wanted[LAWS_MAX];
    bool absent[LAWS_MAX][PYTHONS_MAX]; /* this interpreter says that it cannot do it */
    struct series simulated[LAWS_MAX], real[LAWS_MAX][PYTHONS_MAX];
};

/* Decides which laws are wanted: those that the filter matches and a Python has. -EINVAL with a
 * sentence in why[size] where there are none. */
int validation_choose(struct validation *v, char *why, size_t size);

/* Does the table of this Python show the law? */
bool validation_shows(const struct validation *v, unsigned law, unsigned python);

/* About how many seconds one run takes on an idle machine. */
unsigned validation_run_s(const struct validation *v);

/* Measures everything once more: a complete run more. -EINTR after an interrupt, else -errno with a
 * sentence. What was complete before counts in any case. */
int validation_run(struct validation *v, char *why, size_t size);

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
