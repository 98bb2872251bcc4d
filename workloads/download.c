// SPDX-License-Identifier: MIT
/* Fetching files over HTTP with libcurl: from the built-in server, whose contents the checker
 * knows, or from a user's list of addresses. */
#include "workloads/workload.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "workloads/helpers/contents.h"
#include "workloads/helpers/download.h"
#include "workloads/helpers/server.h"
#include "workloads/helpers/transfer.h"
#include "workloads/helpers/transfers.h"

enum { CHUNK = 64 * 1024, RETRY_NS = 1000000 };

static const char *const stores[] = {[SAVE_DISK] = "disk", [SAVE_MEMORY] = "memory", NULL};
static const char *const answers[] = {[NO] = "no", [YES] = "yes", NULL};

/* Connections are not reused by default: with as many workers as files nobody could reuse one, and
 * a fresh worker per task never can, so the serial baseline would save what the others must pay. */
static const struct param params[] = {
    [FILES] = {"files", "number of files", PARAM_COUNT, "64", 0, 1e6, NULL},
    [SIZE] = {"size", "length of each file", PARAM_BYTES, "16Ki", 0, 1073741824, NULL},
    [LATENCY] = {"latency", "time from a request to its response", PARAM_TIME, "20ms", 0, 600e9,
                 NULL},
    [BANDWIDTH] = {"bandwidth", "bytes per second of each connection, 0: unlimited", PARAM_BYTES,
                   "0", 0, 1e12, NULL},
    [SAVE] = {"save", "keep each file on disk under its own name, or in memory", PARAM_CHOICE,
              "disk", 0, 0, stores},
    [REUSE] = {"reuse", "let a worker's next request use its last connection", PARAM_CHOICE, "no",
               0, 0, answers},
    [URLS] = {"urls", "list of addresses to fetch instead, a file", PARAM_TEXT, "", 0, 0, NULL},
    [OWNER] = {"owner", "the listed servers are yours: more than 6 connections per host",
               PARAM_CHOICE, "no", 0, 0, answers},
    [PORT] = {"port", "port of the built-in server, 0: any free one", PARAM_COUNT, "0", 0, 65535,
              NULL},
    {0},
};

static const struct preset presets[] = {
    {"quick", "16 files after 5 ms each", "files=16 latency=5ms",
     "threads,thread-pool,processes,process-pool,async", NULL},
    {"full", "64 files after 20 ms each", "files=64 latency=20ms", NULL, NULL},
    {"download-160", "160 downloads one by one, by 5 threads, by processes, by asyncio",
     "files=160 latency=20ms save=memory reuse=yes", "thread-pool,process-pool,async", "5,20"},
    {"url-lengths", "the lengths of three pages", "files=3 latency=100ms", "threads,async", "3"},
    {0},
};

/* ---- shape and input ---------------------------------------------------------------------- */

static int shape_list(struct job *job, struct shape *shape)
{
    const char *path = job->values[URLS].text;
    bool disk = job->values[SAVE].n == SAVE_DISK, all_known = true;
    struct url *urls;
    int err = urls_read(job, path, &urls, &shape->tasks);
    if (err != 0)
        return err;
    for (size_t i = 0; i < shape->tasks; i++) {
        shape->items += (double)urls[i].size;
        all_known = all_known && urls[i].size >= 0;
        if (!disk && urls[i].size > (int64_t)shape->output_max)
            shape->output_max = (size_t)urls[i].size;
    }
    free(urls);
    shape->once = job->values[OWNER].n == NO;
    if (!all_known && !disk)
        return job_fail(job, -EINVAL,
                        "save=memory needs the length of each file after its "
                        "address in %s; add them, or use save=disk",
                        path);
    if (job->values[REUSE].n == YES && job->values[OWNER].n == NO)
        return job_fail(job, -EINVAL,
                        "reuse=yes keeps a connection per worker, more than other "
                        "people's servers should bear; if they are yours, say "
                        "owner=yes");
    if (!all_known) {
        shape->items = 0;
        shape->unit = "files";
    }
    shape->input_size = shape->tasks * sizeof(struct url);
    shape->slice_size = sizeof(struct url);
    return 0;
}

static int shape(struct job *job, struct shape *shape)
{
    const struct value *v = job->values;
    bool disk = v[SAVE].n == SAVE_DISK;
    int err = 0;
    shape->unit = "B";
    shape->directory = disk;
    shape->output_type = disk ? OUTPUT_U64 : OUTPUT_BYTES;
    if (download_from_list(job)) {
        err = shape_list(job, shape);
    } else {
        shape->tasks = (size_t)v[FILES].n;
        shape->items = (double)v[FILES].n * (double)v[SIZE].n;
        shape->output_max = (size_t)v[SIZE].n;
        shape->report_size = sizeof(struct download_report);
    }
    if (disk)
        shape->output_max = sizeof(uint64_t);
    return err;
}

static int prepare(struct job *job)
{
    const char *path = job->values[URLS].text;
    struct url *urls;
    size_t count;
    if (!download_from_list(job))
        return 0;
    int err = urls_read(job, path, &urls, &count);
    if (err != 0)
        return err;
    if (count == job->shape.tasks)
        memcpy(job->input, urls, count * sizeof(*urls));
    else
        err = job_fail(job, -ESTALE, "%s has changed since it was read first; start again", path);
    free(urls);
    return err;
}

/* ---- the server --------------------------------------------------------------------------- */

