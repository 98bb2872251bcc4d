// SPDX-License-Identifier: MIT
/*
 * A web server that greets: / and /NAME. The runner carries the server: thread per connection
 * (threads), a pool (thread-pool), process per connection (processes), pre-forked children
 * (process-pool), an event loop (async), one in each of several threads or children. A task is a
 * connection, from its acceptance to its end.
 *
 * The load comes from a helper on a core of its own: the same number of connections for every
 * server, all opened at once. A server that carries fewer at a time lets the others wait.
 */
#include "workloads/workload.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "workloads/helpers/desk.h"
#include "workloads/helpers/file_limit.h"
#include "workloads/helpers/hello.h"
#include "workloads/helpers/load.h"

enum { CONNECTIONS, REQUESTS, RATE, STALL, PORT };
enum { ACCEPTED };
enum {
    P99,
    CPU,
    P50,
    LOAD,
    P999,
    SLOWEST,
    MEASURES
}; /* what a narrow table keeps longest comes first */
enum { ENDLESS_SLOTS = 65536, SPARE_FILES = 64 };

static const struct param params[] = {
    [CONNECTIONS] = {"connections", "connections that are open at once", PARAM_COUNT, "16", 0,
                     28000, NULL},
    [REQUESTS] = {"requests", "requests on each of them, one after the other", PARAM_COUNT, "100",
                  1, 1e7, NULL},
    [RATE] = {"rate", "requests per second in all, 0: each as soon as the last is answered",
              PARAM_COUNT, "0", 0, 1e7, NULL},
    [STALL] = {"stall", "the server blocks once for so long, in mid-run", PARAM_TIME, "0s", 0, 60e9,
               NULL},
    [PORT] = {"port", "port of the server, 0: any free one", PARAM_COUNT, "0", 0, 65535, NULL},
    {0},
};

static const struct preset presets[] = {
    {"quick", "16 connections ask 100 times each", "connections=16 requests=100",
     "threads,processes,process-pool,async,async-processes", "4,16"},
    {"full", "100 connections ask 200 times each", "connections=100 requests=200", NULL, "1,4,100"},
    {"full", "the same at a fixed rate: latencies count from when each request was due",
     "connections=100 requests=50 rate=5000",
     "threads,thread-pool,process-pool,async,async-threads,async-processes", "100"},
    {"hello-server", "a web server that answers / and /NAME", "connections=4 requests=25", "async",
     "4"},
    {0},
};

static const struct measure measures[] = {
    [P99] = {"p99",
             "99 % of the requests were answered in this time, counted from when each was due",
             PARAM_TIME},
    [CPU] = {"CPU/req.", "CPU time of the server for each request", PARAM_TIME},
    [P50] = {"p50", "half of the requests were answered in this time", PARAM_TIME},
    [LOAD] = {"load",
              "share of the time in which the load generator was computing: near 100 % it, "
              "and not the server, is the limit",
              PARAM_FRACTION},
    [P999] = {"p99.9", "99.9 % of the requests", PARAM_TIME},
    [SLOWEST] = {"slowest", "the slowest answer", PARAM_TIME},
    [MEASURES] = {0},
};

/* The input: where to connect to. */
struct door {
    int fd; /* inherited by every worker */
    uint16_t port;
};

static struct load_options options_of(const struct job *job)
{
    const struct value *v = job->values;
    const struct door *door = job->input;
    return (struct load_options){.port = door != NULL ? door->port : 0,
                                 .listening = door != NULL ? door->fd : -1,
                                 .connections = (uint32_t)v[CONNECTIONS].n,
                                 .requests = (uint32_t)v[REQUESTS].n,
                                 .rate = (double)v[RATE].n};
}

static int shape(struct job *job, struct shape *shape)
{
    const struct value *v = job->values;
    struct load_options options = options_of(job);
    shape->tasks = job->endless ? ENDLESS_SLOTS : (size_t)v[CONNECTIONS].n;
    shape->input_size = sizeof(struct door);
    shape->bytes = 1;
    shape->output_max = HELLO_NAME_MAX + 16;
    shape->output_type = OUTPUT_BYTES;
    shape->descriptors = true;
    shape->shared[ACCEPTED].kind = SHARED_ATOMIC;
    shape->items = (double)v[CONNECTIONS].n * (double)v[REQUESTS].n;
    shape->unit = "requests";
    if (shape->items > 20e6)
        return job_fail(job, -ERANGE, "connections x requests is %.0f; 20M are enough",
                        shape->items);
    if (job->endless || shape->tasks == 0)
        return 0;
    shape->report_size = load_report_size(&options);
    shape->reports = true;
    return 0;
}

/* ---- the door ----------------------------------------------------------------------------- */

/* Accepted sockets inherit what is set here. A blocking worker looks every 0.2 s whether it is to
 * end. */
static int listen_on(struct door *door, uint16_t port)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    const struct timeval glance = {.tv_usec = 200000};
    socklen_t size = sizeof(address);
    int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    door->fd = fd;
    if (fd < 0)
        return -errno;
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) != 0 ||
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)) != 0 ||
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &glance, sizeof(glance)) != 0 ||
        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &glance, sizeof(glance)) != 0 ||
        bind(fd, (struct sockaddr *)&address, size) != 0 || listen(fd, SOMAXCONN) != 0 ||
        getsockname(fd, (struct sockaddr *)&address, &size) != 0)
        return -errno;
    door->port = ntohs(address.sin_port);
    return 0;
}

