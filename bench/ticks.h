// SPDX-License-Identifier: MIT
/* What all CPUs have done since the machine began: proc(5), /proc/stat. */
#ifndef SPEEDUP_TICKS_H
#define SPEEDUP_TICKS_H

/* In nanoseconds, of all CPUs together; all 0 where it cannot be read. */
struct ticks {
    double busy_ns;   /* for anybody on this machine, stolen time included */
    double stolen_ns; /* taken by the host for other machines */
};

struct ticks ticks_read(void);

/* The share of `wall_ns` that was stolen from a CPU since `before`, in the mean of all CPUs. */
double ticks_stolen_since(const struct ticks *before, double wall_ns);

#endif
