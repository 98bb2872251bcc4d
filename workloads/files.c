// SPDX-License-Identifier: MIT
/*
 * Many files: each task writes one, closes it, opens it again, reads it and answers the SHA-256 of
 * what it read, in hexadecimal digits as sha256sum prints it. Workers that may block make one
 * system call after the other; event loops hand them to io_uring, or where there is none to a
 * thread.
 *
 * Without sync=yes the files stay in the page cache, so this is work for the kernel and not waiting
 * for a disk.
 */
#include "workloads/workload.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "workloads/helpers/contents.h"
#include "workloads/helpers/file_loop.h"

enum { FILES, SIZE, SYNC, VIA };
enum { NO, YES };
enum { VIA_AUTO, VIA_RING, VIA_THREAD };
enum { DIGITS = 2 * SHA256_DIGEST_LENGTH };

static const char *const answers[] = {"no", "yes", NULL};
static const char *const ways[] = {"auto", "io-uring", "thread", NULL};
static const struct param params[] = {
    [FILES] = {"files", "number of files", PARAM_COUNT, "64", 0, 1e6, NULL},
    [SIZE] = {"size", "length of each file", PARAM_BYTES, "64Ki", 0, 1073741824, NULL},
    [SYNC] = {"sync", "wait until each file is on the disk", PARAM_CHOICE, "no", 0, 0, answers},
    [VIA] = {"via", "what event loops use; auto: io_uring where it works", PARAM_CHOICE, "auto", 0,
             0, ways},
    {0},
};

static const struct preset presets[] = {
    {"quick", "64 files of 64 KiB, written and read back", "files=64 size=64Ki",
     "thread-pool,process-pool,async", "1,2,4"},
    {"full", "256 files of 256 KiB, written and read back", "files=256 size=256Ki", NULL, NULL},
    {"full", "the same, each on the disk before it is read", "files=256 size=256Ki sync=yes", NULL,
     NULL},
    {"many-files", "write and read 100 files with threads, with processes, with asyncio",
     "files=100 size=16Ki", "thread-pool,process-pool,async", "1,4"},
    {0},
};

static int shape(struct job *job, struct shape *shape)
{
    const struct value *v = job->values;
    shape->tasks = (size_t)v[FILES].n;
    shape->output_max = DIGITS;
    shape->output_type = OUTPUT_BYTES;
    shape->directory = true;
    shape->input_size = sizeof(bool); /* is there io_uring? */
    shape->bytes = 1;
    shape->items = (double)v[FILES].n * (double)v[SIZE].n;
    shape->unit = shape->items > 0 ? "B" : "files";
    shape->bound = v[SYNC].n == YES ? BOUND_IO : BOUND_CPU;
    return 0;
}

static int prepare(struct job *job)
{
    int64_t via = job->values[VIA].n;
    int err = via == VIA_THREAD ? -ENOSYS : file_loop_probe();
    *(bool *)job->input = err == 0;
    if (err != 0 && via == VIA_RING)
        return job_fail(job, err, "io_uring does not work here (%s); leave via=auto",
                        strerror(-err));
    if (err != 0 && via == VIA_AUTO)
        job_note(job,
                 "io_uring does not work here (%s): a thread beside each event loop reads and "
                 "writes",
                 strerror(-err));
    return 0;
}

/* ---- in the worker ------------------------------------------------------------------------ */

static struct file_work *work_begin(struct worker *worker, struct task *task)
{
    const struct job *job = worker->job;
    size_t size = (size_t)job->values[SIZE].n;
    struct file_work *w = calloc(1, sizeof(*w));
    if (w == NULL || (w->data = malloc(size + 1)) == NULL) {
        free(w);
        return NULL;
    }
    snprintf(w->path, sizeof(w->path), "%s/%zu", worker_directory(worker), task->index);
    w->size = size;
    w->sync = job->values[SYNC].n == YES;
    w->fd = -1;
    w->owner = task;
    contents_fill(job->seed, task->index, 0, w->data, size);
    return w;
}

