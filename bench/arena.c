// SPDX-License-Identifier: MIT
#include "bench/arena.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PAGE = 4096, POISON = 0xA5 };

static size_t align(size_t n, size_t to)
{
    return (n + to - 1) / to * to;
}

/* Reserves a part at the end of the mapping and answers its offset. */
static size_t part(struct layout *layout, size_t size, size_t alignment)
{
    size_t offset = align(layout->size, alignment);
    layout->size = offset + size;
    return offset;
}

static size_t rings_size(const struct shape *shape)
{
    size_t size = 0;
    for (unsigned i = 0; i < SHARED_MAX; i++)
        size += shape->shared[i].capacity * sizeof(int64_t);
    return size;
}

static struct layout lay_out(const struct shape *shape, unsigned record_count)
{
    struct layout l = {.record_count = record_count, .size = sizeof(struct control)};
    l.output_stride = align(shape->output_max, CACHE_LINE);
    l.values = part(&l, PARAMS_MAX * sizeof(struct value), CACHE_LINE);
    l.runner_values = part(&l, PARAMS_MAX * sizeof(struct value), CACHE_LINE);
    l.records = part(&l, record_count * sizeof(struct record), CACHE_LINE);
    l.slots = part(&l, shape->tasks * sizeof(struct slot), CACHE_LINE);
    l.shared = part(&l, SHARED_MAX * sizeof(struct shared), CACHE_LINE);
    l.rings = part(&l, rings_size(shape), CACHE_LINE);
    l.scratch = part(&l, shape->scratch_size, CACHE_LINE);
    l.outputs = part(&l, shape->tasks * l.output_stride, PAGE);
    l.report = part(&l, shape->report_size, PAGE);
    l.input = part(&l, shape->input_size, PAGE);
    l.size = align(l.size > CONTROL_MAX ? l.size : CONTROL_MAX, PAGE);
    return l;
}

static int map(struct arena *arena, size_t size)
{
    void *base = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, arena->fd, 0);
    if (base == MAP_FAILED)
        return -errno;
    struct control *control = base;
    arena->control = control;
    return 0;
}

static void point(struct arena *arena)
{
    unsigned char *base = (unsigned char *)arena->control;
    const struct layout *l = &arena->control->layout;
    arena->values = (struct value *)(void *)(base + l->values);
    arena->runner_values = (struct value *)(void *)(base + l->runner_values);
    arena->records = (struct record *)(void *)(base + l->records);
    arena->slots = (struct slot *)(void *)(base + l->slots);
    arena->shared = (struct shared *)(void *)(base + l->shared);
    arena->rings = (int64_t *)(void *)(base + l->rings);
    arena->scratch = base + l->scratch;
    arena->outputs = base + l->outputs;
    arena->report = base + l->report;
    arena->input = base + l->input;
}

void arena_bind(struct arena *arena, struct job *job)
{
    job->values = arena->values;
    job->input = arena->input;
    job->scratch = arena->scratch;
    job->report = arena->report;
    job->error = arena->control->job_error;
    job->arena = arena;
}

int arena_create(struct arena *arena, struct job *job, unsigned record_count, size_t most,
                 int stop_fd, char *why, size_t size)
{
    struct layout layout = lay_out(&job->shape, record_count);
    int err = most > 0 && layout.size > most ? -ENOMEM : 0; /* or the kernel kills us later */
    if (err == 0) {
        arena->fd = memfd_create("speedup", MFD_CLOEXEC);
        err = arena->fd < 0 || ftruncate(arena->fd, (off_t)layout.size) != 0 ? -errno : 0;
    }
    if (err == 0)
        err = map(arena, layout.size);
    if (err != 0) {
        snprintf(why, size, "could not get %.1f MiB of shared memory: %s; try smaller parameters",
                 (double)layout.size / 1048576, strerror(-err));
        arena_destroy(arena);
        return err;
    }
    struct control *control = arena->control;
    control->layout = layout;
    control->shape = job->shape;
    control->shape.unit = NULL;
    control->stop_fd = stop_fd;
    control->end_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    control->endless = job->endless;
    control->seed = job->seed;
    control->work_rate = job->work_rate;
    snprintf(control->workload, sizeof(control->workload), "%s", job->workload->name);
    point(arena);
    memcpy(arena->values, job->values, PARAMS_MAX * sizeof(struct value));
    err = shared_create(arena);
    if (err == 0 && control->end_fd < 0)
        err = -EMFILE;
    if (err != 0) {
        snprintf(why, size, "could not make its shared objects: %s", strerror(-err));
        arena_destroy(arena);
        return err;
    }
    arena_bind(arena, job);
    return 0;
}

int arena_attach(struct arena *arena, int fd)
{
    arena->fd = fd;
    int err = map(arena, CONTROL_MAX);
    if (err != 0)
        return err;
    size_t size = arena->control->layout.size;
    munmap(arena->control, CONTROL_MAX);
    err = map(arena, size);
    if (err == 0)
        point(arena);
    return err;
}

void worker_map_input(struct worker *worker)
{
    const struct job *job = worker->job;
    if (job->shape.input_size > 0) /* where the kernel cannot, first touches do it */
        madvise(job->input, job->shape.input_size, MADV_POPULATE_READ);
}

void arena_destroy(struct arena *arena)
{
    if (arena->control != NULL && arena->shared != NULL) {
        shared_destroy(arena);
        if (arena->control->end_fd >= 0)
            close(arena->control->end_fd);
    }
    if (arena->control != NULL)
        munmap(arena->control, arena->control->layout.size);
    if (arena->fd > 0)
        close(arena->fd);
    memset(arena, 0, sizeof(*arena));
}

void arena_reset(struct arena *arena, unsigned concurrency, unsigned worker_count)
{
    struct control *c = arena->control;
    atomic_store(&c->next, 0);
    atomic_store(&c->gate, 0);
    atomic_store(&c->ready, 0);
    atomic_store(&c->ended, 0);
    atomic_store(&c->stop, STOP_NONE);
    atomic_store(&c->end, false);
    uint64_t ends;
    ssize_t n = read(c->end_fd, &ends, sizeof(ends)); /* not readable if nobody said it */
    (void)n;
    c->concurrency = concurrency;
    c->worker_count = worker_count;
    c->job_error[0] = c->run_error[0] = '\0';
    atomic_store(&c->run_failed, false);
    shared_reset(arena);
    memset(arena->records, 0, c->layout.record_count * sizeof(struct record));
    memset(arena->slots, 0, c->shape.tasks * sizeof(struct slot));
    memset(arena->scratch, 0, c->shape.scratch_size);
    memset(arena->outputs, POISON, c->shape.tasks * c->layout.output_stride);
}
