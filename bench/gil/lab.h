// SPDX-License-Identifier: MIT
/* The laboratory of the interpreter lock: small experiments that show what a lock does, done alike
 * by our simulated interpreter and by a real CPython. Each runs in a process of its own, the
 * subject, beside another one that loads it where it waits for something from outside. Where what
 * is declared here stands: the tables of experiments and parameters, lab_open(), lab_set() and
 * lab_quantity() in lab.c; lab_run() and lab_ready() in subject.c; waiting for an idle machine in
 * idle.c; simulate_*() in sim_cpu.c (computing), sim_io.c (waiting, kernels, threads) and
 * sim_async.c, all on scene.h; load_*() in load.c. */
#ifndef SPEEDUP_LAB_H
#define SPEEDUP_LAB_H

#include <jansson.h>
#include <stdio.h>

#include "bench/machine.h"
#include "runners/gil.h"
#include "workloads/workload.h"

/* What an experiment is done with: index into lab_params and lab.values. */
enum {
    LAB_K,
    LAB_THREADS,
    LAB_INTERVAL,
    LAB_DURATION,
    LAB_PAIRS,
    LAB_COUNT,
    LAB_GAP,
    LAB_THINK,
    LAB_SIZE,
    LAB_TIME,
    LAB_REPEAT,
    LAB_CHUNK,
    LAB_PROCESSES,
    LAB_PIN,
};
extern const struct param lab_params[];

/* A loop of CPython comes to its end, where it looks for requests, about so often. */
enum { LAB_BURST_NS = 50 };

/* More hogs only measure how a kernel schedules thousands of threads. */
enum { LAB_HOGS_PER_CORE = 100 };

struct lab {
    const struct experiment_kind *kind;
    struct value values[PARAMS_MAX]; /* by LAB_ */
    struct gil_options gil;          /* of the simulated interpreter */
    double work_rate;                /* steps of the work chain per nanosecond */
    int limit_s;                     /* what takes longer has failed */
    bool wants_events;               /* report the steps of simulated threads, too */
    json_t *events;                  /* in the subject: where they go; NULL: nowhere */
    FILE *out;                       /* in the subject: to the laboratory */
    int fd;                          /* in the subject: what the load writes into; -1: none */
};

/* Who outside talks to the subject. */
enum lab_load { LOAD_NONE, LOAD_PINGS, LOAD_ECHO };

/* What an experiment gives: raw samples and numbers, by name. */
struct experiment_kind {
    const char *name, *summary;
    const char *measures; /* what its number is, in words that need no other line */
    const char *settings; /* its own defaults, as after -p */
    unsigned least_k;     /* fewer hogs show nothing */
    enum lab_load load;
    const char *show;      /* the samples whose distribution people want to see */
    const char *uses;      /* the parameters it looks at, in words separated by blanks */
    bool traced;           /* the same threads from begin to end: their steps can be drawn */
    enum gil_variant lock; /* that it is about; GIL_NEW: about any */
    int (*simulate)(struct lab *lab, json_t *samples, json_t *numbers); /* in the subject */
};
extern const struct experiment_kind lab_kinds[]; /* ends with {0} */

/* By name, or NULL with a sentence in why[size]. */
const struct experiment_kind *lab_find(const char *name, char *why, size_t size);

/* Does the experiment look at the parameter of that name? */
bool lab_uses(const struct experiment_kind *kind, const char *name);

/* "1us to 1s", "no, yes": the values that a parameter, by LAB_, may have there. */
void lab_print_values(const struct experiment_kind *kind, int param, char *text, size_t size);

/* "k (1 to 100 for each core), pin (no, yes)": what it looks at, and the values that each may have.
 */
void lab_list_params(const struct experiment_kind *kind, char *text, size_t size);

/* The experiment with its defaults, on such a lock, or on the one that it is about, and with its
 * interval. */
void lab_open(struct lab *lab, const struct experiment_kind *kind, const struct gil_options *gil,
              double work_rate);

/* Sets parameters from "k=2 interval=1ms", also such that the experiment does not look at. -errno
 * with a sentence. */
