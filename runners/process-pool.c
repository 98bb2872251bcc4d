// SPDX-License-Identifier: MIT
/*
 * n children that live as long as the pool.
 *
 * transfer=shm: children claim tasks themselves and work in shared memory, in place.
 * transfer=pipe: the parent sends each child its task's input and receives its output through a
 * socket, as Python's pools do with pickled objects; so this shows what the copying costs.
 */
#include "runners/runner.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

enum { TRANSFER };
enum { TRANSFER_SHM, TRANSFER_PIPE };

static const char *const transfers[] = {"shm", "pipe", NULL};
static const struct param params[] = {
    [TRANSFER] = {"transfer", "how slices and outputs travel: shared memory, or copied both ways",
                  PARAM_CHOICE, .initial = "shm", .choices = transfers},
    {0},
};

/* What goes ahead of a slice (parent to child) and of an output (child to parent). */
struct message {
    size_t index; /* of the task; NO_TASK ends the child */
    size_t size;  /* bytes that follow */
};
#define NO_TASK SIZE_MAX

struct channel {
    int parent, child;
};

/* Sends or receives all of it. -EPIPE when the other side is gone. */
static int send_all(int fd, const struct message *head, const void *body)
{
    struct iovec parts[] = {{(void *)head, sizeof(*head)}, {(void *)body, head->size}};
    struct msghdr m = {.msg_iov = parts, .msg_iovlen = 2};
    while (parts[0].iov_len + parts[1].iov_len > 0) {
        ssize_t n = sendmsg(fd, &m, MSG_NOSIGNAL);
        if (n < 0 && errno != EINTR)
            return -errno;
        for (int i = 0; i < 2 && n > 0; i++) {
            size_t taken = (size_t)n < parts[i].iov_len ? (size_t)n : parts[i].iov_len;
            parts[i].iov_base = (char *)parts[i].iov_base + taken;
            parts[i].iov_len -= taken;
            n -= (ssize_t)taken;
        }
    }
    return 0;
}

static int receive_all(int fd, void *data, size_t size)
{
    for (char *at = data; size > 0;) {
        ssize_t n = recv(fd, at, size, MSG_WAITALL);
        if (n == 0)
            return -EPIPE;
        if (n < 0 && errno != EINTR)
            return -errno;
        if (n > 0) {
            at += n;
            size -= (size_t)n;
        }
    }
    return 0;
}

/* ---- in the child ------------------------------------------------------------------------- */

/* Receives a slice, does the task on private copies, sends the output back. */
static int serve(struct worker *worker, int fd, void *input, void *output)
{
    struct message message;
    struct task task;
    for (;;) {
        blocking_begin(worker, BLOCKING_OTHERS);
        int err = receive_all(fd, &message, sizeof(message));
        blocking_end(worker, BLOCKING_OTHERS);
        if (err != 0 || message.index == NO_TASK)
            return err == -EPIPE ? 0 : err;
        task_locate(worker->run, message.index, &task);
        task.input = input;
        task.output = output;
        err = receive_all(fd, input, message.size);
        if (err == 0) {
            task_run(worker, &task);
            message.size = task.output_size;
            err = send_all(fd, &message, output);
        }
        if (err != 0)
            return worker_fail(worker, err, "transfer: %s", strerror(-err));
    }
}

static int work_by_pipe(struct worker *worker)
{
    struct run *run = worker->run;
    struct channel *channels = run->state;
    const struct shape *shape = &run->job->shape;
    for (unsigned i = 0; i < run->worker_count; i++) {
        close(channels[i].parent); /* or nobody would see the parent's end of file */
        if (i != worker->index)
            close(channels[i].child);
    }
    size_t slice = shape->slice_size ? shape->slice_size + 2 * shape->halo_size : shape->input_size;
    void *input = malloc(slice + 1), *output = malloc(shape->output_max + 1);
    gate_wait(worker);
    int err = input != NULL && output != NULL
                  ? serve(worker, channels[worker->index].child, input, output)
                  : worker_fail(worker, -ENOMEM, "no memory for its copies");
    free(input);
    free(output);
    return err;
}

static int work(struct worker *worker)
{
    if (worker->run->values[TRANSFER].n == TRANSFER_PIPE)
        return work_by_pipe(worker);
    worker_map_input(worker);
    gate_wait(worker);
    return work_tasks(worker);
}

/* ---- in the parent ------------------------------------------------------------------------ */

