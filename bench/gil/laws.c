// SPDX-License-Identifier: MIT
#include "bench/gil/laws.h"

#include <math.h>
#include <stdio.h>

enum {
    RATIO_2,
    RATIO_4,
    PROCESSES,
    HOLD_2,
    HOLD_4,
    HOLD_PINNED,
    HOLD_1MS,
    HOLD_100US,
    HOLD_10US,
    WAKE_0,
    WAKE_1,
    WAKE_1MS,
    WAKE_100US,
    WAKE_2,
    WAKE_PINNED,
    WAKE_4,
    ECHO_0,
    ECHO_1,
    ECHO_CLOSED,
    KERNEL,
    KERNEL_128KI,
    KERNELS,
    SLEEP,
    SPAWN_0,
    SPAWN,
    ASYNC_5,
    ASYNC_20,
    INTERPRETERS,
    RELEASE,
    HOLD_3,
    HOLD_8,
    HOLD_500US,
    HOLD_2MS,
    HOLD_20MS,
    WAKE_500US,
    WAKE_2MS,
    WAKE_20MS,
    WAKE_3,
    ECHO_2MS,
    KERNEL_96KI,
    KERNEL_256KI,
    SLEEP_1MS,
    SLEEP_2MS,
    SPAWN_2MS,
    ASYNC_10,
    RATIO_8,
    OLD_BATTLE_2,
    OLD_BATTLE_4,
    OLD_PINNED_2,
    OLD_PINNED_4,
    OLD_WAKE,
};

/* What depends on a mode that the machine is in for seconds is measured more often in a run: on how
 * fast its cores wake up or compute, and on which tick finds a thread that may go on. So is what
 * varies by more than a third of its demand from one measurement to the next. */
