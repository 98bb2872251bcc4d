// SPDX-License-Identifier: MIT
/* Another workload's tasks as Python would run them: under a simulated global interpreter lock. The
 * same as that workload with --gil; what stands here is what there is to learn. */
#include "workloads/workload.h"

enum { BODY };

static const struct param params[] = {
    [BODY] = {"body", "the workload whose tasks it runs: primes, means, download, sleep, mixed, …",
              PARAM_TEXT, "primes", 0, 0, NULL},
    {0},
};

static const struct preset presets[] = {
    {"quick", "computing: threads take turns, processes scale", "body=primes limit=600k tasks=64",
     "thread-pool,process-pool", "1,2,4"},
    {"quick", "waiting: threads and async overlap, the lock is in nobody's way",
     "body=sleep tasks=16 time=5ms", "thread-pool,async", "4,16"},
    {"quick", "a kernel that lets go of the lock, as NumPy's do: threads scale",
     "body=means size=32Mi chunk=1Mi", "thread-pool", "1,2,4"},
    {"quick", "a convoy: each short wait beside tasks that compute costs an interval",
     "body=mixed apart=yes tasks=4 time=25ms wait=0.25", "thread-pool,process-pool", "2,4"},
    {"full", "computing: threads take turns, processes scale", "body=primes limit=2M tasks=256",
     NULL, "1,2,4"},
    {"full", "waiting: threads and async overlap, the lock is in nobody's way",
     "body=sleep tasks=64 time=20ms", NULL, NULL},
    {"full", "a kernel that lets go of the lock, as NumPy's do: threads scale",
     "body=means size=128Mi chunk=1Mi", NULL, "1,2,4"},
    {"full", "the same kernel under a lock that only waits let go of: threads take turns",
     "body=means size=128Mi chunk=1Mi release=io", "thread-pool,process-pool", "1,2,4"},
    {"full", "a convoy: each short wait beside tasks that compute costs an interval",
     "body=mixed apart=yes tasks=8 time=100ms wait=0.125 waits=20", NULL, "1,2,4"},
    {"full", "the same convoy where waiters ask for the lock five times as soon",
     "body=mixed apart=yes tasks=8 time=100ms wait=0.125 waits=20 interval=1ms",
     "thread-pool,process-pool", "1,2,4"},
    {0},
};

static const char *body(const struct value *values)
{
    return values[BODY].text;
}

const struct workload workload_gil = {
    .name = "gil",
    .summary = "another workload under a simulated GIL",
    .python = "the same program, threads and the lock included",
    .bound = BOUND_CPU,
    .params = params,
    .presets = presets,
    .body = body,
};