static void print_digest(const void *data, size_t size, char digits[DIGITS + 1])
{
    unsigned char digest[SHA256_DIGEST_LENGTH];
    SHA256(data, size, digest);
    for (int i = 0; i < SHA256_DIGEST_LENGTH; i++)
        snprintf(digits + 2 * i, 3, "%02x", digest[i]);
}

/* Answers the hash, or says what went wrong. Frees the work. */
static int work_end(struct worker *worker, struct task *task, struct file_work *w)
{
    char digits[DIGITS + 1];
    int err = w->error;
    if (err != 0) {
        worker_fail(worker, err, "file %zu: %s", task->index, strerror(-err));
    } else {
        blocking_begin(worker, BLOCKING_KERNEL); /* as hashlib does for more than 2 KiB */
        print_digest(w->data, w->size, digits);
        blocking_end(worker, BLOCKING_KERNEL);
        memcpy(task->output, digits, DIGITS);
        task->output_size = DIGITS;
    }
    free(w->data);
    free(w);
    return err;
}

static int run(struct worker *worker, struct task *task)
{
    struct file_work *w = work_begin(worker, task);
    if (w == NULL)
        return -ENOMEM;
    blocking_begin(worker, BLOCKING_WAIT);
    file_work_finish(w);
    blocking_end(worker, BLOCKING_WAIT);
    return work_end(worker, task, w);
}

/* ---- on a loop ---------------------------------------------------------------------------- */

static void done(struct file_work *w)
{
    struct task *task = w->owner;
    struct worker *worker = task->state;
    task_done(worker, task, work_end(worker, task, w));
}

static int enter(struct worker *worker)
{
    if (worker->loop == NULL)
        return 0;
    bool ring = *(const bool *)worker->job->input;
    struct file_loop *files;
    int err = file_loop_open(&files, worker->loop, ring, done);
    worker->state = files;
    return err != 0 ? worker_fail(worker, err, "could not set up %s: %s",
                                  ring ? "io_uring" : "a thread", strerror(-err))
                    : 0;
}

static void leave(struct worker *worker)
{
    if (worker->state != NULL)
        file_loop_close(worker->state);
    worker->state = NULL;
}

static int start(struct worker *worker, struct task *task)
{
    struct file_work *w = work_begin(worker, task);
    if (w == NULL)
        return -ENOMEM;
    task->state = worker;
    file_loop_begin(worker->state, w);
    return 0;
}

/* ---- checking ----------------------------------------------------------------------------- */

/* The file itself must hold the right bytes, and no others. */
static bool holds(const char *path, const unsigned char *right, unsigned char *found, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    size_t n = 0;
    for (ssize_t more = 1; fd >= 0 && more > 0 && n <= size; n += more > 0 ? (size_t)more : 0)
        more = read(fd, found + n, size + 1 - n);
    if (fd >= 0)
        close(fd);
    return fd >= 0 && n == size && memcmp(found, right, size) == 0;
}

static int check(struct job *job, const struct task *tasks)
{
    size_t size = (size_t)job->values[SIZE].n;
    unsigned char *right = malloc(size + 1), *found = malloc(size + 1);
    int err = right != NULL && found != NULL ? 0 : -ENOMEM;
    for (size_t i = 0; i < job->shape.tasks && err == 0; i++) {
        char digits[DIGITS + 1], path[PATH_MAX];
        snprintf(path, sizeof(path), "%s/%zu", job_directory(job), i);
        contents_fill(job->seed, i, 0, right, size);
        print_digest(right, size, digits);
        if (tasks[i].output_size != DIGITS || memcmp(tasks[i].output, digits, DIGITS) != 0)
            err = job_fail(job, -EILSEQ, "file %zu was read with a wrong checksum", i);
        else if (!holds(path, right, found, size))
            err = job_fail(job, -EILSEQ, "file %zu on disk holds wrong bytes", i);
    }
    free(right);
    free(found);
    return err;
}

const struct workload workload_files = {
    .name = "files",
    .summary = "write many files and read them back",
    .python = "open, write and read in threads, aiofiles",
    .bound = BOUND_CPU,
    .params = params,
    .presets = presets,
    .shape = shape,
    .prepare = prepare,
    .enter = enter,
    .leave = leave,
    .run = run,
    .start = start,
    .check = check,
};
