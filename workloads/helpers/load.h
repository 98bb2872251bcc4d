// SPDX-License-Identifier: MIT
/*
 * The load generator: keeps a number of connections open and asks for a greeting on each, again and
 * again. Every answer is compared with the one that is due.
 *
 * Without a rate the loop is closed: a connection asks again as soon as it has its answer, so a
 * slow server is asked less. With a rate the loop is open: requests have times at which they should
 * be sent, whatever the server does, and latencies count from those times. A request that waits for
 * an earlier one of its connection so shows the whole stall (Tene, "How NOT to measure latency").
 */
#ifndef SPEEDUP_LOAD_H
#define SPEEDUP_LOAD_H

#include <stddef.h>
#include <stdint.h>

struct helper;

struct load_options {
    uint16_t port;        /* of 127.0.0.1 */
    int listening;        /* the server's socket: what is left in its backlog is cleared */
    uint32_t connections; /* open at once; each is closed after its last answer */
    uint32_t requests;    /* on each of them */
    double rate;          /* requests per second in all; 0: closed loop */
};

enum { LATENCY_UNIT_NS = 16, LOAD_ERROR_MAX = 160 };

/* How a request can fail; the first three end its connection. */
enum load_error {
    LOAD_NO_CONNECTION, /* could not connect */
    LOAD_CLOSED,        /* closed or reset before the answer was complete */
    LOAD_NO_HTTP,       /* what came is no answer, or one too many */
    LOAD_STATUS,        /* another status than 200 */
    LOAD_BODY,          /* another body than the one that was due */
    LOAD_ERRORS
};
extern const char *const load_error_names[LOAD_ERRORS];

/* What came of the last repetition. */
struct load_report {
    uint64_t answers; /* complete ones, right or wrong */
    uint64_t errors[LOAD_ERRORS];
    int64_t begin_ns, end_ns;   /* first request that was due, last answer */
    int64_t cpu_ns;             /* of the generator, between them */
    char error[LOAD_ERROR_MAX]; /* the first thing that went wrong, "" if nothing did */
    uint32_t latency[];         /* of each answer, in LATENCY_UNIT_NS; the longest possible also
                                 * stands for what is longer */
};

/* How large the report must be. */
size_t load_report_size(const struct load_options *options);

/* Generates load between HELPER_GO and HELPER_END, until the helper is to end. 0 or -errno. */
int load_run(const struct load_options *options, struct load_report *report, struct helper *helper);

#endif
