// SPDX-License-Identifier: MIT
/* Which side of a pair is measured first. */
#ifndef SPEEDUP_COIN_H
#define SPEEDUP_COIN_H

#include <stdbool.h>

#include "bench/shuffle.h"

/* By the seed of the comparison and the number of the pair, counted from 0: whoever reads its file
 * can throw the coin again. */
static inline bool coin_base_first(uint64_t seed, uint64_t pair)
{
    uint64_t state = seed;
    state = random_next(&state) ^ pair;
    return random_next(&state) & 1;
}

#endif
