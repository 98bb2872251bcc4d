// SPDX-License-Identifier: MIT
#include "bench/gil/lab.h"
#include "bench/interrupt.h"
#include "bench/ticks.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

enum { WINDOW_NS = 500000000, WINDOWS = 60 };
enum { PROBE_NS = 250000000, GAP_NS = 1000000 };

double lab_stolen_ns(void)
{
    return ticks_read().stolen_ns;
}

double lab_wait_idle(void)
{
    double used = 0;
    for (int i = 0; i < WINDOWS && !interrupt_asked(); i++) {
        struct timespec window = {0, WINDOW_NS};
        struct ticks before = ticks_read();
        clock_nanosleep(CLOCK_MONOTONIC, 0, &window, NULL);
        struct ticks after = ticks_read();
        used = (after.busy_ns - before.busy_ns) / WINDOW_NS;
        if (used <= LAB_IDLE)
            break;
    }
    return used;
}

/* ---- does a core lose time while it computes? --------------------------------------------- */

struct probe {
    pthread_t thread;
    const struct machine *machine;
    hwloc_const_bitmap_t pu;
    int64_t longest_ns; /* between two looks at the clock */
};

static void *compute(void *argument)
{
    struct probe *p = argument;
    hwloc_set_cpubind(p->machine->topology, p->pu, HWLOC_CPUBIND_THREAD);
    int64_t last = now_ns(), end = last + PROBE_NS;
    for (int64_t now = last; now < end; last = now) {
        now = now_ns();
        p->longest_ns = now - last > p->longest_ns ? now - last : p->longest_ns;
    }
    return NULL;
}

/* Computes on all PUs at once. */
static bool is_calm(const struct machine *machine)
{
    struct probe *probes = calloc(machine->allowed_pus, sizeof(*probes));
    unsigned started = 0;
    bool calm = true;
    for (hwloc_obj_t pu = NULL; probes != NULL && started < machine->allowed_pus;) {
        pu = hwloc_get_next_obj_inside_cpuset_by_type(machine->topology, machine->allowed,
                                                      HWLOC_OBJ_PU, pu);
        if (pu == NULL)
            break;
        probes[started] = (struct probe){.machine = machine, .pu = pu->cpuset};
        if (pthread_create(&probes[started].thread, NULL, compute, &probes[started]) != 0)
            break;
        started++;
    }
    for (unsigned i = 0; i < started; i++) {
        pthread_join(probes[i].thread, NULL);
        calm = calm && probes[i].longest_ns < GAP_NS;
    }
    free(probes);
    return calm;
}

bool lab_wait_calm(const struct machine *machine, int64_t *patience_ns)
{
    const struct timespec pause = {0, WINDOW_NS};
    while (!machine->simulated && !is_calm(machine)) {
        *patience_ns -= WINDOW_NS + PROBE_NS;
        if (*patience_ns <= 0 || interrupt_asked())
            return false;
        clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, NULL);
    }
    return true;
}
