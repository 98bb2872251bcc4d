// SPDX-License-Identifier: MIT
/*
 * Objects that workers share across threads and processes. The first try of every wait is free of
 * clock readings; only one that has to wait is timed, into the worker's own record.
 */
#include "bench/arena.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

static struct shared *object(const struct worker *worker, unsigned number)
{
    return &worker->job->arena->shared[number];
}

/* ---- waiting ------------------------------------------------------------------------------ */

static int64_t wait_begin(struct worker *worker)
{
    blocking_begin(worker, BLOCKING_OTHERS);
    return now_ns();
}

static void wait_end(struct worker *worker, int64_t since)
{
    worker->record->lock_wait_ns += now_ns() - since;
    blocking_end(worker, BLOCKING_OTHERS);
}

enum { EVENT_FLAGS = EFD_SEMAPHORE | EFD_NONBLOCK | EFD_CLOEXEC };

/* Takes one from an eventfd. */
static int take(int fd)
{
    uint64_t one;
    return read(fd, &one, sizeof(one)) == sizeof(one) ? 0 : -EAGAIN;
}

static void give(int fd, uint64_t n)
{
    ssize_t written = n > 0 ? write(fd, &n, sizeof(n)) : 0; /* an eventfd holds 2^64 - 2 */
    (void)written;
}

static int take_waiting(struct worker *worker, int fd)
{
    int err = take(fd);
    if (err == 0)
        return 0;
    struct pollfd fds[] = {{.fd = fd, .events = POLLIN},
                           {.fd = worker_stop_fd(worker), .events = POLLIN}};
    int64_t since = wait_begin(worker);
    while ((err = take(fd)) != 0 && !worker_stopped(worker))
        poll(fds, 2, -1);
    wait_end(worker, since);
    return err == 0 ? 0 : -ECANCELED;
}

/* ---- locks -------------------------------------------------------------------------------- */

static bool spin_try(struct shared *s)
{
    return !atomic_load_explicit(&s->held, memory_order_relaxed) &&
           !atomic_exchange_explicit(&s->held, true, memory_order_acquire);
}

static int spin_lock(struct worker *worker, struct shared *s)
{
    if (spin_try(s))
        return 0;
    int64_t since = wait_begin(worker);
    bool got = false;
    while (!got && !worker_stopped(worker))
        got = spin_try(s);
    wait_end(worker, since);
    return got ? 0 : -ECANCELED;
}

static int mutex_lock(struct worker *worker, struct shared *s)
{
    int err = pthread_mutex_trylock(&s->mutex);
    if (err == EBUSY) {
        int64_t since = wait_begin(worker);
        err = pthread_mutex_lock(&s->mutex);
        wait_end(worker, since);
    }
    if (err == EOWNERDEAD) {
        pthread_mutex_consistent(&s->mutex);
        pthread_mutex_unlock(&s->mutex); /* what it guards is lost; nobody else need wait */
    }
    return -err;
}

int shared_lock(struct worker *worker, unsigned number)
{
    struct shared *s = object(worker, number);
    return s->kind == SHARED_SPIN ? spin_lock(worker, s) : mutex_lock(worker, s);
}

void shared_unlock(struct worker *worker, unsigned number)
{
    struct shared *s = object(worker, number);
    if (s->kind == SHARED_SPIN)
        atomic_store_explicit(&s->held, false, memory_order_release);
    else
        pthread_mutex_unlock(&s->mutex);
}

atomic_llong *shared_atomic(struct worker *worker, unsigned number)
{
    return &object(worker, number)->count;
}

/* ---- semaphore and queue ------------------------------------------------------------------ */

int shared_try_acquire(struct worker *worker, unsigned number)
{
    return take(object(worker, number)->fd);
}

int shared_acquire(struct worker *worker, unsigned number)
{
    return take_waiting(worker, object(worker, number)->fd);
}

void shared_release(struct worker *worker, unsigned number)
{
    give(object(worker, number)->fd, 1);
}

/* A binary heap, the smallest number at its root. */
static void heap_add(int64_t *heap, size_t used, int64_t value)
{
    size_t at = used;
    for (; at > 0 && heap[(at - 1) / 2] > value; at = (at - 1) / 2)
        heap[at] = heap[(at - 1) / 2];
    heap[at] = value;
}

