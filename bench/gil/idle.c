// SPDX-License-Identifier: MIT
#include "bench/gil/lab.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { WINDOW_NS = 500000000, WINDOWS = 60 };

/* What all CPUs have done since the machine began, in ticks of the kernel: proc(5). */
struct ticks {
    double user, nice, system, idle, io, irq, soft, steal;
};

static struct ticks read_ticks(void)
{
    struct ticks t = {0};
    FILE *file = fopen("/proc/stat", "re");
    if (file == NULL)
        return t;
    if (fscanf(file, "cpu %lf %lf %lf %lf %lf %lf %lf %lf", &t.user, &t.nice, &t.system, &t.idle,
               &t.io, &t.irq, &t.soft, &t.steal) != 8)
        t = (struct ticks){0};
    fclose(file);
    return t;
}

static double busy(const struct ticks *t)
{
    return t->user + t->nice + t->system + t->irq + t->soft + t->steal;
}

static double ns_per_tick(void)
{
    return 1e9 / (double)sysconf(_SC_CLK_TCK);
}

double lab_stolen_ns(void)
{
    return read_ticks().steal * ns_per_tick();
}

double lab_wait_idle(void)
{
    double used = 0;
    for (int i = 0; i < WINDOWS; i++) {
        struct timespec window = {0, WINDOW_NS};
        struct ticks before = read_ticks();
        clock_nanosleep(CLOCK_MONOTONIC, 0, &window, NULL);
        struct ticks after = read_ticks();
        used = (busy(&after) - busy(&before)) * ns_per_tick() / WINDOW_NS;
        if (used <= LAB_IDLE)
            break;
    }
    return used;
}
