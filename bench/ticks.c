// SPDX-License-Identifier: MIT
#include "bench/ticks.h"

#include <stdio.h>
#include <unistd.h>

struct ticks ticks_read(void)
{
    double user, nice, system, idle, io, irq, soft, steal;
    double ns = 1e9 / (double)sysconf(_SC_CLK_TCK);
    struct ticks t = {0};
    FILE *file = fopen("/proc/stat", "re");
    if (file == NULL)
        return t;
    if (fscanf(file, "cpu %lf %lf %lf %lf %lf %lf %lf %lf", &user, &nice, &system, &idle, &io, &irq,
               &soft, &steal) == 8)
        t = (struct ticks){ns * (user + nice + system + irq + soft + steal), ns * steal};
    fclose(file);
    return t;
}

double ticks_stolen_since(const struct ticks *before, double wall_ns)
{
    struct ticks now = ticks_read();
    double all = wall_ns * (double)sysconf(_SC_NPROCESSORS_ONLN);
    return all > 0 && now.stolen_ns > before->stolen_ns ? (now.stolen_ns - before->stolen_ns) / all
                                                        : 0;
}
