// SPDX-License-Identifier: MIT
/* What a command line asks of the laboratory, and what its commands have in common. */
#ifndef SPEEDUP_REQUEST_H
#define SPEEDUP_REQUEST_H

#include "bench/exit_codes.h"
#include "bench/gil/python.h"

enum { WHY_MAX = 4 * ERROR_MAX };

/* The options as they were written; NULL and 0: not given. */
struct lab_request {
    char *ks, *intervals, *lock, *runs, *filter, *output, *chart, *timeline;
    const char **settings, **pythons;
    int json, more, no_wait;
};

/* The commands: one of lab_kinds or "sweep" for all that is asked, and `validate`. Each answers an
 * exit code. */
int cmd_grid(const struct lab_request *r, const struct machine *machine, const char *name);
int cmd_validation(const struct lab_request *r, const struct machine *machine);

/* Is --help among the words, and an experiment? Then what that can be told has been printed. */
bool request_help(int argc, const char **argv);

/* ---- what they share ---------------------------------------------------------------------- */

/* Says the sentence on stderr; answers the exit code of an -errno. */
int request_fail(int err, const char *why);

/* The simulated lock, the experiment's own where --gil does not say, and the same for reports (new
 * reference). NULL: laws, which say their experiments and intervals themselves. An exit code. */
int request_lock(const struct lab_request *r, const struct experiment_kind *kind,
                 struct gil_options *gil, json_t **json);

/* Does --gil set that parameter of the lock? */
bool request_lock_sets(const struct lab_request *r, const char *name);

/* Opens the Pythons of --python, or `otherwise` if none is given and that is not NULL. An exit
 * code. */
int request_pythons(const struct lab_request *r, const char *otherwise,
                    const struct machine *machine, struct python all[PYTHONS_MAX], unsigned *count);

/* Can the file of -o be written, and has each picture another? Asked before anything is measured.
 * An exit code. */
int request_can_save(const struct lab_request *r);

/* Into the file of -o, if there is one; takes the reference. An exit code. */
int request_save(const struct lab_request *r, json_t *json);

/* Onto stdout, if --json is given; takes the reference. */
void request_print_json(const struct lab_request *r, json_t *json);

#endif
