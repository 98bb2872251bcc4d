// SPDX-License-Identifier: MIT
#include "workloads/helpers/contents.h"

#include <string.h>

enum { WORD = 8 };

/* The output function of the splitmix64 generator: each bit of x reaches all bits of the result. */
static uint64_t mix(uint64_t x)
{
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
    x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
    return x ^ (x >> 31);
}

/* Eight characters at a time, each from ' ' to '_'. */
static uint64_t word(uint64_t key, uint64_t index)
{
    return (mix(key + index * 0x9e3779b97f4a7c15) & 0x3f3f3f3f3f3f3f3f) + 0x2020202020202020;
}

void contents_fill(uint64_t seed, uint64_t file, uint64_t offset, void *buffer, size_t size)
{
    uint64_t key = mix(seed ^ mix(file + 1)), index = offset / WORD;
    unsigned char *out = buffer, *end = out + size;
    size_t skip = offset % WORD;
    if (skip > 0 && size > 0) {
        uint64_t w = word(key, index++);
        size_t n = size < WORD - skip ? size : WORD - skip;
        memcpy(out, (unsigned char *)&w + skip, n);
        out += n;
    }
    for (; end - out >= WORD; out += WORD) {
        uint64_t w = word(key, index++);
        memcpy(out, &w, WORD);
    }
    if (out < end) {
        uint64_t w = word(key, index);
        memcpy(out, &w, (size_t)(end - out));
    }
}
