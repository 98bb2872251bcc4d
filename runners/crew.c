// SPDX-License-Identifier: MIT
/* Workers of every kind, and the gate at which a crew of them waits. */
#include "runners/interpreter.h"

#include <errno.h>
#include <linux/futex.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

/* How often a parent that waits looks whether a child has died without saying so. */
static const struct timespec glance = {.tv_nsec = 50000000};

static void futex_wait(atomic_uint *word, unsigned seen, const struct timespec *timeout)
{
    syscall(SYS_futex, word, FUTEX_WAIT, seen, timeout, NULL, 0);
}

static void futex_raise(atomic_uint *word)
{
    atomic_fetch_add_explicit(word, 1, memory_order_release);
    syscall(SYS_futex, word, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

static unsigned count(atomic_uint *word)
{
    return atomic_load_explicit(word, memory_order_acquire);
}

/* ---- inside the worker -------------------------------------------------------------------- */

static void tell_ready(struct worker *worker)
{
    atomic_store(&worker->record->state, WORKER_READY);
    futex_raise(&worker->run->control->ready);
}

void gate_wait(struct worker *worker)
{
    struct control *control = worker->run->control;
    blocking_begin(worker, BLOCKING_OTHERS);
    tell_ready(worker);
    while (count(&control->gate) == 0)
        futex_wait(&control->gate, 0, NULL);
    blocking_end(worker, BLOCKING_OTHERS);
}

void worker_live(struct worker *worker)
{
    struct control *control = worker->run->control;
    struct record *record = worker->record;
    const struct runner *runner = worker->run->runner;
    int err = worker_begin(worker);
    if (err == 0 && worker->interpreter != NULL && runner->caps & RUNNER_FRESH)
        tell_ready(worker); /* who started it waits for that, see start() */
    if (err == 0)
        err = runner->work(worker);
    record->error = err;
    if (atomic_exchange(&record->state, WORKER_ENDED) < WORKER_READY)
        futex_raise(&control->ready); /* it never came to the gate: do not wait for it there */
    futex_raise(&control->ended);
    worker_end(worker);
}

static void *thread_main(void *worker)
{
    worker_live(worker);
    return NULL;
}

static _Noreturn void child_main(struct worker *worker, enum worker_kind kind, pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1);
    if (kind == WORKER_SPAWN)
        _exit(worker_execute(worker) != 0);
    worker_live(worker);
    _exit(0);
}

/* ---- in the parent ------------------------------------------------------------------------ */

/* The error of a worker becomes the run's, in the worker's words. */
static int blame(struct worker *worker, int err)
{
    const char *words = worker->record->message;
    if (err == 0)
        return 0;
    return run_fail(worker->run, err, "worker %u: %s", worker->index,
                    words[0] ? words : strerror(-err));
}

int worker_start(struct worker *worker, enum worker_kind kind)
{
    struct seat *seat = worker->seat;
    int err = 0;
    seat->kind = kind;
    seat->pid = 0;
    worker->record->error = 0;
    atomic_store(&worker->record->state, WORKER_STARTED);
    if (kind == WORKER_HERE) {
        seat->started = true;
        worker->record->error = worker_begin(worker);
        return blame(worker, worker->record->error);
    }
    if (kind == WORKER_THREAD) {
        err = -pthread_create(&seat->thread, NULL, thread_main, worker);
    } else {
        pid_t parent = getpid();
        fflush(NULL);
        seat->pid = fork();
        if (seat->pid == 0)
            child_main(worker, kind, parent);
        err = seat->pid < 0 ? -errno : 0;
    }
    seat->started = err == 0;
    if (err != 0)
        return run_fail(worker->run, err,
                        "could not make worker %u of %u (%s): %s; try a smaller -n",
                        worker->index + 1, worker->run->worker_count,
                        kind == WORKER_THREAD ? "a thread" : "a process", strerror(-err));
    return 0;
}

static void add_usage(struct rusage *sum, const struct rusage *more)
{
    timeradd(&sum->ru_utime, &more->ru_utime, &sum->ru_utime);
    timeradd(&sum->ru_stime, &more->ru_stime, &sum->ru_stime);
    sum->ru_nvcsw += more->ru_nvcsw;
    sum->ru_nivcsw += more->ru_nivcsw;
    if (more->ru_maxrss > sum->ru_maxrss)
        sum->ru_maxrss = more->ru_maxrss;
}

static int reap(struct worker *worker)
{
    struct rusage usage;
    int status;
    pid_t pid;
    do
        pid = wait4(worker->seat->pid, &status, 0, &usage);
    while (pid < 0 && errno == EINTR);
    if (pid < 0)
        return run_fail(worker->run, -errno, "could not reap worker %u: %s", worker->index,
                        strerror(errno));
    add_usage(&worker->record->usage, &usage);
    if (WIFSIGNALED(status))
        return run_fail(worker->run, -ECHILD, "worker %u (process %d) was killed by signal %d (%s)",
                        worker->index, (int)pid, WTERMSIG(status), strsignal(WTERMSIG(status)));
    if (WEXITSTATUS(status) != 0)
        return run_fail(worker->run, -ECHILD, "worker %u (process %d) exited with %d in mid-run",
                        worker->index, (int)pid, WEXITSTATUS(status));
    return 0;
}

int worker_stop(struct worker *worker)
{
    struct seat *seat = worker->seat;
    int err = 0;
    if (!seat->started)
        return 0;
    seat->started = false;
    if (seat->kind == WORKER_HERE)
        worker_end(worker);
    else if (seat->kind == WORKER_THREAD)
        err = -pthread_join(seat->thread, NULL);
    else
        err = reap(worker);
    atomic_store(&worker->record->state, WORKER_IDLE);
    return err != 0 ? err : blame(worker, worker->record->error);
}

/* A child that has gone without having ended its work. It stays to be reaped. */
static bool has_died(const struct worker *worker)
{
    siginfo_t info = {0};
    return worker->seat->started && worker->seat->pid > 0 &&
           waitid(P_PID, (id_t)worker->seat->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           info.si_pid != 0 && atomic_load(&worker->record->state) != WORKER_ENDED;
}

int worker_wait_any(struct run *run, struct worker **ended)
{
    for (bool glanced = false;; glanced = true) {
        unsigned seen = count(&run->control->ended);
        bool alive = false;
        for (unsigned i = 0; i < run->worker_count; i++) {
            struct worker *w = &run->workers[i];
            if (!w->seat->started)
                continue;
            alive = true;
            *ended = w;
            if (atomic_load(&w->record->state) == WORKER_ENDED || (glanced && has_died(w)))
                return worker_stop(w);
        }
        *ended = NULL;
        if (!alive)
            return 0;
        futex_wait(&run->control->ended, seen, &glance);
    }
}

void crew_work_wait(struct worker *claimer, int fd)
{
    struct run *run = claimer->run;
    work_wait(claimer, fd, (int)(glance.tv_nsec / 1000000 + glance.tv_sec * 1000));
    for (unsigned i = 0; i < run->worker_count; i++) {
        if (has_died(&run->workers[i]))
            control_stop(run->control, STOP_FAILED);
    }
}

/* Waits until all workers have raised the word. */
static int await(struct run *run, atomic_uint *word)
{
    for (bool glanced = false;; glanced = true) {
        unsigned seen = count(word);
        if (seen >= run->worker_count)
            return 0;
        for (unsigned i = 0; i < run->worker_count && glanced; i++) {
            if (has_died(&run->workers[i])) {
                control_stop(run->control, STOP_FAILED);
                return worker_stop(&run->workers[i]);
            }
        }
        futex_wait(word, seen, &glance);
    }
}

/* ---- a crew ------------------------------------------------------------------------------- */

int crew_create(struct run *run, enum worker_kind kind)
{
    for (unsigned i = 0; i < run->worker_count; i++) {
        int err = worker_start(&run->workers[i], kind);
        if (err != 0)
            return err;
    }
    int err = await(run, &run->control->ready);
    for (unsigned i = 0; i < run->worker_count && err == 0; i++) {
        if (run->workers[i].record->error != 0)
            err = worker_stop(&run->workers[i]);
    }
    return err;
}

void crew_open(struct run *run)
{
    futex_raise(&run->control->gate);
}

int crew_wait(struct run *run)
{
    return await(run, &run->control->ended);
}

int crew_go(struct run *run)
{
    crew_open(run);
    return crew_wait(run);
}

int crew_destroy(struct run *run)
{
    int first = 0;
    if (count(&run->control->gate) == 0) {
        control_stop(run->control, STOP_FAILED); /* create failed: nobody may begin a task now */
        crew_open(run);
    }
    for (unsigned i = 0; i < run->worker_count; i++) {
        int err = worker_stop(&run->workers[i]);
        if (first == 0)
            first = err;
    }
    return first;
}

/* ---- a fresh worker per task -------------------------------------------------------------- */

/* Under an interpreter who starts threads is one of its threads, too, as in Python: it holds the
 * lock while it claims and starts, and lets go of it while it waits. */

static int join_any(struct worker *starter, struct worker **ended)
{
    blocking_begin(starter, BLOCKING_OTHERS);
    int err = worker_wait_any(starter->run, ended);
    blocking_end(starter, BLOCKING_OTHERS);
    return err;
}

/* Like Python's Thread.start() returns when the new thread has had the lock. */
static int start(struct worker *starter, struct worker *worker, enum worker_kind kind)
{
    atomic_uint *ready = &starter->run->control->ready;
    int err = worker_start(worker, kind), fd = worker->record->descriptor;
    if (fd >= 0 && (err != 0 || kind != WORKER_THREAD))
        close(fd); /* the child has its own */
    if (err != 0 || starter->interpreter == NULL)
        return err;
    blocking_begin(starter, BLOCKING_OTHERS);
    for (;;) {
        unsigned seen = count(ready);
        if (atomic_load(&worker->record->state) >= WORKER_READY)
            break;
        futex_wait(ready, seen, NULL);
    }
    blocking_end(starter, BLOCKING_OTHERS);
    return 0;
}

/* In the name of a worker that is not there yet, which `next` wants to see. */
static enum next claim_for(struct worker *starter, struct worker *worker)
{
    struct claim claim;
    enum next next;
    worker->interpreter = starter->interpreter;
    while ((next = task_next(worker, &claim)) == NEXT_WAIT)
        crew_work_wait(worker, claim.fd);
    worker->interpreter = NULL;
    if (next == NEXT_TASK) {
        worker->record->assigned = claim.index;
        worker->record->descriptor = worker->job->shape.descriptors ? claim.fd : -1;
    }
    return next;
}

int fresh_go(struct run *run, enum worker_kind kind)
{
    struct seat seat = {.kind = WORKER_HERE};
    struct worker starter = {
        .job = run->job, .run = run, .index = run->worker_count, .seat = &seat};
    int err = kind == WORKER_THREAD ? interpreter_enter(&starter) : 0;
    for (unsigned made = 0; err == 0; made++) {
        struct worker *worker = &run->workers[made];
        if (made >= run->worker_count)
            err = join_any(&starter, &worker);
        if (err != 0 || claim_for(&starter, worker) != NEXT_TASK)
            break;
        err = start(&starter, worker, kind);
    }
    if (err != 0)
        control_stop(run->control, STOP_FAILED);
    for (struct worker *left = run->workers; left != NULL;) {
        int failed = join_any(&starter, &left);
        if (err == 0)
            err = failed;
    }
    interpreter_leave(&starter);
    return err;
}
