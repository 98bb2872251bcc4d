// SPDX-License-Identifier: MIT
/*
 * The contract of a runner: an execution model that carries tasks out.
 *
 * A runner is one `const struct runner` table in one file that includes no other header of the
 * project; it never prints, times, parses options or exits. The smallest complete one is
 * tests/examples/batch.c.
 *
 * The life of a repetition, and what each clock holds:
 *
 *     create   make the workers; each binds itself, enters, and waits at the gate
 *     go       open the gate; carry tasks out until NEXT_END or the stop flag
 *     destroy  join and reap every worker, also after a failure
 *
 * Errors: functions that return int return 0 or -errno and say the reason with run_fail(): what was
 * tried, what happened, what to try next; the first one wins. The error of a *task* is no error of
 * the runner: it goes into the task's slot and the other tasks still run.
 *
 * Fork rules: no thread of ours lives while a runner forks; children never return from
 * worker_start(), end with _exit and die with their parent.
 */
#ifndef SPEEDUP_RUNNER_H
#define SPEEDUP_RUNNER_H

#include "workloads/workload.h"

enum {
    RUNNER_BLOCKING = 1,   /* calls a workload's run */
    RUNNER_EVENT_LOOP = 2, /* calls its start on a libev loop, or run inline where there is none */
    RUNNER_SHARED = 4,     /* its workers share one address space */
    RUNNER_ISOLATED = 8,   /* its workers are processes */
    RUNNER_FRESH = 16      /* a new worker for every task */
};

/* ---- one repetition, as a runner sees it -------------------------------------------------- */

struct run {
    const struct runner *runner;
    struct job *job;
    const struct value *values;    /* indexed like runner->params */
    unsigned concurrency;          /* tasks that may be in progress at once; at least 1 */
    unsigned worker_count;         /* at most concurrency, see the table's `workers` */
    struct worker *workers;        /* worker_count; in each address space its own copy */
    struct control *control;       /* the harness's, shared by all processes */
    const struct placing *placing; /* the harness's: where workers sit; NULL: wherever they are */
    struct interpreters *interpreters; /* of this process, shared by its threads; NULL: none */
    void *state;                       /* the runner's own, from create to destroy */
};

/* Records why in words (printf-like; the first caller wins) and returns err, a negative errno. */
int run_fail(struct run *run, int err, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* ---- tasks -------------------------------------------------------------------------------- */

/* The only source of tasks. After the stop flag it answers NEXT_END. */
enum next task_next(struct worker *worker, struct claim *claim);

/* Fills `task` for that index: slice and output in shared memory, in place. A descriptor that came
 * with the claim is for the caller to put in. */
void task_locate(const struct run *run, size_t index, struct task *task);

/* Does the task with the workload's run: stamps it, keeps its error and length in its slot. */
void task_run(struct worker *worker, struct task *task);

/* Begins the task with the workload's start, or runs it inline; task_done() ends it. */
void task_start(struct worker *worker, struct task *task);

/* ---- workers ------------------------------------------------------------------------------ */

enum worker_kind { WORKER_HERE, WORKER_THREAD, WORKER_FORK, WORKER_SPAWN };

/* Makes a worker of the kind. In it, in this order: it is bound to its place, enters the workload,
 * does runner->work and leaves the workload. WORKER_HERE only binds and enters, in the caller, who
 * does the work itself; worker_stop() leaves. */
int worker_start(struct worker *worker, enum worker_kind kind);

/* Joins or reaps it and collects its resource use; a worker that failed or was killed is said with
 * run_fail(). Does nothing for one that was never started. */
int worker_stop(struct worker *worker);

/* Waits until one of the started workers has ended its work or has died, and stops it. *ended is
 * NULL when none is alive. */
int worker_wait_any(struct run *run, struct worker **ended);

/* ---- a crew: all workers made in advance, waiting at a gate ------------------------------- */

/* Starts all worker_count workers and returns when each waits at the gate. */
int crew_create(struct run *run, enum worker_kind kind);

/* In each worker of a crew, once, from `work`: all that precedes it is part of the create clock. */
void gate_wait(struct worker *worker);

/* In a process worker: maps the whole input, which is shared but not yet in its page tables. */
void worker_map_input(struct worker *worker);

/* Opens the gate. */
void crew_open(struct run *run);

/* Returns when every worker's work has ended; one that dies before is an error, and stops the rest.
 */
int crew_wait(struct run *run);

/* crew_open and crew_wait, for use as `go`. */
int crew_go(struct run *run);

/* Stops all workers, also those that still wait at the gate. For use as `destroy`. */
int crew_destroy(struct run *run);

/* ---- what workers do: for use as `work`, or inside `go` by WORKER_HERE -------------------- */

/* Claims and runs tasks, one after the other, until none is left. */
int work_tasks(struct worker *worker);

/* Keeps concurrency / worker_count tasks in flight on worker->loop until none is left. */
int work_loop(struct worker *worker);

/* One worker, whatever the concurrency. For use as `workers`. */
unsigned workers_one(const struct value *values, unsigned concurrency, unsigned cores);

/* As many as the runner's first parameter says, 0: one per core; not more than tasks in progress.
 * For use as `workers`. */
unsigned workers_loops(const struct value *values, unsigned concurrency, unsigned cores);

/* Blocks until the descriptor of a NEXT_WAIT is readable, another worker was told NEXT_END, the
 * repetition is stopped or the time is over; -1: never. */
void work_wait(struct worker *worker, int fd, int timeout_ms);

/* In the parent, which claims for workers: the same, and the repetition is stopped if one of them
 * has died, as what is waited for may have been its. */
void crew_work_wait(struct worker *claimer, int fd);

/* ---- a fresh worker per task -------------------------------------------------------------- */

/* Asks for each task before it makes the worker, keeps at most `concurrency` alive. For `go`. */
int fresh_go(struct run *run, enum worker_kind kind);

/* Does the one task the worker was made for. For `work`. */
int work_one(struct worker *worker);

/* ---- the table ---------------------------------------------------------------------------- */

struct runner {
    const char *name;           /* lower case, words joined by '-' */
    const char *summary;        /* one line */
    const char *python;         /* what it is in Python; NULL: nothing */
    unsigned caps;              /* RUNNER_ bits */
    const struct param *params; /* ends with {0}; NULL: none */

    /* Can this machine do it, with these parameters, and such a job? Otherwise -errno, and the
     * reason in words in why[size]. Without values and job: at all? */
    int (*probe)(const struct value *values, const struct job *job, char *why, size_t size);

    /* With how many workers, at least 1 and at most `concurrency`, on a machine that gives them so
     * many cores? Default: concurrency. */
    unsigned (*workers)(const struct value *values, unsigned concurrency, unsigned cores);

    /* Required, inside the create clock. A fresh-per-task runner only reserves. After a failure
     * destroy is still called. */
    int (*create)(struct run *run);

    /* Required, inside the run clock, which is read before and after it. */
    int (*go)(struct run *run);

    /* In each worker, between enter and leave. */
    int (*work)(struct worker *worker);

    /* Required, inside the destroy clock; also after a failed create. */
    int (*destroy)(struct run *run);
};

#endif
