// SPDX-License-Identifier: MIT
/* The pairs of a comparison's file: which processes ran when, and whether that can be believed. */
#ifndef SPEEDUP_TRUST_H
#define SPEEDUP_TRUST_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { BASE, NEW, SIDES };

/* One side of one pair. */
struct trust_half {
    json_int_t pid, started_ns, ended_ns, repetitions;
};

struct trust_pair {
    enum trust_stage { TRUST_WARM_UP, TRUST_SCREEN, TRUST_CONFIRM, TRUST_RECHECK } stage;
    bool base_first, is_void;
    struct trust_half half[SIDES];
};

/* "warm-up", ...; ended by NULL */
extern const char *const trust_stages[];

/* "base", "new" */
extern const char *const side_names[SIDES];

/* Has one process served several halves, of a pair or of it and the last one (NULL: there is none)?
 * The system gives a number again only after all others: a pair in which a half has used them up is
 * made void. What is further apart shows by its times. */
bool trust_served_before(const struct trust_half half[SIDES], const struct trust_half *last);

/* Reads the array `pairs` into a new one, which is the caller's to free: *pairs, *count. 0, or
 * -errno with one sentence in why[size] that names the place: -EINVAL for a malformed one, -EPROTO
 * where the order is not the coin's of this seed, halves overlap, or one process served several in
 * a pair that counts. */
int trust_read(const json_t *json, uint64_t seed, struct trust_pair **pairs, size_t *count,
               char *why, size_t size);

#endif