int lab_set(struct lab *lab, const char *settings, char *why, size_t size);

int64_t lab_n(const struct lab *lab, int param);

/* Can the experiment end before its limit, on the fastest of machines? -EINVAL with a sentence. */
int lab_check_time(const struct lab *lab, char *why, size_t size);

/* Does the experiment once: in the simulator, or in the Python at that path. *report becomes
 * {"samples": {NAME: [ns]}, "numbers": {NAME: x}}, perhaps with "absent": why this Python cannot,
 * and where they are wanted with "events": [{"thread": NAME, "full": BOOL, "steps": [[ns, enum
 * gil_step]]}], the first of each simulated thread; of a full one nothing is known after the last.
 * -errno with a sentence in why[size]; -ENOENT where no Python is there, -ETIMEDOUT after the lab's
 * limit. A signal ends it, too. Whatever it started is gone. */
int lab_run(const struct lab *lab, const struct machine *machine, const char *python,
            json_t **report, char *why, size_t size);

/* An idle machine: others use no more than so many cores. */
#define LAB_IDLE 0.1

/* ... and the hypervisor takes no more than that share of a core during an experiment. */
#define LAB_STOLEN 0.02

/* Waits until the machine has been idle for half a second, at most for 30 s or until an interrupt.
 * Answers how many cores others used in the last half second. */
double lab_wait_idle(void);

/* CPU time that the hypervisor gave to others, of all cores since the machine began; 0 where nobody
 * says. */
double lab_stolen_ns(void);

/* Waits until every core has computed for a quarter of a second without losing a millisecond at
 * once, which only computing shows: a core that idles has nothing to lose. Takes the time from
 * *patience_ns and gives up when there is none left, or after an interrupt. Was it calm? Yes where
 * nothing can be bound to a core. */
bool lab_wait_calm(const struct machine *machine, int64_t *patience_ns);

/* A quantity of a report: "switches_per_s", or of samples "hold.p50", "hold.mean", "hold.min"; also
 * "a-b" and "a/b" of two of them. "p95" and the like, 0 to 100 in whole percent, are of n in order
 * number ceil(0.95 n), or where 0.95 n is whole the mean of this and the next. NAN where the report
 * has none. */
double lab_quantity(const json_t *report, const char *name);

/* ---- in the subject ----------------------------------------------------------------------- */

/* Says that the load may begin; port 0: it serves none. */
void lab_ready(struct lab *lab, unsigned port);

/* The experiments of the simulated interpreter. */
int simulate_hold(struct lab *lab, json_t *samples, json_t *numbers);
int simulate_ratio(struct lab *lab, json_t *samples, json_t *numbers);
int simulate_battle(struct lab *lab, json_t *samples, json_t *numbers);
int simulate_release(struct lab *lab, json_t *samples, json_t *numbers);
int simulate_wake(struct lab *lab, json_t *samples, json_t *numbers);
int simulate_echo(struct lab *lab, json_t *samples, json_t *numbers);
int simulate_async_echo(struct lab *lab, json_t *samples, json_t *numbers);
int simulate_kernel(struct lab *lab, json_t *samples, json_t *numbers);
int simulate_kernel_ratio(struct lab *lab, json_t *samples, json_t *numbers);
int simulate_sleep(struct lab *lab, json_t *samples, json_t *numbers);
int simulate_spawn(struct lab *lab, json_t *samples, json_t *numbers);

/* ---- the load, in a process of its own ---------------------------------------------------- */

/* Writes CLOCK_MONOTONIC into fd `count` times, after pauses of 0.5 to 1.5 times gap_ns. */
void load_pings(int fd, int64_t count, int64_t gap_ns);

/* Sends datagrams to the port for duration_ns, each after the answer to the last one and a pause of
 * 0.5 to 1.5 times think_ns, and the end; writes the round trips (int64_t, ns), which end when the
 * reply has come to the socket, into out. -errno where it had to give up: nobody tells the server.
 */
int load_echo(unsigned port, int64_t duration_ns, int64_t think_ns, FILE *out);

#endif
