// SPDX-License-Identifier: MIT
/*
 * The contract of a workload: what is computed.
 *
 * A workload splits into tasks, owns its input and checks the answer. It is one `const struct
 * workload` table in one file that includes no other header of the project; it never prints, times,
 * parses options or exits. The smallest complete one is tests/examples/cubes.c.
 *
 * Errors: functions that return int return 0 or -errno, and say the reason in words with job_fail()
 * (parent) or worker_fail() (worker). Only deviations are documented below.
 *
 * Units are in the names: _ns nanoseconds of CLOCK_MONOTONIC, _size and _max bytes.
 *
 * Processes: `run` may execute in a thread, in a forked child or in a freshly executed program.
 * Therefore the input and the report must hold no pointers, and what `prepare` keeps in job->state
 * belongs to the parent (prepare, check, cleanup) alone.
 */
#ifndef SPEEDUP_WORKLOAD_H
#define SPEEDUP_WORKLOAD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

struct ev_loop; /* libev's, for workloads that have `start` */
struct helper;
struct job;
struct task;
struct worker;

/* ---- parameters --------------------------------------------------------------------------- */

enum param_type {
    PARAM_COUNT,    /* n: a number of things; suffixes k, M, G (decimal), Ki, Mi, Gi (binary) */
    PARAM_BYTES,    /* n: bytes, same suffixes, "B" allowed */
    PARAM_TIME,     /* n: nanoseconds; suffixes ns, us, ms, s; a bare number is seconds */
    PARAM_FRACTION, /* x: a real number */
    PARAM_CHOICE,   /* n: index into choices */
    PARAM_TEXT,     /* text: as given, at most VALUE_TEXT_MAX - 1 bytes */
};

/* One parameter: the only source of its help, its validation and its place in result files. */
struct param {
    const char *name;
    const char *help; /* one line, lower case, no full stop */
    enum param_type type;
    const char *initial;        /* the default, written as a user would */
    double min, max;            /* inclusive, in the unit of the type; both 0: no bounds */
    const char *const *choices; /* NULL-terminated, for PARAM_CHOICE */
};

enum { VALUE_TEXT_MAX = 1024, PARAMS_MAX = 16 };

/* The value of one parameter, flat so that it can lie in shared memory. */
struct value {
    int64_t n;
    double x;
    char text[VALUE_TEXT_MAX];
};

/* A named set of parameters. "quick" and "full" are the suites, "map" those of `speedup map`;
 * others are the presets of --example. A suite may hold a workload several times (means within and
 * beyond the cache). */
struct preset {
    const char *name;
    const char *summary; /* which tutorial program it is, or what it shows */
    const char *params;  /* "limit=100k tasks=4", as after -p */
    const char *runners; /* as after -R, NULL: the default */
    const char *n;       /* as after -n, NULL: the default */
};

/* A number besides the times that a workload finds out about every repetition. */
struct measure {
    const char *name;     /* short: the title of its column */
    const char *help;     /* one line for the legend, lower case, no full stop */
    enum param_type type; /* PARAM_TIME: ns; PARAM_COUNT; PARAM_FRACTION: a share of 1 */
};
enum { MEASURES_MAX = 6, NOTES_MAX = 4 };

/* ---- what a workload says of itself before anything starts -------------------------------- */

/* What limits the speed: a claim by the workload, measured and contradicted by the harness. */
enum bound { BOUND_CPU, BOUND_MEMORY, BOUND_IO, BOUND_LOCK, BOUND_DISPATCH };

/* How task outputs read, for --answers: an array of the type, or bytes of text. */
enum output_type { OUTPUT_BYTES, OUTPUT_U32, OUTPUT_U64, OUTPUT_F64 };

/* An object that all workers share, process-shared under every runner, restored before every
 * repetition; used by its number in shape.shared, see below. */
enum shared_kind {
    SHARED_NOTHING,
    SHARED_MUTEX,
    SHARED_SPIN,      /* a spin lock */
    SHARED_ATOMIC,    /* a counter; begins at initial */
    SHARED_SEMAPHORE, /* begins at initial */
    SHARED_QUEUE,     /* bounded, first in first out, of capacity numbers */
    SHARED_PRIORITY   /* the same, the smallest number first out */
};
struct shared_spec {
    enum shared_kind kind;
    int64_t initial;
    size_t capacity;
};
enum { SHARED_MAX = 8 };

