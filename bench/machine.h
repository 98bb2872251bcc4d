// SPDX-License-Identifier: MIT
/* The machine: what hwloc says it has, and what this process may use of it. */
#ifndef SPEEDUP_MACHINE_H
#define SPEEDUP_MACHINE_H

#include <hwloc.h>
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* Logical numbers are hwloc's, as lstopo and hwloc-calc show them; offline PUs and those that a
 * cpuset forbids are no part of the topology. Where hwloc knows no cores, each PU is one. */
struct machine {
    hwloc_topology_t topology;
    bool simulated;         /* HWLOC_XMLFILE or HWLOC_SYNTHETIC: binding does nothing */
    hwloc_bitmap_t allowed; /* affinity, cpuset and online together; OS numbers */
    unsigned allowed_pus;   /* at least 1 */
    unsigned allowed_cores; /* with at least one allowed PU */
    unsigned packages;      /* 0: not known */
    unsigned cores;
    unsigned pus;
    unsigned numa_nodes; /* those with memory only included */
    double quota_cpus;   /* CPU quota as a fraction of CPUs; 0: none, and when simulated */
    size_t cache_bytes;  /* largest last-level CPU cache of an allowed PU; 0: not known */
    size_t memory_bytes; /* 0: not known */
    char cpu[128];       /* "" if not known */
    char hostname[65];
    char kernel[136]; /* "Linux 6.1.0-18-amd64" */
};

/* Fills the machine; the calling thread's affinity counts, so call it before binding anything. 0,
 * or -errno with one sentence in why[size]; then there is nothing to close. */
int machine_open(struct machine *machine, char *why, size_t size);

void machine_close(struct machine *machine);

/* Allows only those PUs of `set` that exist and counts them. -EINVAL, and no change, if none does.
 */
int machine_allow(struct machine *machine, hwloc_const_bitmap_t set);

/* The core of a PU, or the PU itself where hwloc knows no cores. */
hwloc_obj_t machine_core_of(hwloc_obj_t pu);

/* The last-level CPU cache of a PU, or NULL. Memory-side caches do not count. */
hwloc_obj_t machine_cache_of(hwloc_obj_t pu);

/* The `machine` of a result file, but for what only measuring tells. New reference; NULL without
 * memory. */
json_t *machine_json(const struct machine *machine);

#endif
