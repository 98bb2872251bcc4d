// SPDX-License-Identifier: MIT
/* What -p says, and what it is said of. */
#ifndef SPEEDUP_SETTINGS_H
#define SPEEDUP_SETTINGS_H

#include "bench/machine.h"
#include "runners/runner.h"

/* The -p settings of a command, each name=value. Whoever knows one marks it as used. */
struct settings {
    const char **words; /* NULL-terminated, or NULL */
    bool *used;         /* as many */
};

/* What an experiment is of: a workload, under an interpreter or none. */
struct subject {
    const struct workload *workload;
    struct value values[PARAMS_MAX]; /* indexed like its params */
    bool interpreted;
    struct value gil[PARAMS_MAX]; /* indexed like gil_params */
};

/* Everywhere: 0, or -errno with one sentence in why[size]. */

/* A workload with its defaults, then what a preset sets (NULL: nothing), then what -p does. One
 * that has a body becomes that under its interpreter; else `gil` names one, as --gil does; NULL:
 * none. */
int subject_make(struct subject *subject, const struct workload *workload, const char *preset,
                 const struct settings *settings, const char *gil, char *why, size_t size);

/* A runner with parameters, as -R names it: "process-pool:transfer=pipe". */
struct runner_choice {
    const struct runner *runner;
    struct value values[PARAMS_MAX];
};
enum { RUNNERS_MAX = 64 };

/* One of them. */
int runner_choose(const char *word, const struct settings *settings, struct runner_choice *choice,
                  char *why, size_t size);

/* How many workers it has with so many tasks in progress, and so many cores for them. */
unsigned runner_workers(const struct runner_choice *choice, unsigned concurrency, unsigned cores);

/* The baseline first, then what the list names, or all if it is NULL. */
int runners_choose(const char *list, const struct settings *settings,
                   struct runner_choice choices[RUNNERS_MAX], size_t *count, char *why,
                   size_t size);

#endif