struct shape {
    size_t tasks;      /* 0 is a valid number */
    size_t input_size; /* whole input; the harness gives it as job->input */
    size_t slice_size; /* task i reads input[i*slice .. (i+1)*slice), clipped; 0: whole input */
    size_t halo_size;  /* and so many bytes more on both sides, clipped */
    size_t output_max; /* most bytes one task writes */
    enum output_type output_type;
    size_t report_size;  /* bytes of job->report, which the helper writes */
    bool reports;        /* the helper fills it anew in every repetition */
    size_t scratch_size; /* bytes of job->scratch */
    size_t together;     /* tasks that must be in progress at once, or it would never end; 0 is 1 */
    struct shared_spec shared[SHARED_MAX]; /* what workers share, SHARED_NOTHING where unused */
    bool directory;   /* every repetition needs a new empty directory: worker_directory() */
    bool descriptors; /* a task comes with a descriptor, see `next` */
    bool once;        /* one round, no warm-up: its tasks cost somebody else something */
    enum bound bound; /* starts as the table's; a parameter may change it */
    double items;     /* what all tasks together do, for items/s; 0: tasks are counted */
    const char *unit; /* of the items, plural: "numbers"; "B" is shown as MB/s; NULL: "tasks" */
    double bytes;     /* read from memory by all tasks, for the MEMORY bound; 0: input_size */
};

/* A workload with one set of parameter values. Lives from shape to cleanup. */
struct job {
    const struct workload *workload;
    const struct value *values; /* indexed like workload->params */
    struct shape shape;
    void *input;   /* shape.input_size bytes, zeroed; shared by every worker; written by prepare */
    void *report;  /* shape.report_size bytes, zeroed; shared; written by the helper */
    void *scratch; /* shape.scratch_size bytes, shared; zeroed before every repetition; workers
                    * write it, atomically or where only one of them does */
    void *state;   /* the workload's, in the parent only: made by prepare, freed by cleanup */
    uint64_t seed; /* of the session: the same seed makes the same input */
    bool endless;  /* tasks come until the stop flag, and their slots are used again: an index
                    * may come back when its task is done. By `speedup serve` */
    double work_rate; /* iterations of the work chain per nanosecond, calibrated */
    double *measures; /* of the last repetition, indexed like workload->measures, NAN at first;
                       * written by check */
    int64_t run_ns, cpu_ns; /* of the last repetition, for the measures of check */
    char *error;            /* first failure in words, ERROR_MAX bytes; see job_fail */
    char *notes;            /* NOTES_MAX x ERROR_MAX bytes; see job_note */
    struct arena *arena;    /* the harness's */
};

enum { ERROR_MAX = 240 };

/* Absolute path of the current repetition's directory, "" unless shape.directory. */
const char *job_directory(const struct job *job);