static int prepare(struct job *job)
{
    struct door *door = job->input;
    size_t needed = (size_t)job->values[CONNECTIONS].n + SPARE_FILES;
    uint16_t port = (uint16_t)job->values[PORT].n;
    uint64_t limit = file_limit_raise();
    door->fd = -1;
    if (limit < needed)
        return job_fail(job, -EMFILE,
                        "%zu connections need %zu open files and the limit is %llu; choose fewer, "
                        "or raise it with ulimit -n",
                        needed - SPARE_FILES, needed, (unsigned long long)limit);
    int err = listen_on(door, port);
    if (err != 0)
        return job_fail(job, err,
                        "the server could not get port %u of 127.0.0.1: %s; choose another "
                        "port, or 0 for any free one",
                        port, strerror(-err));
    if (job->endless)
        job_note(job, "it listens on http://127.0.0.1:%u/", door->port);
    return 0;
}

static void cleanup(struct job *job)
{
    struct door *door = job->input;
    if (door->fd > 0)
        close(door->fd);
}

static int helper(struct job *job, struct helper *helper)
{
    struct load_options options = options_of(job);
    return load_run(&options, job->report, helper);
}

/* Accepts the next connection: a task. */
static enum next next(struct worker *worker, struct claim *claim)
{
    const struct job *job = worker->job;
    const struct door *door = job->input;
    long long tasks = (long long)job->shape.tasks;
    atomic_llong *accepted = shared_atomic(worker, ACCEPTED);
    if (!job->endless && atomic_load(accepted) >= tasks)
        return NEXT_END;
    claim->fd =
        accept4(door->fd, NULL, NULL, SOCK_CLOEXEC | (worker->loop != NULL ? SOCK_NONBLOCK : 0));
    if (claim->fd < 0) {
        if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
            wait_ns(worker, 10000000); /* until a connection ends: the door would stay readable */
        claim->fd = door->fd;
        return NEXT_WAIT;
    }
    claim->index = (size_t)(atomic_fetch_add(accepted, 1) % tasks);
    return NEXT_TASK;
}

/* ---- in the worker ------------------------------------------------------------------------ */

static int enter(struct worker *worker)
{
    const struct value *v = worker->job->values;
    return desk_open(worker, ((uint64_t)v[REQUESTS].n + 1) / 2, v[STALL].n);
}

/* ---- checking ----------------------------------------------------------------------------- */

static int by_size(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* The nearest rank. */
static double quantile(const uint32_t *sorted, uint64_t count, double share)
{
    uint64_t rank = (uint64_t)(share * (double)count + 0.9999999);
    return (double)sorted[rank > 0 ? rank - 1 : 0] * LATENCY_UNIT_NS;
}

static void measure(struct job *job, struct load_report *r)
{
    double wall = (double)(r->end_ns - r->begin_ns), requests = (double)r->answers;
    qsort(r->latency, r->answers, sizeof(r->latency[0]), by_size);
    job->measures[P50] = quantile(r->latency, r->answers, 0.5);
    job->measures[P99] = quantile(r->latency, r->answers, 0.99);
    job->measures[P999] = quantile(r->latency, r->answers, 0.999);
    job->measures[SLOWEST] = quantile(r->latency, r->answers, 1);
    job->measures[CPU] = (double)job->cpu_ns / requests;
    job->measures[LOAD] = wall > 0 ? (double)r->cpu_ns / wall : 0;
    if (job->measures[LOAD] > 0.9)
        job_note(job,
                 "where `load` is above 90 %% the load generator was the limit, not the server");
}

static int fail(struct job *job, const struct load_report *r, uint64_t due)
{
    char kinds[128] = "";
    size_t n = 0;
    for (int i = 0; i < LOAD_ERRORS; i++) {
        if (r->errors[i] > 0 && n < sizeof(kinds))
            n += (size_t)snprintf(kinds + n, sizeof(kinds) - n, "; %s: %llu", load_error_names[i],
                                  (unsigned long long)r->errors[i]);
    }
    return job_fail(job, -EILSEQ, "%llu of %llu requests were answered%s; %s",
                    (unsigned long long)r->answers, (unsigned long long)due, kinds,
                    r->error[0] != '\0' ? r->error : "nothing was said");
}

/* The generator has compared every answer; here that there were enough of them, and that every
 * client's last greeting was the last of exactly one connection. */
static int check(struct job *job, const struct task *tasks)
{
    struct load_report *r = job->report;
    const struct value *v = job->values;
    uint64_t requests = (uint64_t)v[REQUESTS].n, due = job->shape.tasks * requests;
    if (job->shape.tasks == 0)
        return 0;
    if (r->error[0] != '\0' || r->answers != due)
        return fail(job, r, due);
    bool *seen = calloc(job->shape.tasks, sizeof(*seen));
    int err = seen != NULL ? 0 : -ENOMEM;
    for (size_t i = 0; i < job->shape.tasks && err == 0; i++) {
        unsigned client, request;
        int end = 0;
        char text[HELLO_NAME_MAX + 17];
        snprintf(text, sizeof(text), "%.*s", (int)tasks[i].output_size, (char *)tasks[i].output);
        if (sscanf(text, "Hello, c%u-%u!%n", &client, &request, &end) != 2 || text[end] != '\0' ||
            request != requests - 1 || client >= job->shape.tasks || seen[client])
            err = job_fail(job, -EILSEQ, "connection %zu ended with '%s'", i, text);
        else
            seen[client] = true;
    }
    free(seen);
    if (err == 0)
        measure(job, r);
    return err;
}

const struct workload workload_serve = {
    .name = "serve",
    .summary = "a web server that answers / and /NAME, in the runner's manner",
    .python = "http.server with threads, asyncio and aiohttp servers",
    .bound = BOUND_IO,
    .params = params,
    .presets = presets,
    .measures = measures,
    .shape = shape,
    .prepare = prepare,
    .helper = helper,
    .enter = enter,
    .leave = desk_close,
    .next = next,
    .run = desk_run,
    .start = desk_start,
    .check = check,
    .cleanup = cleanup,
};
