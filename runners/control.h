// SPDX-License-Identifier: MIT
/*
 * What the harness, the runners' machinery and every worker share, across processes: one mapping
 * per job, behind one memfd, laid out as
 *
 *     control | values | runner values | records | slots | shared | rings | scratch | outputs |
 *     report | input
 *
 * It holds no pointers, so that a freshly executed worker can map it at any address. Whatever a
 * worker writes on the hot path lies on a cache line of its own. Plug-ins do not include this.
 */
#ifndef SPEEDUP_CONTROL_H
#define SPEEDUP_CONTROL_H

#include <ev.h>
#include <limits.h>
#include <pthread.h>
#include <sys/resource.h>

#include "runners/gil.h"
#include "runners/runner.h"

enum { CACHE_LINE = 64, NAME_SIZE = 64, CONTROL_MAX = 16384 };

/* Why a repetition is to end early. */
enum stop { STOP_NONE, STOP_FAILED, STOP_TIMEOUT, STOP_INTERRUPTED };

/* Offsets from the start of the mapping, in bytes. */
struct layout {
    size_t values, runner_values, records, slots, shared, rings, scratch, outputs, report, input;
    size_t size;
    size_t output_stride;
    unsigned record_count;
};

struct control {
    _Alignas(CACHE_LINE) atomic_size_t next; /* the next unclaimed task */
    _Alignas(CACHE_LINE) atomic_uint gate;   /* futex: 1 open */
    _Alignas(CACHE_LINE) atomic_uint ready;  /* futex: workers at the gate */
    _Alignas(CACHE_LINE) atomic_uint ended;  /* futex: workers whose work has ended */
    _Alignas(CACHE_LINE) atomic_int stop;    /* enum stop */
    int stop_fd;                             /* eventfd, readable while stop is set */
    int end_fd;                              /* eventfd, readable when a `next` has said END */
    atomic_bool end;
    struct layout layout;
    struct shape shape; /* unit is not valid in another program */
    uint64_t seed;
    double work_rate;
    unsigned concurrency, worker_count;
    bool endless;
    bool interpreted; /* every process makes an interpreter with these options */
    struct gil_options gil;
    char workload[NAME_SIZE], runner[NAME_SIZE];
    char directory[PATH_MAX];
    char job_error[ERROR_MAX];
    char run_error[ERROR_MAX];
    atomic_bool run_failed; /* somebody has said why */
};
_Static_assert(sizeof(struct control) <= CONTROL_MAX, "arena_attach maps this much to read it");

enum worker_state { WORKER_IDLE, WORKER_STARTED, WORKER_READY, WORKER_ENDED };

/* One worker's account of itself. */
struct record {
    _Alignas(CACHE_LINE) atomic_int state; /* enum worker_state */
    size_t assigned;                       /* the task of a fresh-per-task worker ... */
    int descriptor;                        /* ... and what came with it; -1: nothing */
    int error;                             /* of enter or work, 0 or -errno */
    int64_t lock_wait_ns;
    struct gil_counters gil; /* sums over its processes; threads share the parent's */
    unsigned locks;          /* of so many interpreters */
    struct rusage usage;     /* sums over its processes; threads are in the parent's */
    char message[ERROR_MAX];
};

/* One task's account. */
struct slot {
    _Alignas(CACHE_LINE) int64_t begin_ns;
    int64_t end_ns;
    size_t output_size;
    int error; /* 0 or -errno */
    unsigned worker;
    atomic_uint runs; /* times it was done: must be 1 */
};

/* One shared object. Descriptors are eventfds with the semantics of a semaphore. */
struct shared {
    _Alignas(CACHE_LINE) pthread_mutex_t mutex;
    _Alignas(CACHE_LINE) atomic_bool held; /* spin lock, and the lock of a queue's ring */
    _Alignas(CACHE_LINE) atomic_llong count;
    enum shared_kind kind;
    int fd;                       /* semaphore, or the numbers in a queue; -1: none */
    int room_fd;                  /* the room in a queue; -1: none */
    size_t first, used, capacity; /* of the ring or heap */
    size_t ring;                  /* its index in the arena's rings */
    int64_t turns;                /* puts and gets so far */
};

/* The mapping as seen from one process. */
struct arena {
    int fd;
    struct control *control;
    struct value *values, *runner_values;
    struct record *records;
    struct slot *slots;
    struct shared *shared; /* SHARED_MAX */
    int64_t *rings;
    unsigned char *scratch, *outputs, *report, *input;
};

/* A worker's seat: what its runner needs to stop it. In the parent only. */
struct seat {
    enum worker_kind kind;
    bool started;
    pthread_t thread;
    pid_t pid; /* 0: not a process */
};

/* Ends the repetition early: sets the flag (the first reason stays) and wakes every loop and wait.
 * Async-signal-safe. */
void control_stop(struct control *control, enum stop reason);

/* Nothing will come any more: wakes those who wait for tasks. */
void control_end(struct control *control);

/* The whole life of a worker, in the worker. */
void worker_live(struct worker *worker);

/* In the worker, by the harness: binds it to its place, makes its loop, enters the workload. */
int worker_begin(struct worker *worker);
void worker_end(struct worker *worker);

/* The tasks of one loop. A stack of free task structs stands in for allocation. */
struct flight {
    struct task *tasks, **free;
    unsigned capacity, free_count;
    struct task **waits; /* a heap of those that wait for a time, the earliest first */
    unsigned wait_count;
    ev_io alarm; /* a timerfd, set to the earliest */
};

/* By worker_begin: room for the worker's share of the tasks in flight. -errno. */
int flight_open(struct worker *worker);

/* By worker_end, after the loop: tasks in flight hold watchers that the loop still knows. */
void flight_close(struct worker *worker);

/* Begins the next task as soon as one is done, before the loop turns to others that may compute. */
void flight_refill(struct worker *worker);

/* A part of that: what wait_start() needs. -errno. */
int waits_open(struct worker *worker);
void waits_close(struct worker *worker);

/* Executes this program anew as that worker; only returns on failure, with -errno. */
int worker_execute(struct worker *worker);

/* Around a task: stamps, length and error go into its slot. */
void task_begin(struct worker *worker, struct task *task);
void task_end(struct worker *worker, struct task *task, int error);

#endif
