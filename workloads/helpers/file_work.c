// SPDX-License-Identifier: MIT
#include "workloads/helpers/file_work.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

long file_work_call(const struct file_work *w)
{
    long result = -1;
    switch (w->step) {
    case FILE_CREATE:
        result = open(w->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        break;
    case FILE_WRITE:
        result = pwrite(w->fd, w->data + w->done, w->size - w->done, (off_t)w->done);
        break;
    case FILE_SYNC:
        result = fsync(w->fd);
        break;
    case FILE_OPEN:
        result = open(w->path, O_RDONLY | O_CLOEXEC);
        break;
    case FILE_READ:
        result = pread(w->fd, w->data + w->done, w->size - w->done, (off_t)w->done);
        break;
    case FILE_CLOSE:
    case FILE_CLOSE_AGAIN:
        result = close(w->fd);
        break;
    case FILE_DONE:
        return 0;
    }
    return result < 0 ? -errno : result;
}

static void end(struct file_work *w, int error)
{
    w->error = error;
    w->fd = -1;
    w->step = FILE_DONE;
}

static bool closes(const struct file_work *w)
{
    return w->step == FILE_CLOSE || w->step == FILE_CLOSE_AGAIN;
}

static void fail(struct file_work *w, int error)
{
    if (w->fd >= 0 && !closes(w)) /* after a close, whatever it said, the descriptor is gone */
        close(w->fd);
    end(w, error);
}

/* What was written must come back, not what still lies in the buffer. */
static void begin_reading(struct file_work *w)
{
    memset(w->data, 0, w->size);
    w->step = FILE_READ;
}

/* A part of it was transferred; the file may be shorter than it should be. */
static void transferred(struct file_work *w, long result, enum file_step next)
{
    w->done += (size_t)result;
    if (w->done == w->size) {
        w->step = next;
        w->done = 0;
    } else if (result == 0) {
        fail(w, -EIO);
    }
}

void file_work_advance(struct file_work *w, long result)
{
    if (result == -EINTR && closes(w))
        result = 0; /* close(2): on Linux it is closed all the same */
    if (result == -EINTR || result == -EAGAIN)
        return; /* once more */
    if (result < 0) {
        fail(w, (int)result);
        return;
    }
    switch (w->step) {
    case FILE_CREATE:
        w->fd = (int)result;
        w->step = FILE_WRITE;
        break;
    case FILE_WRITE:
        transferred(w, result, w->sync ? FILE_SYNC : FILE_CLOSE);
        break;
    case FILE_SYNC:
        w->step = FILE_CLOSE;
        break;
    case FILE_CLOSE:
        w->fd = -1;
        w->step = FILE_OPEN;
        break;
    case FILE_OPEN:
        w->fd = (int)result;
        begin_reading(w);
        break;
    case FILE_READ:
        transferred(w, result, FILE_CLOSE_AGAIN);
        break;
    case FILE_CLOSE_AGAIN:
        w->fd = -1;
        w->step = FILE_DONE;
        break;
    case FILE_DONE:
        break;
    }
}

void file_work_cancel(struct file_work *w)
{
    if (w->fd >= 0)
        close(w->fd);
    if (w->step != FILE_DONE)
        end(w, -ECANCELED);
}

int file_work_finish(struct file_work *w)
{
    while (w->step != FILE_DONE)
        file_work_advance(w, file_work_call(w));
    return w->error;
}