const struct measurement laws_measurements[] = {
    [RATIO_2] = {"ratio", "k=2 pairs=5", ERA_NEW, 1, 3, false},
    [RATIO_4] = {"ratio", "k=4 pairs=5", ERA_NEW, 1, 3, false},
    [PROCESSES] = {"ratio", "k=2 processes=yes", ERA_NEW, 2, 1, false},
    [HOLD_2] = {"hold", "k=2", ERA_NEW, 1, 3, false},
    [HOLD_4] = {"hold", "k=4", ERA_NEW, 1, 3, false},
    [HOLD_PINNED] = {"hold", "k=2 pin=yes", ERA_NEW, 1, 3, false},
    [HOLD_1MS] = {"hold", "k=2 interval=1ms", ERA_NEW, 1, 3, false},
    [HOLD_100US] = {"hold", "k=2 interval=100us", ERA_NEW, 1, 3, false},
    [HOLD_10US] = {"hold", "k=2 interval=10us", ERA_NEW, 1, 1, false},
    [WAKE_0] = {"wake", "k=0", ERA_NEW, 1, 1, false},
    [WAKE_1] = {"wake", "k=1", ERA_NEW, 1, 1, true},
    [WAKE_1MS] = {"wake", "k=1 interval=1ms", ERA_NEW, 1, 1, false},
    [WAKE_100US] = {"wake", "k=1 interval=100us", ERA_NEW, 1, 1, false},
    [WAKE_2] = {"wake", "k=2 count=200", ERA_NEW, 1, 3, false},
    [WAKE_PINNED] = {"wake", "k=2 count=200 pin=yes", ERA_NEW, 1, 3, false},
    [WAKE_4] = {"wake", "k=4 count=200", ERA_NEW, 1, 1, false},
    [ECHO_0] = {"echo", "k=0", ERA_NEW, 1, 1, false},
    [ECHO_1] = {"echo", "k=1", ERA_NEW, 1, 1, false},
    [ECHO_CLOSED] = {"echo", "k=1 think=0", ERA_NEW, 1, 1, false},
    [KERNEL] = {"kernel", "k=1", ERA_NEW, 1, 3, false},
    [KERNEL_128KI] = {"kernel", "k=1 size=128Ki", ERA_NEW, 1, 3, false},
    [KERNELS] = {"kernel-ratio", "threads=2", ERA_NEW, 2, 1, false},
    [SLEEP] = {"sleep", "k=1", ERA_NEW, 1, 1, false},
    [SPAWN_0] = {"spawn", "k=0", ERA_NEW, 1, 1, false},
    [SPAWN] = {"spawn", "k=1", ERA_NEW, 1, 3, false},
    /* A pause spread over a whole chunk meets it in every phase as often. */
    [ASYNC_5] = {"async-echo", "chunk=5ms think=5ms duration=1s", ERA_NEW, 1, 3, false},
    [ASYNC_20] = {"async-echo", "chunk=20ms think=20ms duration=2500ms", ERA_NEW, 1, 1, false},
    [INTERPRETERS] = {"interpreters", "k=2", ERA_INTERPRETERS, 2, 1, false},
    [RELEASE] = {"release", "", ERA_NEW, 1, 1, false},
    [HOLD_3] = {"hold", "k=3 duration=2s", ERA_NEW, 1, 1, false},
    [HOLD_8] = {"hold", "k=8 duration=2s", ERA_NEW, 1, 1, false},
    [HOLD_500US] = {"hold", "k=2 interval=500us", ERA_NEW, 1, 1, false},
    [HOLD_2MS] = {"hold", "k=2 interval=2ms", ERA_NEW, 1, 1, false},
    [HOLD_20MS] = {"hold", "k=2 interval=20ms duration=2s", ERA_NEW, 1, 1, false},
    [WAKE_500US] = {"wake", "k=1 interval=500us", ERA_NEW, 1, 1, false},
    [WAKE_2MS] = {"wake", "k=1 interval=2ms", ERA_NEW, 1, 1, false},
    [WAKE_20MS] = {"wake", "k=1 interval=20ms gap=50ms count=40", ERA_NEW, 1, 1, false},
    [WAKE_3] = {"wake", "k=3 count=200", ERA_NEW, 1, 1, false},
    [ECHO_2MS] = {"echo", "k=1 interval=2ms", ERA_NEW, 1, 1, false},
    [KERNEL_96KI] = {"kernel", "k=1 size=96Ki", ERA_NEW, 1, 3, false},
    [KERNEL_256KI] = {"kernel", "k=1 size=256Ki", ERA_NEW, 1, 3, false},
    [SLEEP_1MS] = {"sleep", "k=1 time=1ms", ERA_NEW, 1, 1, false},
    [SLEEP_2MS] = {"sleep", "k=1 interval=2ms", ERA_NEW, 1, 1, false},
    [SPAWN_2MS] = {"spawn", "k=1 interval=2ms", ERA_NEW, 1, 1, false},
    [ASYNC_10] = {"async-echo", "chunk=10ms think=10ms duration=2s", ERA_NEW, 1, 1, false},
    [RATIO_8] = {"ratio", "k=8 pairs=5", ERA_NEW, 1, 3, false},
    [OLD_BATTLE_2] = {"battle", "k=2", ERA_OLD, 2, 1, false},
    [OLD_BATTLE_4] = {"battle", "k=4", ERA_OLD, 2, 1, false},
    [OLD_PINNED_2] = {"battle", "k=2 pin=yes", ERA_OLD, 1, 1, false},
    [OLD_PINNED_4] = {"battle", "k=4 pin=yes", ERA_OLD, 1, 1, false},
    [OLD_WAKE] = {"wake", "k=1", ERA_OLD, 1, 1, false},
};
const unsigned laws_measurement_count = sizeof(laws_measurements) / sizeof(laws_measurements[0]);

#define MS         1e6, "ms"
#define TIMES      1e6, "×"
#define NUMBER     1, ""
#define I          5e6, "I"
#define PERCENT(p) LAW_RATIO, 1 - (p) / 100.0, 1 + (p) / 100.0, HARD
#define FACTOR(f)  LAW_RATIO, 1.0 / (f), (f), STATISTICAL
#define IN(a, b)   LAW_WITHIN, a, b, HARD
#define NOTED      LAW_NOTE, 0, 0, HARD

