// SPDX-License-Identifier: MIT
/* In which order a machine's PUs are given to workers. */
#ifndef SPEEDUP_ORDER_H
#define SPEEDUP_ORDER_H

#include "bench/machine.h"

/* What PUs are sorted by. Objects of the same kind have numbers that grow in logical order. */
enum spot_key {
    SPOT_PU,
    SPOT_CORE,
    SPOT_CACHE,   /* last level */
    SPOT_NUMA,    /* what shares the nearest memory, be it one node or several kinds of it */
    SPOT_PACKAGE, /* in turn from each part of the machine, where memory spans several packages */
    SPOT_SLOW,    /* 0 for the fastest kind of core, more for slower ones */
    SPOT_TURN,    /* sorting's: 0 for the PU of a core that is used first, 1 for the second, ... */
    SPOT_SHARE,   /* sorting's: how many came before from the same part of the machine */
    SPOT_KEYS
};

/* One allowed PU. */
struct spot {
    hwloc_obj_t pu;
    hwloc_obj_t core;    /* the PU itself where hwloc knows no cores */
    hwloc_obj_t package; /* may be NULL */
    hwloc_obj_t node; /* its nearest NUMA node, where that is not the package's only; else NULL */
    const char *kind; /* "IntelAtom", where there are several kinds with names; else NULL */
    unsigned key[SPOT_KEYS];
};

/* All allowed PUs in logical order, machine->allowed_pus of them; free() them. NULL without memory.
 */
struct spot *spots_list(const struct machine *machine);

/* One PU of every core, fastest kind first, then the second PUs, and so on. */
void spots_sort_cores(struct spot *spots, size_t count);

/* The same, but in turn from each package, in it from each NUMA node, in that from each cache. */
void spots_sort_scatter(struct spot *spots, size_t count);

#endif
