// SPDX-License-Identifier: MIT
/* Calibrated computing: a chain of dependent steps x := A·x + C mod 2^64, which no compiler and no
 * processor can shorten, and whose end is known in O(log n) by composing steps. The constants are
 * those of Knuth's MMIX generator. */
#include "bench/chain.h"

static const uint64_t A = 6364136223846793005u, C = 1442695040888963407u;

enum { BURST_NS = 1000 }; /* between checkpoints */

static uint64_t steps(const struct job *job, int64_t ns)
{
    return ns > 0 ? (uint64_t)((double)ns * job->work_rate) : 0;
}

uint64_t chain_run(uint64_t x, uint64_t n)
{
    while (n-- > 0) {
        x = A * x + C;
        __asm__ volatile("" : "+r"(x));
    }
    return x;
}

uint64_t work_ns(struct worker *worker, int64_t ns, uint64_t seed)
{
    uint64_t left = steps(worker->job, ns), burst = steps(worker->job, BURST_NS) + 1;
    while (left > burst && !worker_stopped(worker)) {
        seed = chain_run(seed, burst);
        left -= burst;
        checkpoint(worker);
    }
    return chain_run(seed, left);
}

uint64_t work_expected(const struct job *job, int64_t ns, uint64_t seed)
{
    uint64_t a = A, c = C;
    for (uint64_t n = steps(job, ns); n > 0; n >>= 1) {
        if (n & 1)
            seed = a * seed + c;
        c = a * c + c; /* the step composed with itself */
        a *= a;
    }
    return seed;
}

double chain_calibrate(void)
{
    enum { TRIES = 9, STEPS = 200000 };
    double best = 0;
    for (int i = 0; i < TRIES; i++) {
        int64_t begin = now_ns();
        uint64_t end = chain_run((uint64_t)begin, STEPS);
        __asm__ volatile("" ::"r"(end));
        double rate = STEPS / (double)(now_ns() - begin);
        best = rate > best ? rate : best;
    }
    return best;
}