/* Records why in words (printf-like; the first caller wins) and returns err, a negative errno. */
int job_fail(struct job *job, int err, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Says in a sentence what a reader of the result must know; the same one is kept once. In the
 * parent: shape, prepare and check. */
void job_note(struct job *job, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* ---- tasks -------------------------------------------------------------------------------- */

/* One task, as `run`, `start` and `check` see it. */
struct task {
    size_t index;
    const void *input; /* its slice with halo, in place or as a private copy */
    size_t input_size;
    void *output; /* output_max bytes; poisoned before each repetition */
    size_t output_max;
    size_t output_size; /* 0 at first; set by run or before task_done */
    int fd;             /* what came with it, with shape.descriptors */
    void *state;        /* `start`'s own, from start to task_done */
    int64_t begin_ns;   /* when it was begun */
    int64_t end_ns;     /* when it was done; for `check` */
    struct {            /* wait_start's and wait_fd_start's */
        _Alignas(16) unsigned char watcher[64];
        void (*then)(struct worker *worker, struct task *task);
        int64_t end_ns; /* when the last wait_start's time is over; `then` may read it */
    } wait;
};

/* What `next` found. NEXT_END is for all workers: nothing will come any more. */
enum next { NEXT_TASK, NEXT_WAIT, NEXT_END };
struct claim {
    size_t index; /* NEXT_TASK: the task */
    int fd;       /* NEXT_WAIT: ask again when this descriptor is readable; not consumed.
                   * NEXT_TASK with shape.descriptors: it comes with the task, which closes it */
};

/* ---- workers ------------------------------------------------------------------------------ */

/* Why a stretch of a task is outside the interpreter. */
enum blocking {
    BLOCKING_WAIT = 1,   /* it waits for time, a disk, a network */
    BLOCKING_KERNEL = 2, /* it computes without the interpreter, as NumPy, hashes and zlib do */
    BLOCKING_OTHERS = 4, /* it waits for another worker, who may need the lock to come: this always
                          * lets go of it, the others only where the user wants it */
};

/* A worker's thread of a simulated interpreter. Runners own it; workloads only call the three
 * functions below, which cost a load and a predicted branch when there is none. */
struct interpreter {
    atomic_int *drop_request;                           /* set: the thread should call yield */
    void (*yield)(struct interpreter *);                /* drops the lock, then takes it again */
    void (*begin)(struct interpreter *, enum blocking); /* of a region outside */
    void (*end)(struct interpreter *, enum blocking);
};

/* One thread, process or event loop, seen from inside it. */
struct worker {
    struct job *job;
    struct run *run; /* the runner's view of the repetition */
    unsigned index;
    struct ev_loop *loop;            /* NULL in a blocking worker; its user data is the worker */
    struct interpreter *interpreter; /* NULL: none */
    void *state;                     /* the workload's: made by enter, freed by leave */
    struct seat *seat;               /* the runner's machinery's, as is flight */
    struct flight *flight;
    struct record *record; /* the harness's */
};

/* Records why in words (first caller per worker and repetition wins) and returns err. */
int worker_fail(struct worker *worker, int err, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Absolute path of this repetition's directory, "" unless shape.directory. Valid until leave. */
const char *worker_directory(const struct worker *worker);

/* True once the repetition is to end early (Ctrl-C, time limit): return -ECANCELED soon. */
bool worker_stopped(const struct worker *worker);

/* A descriptor that becomes readable when worker_stopped() becomes true. Never read from it. */
int worker_stop_fd(const struct worker *worker);

/* Waits at least `ns` nanoseconds as an interpreter would sleep: lock released, ends early with
 * -ECANCELED when the repetition is stopped. */
int wait_ns(struct worker *worker, int64_t ns);

/* The same for `start`: calls `then` from the loop when the time is over. */
void wait_start(struct worker *worker, struct task *task, int64_t ns,
                void (*then)(struct worker *worker, struct task *task));

/* The same until the descriptor is readable. */
void wait_fd_start(struct worker *worker, struct task *task, int fd,
                   void (*then)(struct worker *worker, struct task *task));

/* Computes for about `ns` nanoseconds of one undisturbed core: a chain of dependent integer steps
 * that starts at `seed`; returns its last state. */
uint64_t work_ns(struct worker *worker, int64_t ns, uint64_t seed);

/* The value work_ns must return, found in O(log n) by composing the step with itself. */
uint64_t work_expected(const struct job *job, int64_t ns, uint64_t seed);

/* Ends a task begun by `start`: error 0 or -errno. May be called from within start. */
void task_done(struct worker *worker, struct task *task, int error);

/* Nanoseconds of CLOCK_MONOTONIC, the only clock of the project (about 26 ns a call). */
static inline int64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* Where an interpreter could switch threads (loop back-edges). Call it about every microsecond of
 * computing, not more often. */
static inline void checkpoint(struct worker *worker)
{
    struct interpreter *it = worker->interpreter;
    if (__builtin_expect(it != NULL, 0) &&
        atomic_load_explicit(it->drop_request, memory_order_relaxed))
        it->yield(it);
}

/* Around everything that waits, and around computing that releases a GIL. Checkpoints in between do
 * nothing, whether it lets go of the lock or not. Not one within another. */
static inline void blocking_begin(struct worker *worker, enum blocking kind)
{
    if (worker->interpreter != NULL)
        worker->interpreter->begin(worker->interpreter, kind);
}

static inline void blocking_end(struct worker *worker, enum blocking kind)
{
    if (worker->interpreter != NULL)
        worker->interpreter->end(worker->interpreter, kind);
}

/* ---- shared objects ----------------------------------------------------------------------- */

/* Each takes the object's number in shape.shared. What waits releases the interpreter's lock,
 * counts as waiting for a lock, and ends with -ECANCELED when the repetition is stopped; for a
 * mutex not before its holder gives it back. */

/* Mutex and spin lock. -EOWNERDEAD: the worker that held it has died. */
int shared_lock(struct worker *worker, unsigned number);
void shared_unlock(struct worker *worker, unsigned number);

/* The counter itself. */
atomic_llong *shared_atomic(struct worker *worker, unsigned number);

/* Semaphore: takes one, puts one back. */
int shared_acquire(struct worker *worker, unsigned number);
void shared_release(struct worker *worker, unsigned number);

/* Queue, also one with priorities: waits for room, waits for a number. They answer their turn among
 * all puts and gets of that queue, from 0 on, or -errno. */
int64_t shared_put(struct worker *worker, unsigned number, int64_t value);
int64_t shared_get(struct worker *worker, unsigned number, int64_t *value);

/* The same without waiting, for loops and for `next`: -EAGAIN instead. */
int shared_try_acquire(struct worker *worker, unsigned number);
int64_t shared_try_put(struct worker *worker, unsigned number, int64_t value);
int64_t shared_try_get(struct worker *worker, unsigned number, int64_t *value);

/* Readable when the try may succeed: a semaphore, a queue to get from, a queue to put into. Wait
 * for it with NEXT_WAIT or wait_fd_start(), then try again: another worker may have been faster. */
int shared_fd(const struct worker *worker, unsigned number);
int shared_room_fd(const struct worker *worker, unsigned number);

/* ---- helpers: processes that stand outside the measurement -------------------------------- */

/* A workload's helper is started if it has one and shape.report_size is not 0.
 * What comes through helper_fd(), one byte each; end of file: return from `helper`. */
enum { HELPER_GO = 'G', HELPER_END = 'E' };

/* The descriptor on which the harness tells GO (a repetition's gate opens) and END. */
int helper_fd(const struct helper *helper);

/* Tells the harness that the helper serves and, at first, that job->report is filled; with
 * shape.reports again after every HELPER_END, when the report of that repetition is complete. */
void helper_ready(struct helper *helper);

/* ---- the table ---------------------------------------------------------------------------- */

struct workload {
    const char *name;               /* lower case, words joined by '-' */
    const char *summary;            /* one line */
    const char *python;             /* its counterpart in the Python tutorials */
    enum bound bound;               /* the claim */
    const struct param *params;     /* ends with {0}; NULL: none */
    const struct preset *presets;   /* ends with {0}; NULL: none */
    const struct measure *measures; /* at most MEASURES_MAX, ends with {0}; NULL: none */

    /* For a workload that is another one's tasks under a simulated interpreter: the name of that
     * one. The harness puts its table in this one's place; settings that are not in `params` go to
     * the interpreter and to the body. Then there is nothing else below. */
    const char *(*body)(const struct value *values);

    /* Required. Parent, before anything starts; may read files that parameters name. Fills the
     * zeroed shape. */
    int (*shape)(struct job *job, struct shape *shape);

    /* Parent, once before the first round: fills job->input, the same for the same values and
     * seed, and finds the right answer by another method than run. */
    int (*prepare)(struct job *job);

    /* In a process of its own on the helper's places, from before the first round to after the
     * last. Calls helper_ready(), returns at end of file of helper_fd(). */
    int (*helper)(struct job *job, struct helper *helper);

    /* In the worker, inside the create and destroy clocks: what belongs to one worker. leave is
     * called also after a failed enter. */
    int (*enter)(struct worker *worker);
    void (*leave)(struct worker *worker);

    /* In any worker, for workloads whose order matters or whose tasks come from outside. Default:
     * the next index. */
    enum next (*next)(struct worker *worker, struct claim *claim);

    /* Required. Any worker: does one task, blocking. */
    int (*run)(struct worker *worker, struct task *task);

    /* Event-loop workers: begins a task on worker->loop; task_done() follows exactly once. An
     * error returned means that it will not. Default: run, inline. */
    int (*start)(struct worker *worker, struct task *task);

    /* Required. Parent, after every repetition: are the outputs right? tasks[shape.tasks]. */
    int (*check)(struct job *job, const struct task *tasks);

    /* Parent, for --answers, after a check that found nothing wrong: line number `line`, from 0 on,
     * of what the tutorial's program would say; 0 after the last. Default: the outputs as they are.
     */
    int (*tell)(const struct job *job, const struct task *tasks, size_t line, char text[ERROR_MAX]);

    /* Parent, once, also after a failed prepare. */
    void (*cleanup)(struct job *job);
};

#endif