static int helper(struct job *job, struct helper *helper)
{
    const struct value *v = job->values;
    struct download_report *report = job->report;
    struct server *server;
    struct server_options options = {.seed = job->seed,
                                     .files = (uint64_t)v[FILES].n,
                                     .size = (uint64_t)v[SIZE].n,
                                     .latency_ns = v[LATENCY].n,
                                     .bandwidth = (uint64_t)v[BANDWIDTH].n,
                                     .port = (uint16_t)v[PORT].n};
    int err = server_open(&server, &options);
    if (err != 0)
        return job_fail(job, err,
                        "the file server could not get port %u of 127.0.0.1: %s; choose "
                        "another with -p port=N, or port=0 for any free one",
                        options.port, strerror(-err));
    report->port = server_port(server);
    helper_ready(helper);
    err = server_serve(server, helper_fd(helper));
    server_close(server);
    return err;
}

/* ---- in the worker ------------------------------------------------------------------------ */

static int enter(struct worker *worker)
{
    int err = transfer_library(worker);
    if (err != 0)
        return err;
    if (worker->loop != NULL)
        return transfers_open(worker);
    worker->state = malloc(sizeof(struct transfer));
    return worker->state != NULL ? transfer_open(worker->state, worker) : -ENOMEM;
}

static void leave(struct worker *worker)
{
    if (worker->state == NULL)
        return;
    if (worker->loop != NULL) {
        transfers_close(worker);
    } else {
        transfer_close(worker->state);
        free(worker->state);
    }
    worker->state = NULL;
}

static int run(struct worker *worker, struct task *task)
{
    struct transfer *transfer = worker->state;
    int err;
    while ((err = transfer_begin(transfer, task)) == -EAGAIN) {
        err = wait_ns(worker, RETRY_NS);
        if (err != 0)
            return err;
    }
    if (err != 0)
        return err;
    blocking_begin(worker, BLOCKING_WAIT);
    CURLcode code = curl_easy_perform(transfer->easy);
    blocking_end(worker, BLOCKING_WAIT);
    return transfer_end(transfer, code);
}

/* ---- checking ----------------------------------------------------------------------------- */

/* Compares file `index` from `offset` on with what the server must have sent. */
static bool matches(const struct job *job, size_t index, uint64_t offset, const void *data,
                    size_t size)
{
    char right[CHUNK];
    const char *at = data;
    for (size_t n; size > 0; at += n, offset += n, size -= n) {
        n = size < CHUNK ? size : CHUNK;
        contents_fill(job->seed, index, offset, right, n);
        if (memcmp(at, right, n) != 0)
            return false;
    }
    return true;
}

static bool file_matches(const struct job *job, size_t index, int fd)
{
    char data[CHUNK];
    uint64_t offset = 0;
    ssize_t n;
    while ((n = read(fd, data, CHUNK)) > 0) {
        if (!matches(job, index, offset, data, (size_t)n))
            return false;
        offset += (uint64_t)n;
    }
    return n == 0;
}

static int check_disk(struct job *job, const struct task *task, int64_t size)
{
    char path[PATH_MAX];
    struct stat status = {.st_size = -1};
    uint64_t said;
    if (task->output_size != sizeof(said))
        return job_fail(job, -EILSEQ, "file %zu is missing", task->index);
    memcpy(&said, task->output, sizeof(said));
    download_path(path, job_directory(job), task->index);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool right = fd >= 0 && fstat(fd, &status) == 0 &&
                 (download_from_list(job) || file_matches(job, task->index, fd));
    if (fd >= 0)
        close(fd);
    if (size < 0)
        size = (int64_t)said;
    if (status.st_size != size || said != (uint64_t)size)
        return job_fail(job, -EILSEQ, "file %zu: %lld B are on disk, %llu B came, %lld B are right",
                        task->index, (long long)status.st_size, (unsigned long long)said,
                        (long long)size);
    return right ? 0 : job_fail(job, -EILSEQ, "file %zu on disk holds wrong bytes", task->index);
}

static int check_memory(struct job *job, const struct task *task, int64_t size)
{
    if (task->output_size != (size_t)size)
        return job_fail(job, -EILSEQ, "file %zu: %zu B came, %lld B are right", task->index,
                        task->output_size, (long long)size);
    if (!download_from_list(job) && !matches(job, task->index, 0, task->output, task->output_size))
        return job_fail(job, -EILSEQ, "file %zu holds wrong bytes", task->index);
    return 0;
}

/* The status was checked where it came; here length and, from the built-in server, every byte. */
static int check(struct job *job, const struct task *tasks)
{
    const struct url *urls = job->input;
    bool disk = job->values[SAVE].n == SAVE_DISK;
    int err = 0;
    for (size_t i = 0; i < job->shape.tasks && err == 0; i++) {
        int64_t size = download_from_list(job) ? urls[i].size : job->values[SIZE].n;
        err = disk ? check_disk(job, &tasks[i], size) : check_memory(job, &tasks[i], size);
    }
    return err;
}

const struct workload workload_download = {
    .name = "download",
    .summary = "fetch files over HTTP",
    .python = "requests.get and aiohttp",
    .bound = BOUND_IO,
    .params = params,
    .presets = presets,
    .shape = shape,
    .prepare = prepare,
    .helper = helper,
    .enter = enter,
    .leave = leave,
    .run = run,
    .start = transfers_start,
    .check = check,
};
