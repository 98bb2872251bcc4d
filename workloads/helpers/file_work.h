// SPDX-License-Identifier: MIT
/* Writing a file, closing it, opening it again and reading it back: one system call after the
 * other, each of which may be made in place or handed to io_uring. */
#ifndef SPEEDUP_FILE_WORK_H
#define SPEEDUP_FILE_WORK_H

#include <stdbool.h>
#include <stddef.h>

enum file_step {
    FILE_CREATE,
    FILE_WRITE,
    FILE_SYNC,
    FILE_CLOSE,
    FILE_OPEN,
    FILE_READ,
    FILE_CLOSE_AGAIN,
    FILE_DONE
};

struct file_work {
    char path[4096];
    unsigned char *data; /* size bytes: what to write, later what was read */
    size_t size, done;   /* bytes of this step that are done */
    bool sync;           /* wait until the file is on the disk */
    int fd;
    int error; /* 0 or -errno of the first step that failed */
    enum file_step step;
    void *owner;
};

/* Makes the system call of the current step and returns its result, or -errno. */
long file_work_call(const struct file_work *work);

/* Goes on to the next step, given the result of the current one. After a failure the descriptor is
 * closed and the work is done. */
void file_work_advance(struct file_work *work, long result);

/* Gives up what is left, between two steps: closes the descriptor, the error is -ECANCELED. */
void file_work_cancel(struct file_work *work);

/* All that is left, blocking. Returns work->error. */
int file_work_finish(struct file_work *work);

#endif
