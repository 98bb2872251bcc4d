// SPDX-License-Identifier: MIT
/* What the fuzzer starts from: committed files, cut down so that one is read in microseconds. */
#ifndef SPEEDUP_FUZZ_SEEDS_H
#define SPEEDUP_FUZZ_SEEDS_H

#include <stddef.h>

enum { SEEDS_MAX = 32 };

/* Where a value, a key, or a key with its value is in the text; the end is exclusive. */
struct span {
    enum { SPAN_VALUE, SPAN_KEY, SPAN_MEMBER, SPAN_ELEMENT } kind;
    size_t begin, end;
};

struct seed {
    char *name; /* of its file */
    char *text; /* compact JSON */
    size_t size;
    struct span *spans;
    size_t span_count, span_room;
};

/* Reads the repository's files below the directory `root`: long lists and texts are cut. Answers
 * how many seeds there are; 0 with a sentence on stderr where a file cannot be read. The seeds live
 * as long as the process. */
size_t seeds_read(struct seed seeds[SEEDS_MAX], const char *root);

#endif
