// SPDX-License-Identifier: MIT
/* An experiment: one job, the cases that are measured with it, and what was measured. */
#ifndef SPEEDUP_EXPERIMENT_H
#define SPEEDUP_EXPERIMENT_H

#include "bench/arena.h"
#include "bench/lock_sample.h"
#include "bench/machine.h"
#include "bench/place.h"

/* One repetition of a case. Times in nanoseconds of CLOCK_MONOTONIC, CPU time as getrusage and
 * wait4 count it (user + system, of the workers and the parent, not of a helper). */
struct sample {
    unsigned round;    /* 0: the warm-up */
    unsigned position; /* in its round, from 0 */
    bool checked;      /* every task done once, no error, the answer right */
    int64_t create_ns, run_ns, destroy_ns, cpu_ns, lock_wait_ns;
    int64_t queue_ns; /* of the harness's thread, so of serial: it could run, but others did */
    unsigned peak_concurrency;
    long voluntary_switches, involuntary_switches;
    long max_rss_bytes; /* of the largest single process, its highest so far */
    int64_t task_p50_ns, task_p95_ns, task_max_ns; /* of its tasks, each from begun to done */
    double measures[MEASURES_MAX];                 /* the workload's; NAN: not known */
    struct lock_sample lock;
};

/* The times of single tasks are kept up to so many tasks. */
enum { TASKS_KEPT_MAX = 256 };

/* One task of the last checked repetition, in nanoseconds. */
struct task_times {
    int64_t took_ns; /* from begun to done */
    int64_t done_ns; /* from the opening of the gate to done */
};

enum { ERROR_KINDS_MAX = 8, CASE_NAME_MAX = 640, EXPERIMENT_NAME_MAX = 480 };
enum { SENTENCE_MAX = CASE_NAME_MAX + ERROR_MAX + 8 };

/* Job × runner with parameters × concurrency × placement. */
struct bench_case {
    struct experiment *experiment;
    const struct runner *runner;
    struct value runner_values[PARAMS_MAX];
    unsigned concurrency, worker_count;
    bool inlined;  /* an event loop without `start` to call */
    bool baseline; /* what speed-ups are over, if it can be run */
    char name[CASE_NAME_MAX];
    char refused[ERROR_MAX]; /* why it cannot be run; "": it can */
    char failed[ERROR_MAX];  /* the first failure; "": none so far */
    int status;              /* of that failure: an exit code of DESIGN's list */
    struct {
        int error; /* -errno of tasks */
        size_t count;
    } kinds[ERROR_KINDS_MAX];
    struct sample *samples;
    size_t sample_count;
    struct task_times *tasks; /* shape.tasks of them; NULL: none, or too many to keep */
};

/* What limits the serial speed; see bench/bound.h. */
struct bound_report {
    bool known, agrees;
    enum bound measured;
    double cpu_per_wall, read_bytes_per_s, task_ns;
    char why[ERROR_MAX];
};

struct experiment {
    struct job job;
    struct value values[PARAMS_MAX];
    bool interpreted;             /* every process has an interpreter ... */
    struct value gil[PARAMS_MAX]; /* ... with these gil_params */
    const struct preset *preset;  /* NULL: parameters were given by hand */
    const char *suite;            /* "quick", "full" or NULL */
    char name[EXPERIMENT_NAME_MAX];
    char error[ERROR_MAX];
    char notes[NOTES_MAX][ERROR_MAX];
    char failed[ERROR_MAX]; /* could not be prepared; then no case has samples */
    struct arena arena;     /* from prepare to cleanup */
    bool prepared;
    struct placement placement;
    struct bench_case *cases;
    size_t case_count;
    unsigned complete_rounds; /* recorded ones that every case had its turn in */
    struct bound_report bound;
    char *told; /* the answers of the first case that were printed; NULL: none yet */
};

/* Asks the workload for its shape. Errors: -errno, and e->failed says why; so for the next two. */
int experiment_shape(struct experiment *experiment);

/* Finds the places of its workers and its helper; policy is that of --pin. After shape. */
int experiment_place(struct experiment *experiment, const struct machine *machine,
                     const char *policy);

/* Where the pages of the input lie: --mem. */
enum memory { MEMORY_INTERLEAVED, MEMORY_FIRST_TOUCH };

/* Makes the shared memory for all its cases and has the input prepared; stop_fd is the session's.
 * After place. Call cleanup also after a failure. */
int experiment_prepare(struct experiment *experiment, const struct machine *machine,
                       enum memory memory, int stop_fd);

/* What the tasks of the last repetition returned, as `check` sees it: shape.tasks entries, to be
 * freed; NULL without memory. */
struct task *experiment_tasks(const struct experiment *experiment);

/* Releases the input and the shared memory; what was measured stays. May be called twice. */
void experiment_cleanup(struct experiment *experiment);

/* Frees what the experiment holds, not itself. */
void experiment_free(struct experiment *experiment);

#endif
