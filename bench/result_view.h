// SPDX-License-Identifier: MIT
/* A result file as the numbers that people read: medians, rates, speed-ups with their intervals.
 * The table and the charts are made from nothing else. NAN stands for "not known", and text that
 * the file lacks is NULL. Times are in nanoseconds. */
#ifndef SPEEDUP_RESULT_VIEW_H
#define SPEEDUP_RESULT_VIEW_H

#include <jansson.h>

#include "bench/stats.h"

enum { VIEW_TEXT_MAX = 512, VIEW_LABEL_MAX = 96 };

/* What is measured in every repetition. */
enum view_value {
    VIEW_CREATE, /* the four times, in nanoseconds */
    VIEW_RUN,
    VIEW_DESTROY,
    VIEW_CPU,
    VIEW_PEAK,      /* tasks in progress at once */
    VIEW_VOLUNTARY, /* context switches */
    VIEW_INVOLUNTARY,
    VIEW_WHOLE, /* create + run + destroy */
    /* of the lock of an interpreter that its workers share; else not known */
    VIEW_LOCK_HOLD,     /* median time from take to drop */
    VIEW_LOCK_WAIT,     /* median of the waits for it, if there were any */
    VIEW_LOCK_SWITCHES, /* per second */
    VIEW_LOCK_WAITED,   /* share of the workers' time */
    VIEW_TASK_P95,      /* 95 % of the tasks took no longer */
    VIEW_MEASURES,      /* the workload's own */
    VIEW_VALUES = VIEW_MEASURES + 6
};

/* One of the workload's own, in its unit: "ns", "count" or "share". */
struct view_measure {
    const char *name, *unit, *help;
};

/* A repetition that counts: in a complete round, its answer right. */
struct view_run {
    int round;
    double value[VIEW_VALUES];
};

struct view_case {
    const char *name; /* "primes/limit:100000/serial/n:1"; NULL: it has none */
    const char *runner;
    char label[VIEW_LABEL_MAX]; /* "process-pool pipe": with the parameters that differ in the file
                                 */
    size_t series;              /* cases with equal labels have equal numbers; serial's is 0 */
    int concurrency;
    double workers;
    bool serial, baseline, inlined;
    const char *refused, *failed; /* the reason in words; then there are no runs */
    const json_t *errors;         /* task errors by kind, or NULL */
    struct view_run *runs;
    size_t run_count;

    double median[VIEW_VALUES]; /* of the runs */
    double rate;                /* items per second of the median run */
    double peak_min, peak_max;
    /* T(baseline) / T(case), paired by round, on run and on create + run + destroy. For the
     * baseline itself exactly 1, and the interval as well. */
    struct estimate speedup, whole;
    double efficiency; /* speed-up / view_ideal() */
};

struct view_job {
    const char *name, *workload;
    char params[VIEW_TEXT_MAX]; /* "limit=100000 tasks=4" */
    const char *interpreter;    /* the variant of its simulated lock: "new"; NULL: none */
    char under[VIEW_LABEL_MAX]; /* " under a GIL (new interval=1ms)", or "" */
    double tasks, items;
    const char *unit;                   /* of the items, plural; "B": bytes */
    const char *failed;                 /* it could not be prepared: the reason in words */
    const char *claim, *measured, *why; /* what it is bound by */
    bool agrees;                        /* claim and measurement */
    double cpu_share;                   /* CPU time / wall time of the serial case */
    bool helper_apart;                  /* its helper keeps a core for itself */
    bool helper_shared;                 /* ... or shares the only one */
    double cores;                       /* for its workers: the quota and the helper taken off */
    const struct view_case *baseline;   /* what speed-ups are over, or NULL: serial or, where that
                                         * cannot run it, threads at the smallest n that can */
    char over[VIEW_LABEL_MAX];          /* "serial", "threads at 4" */
    const json_t *notes;                /* sentences, or NULL */
    struct view_measure measures[VIEW_VALUES - VIEW_MEASURES]; /* the last ones may be empty */
    struct view_case *cases;
    size_t case_count;
};

struct view {
    json_t *result; /* holds all the text */
    const char *status, *message, *started, *hostname, *cpu;
    bool simulated;            /* the machine */
    double took_ns, stolen_ns; /* how long it took; CPU time that the hypervisor took meanwhile */
    double rounds, allowed_cores, allowed_pus, quota_cpus;
    struct view_job *jobs;
    size_t job_count;
    char (*labels)[VIEW_LABEL_MAX]; /* of each series; labels[0] is "serial" */
    char settings[VIEW_TEXT_MAX];   /* what no label shows: "processes start=fork" */
    size_t series_count;
};

/* Reads the file. 0, or -errno with one sentence in why[size] that names the file and the place in
 * it; then there is nothing to close. */
int view_open(struct view *view, const char *path, char *why, size_t size);

/* The same from a loaded file, which the view keeps a reference to. */
int view_build(struct view *view, const json_t *result, char *why, size_t size);

void view_close(struct view *view);

/* The highest speed-up that n tasks in progress could give: not more than n, than there are tasks,
 * and than keeps all cores computing, which is cores / (CPU share of the serial case). So the cores
 * limit a job that only computes, and n or the tasks one that only waits. A share above 0.9 counts
 * as 1: the rest is what the system took. One below 0.1 does not count: it is what waiting one by
 * one costs, and other models wait more cheaply. */
double view_ideal(const struct view_job *job, double n);

/* The case whose workers waited most for the lock of their interpreter, or NULL. */
const struct view_case *view_waited_most(const struct view_job *job);

/* The case of a series with the highest speed-up, or NULL. */
const struct view_case *view_best_of(const struct view_job *job, size_t series);

/* The fastest case, if it is faster than every other series' best (serial included) by more than
 * the noise: their intervals do not overlap. Else NULL. */
const struct view_case *view_winner(const struct view_job *job);

#endif