/* An interval is 5 ms unless the text says otherwise. */
const struct law laws[] = {
    {"2 hogs / 1: throughput", RATIO_2, "ratio_ppm.p50", TIMES, IN(0.97, 1.02)},
    {"2 hogs: CPU time / wall", RATIO_2, "cpu_per_wall", NUMBER, IN(0.97, 1.02)},
    {"4 hogs / 1: throughput", RATIO_4, "ratio_ppm.p50", TIMES, IN(0.97, 1.02)},
    {"4 hogs: CPU time / wall", RATIO_4, "cpu_per_wall", NUMBER, IN(0.97, 1.02)},
    {"2 processes / 1: throughput", PROCESSES, "ratio_ppm.p50", TIMES, IN(1.85, INFINITY)},
    {"2 interpreters / 1: throughput", INTERPRETERS, "ratio_ppm.p50", TIMES, IN(1.85, INFINITY)},
    {"hold, 2 hogs: median", HOLD_2, "hold.p50", MS, PERCENT(3)},
    {"hold, 2 hogs: switches a second", HOLD_2, "switches_per_s", NUMBER, PERCENT(5)},
    {"hold, 4 hogs: mean", HOLD_4, "hold.mean", MS, PERCENT(5)},
    {"hold, 4 hogs: 95 %", HOLD_4, "hold.p95", MS, PERCENT(15)},
    {"hold, 4 hogs: switches a second", HOLD_4, "switches_per_s", NUMBER, PERCENT(8)},
    {"hold, 2 hogs on one core: median", HOLD_PINNED, "hold.p50", MS, PERCENT(3)},
    {"hold, 2 hogs, I = 1 ms: median", HOLD_1MS, "hold.p50", MS, PERCENT(3)},
    {"hold, 2 hogs, I = 0.1 ms: median", HOLD_100US, "hold.p50", MS, PERCENT(5)},
    {"hold, 2 hogs, I = 10 µs: median", HOLD_10US, "hold.p50", MS, PERCENT(20)},
    {"wake-up alone: median", WAKE_0, "wake.p50", MS, NOTED},
    {"wake-up beside 1 hog: median", WAKE_1, "wake.p50", MS, PERCENT(3)},
    {"wake-up beside 1 hog: least", WAKE_1, "wake.min", I, IN(1, INFINITY)},
    {"wake-up, 1 hog, I = 1 ms: median", WAKE_1MS, "wake.p50", MS, PERCENT(5)},
    {"wake-up, 1 hog, I = 0.1 ms: median", WAKE_100US, "wake.p50", MS, PERCENT(20)},
    {"wake-up beside 2 hogs: mean", WAKE_2, "wake.mean", MS, FACTOR(2)},
    {"wake-up beside 2 hogs: 95 %", WAKE_2, "wake.p95", MS, FACTOR(2)},
    {"wake-up beside 2 hogs: mean, in intervals", WAKE_2, "wake.mean", I, IN(1.5, 5)},
    {"wake-up beside 2 hogs: 95 %, in intervals", WAKE_2, "wake.p95", I, IN(4, INFINITY)},
    {"wake-up, 2 hogs, on one core: mean", WAKE_PINNED, "wake.mean", MS, PERCENT(15)},
    {"wake-up beside 4 hogs: mean", WAKE_4, "wake.mean", MS, FACTOR(2)},
    {"wake-up beside 4 hogs: 95 %", WAKE_4, "wake.p95", MS, FACTOR(2)},
    {"echo alone: median", ECHO_0, "trip.p50", MS, NOTED},
    {"echo beside 1 hog: median", ECHO_1, "trip.p50", MS, PERCENT(3)},
    {"closed-loop echo beside 1 hog: rate", ECHO_CLOSED, "requests_per_s", NUMBER, IN(90, 1100)},
    {"closed loop: trips not of 0, 1 or 2 I", ECHO_CLOSED, "trip.odd", 0.01, "%", IN(0, 5)},
    {"64 KiB hash beside 1 hog: extra", KERNEL, "per_call_ns-alone_ns", MS, PERCENT(5)},
    {"128 KiB hash beside 1 hog: extra", KERNEL_128KI, "per_call_ns-alone_ns", MS, PERCENT(5)},
    {"2 hashing threads / 1: calls", KERNELS, "ratio_ppm.p50", TIMES, IN(1.85, INFINITY)},
    {"sleep beside 1 hog: overshoot, median", SLEEP, "overshoot.p50", MS, PERCENT(3)},
    {"starting a thread alone: median", SPAWN_0, "spawn.p50", MS, NOTED},
    {"starting a thread beside 1 hog: median", SPAWN, "spawn.p50", I, IN(1.9, 2.3)},
    {"async echo, chunks of 5 ms: mean / chunk", ASYNC_5, "trip.mean", 5e6, "c", IN(1.4, 1.6)},
    {"async echo, chunks of 5 ms: max/longest", ASYNC_5, "trip.max/chunk_max_ns", 1, "c",
     IN(0, 2.1)},
    {"async echo, chunks of 20 ms: mean / chunk", ASYNC_20, "trip.mean", 20e6, "c", IN(1.4, 1.6)},
    {"async echo, chunks of 20 ms: max/longest", ASYNC_20, "trip.max/chunk_max_ns", 1, "c",
     IN(0, 2.1)},
    {"release and take that nobody contends", RELEASE, "pair_ns", 1, "ns", NOTED},
    {"old: 2 threads / 1: time", OLD_BATTLE_2, "slowdown_ppm.p50", TIMES, IN(1.25, INFINITY)},
    {"old: 4 threads / 1: time", OLD_BATTLE_4, "slowdown_ppm.p50", TIMES, NOTED},
    {"old: 2 threads on one core / 1: time", OLD_PINNED_2, "slowdown_ppm.p50", TIMES, IN(0, 1.15)},
    {"old: 4 threads on one core / 1: time", OLD_PINNED_4, "slowdown_ppm.p50", TIMES, NOTED},
    {"old: wake-up beside 1 hog: median", OLD_WAKE, "wake.p50", MS, IN(0, 0.2)},
    /* with --more: points between and beyond, at the tolerances of their neighbours */
    {"8 hogs / 1: throughput", RATIO_8, "ratio_ppm.p50", TIMES, IN(0.97, 1.02) | MORE},
    {"hold, 3 hogs: mean", HOLD_3, "hold.mean", MS, PERCENT(5) | MORE},
    {"hold, 3 hogs: switches a second", HOLD_3, "switches_per_s", NUMBER, PERCENT(8) | MORE},
    {"hold, 8 hogs: mean", HOLD_8, "hold.mean", MS, PERCENT(5) | MORE},
    {"hold, 8 hogs: switches a second", HOLD_8, "switches_per_s", NUMBER, PERCENT(8) | MORE},
    {"hold, 2 hogs, I = 0.5 ms: median", HOLD_500US, "hold.p50", MS, PERCENT(5) | MORE},
    {"hold, 2 hogs, I = 2 ms: median", HOLD_2MS, "hold.p50", MS, PERCENT(3) | MORE},
    {"hold, 2 hogs, I = 20 ms: median", HOLD_20MS, "hold.p50", MS, PERCENT(3) | MORE},
    {"wake-up, 1 hog, I = 0.5 ms: median", WAKE_500US, "wake.p50", MS, PERCENT(10) | MORE},
    {"wake-up, 1 hog, I = 2 ms: median", WAKE_2MS, "wake.p50", MS, PERCENT(5) | MORE},
    {"wake-up, 1 hog, I = 20 ms: median", WAKE_20MS, "wake.p50", MS, PERCENT(3) | MORE},
    {"wake-up beside 3 hogs: mean", WAKE_3, "wake.mean", MS, FACTOR(2) | MORE},
    {"echo beside 1 hog, I = 2 ms: median", ECHO_2MS, "trip.p50", MS, PERCENT(5) | MORE},
    {"96 KiB hash beside 1 hog: extra", KERNEL_96KI, "per_call_ns-alone_ns", MS, PERCENT(5) | MORE},
    {"256 KiB hash beside 1 hog: extra", KERNEL_256KI, "per_call_ns-alone_ns", MS,
     PERCENT(5) | MORE},
    {"sleep of 1 ms beside 1 hog: overshoot", SLEEP_1MS, "overshoot.p50", MS, PERCENT(3) | MORE},
    {"sleep beside 1 hog, I = 2 ms: overshoot", SLEEP_2MS, "overshoot.p50", MS, PERCENT(5) | MORE},
    {"starting a thread, 1 hog, I = 2 ms", SPAWN_2MS, "spawn.p50", 2e6, "I", IN(1.9, 2.3) | MORE},
    {"async echo, chunks of 10 ms: mean / chunk", ASYNC_10, "trip.mean", 10e6, "c",
     IN(1.4, 1.6) | MORE},
};
const unsigned laws_count = sizeof(laws) / sizeof(laws[0]);
_Static_assert(sizeof(laws) / sizeof(laws[0]) <= LAWS_MAX, "there is room for all laws");

void law_demand(const struct law *law, char *text, unsigned long size)
{
    if (law->kind == LAW_NOTE)
        snprintf(text, size, "none");
    else if (law->kind == LAW_RATIO && (law->flags & STATISTICAL))
        snprintf(text, size, "factor %g", law->high);
    else if (law->kind == LAW_RATIO)
        snprintf(text, size, "within %g %%", round((law->high - 1) * 100));
    else if (isinf(law->high))
        snprintf(text, size, "at least %g", law->low);
    else if (law->low == 0)
        snprintf(text, size, "at most %g", law->high);
    else
        snprintf(text, size, "%g to %g", law->low, law->high);
}

bool law_holds(const struct law *law, double real, double simulated)
{
    double x = law->kind == LAW_RATIO ? simulated / real : simulated / law->unit;
    return law->kind == LAW_NOTE || (x >= law->low && x <= law->high);
}