/* Takes the root of one that holds `left` numbers besides. */
static int64_t heap_take(int64_t *heap, size_t left)
{
    int64_t least = heap[0], last = heap[left];
    size_t at = 0;
    for (size_t child = 1; child < left; child = 2 * at + 1) {
        if (child + 1 < left && heap[child + 1] < heap[child])
            child++;
        if (heap[child] >= last)
            break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = last;
    return least;
}

/* Room was taken before: the ring cannot be full. */
static int64_t append(struct worker *worker, struct shared *s, int64_t value)
{
    int64_t *ring = worker->job->arena->rings + s->ring;
    int err = spin_lock(worker, s);
    if (err != 0)
        return err;
    if (s->kind == SHARED_PRIORITY)
        heap_add(ring, s->used++, value);
    else
        ring[(s->first + s->used++) % s->capacity] = value;
    int64_t turn = s->turns++;
    atomic_store_explicit(&s->held, false, memory_order_release);
    give(s->fd, 1);
    return turn;
}

static int64_t remove_first(struct worker *worker, struct shared *s, int64_t *value)
{
    int64_t *ring = worker->job->arena->rings + s->ring;
    int err = spin_lock(worker, s);
    if (err != 0)
        return err;
    s->used--;
    *value = s->kind == SHARED_PRIORITY ? heap_take(ring, s->used) : ring[s->first];
    s->first = s->kind == SHARED_PRIORITY ? 0 : (s->first + 1) % s->capacity;
    int64_t turn = s->turns++;
    atomic_store_explicit(&s->held, false, memory_order_release);
    give(s->room_fd, 1);
    return turn;
}

int64_t shared_try_put(struct worker *worker, unsigned number, int64_t value)
{
    struct shared *s = object(worker, number);
    int err = take(s->room_fd);
    return err == 0 ? append(worker, s, value) : err;
}

int64_t shared_put(struct worker *worker, unsigned number, int64_t value)
{
    struct shared *s = object(worker, number);
    int err = take_waiting(worker, s->room_fd);
    return err == 0 ? append(worker, s, value) : err;
}

int64_t shared_try_get(struct worker *worker, unsigned number, int64_t *value)
{
    struct shared *s = object(worker, number);
    int err = take(s->fd);
    return err == 0 ? remove_first(worker, s, value) : err;
}

int64_t shared_get(struct worker *worker, unsigned number, int64_t *value)
{
    struct shared *s = object(worker, number);
    int err = take_waiting(worker, s->fd);
    return err == 0 ? remove_first(worker, s, value) : err;
}

int shared_fd(const struct worker *worker, unsigned number)
{
    return object(worker, number)->fd;
}

int shared_room_fd(const struct worker *worker, unsigned number)
{
    return object(worker, number)->room_fd;
}

/* ---- their lives -------------------------------------------------------------------------- */

int shared_create(struct arena *arena)
{
    size_t rings = 0;
    for (unsigned i = 0; i < SHARED_MAX; i++)
        arena->shared[i].fd = arena->shared[i].room_fd = -1;
    for (unsigned i = 0; i < SHARED_MAX; i++) {
        const struct shared_spec *spec = &arena->control->shape.shared[i];
        struct shared *s = &arena->shared[i];
        bool queue = spec->kind == SHARED_QUEUE || spec->kind == SHARED_PRIORITY;
        s->kind = spec->kind;
        s->capacity = spec->capacity;
        s->ring = rings;
        rings += spec->capacity;
        if (queue || spec->kind == SHARED_SEMAPHORE)
            s->fd = eventfd(0, EVENT_FLAGS);
        if (queue)
            s->room_fd = eventfd(0, EVENT_FLAGS);
        if ((queue && s->room_fd < 0) || ((queue || spec->kind == SHARED_SEMAPHORE) && s->fd < 0))
            return -errno;
    }
    return 0;
}

static void reset_mutex(pthread_mutex_t *mutex)
{
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
    pthread_mutex_init(mutex, &attributes);
    pthread_mutexattr_destroy(&attributes);
}

/* In the place of the old one, which might hold millions and gives them away one by one. */
static void refill(int fd, uint64_t n)
{
    int fresh = fd >= 0 ? eventfd(0, EVENT_FLAGS) : -1;
    if (fresh >= 0 && dup3(fresh, fd, O_CLOEXEC) < 0)
        fresh = -1;
    while (fd >= 0 && fresh < 0 && take(fd) == 0)
        ;
    if (fresh >= 0)
        close(fresh);
    if (fd >= 0)
        give(fd, n);
}

void shared_reset(struct arena *arena)
{
    for (unsigned i = 0; i < SHARED_MAX; i++) {
        const struct shared_spec *spec = &arena->control->shape.shared[i];
        struct shared *s = &arena->shared[i];
        if (spec->kind == SHARED_MUTEX)
            reset_mutex(&s->mutex);
        atomic_store(&s->held, false);
        atomic_store(&s->count, spec->initial);
        refill(s->fd, spec->kind == SHARED_SEMAPHORE ? (uint64_t)spec->initial : 0);
        refill(s->room_fd, spec->capacity);
        s->first = s->used = 0;
        s->turns = 0;
    }
}

int shared_inherit(const struct arena *arena)
{
    for (unsigned i = 0; i < SHARED_MAX; i++) {
        const struct shared *s = &arena->shared[i];
        if ((s->fd >= 0 && fcntl(s->fd, F_SETFD, 0) != 0) ||
            (s->room_fd >= 0 && fcntl(s->room_fd, F_SETFD, 0) != 0))
            return -errno;
    }
    return 0;
}

void shared_destroy(struct arena *arena)
{
    for (unsigned i = 0; i < SHARED_MAX; i++) {
        if (arena->shared[i].fd >= 0)
            close(arena->shared[i].fd);
        if (arena->shared[i].room_fd >= 0)
            close(arena->shared[i].room_fd);
    }
}
