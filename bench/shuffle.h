// SPDX-License-Identifier: MIT
#ifndef SPEEDUP_SHUFFLE_H
#define SPEEDUP_SHUFFLE_H

#include <stddef.h>
#include <stdint.h>

/* The next number of the generator SplitMix64 (Steele, Lea, Flood 2014). */
static inline uint64_t random_next(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

/* Fisher and Yates: every order is as likely; the same seed gives the same order. */
static inline void shuffle(size_t *order, size_t count, uint64_t seed)
{
    for (size_t i = count; i > 1; i--) {
        size_t k = (size_t)(random_next(&seed) % i); /* i is far below 2^64: no bias to speak of */
        size_t moved = order[i - 1];
        order[i - 1] = order[k];
        order[k] = moved;
    }
}

#endif
