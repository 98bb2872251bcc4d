// SPDX-License-Identifier: MIT
#include "bench/worker.h"
#include "bench/registry.h"
#include "runners/interpreter.h"

#include <errno.h>
#include <ev.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

void worker_seat(struct worker *worker, struct run *run, unsigned index, struct seat *seat)
{
    *worker = (struct worker){
        .job = run->job,
        .run = run,
        .index = index,
        .seat = seat,
        .record = &run->job->arena->records[index],
    };
}

const struct place *worker_place(const struct worker *worker)
{
    const struct placement *placement = worker->run->placing->placement;
    return &placement->places[worker->index % placement->count];
}

static int bind(const struct worker *worker)
{
    const struct placing *placing = worker->run->placing;
    return placing != NULL ? place_bind(placing->machine, worker_place(worker)) : 0;
}

/* A loop lets go of its interpreter's lock while it polls, as asyncio's does in select(). */
static void loop_release(struct ev_loop *loop) EV_NOEXCEPT
{
    blocking_begin(ev_userdata(loop), BLOCKING_WAIT);
}

static void loop_acquire(struct ev_loop *loop) EV_NOEXCEPT
{
    blocking_end(ev_userdata(loop), BLOCKING_WAIT);
}

int worker_begin(struct worker *worker)
{
    int err = bind(worker);
    if (err != 0)
        return worker_fail(worker, err, "could not bind it to its place: %s; try --pin none",
                           strerror(-err));
    if (worker->run->runner->caps & RUNNER_EVENT_LOOP) {
        worker->loop = ev_loop_new(EVFLAG_AUTO | EVFLAG_NOENV);
        if (worker->loop == NULL)
            return worker_fail(worker, -EMFILE, "could not make an event loop");
        ev_set_userdata(worker->loop, worker);
        err = flight_open(worker);
        if (err != 0)
            return worker_fail(worker, err, "no room for its tasks in flight: %s", strerror(-err));
    }
    err = interpreter_enter(worker);
    if (err != 0)
        return err;
    if (worker->loop != NULL && worker->interpreter != NULL)
        ev_set_loop_release_cb(worker->loop, loop_release, loop_acquire);
    const struct workload *workload = worker->job->workload;
    return workload->enter != NULL ? workload->enter(worker) : 0;
}

void worker_end(struct worker *worker)
{
    const struct workload *workload = worker->job->workload;
    if (workload->leave != NULL)
        workload->leave(worker);
    if (worker->loop != NULL)
        ev_loop_destroy(worker->loop);
    worker->loop = NULL;
    flight_close(worker);
    interpreter_leave(worker);
    if (worker->seat != NULL && worker->seat->kind == WORKER_HERE) {
        struct place anywhere = {.cpuset = NULL};
        place_bind(worker->run->placing->machine, &anywhere);
    }
}

/* ---- resource use ------------------------------------------------------------------------- */

static int64_t cpu_ns(const struct rusage *u)
{
    struct timeval t;
    timeradd(&u->ru_utime, &u->ru_stime, &t);
    return t.tv_sec * INT64_C(1000000000) + t.tv_usec * INT64_C(1000);
}

/* How long this thread has waited for a CPU (second number of schedstat); 0 where the kernel does
 * not say. */
static int64_t queue_ns(void)
{
    FILE *file = fopen("/proc/thread-self/schedstat", "re");
    long long ran = 0, waited = 0;
    if (file == NULL)
        return 0;
    int found = fscanf(file, "%lld %lld", &ran, &waited);
    fclose(file);
    return found == 2 ? waited : 0;
}

void usage_begin(struct sample *sample)
{
    sample->queue_ns = -queue_ns();
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    sample->cpu_ns = -cpu_ns(&u);
    sample->voluntary_switches = -u.ru_nvcsw;
    sample->involuntary_switches = -u.ru_nivcsw;
}

static void usage_add(struct sample *sample, const struct rusage *u)
{
    sample->cpu_ns += cpu_ns(u);
    sample->voluntary_switches += u->ru_nvcsw;
    sample->involuntary_switches += u->ru_nivcsw;
    if (u->ru_maxrss * 1024 > sample->max_rss_bytes)
        sample->max_rss_bytes = u->ru_maxrss * 1024;
}

void usage_end(struct sample *sample, const struct arena *arena, unsigned worker_count)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    sample->queue_ns += queue_ns();
    usage_add(sample, &u);
    for (unsigned i = 0; i < worker_count; i++) {
        usage_add(sample, &arena->records[i].usage);
        sample->lock_wait_ns += arena->records[i].lock_wait_ns;
    }
}

/* ---- a worker in a newly executed program ------------------------------------------------- */

int worker_execute(struct worker *worker)
{
    const struct arena *arena = worker->job->arena;
    char memory[16], index[16];
    int err = bind(worker); /* inherited by the new program, which knows no topology */
    snprintf(memory, sizeof(memory), "%d", arena->fd);
    snprintf(index, sizeof(index), "%u", worker->index);
    if (err == 0 &&
        (fcntl(arena->fd, F_SETFD, 0) != 0 || fcntl(arena->control->stop_fd, F_SETFD, 0) != 0 ||
         fcntl(arena->control->end_fd, F_SETFD, 0) != 0))
        err = -errno;
    if (err == 0)
        err = shared_inherit(arena);
    if (err == 0 && worker->record->descriptor >= 0)
        fcntl(worker->record->descriptor, F_SETFD, 0);
    if (err == 0) {
        signal(SIGINT, SIG_IGN); /* its parent tells it to stop */
        char *const argv[] = {"speedup", "worker", memory, index, NULL};
        execv("/proc/self/exe", argv);
        err = -errno;
    }
    return run_fail(worker->run, err, "could not execute a new program for worker %u: %s",
                    worker->index, strerror(-err));
}

int cmd_worker(int argc, const char **argv)
{
    struct arena arena = {0};
    struct job job = {0};
    struct seat seat = {.kind = WORKER_SPAWN};
    struct worker worker;
    char why[ERROR_MAX];
    if (argc != 3 || arena_attach(&arena, atoi(argv[1])) != 0) {
        fprintf(stderr, "speedup worker: this is for the program itself, not for people\n");
        return 2;
    }
    struct control *control = arena.control;
    arena_bind(&arena, &job);
    job.workload = workload_find(control->workload, why, sizeof(why));
    job.shape = control->shape;
    job.seed = control->seed;
    job.work_rate = control->work_rate;
    job.endless = control->endless;
    struct run run = {
        .runner = runner_find(control->runner, why, sizeof(why)),
        .job = &job,
        .values = arena.runner_values,
        .concurrency = control->concurrency,
        .worker_count = control->worker_count,
        .workers = &worker,
        .control = control,
    };
    worker_seat(&worker, &run, (unsigned)atoi(argv[2]), &seat);
    worker_live(&worker);
    arena_destroy(&arena);
    return 0;
}