static void close_channels(struct run *run, bool parent_side)
{
    struct channel *channels = run->state;
    for (unsigned i = 0; channels != NULL && i < run->worker_count; i++) {
        int *fd = parent_side ? &channels[i].parent : &channels[i].child;
        if (*fd > 0)
            close(*fd);
        *fd = 0;
    }
}

static int probe(const struct value *values, const struct job *job, char *why, size_t size)
{
    if (job == NULL || !job->shape.descriptors || values[TRANSFER].n != TRANSFER_PIPE)
        return 0;
    snprintf(why, size, "a connection is nothing that transfer=pipe can copy; use transfer=shm");
    return -ENOTSUP;
}

static int create(struct run *run)
{
    if (run->values[TRANSFER].n == TRANSFER_PIPE) {
        struct channel *channels = run->state = calloc(run->worker_count, sizeof(*channels));
        if (channels == NULL)
            return run_fail(run, -ENOMEM, "out of memory");
        for (unsigned i = 0; i < run->worker_count; i++) {
            int pair[2];
            if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
                return run_fail(run, -errno, "could not make socket pair %u of %u: %s", i + 1,
                                run->worker_count, strerror(errno));
            channels[i] = (struct channel){pair[0], pair[1]};
        }
    }
    int err = crew_create(run, WORKER_FORK);
    close_channels(run, false);
    return err;
}

/* Sends the next task to a child, or the end. *busy says whether it has work now. */
static int hand_out(struct run *run, unsigned i, bool *busy)
{
    struct worker *worker = &run->workers[i];
    struct channel *channels = run->state;
    struct claim claim;
    enum next next;
    while ((next = task_next(worker, &claim)) == NEXT_WAIT)
        crew_work_wait(worker, claim.fd);
    *busy = next == NEXT_TASK;
    struct task task = {0};
    struct message message = {NO_TASK, 0};
    if (*busy) {
        task_locate(run, claim.index, &task);
        message = (struct message){claim.index, task.input_size};
    }
    return send_all(channels[i].parent, &message, task.input);
}

static int take_back(struct run *run, unsigned i)
{
    struct channel *channels = run->state;
    struct message message;
    struct task task;
    int err = receive_all(channels[i].parent, &message, sizeof(message));
    if (err != 0)
        return err;
    task_locate(run, message.index, &task);
    return receive_all(channels[i].parent, task.output, message.size);
}

static int dispatch(struct run *run, struct pollfd *fds)
{
    struct channel *channels = run->state;
    unsigned busy_count = 0;
    int err = 0;
    for (unsigned i = 0; i < run->worker_count && err == 0; i++) {
        bool busy = false;
        err = hand_out(run, i, &busy);
        fds[i] = (struct pollfd){.fd = busy ? channels[i].parent : -1, .events = POLLIN};
        busy_count += busy;
    }
    while (busy_count > 0 && err == 0) {
        if (poll(fds, run->worker_count, -1) < 0)
            continue;
        for (unsigned i = 0; i < run->worker_count && err == 0; i++) {
            bool busy = true;
            if (fds[i].fd < 0 || fds[i].revents == 0)
                continue;
            err = take_back(run, i);
            if (err == 0)
                err = hand_out(run, i, &busy);
            if (!busy) {
                fds[i].fd = -1;
                busy_count--;
            }
        }
    }
    return err;
}

static int go(struct run *run)
{
    crew_open(run);
    int err = 0;
    if (run->values[TRANSFER].n == TRANSFER_PIPE) {
        struct pollfd *fds = calloc(run->worker_count, sizeof(*fds));
        err = fds != NULL ? dispatch(run, fds) : -ENOMEM;
        free(fds);
        close_channels(run, true);
    }
    int ended = crew_wait(run); /* says which child died, if one did */
    return ended != 0 || err == 0 ? ended : run_fail(run, err, "transfer: %s", strerror(-err));
}

static int destroy(struct run *run)
{
    close_channels(run, true);
    int err = crew_destroy(run);
    free(run->state);
    run->state = NULL;
    return err;
}

const struct runner runner_process_pool = {
    .name = "process-pool",
    .summary = "n children that live as long as the pool",
    .python = "ProcessPoolExecutor, multiprocessing.Pool",
    .caps = RUNNER_BLOCKING | RUNNER_ISOLATED,
    .params = params,
    .probe = probe,
    .create = create,
    .go = go,
    .work = work,
    .destroy = destroy,
};
