// SPDX-License-Identifier: MIT
#include "workloads/helpers/file_loop.h"

#include <errno.h>
#include <ev.h>
#include <fcntl.h>
#include <liburing.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/queue.h>
#include <unistd.h>

enum { ENTRIES = 256 };

struct item {
    STAILQ_ENTRY(item) link;
    struct file_work *work;
};
STAILQ_HEAD(items, item);

struct file_loop {
    struct ev_loop *loop;
    void (*done)(struct file_work *work);
    ev_io ready;        /* something has ended */
    ev_prepare waiting; /* the loop is about to wait: what was collected is submitted */
    ev_idle again;      /* the kernel took none of it: the loop is not to wait */
    unsigned in_flight;
    bool ring;
    struct io_uring uring;

    /* of the thread */
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t more;
    struct items todo, ended;
    bool stop;
    int event_fd;
};

/* ---- io_uring ----------------------------------------------------------------------------- */

/* Linux 5.1 to 5.5 have rings that cannot open a file. */
static bool can_do_all(struct io_uring *ring)
{
    static const int needed[] = {IORING_OP_OPENAT, IORING_OP_CLOSE, IORING_OP_READ, IORING_OP_WRITE,
                                 IORING_OP_FSYNC};
    struct io_uring_probe *probe = io_uring_get_probe_ring(ring);
    bool can = probe != NULL;
    for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]) && can; i++)
        can = io_uring_opcode_supported(probe, needed[i]);
    io_uring_free_probe(probe);
    return can;
}

int file_loop_probe(void)
{
    struct io_uring ring;
    int err = io_uring_queue_init(1, &ring, 0);
    if (err != 0)
        return err;
    err = can_do_all(&ring) ? 0 : -EOPNOTSUPP;
    io_uring_queue_exit(&ring);
    return err;
}

static struct io_uring_sqe *next_entry(struct file_loop *f)
{
    struct io_uring_sqe *entry = io_uring_get_sqe(&f->uring);
    if (entry != NULL)
        return entry;
    io_uring_submit(&f->uring); /* full: now there is room */
    return io_uring_get_sqe(&f->uring);
}

/* Hands the current step over; false: the ring takes none now. */
static bool submit(struct file_loop *f, struct file_work *w)
{
    struct io_uring_sqe *entry = next_entry(f);
    if (entry == NULL)
        return false;
    switch (w->step) {
    case FILE_CREATE:
        io_uring_prep_openat(entry, AT_FDCWD, w->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
                             0600);
        break;
    case FILE_WRITE:
        io_uring_prep_write(entry, w->fd, w->data + w->done, (unsigned)(w->size - w->done),
                            w->done);
        break;
    case FILE_SYNC:
        io_uring_prep_fsync(entry, w->fd, 0);
        break;
    case FILE_OPEN:
        io_uring_prep_openat(entry, AT_FDCWD, w->path, O_RDONLY | O_CLOEXEC, 0);
        break;
    case FILE_READ:
        io_uring_prep_read(entry, w->fd, w->data + w->done, (unsigned)(w->size - w->done), w->done);
        break;
    default:
        io_uring_prep_close(entry, w->fd);
    }
    io_uring_sqe_set_data(entry, w);
    return true;
}

/* On with it: in the ring, or if that is full here and now. */
static void ring_go_on(struct file_loop *f, struct file_work *w)
{
    while (w->step != FILE_DONE && !submit(f, w))
        file_work_advance(w, file_work_call(w));
    if (w->step == FILE_DONE) {
        f->in_flight--;
        f->done(w);
    }
}

static void ring_ready(struct ev_loop *loop, ev_io *io, int events)
{
    struct file_loop *f = io->data;
    struct io_uring_cqe *ended;
    (void)loop, (void)events;
    while (io_uring_peek_cqe(&f->uring, &ended) == 0) {
        struct file_work *w = io_uring_cqe_get_data(ended);
        file_work_advance(w, ended->res);
        io_uring_cqe_seen(&f->uring, ended);
        ring_go_on(f, w);
    }
}

static void ring_submit(struct ev_loop *loop, ev_prepare *prepare, int events)
{
    struct file_loop *f = prepare->data;
    (void)loop, (void)events;
    bool left = io_uring_sq_ready(&f->uring) > 0 && io_uring_submit(&f->uring) < 0;
    if (left)
        ev_idle_start(f->loop, &f->again);
    else
        ev_idle_stop(f->loop, &f->again);
}

static void nothing(struct ev_loop *loop, ev_idle *idle, int events)
{
    (void)loop, (void)idle, (void)events;
}

