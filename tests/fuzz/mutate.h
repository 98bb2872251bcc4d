// SPDX-License-Identifier: MIT
/* Makes the fuzzer's inputs. */
#ifndef SPEEDUP_FUZZ_MUTATE_H
#define SPEEDUP_FUZZ_MUTATE_H

#include <stdint.h>

#include "tests/fuzz/seeds.h"

enum { INPUT_MAX = 1 << 18 };

/* A file's bytes; not ended by a zero byte. */
struct input {
    char bytes[INPUT_MAX];
    size_t size;
};

/* The input of that number: one of the seeds with some mistakes in it. It depends on the seeds and
 * on the two numbers alone, so that each can be made again without the others. */
void mutate(struct input *input, const struct seed *seeds, size_t count, uint64_t random,
            uint64_t number);

#endif
