// SPDX-License-Identifier: MIT
/* Everything of the project that reads a file of measurements, fed with one that nobody should
 * trust. */
#ifndef SPEEDUP_FUZZ_READERS_H
#define SPEEDUP_FUZZ_READERS_H

#include <stdbool.h>

#include "tests/fuzz/mutate.h"

/* What became of an input. */
struct reading {
    bool accepted;       /* by one of the readers */
    bool compared;       /* it was printed as a comparison */
    char complaint[512]; /* what is wrong with the readers; "": nothing */
};

/* Reads it, prints and draws what it says, without gnuplot and on no screen. Nothing that is
 * printed or drawn may hold a control character; who refuses the file must say where in it he
 * stands. */
void readers_try(const struct input *input, struct reading *reading);

#endif
