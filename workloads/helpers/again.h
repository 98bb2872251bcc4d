// SPDX-License-Identifier: MIT
/* Doing a known share of the work a second time: what a regression gate is tried with. */
#ifndef SPEEDUP_AGAIN_H
#define SPEEDUP_AGAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What 1 is as a bar. */
#define AGAIN_ALL (UINT64_C(1) << 32)

/* Reads a share of 0 to 1 ("0.05"; "": 0) as the bar for again_picks(). 0 or -EINVAL. */
int again_read(const char *text, uint64_t *bar);

/* Is item i, counted from 0, done a second time? Multiples of the golden ratio are spread evenly:
 * of any n items that follow each other, the share is picked to within a few, and no remainder of i
 * is preferred. */
static inline bool again_picks(uint64_t i, uint64_t bar)
{
    return (uint32_t)(i * 0x9E3779B9u) < bar;
}

#endif
