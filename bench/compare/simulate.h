// SPDX-License-Identifier: MIT
/* Comparisons on noise that is known: the same procedure, with a measurer that makes times up. The
 * noise is that of a small shared virtual machine: halves vary by 6 to 8 % and follow each other
 * (lag-1 autocorrelation 0.4 to 0.5), because the machine stays on a plateau for a while, is
 * disturbed by bursts, and a little of it is new each time. */
#ifndef SPEEDUP_SIMULATE_H
#define SPEEDUP_SIMULATE_H

#include "bench/compare/contest.h"

/* A machine, and two programs on it. */
struct simulated {
    uint64_t state; /* of its chance */
    double effect;  /* the new side takes 1 + effect times as long */
    double plateau; /* that it is on */
    json_int_t now_ns, pid;
};

void simulated_open(struct simulated *machine, uint64_t seed, double effect);

/* The logarithm of how much slower than usual the next half is: it moves on. */
double simulated_noise(struct simulated *machine);

/* For struct measurer: one case, named "simulated"; self is the machine. */
int simulated_half(void *self, const struct half_order *order, struct half *half, char *why,
                   size_t size);

/* How often which verdict came out. */
struct simulated_counts {
    size_t comparisons, verdicts[VERDICTS];
};

/* So many comparisons of such an effect. 0 or -errno. */
int simulate(size_t comparisons, double effect, const struct judge_rules *rules, uint64_t seed,
             struct simulated_counts *counts);

#endif
