// SPDX-License-Identifier: MIT
/* Placement: which worker sits on which PU, and why. */
#ifndef SPEEDUP_PLACE_H
#define SPEEDUP_PLACE_H

#include <jansson.h>
#include <limits.h>

#include "bench/machine.h"

#define PLACE_ANY UINT_MAX /* `pu` and `core` of a place that is more than one core */

/* Where a worker sits: one PU; for the helper, all PUs of its core. */
struct place {
    hwloc_bitmap_t cpuset; /* OS numbers; NULL: not bound */
    unsigned pu;           /* OS number, of the helper's first PU; PLACE_ANY: not bound to one */
    unsigned core;         /* hwloc's logical number; PLACE_ANY as above */
    char why[96];          /* "first PU of core 3 (package 1)" */
};

/* Worker i sits on places[i % count]. */
struct placement {
    char policy[128]; /* as given */
    size_t count;     /* at least 1 */
    struct place *places;
    bool has_helper;
    bool helper_shared; /* one allowed core only: the helper and the workers share it */
    struct place helper;
};

/* The names of the policies, NULL at the end; an hwloc location is a policy too. */
extern const char *const placement_policies[];

/* Finds the places for a policy:
 *
 *     compact   every PU in logical order
 *     cores     one PU of every core, fastest kind of core first, then the second PUs, and so on
 *     scatter   as cores, but in turn from each package, NUMA node and last-level cache
 *     none      one place that binds to nothing
 *     LOCATION  "core:0-3", "package:1.core:0-1": its PUs, in the order of `cores`
 *
 * With `helper`, the last allowed core is kept for the helper and no worker sits there (under
 * `none` they may go anywhere else), unless it is the only one. -EINVAL for a policy that does not
 * exist or leaves no place; a failure leaves one sentence in why[size] and nothing to free. */
int placement_make(struct placement *placement, const struct machine *machine, const char *policy,
                   bool helper, char *why, size_t size);

void placement_free(struct placement *placement);

/* On how many cores its workers may compute, at least 1. */
unsigned placement_cores(const struct placement *placement, const struct machine *machine);

/* [{"worker", "pu", "core", "why"}] for that many workers; pu and core are null where not bound to
 * one. New reference; NULL without memory. */
json_t *placement_json(const struct placement *placement, size_t workers);

/* {"pu", "core", "shared", "why"}, or null without a helper. New reference. */
json_t *placement_helper_json(const struct placement *placement);

/* Binds the calling thread to the place, or to all allowed PUs if it has no cpuset. Does nothing on
 * a simulated machine. */
int place_bind(const struct machine *machine, const struct place *place);

#endif
