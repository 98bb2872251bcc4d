// SPDX-License-Identifier: MIT
/* What the figures are measured with: experiments side by side, in rounds of shuffled order. */
#ifndef SPEEDUP_FIGURES_BENCH_H
#define SPEEDUP_FIGURES_BENCH_H

#include "bench/helper.h"
#include "bench/repetition.h"
#include "bench/supervise.h"

/* One experiment with the cases that a figure compares. */
struct trial {
    struct experiment experiment;
    struct helper_process helper;
    struct stage stage;
    struct sample last; /* of trial_run() */
};

/* Makes it ready: workload with settings ("limit=2M tasks=256"). Exits with a sentence on failure.
 */
void trial_open(struct trial *trial, const struct workload *workload, const char *settings);

/* Puts all of it under that simulated interpreter, as --gil does. Before trial_begin(). */
void trial_interpret(struct trial *trial, const char *gil);

/* Adds a case of the runner; answers its number. All cases before trial_begin(). */
size_t trial_add(struct trial *trial, const char *runner, unsigned concurrency);

/* Prepares the input and starts the helper. */
void trial_begin(struct trial *trial);
void trial_close(struct trial *trial);

/* Does the case once; answers run_ns. */
double trial_run(struct trial *trial, size_t number);

/* A case of a trial as a contender. */
struct entry {
    struct trial *trial;
    size_t number;
};
double run_entry(void *entry);

/* Figures with a file of their own. */
void figure_gil(void);
void figure_counter(void);
void figure_gate(void);
void figure_serve(void);
void figure_history(void);

/* The machine, and a stage on it; the same for all. */
const struct machine *bench_machine(void);
void bench_open(struct watch *watch);

/* Ends the program with that exit code, or 130 if it was interrupted. */
_Noreturn void bench_leave(int status);

/* One thing that is measured in each round: answers nanoseconds, or any positive number. */
typedef double bench_body(void *context);
struct contender {
    bench_body *body;
    void *context;
    double *values; /* one per round */
};

/* Rounds of all contenders in shuffled order, after one that is thrown away. */
void bench_rounds(struct contender *contenders, size_t count, size_t rounds);

/* Prints a line: is the ratio of a to b, paired by round, at least (or at most) the demand? Notes a
 * demand that was not met. */
void bench_at_least(const char *what, const double *a, const double *b, size_t rounds,
                    double demand);
void bench_at_most(const char *what, const double *a, const double *b, size_t rounds,
                   double demand);

/* Prints a line: how many of `all` there were, of which at least so many are demanded. */
void bench_count(const char *what, unsigned found, unsigned all, unsigned demand);

/* Requests per second that wrk gets from an address of this machine, on that place; 0: no wrk. */
double bench_wrk(const struct place *place, int connections, const char *url);

/* Number of demands that were not met. */
int bench_missed(void);

#endif
