// SPDX-License-Identifier: MIT
/* What makes two machines comparable, as one short word. */
#ifndef SPEEDUP_FINGERPRINT_H
#define SPEEDUP_FINGERPRINT_H

#include "bench/compare/comparison.h"

/* From the `machine` of a result file: CPU, packages, cores, PUs, NUMA nodes, caches, topology,
 * what is allowed, quota, and whether it is simulated. Not its name, its kernel and its memory: a
 * fresh virtual machine of the same kind has the same. Members that are missing count as null.
 * FNV-1a, 64 bits. */
void fingerprint_of(const json_t *machine, char text[FINGERPRINT_MAX]);

/* The first of these members that differs, or NULL. */
const char *fingerprint_difference(const json_t *machine, const json_t *other);

#endif