/* The kernel must no longer write into buffers that are about to be freed. */
static void ring_close(struct file_loop *f)
{
    struct io_uring_cqe *ended;
    int err = 0;
    while (f->in_flight > 0 && (err == 0 || err == -EINTR || err == -EAGAIN || err == -EBUSY)) {
        io_uring_submit(&f->uring);
        err = io_uring_wait_cqe(&f->uring, &ended);
        if (err != 0)
            continue;
        struct file_work *w = io_uring_cqe_get_data(ended);
        file_work_advance(w, ended->res);
        io_uring_cqe_seen(&f->uring, ended);
        file_work_cancel(w);
        f->in_flight--;
        f->done(w);
    }
    io_uring_queue_exit(&f->uring);
}

/* ---- the thread --------------------------------------------------------------------------- */

static struct item *take(struct items *from)
{
    struct item *item = STAILQ_FIRST(from);
    if (item != NULL)
        STAILQ_REMOVE_HEAD(from, link);
    return item;
}

static void *work_off(void *argument)
{
    struct file_loop *f = argument;
    const uint64_t one = 1;
    pthread_mutex_lock(&f->mutex);
    for (;;) {
        struct item *item = take(&f->todo);
        if (item == NULL && f->stop)
            break;
        if (item == NULL) {
            pthread_cond_wait(&f->more, &f->mutex);
            continue;
        }
        bool stop = f->stop;
        pthread_mutex_unlock(&f->mutex);
        if (stop)
            file_work_cancel(item->work);
        else
            file_work_finish(item->work);
        pthread_mutex_lock(&f->mutex);
        STAILQ_INSERT_TAIL(&f->ended, item, link);
        ssize_t written = write(f->event_fd, &one, sizeof(one)); /* never full */
        (void)written;
    }
    pthread_mutex_unlock(&f->mutex);
    return NULL;
}

static void thread_ready(struct ev_loop *loop, ev_io *io, int events)
{
    struct file_loop *f = io->data;
    uint64_t count;
    (void)loop, (void)events;
    ssize_t n = read(f->event_fd, &count, sizeof(count));
    (void)n;
    for (;;) {
        pthread_mutex_lock(&f->mutex);
        struct item *item = take(&f->ended);
        pthread_mutex_unlock(&f->mutex);
        if (item == NULL)
            return;
        f->done(item->work);
        free(item);
    }
}

static int thread_open(struct file_loop *f)
{
    f->event_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (f->event_fd < 0)
        return -errno;
    pthread_mutex_init(&f->mutex, NULL);
    pthread_cond_init(&f->more, NULL);
    int err = -pthread_create(&f->thread, NULL, work_off, f);
    if (err != 0)
        close(f->event_fd);
    return err;
}

static void thread_close(struct file_loop *f)
{
    pthread_mutex_lock(&f->mutex);
    f->stop = true;
    pthread_cond_signal(&f->more);
    pthread_mutex_unlock(&f->mutex);
    pthread_join(f->thread, NULL);
    for (struct item *item; (item = take(&f->ended)) != NULL;) {
        f->done(item->work);
        free(item);
    }
    close(f->event_fd);
}

/* ---- both --------------------------------------------------------------------------------- */

int file_loop_open(struct file_loop **files, struct ev_loop *loop, bool ring,
                   void (*done)(struct file_work *work))
{
    struct file_loop *f = *files = calloc(1, sizeof(*f));
    if (f == NULL)
        return -ENOMEM;
    *f = (struct file_loop){.loop = loop, .done = done, .ring = ring};
    STAILQ_INIT(&f->todo);
    STAILQ_INIT(&f->ended);
    int err = ring ? io_uring_queue_init(ENTRIES, &f->uring, 0) : thread_open(f);
    if (err != 0) {
        free(f);
        *files = NULL;
        return err;
    }
    ev_io_init(&f->ready, ring ? ring_ready : thread_ready, ring ? f->uring.ring_fd : f->event_fd,
               EV_READ);
    ev_prepare_init(&f->waiting, ring_submit);
    ev_idle_init(&f->again, nothing);
    f->ready.data = f->waiting.data = f;
    ev_io_start(loop, &f->ready);
    if (ring)
        ev_prepare_start(loop, &f->waiting);
    return 0;
}

void file_loop_begin(struct file_loop *f, struct file_work *work)
{
    if (f->ring) {
        f->in_flight++;
        ring_go_on(f, work);
        return;
    }
    struct item *item = malloc(sizeof(*item));
    if (item == NULL) {
        work->error = -ENOMEM;
        work->step = FILE_DONE;
        f->done(work);
        return;
    }
    item->work = work;
    pthread_mutex_lock(&f->mutex);
    STAILQ_INSERT_TAIL(&f->todo, item, link);
    pthread_cond_signal(&f->more);
    pthread_mutex_unlock(&f->mutex);
}

void file_loop_close(struct file_loop *f)
{
    ev_io_stop(f->loop, &f->ready);
    ev_prepare_stop(f->loop, &f->waiting);
    ev_idle_stop(f->loop, &f->again);
    if (f->ring)
        ring_close(f);
    else
        thread_close(f);
    free(f);
}
