// SPDX-License-Identifier: MIT
#include "bench/order.h"

#include <stdlib.h>
#include <string.h>

/* ---- sorting and numbering ---------------------------------------------------------------- */

struct keys {
    size_t count;
    enum spot_key key[SPOT_KEYS];
};

static int compare(const void *a, const void *b, void *arg)
{
    const struct spot *x = a, *y = b;
    const struct keys *keys = arg;
    for (size_t i = 0; i < keys->count; i++) {
        unsigned u = x->key[keys->key[i]], v = y->key[keys->key[i]];
        if (u != v)
            return u < v ? -1 : 1;
    }
    return 0;
}

static void sort(struct spot *spots, size_t count, struct keys keys)
{
    qsort_r(spots, count, sizeof(*spots), compare, &keys);
}

/* Numbers sorted spots 0, 1, 2 ... within each group that has the same keys. */
static void number(struct spot *spots, size_t count, struct keys group, enum spot_key result)
{
    for (size_t i = 0; i < count; i++) {
        bool first = i == 0 || compare(&spots[i - 1], &spots[i], &group) != 0;
        spots[i].key[result] = first ? 0 : spots[i - 1].key[result] + 1;
    }
}

/* Which PU of its core is used first, which second: of those listed. Were they of different kinds,
 * the fastest would be first. */
static void take_turns(struct spot *spots, size_t count)
{
    sort(spots, count, (struct keys){3, {SPOT_CORE, SPOT_SLOW, SPOT_PU}});
    number(spots, count, (struct keys){1, {SPOT_CORE}}, SPOT_TURN);
}

void spots_sort_cores(struct spot *spots, size_t count)
{
    take_turns(spots, count);
    sort(spots, count, (struct keys){3, {SPOT_TURN, SPOT_SLOW, SPOT_PU}});
}

/* From the inside out: dealing each cache's PUs in turn orders those of a NUMA node, dealing these
 * in turn orders a package, and dealing the packages orders all. */
void spots_sort_scatter(struct spot *spots, size_t count)
{
    static const enum spot_key levels[] = {SPOT_TURN, SPOT_SLOW,  SPOT_PACKAGE,
                                           SPOT_NUMA, SPOT_CACHE, SPOT_PU};
    take_turns(spots, count);
    for (size_t i = 0; i < count; i++)
        spots[i].key[SPOT_SHARE] = 0;
    for (size_t depth = 5; depth >= 2; depth--) {
        struct keys keys = {.count = depth};
        for (size_t i = 0; i < depth; i++)
            keys.key[i] = levels[i];
        struct keys group = keys;
        keys.key[keys.count++] = SPOT_SHARE;
        keys.key[keys.count++] = levels[depth];
        sort(spots, count, keys);
        number(spots, count, group, SPOT_SHARE);
    }
}

/* ---- what each PU belongs to -------------------------------------------------------------- */

static hwloc_obj_t above(hwloc_obj_t at, hwloc_obj_type_t type)
{
    while (at != NULL && at->type != type)
        at = at->parent;
    return at;
}

static hwloc_obj_t with_memory(hwloc_obj_t at)
{
    while (at != NULL && at->memory_arity == 0)
        at = at->parent;
    return at;
}

/* Worth to be told: a node that is neither the whole machine's nor the package's. */
static hwloc_obj_t special_node(hwloc_obj_t owner, hwloc_obj_t package)
{
    if (owner == NULL || owner->parent == NULL || owner == package)
        return NULL;
    hwloc_obj_t node = owner->memory_first_child;
    while (node->type != HWLOC_OBJ_NUMANODE && node->memory_first_child != NULL)
        node = node->memory_first_child;
    return node;
}

/* Descendants of one object follow each other in logical order, so counting changes numbers them.
 */
static unsigned follow(hwloc_obj_t *last, hwloc_obj_t now, unsigned id)
{
    if (*last == now)
        return id;
    *last = now;
    return id + 1;
}

static size_t list_pus(const struct machine *machine, struct spot *spots)
{
    hwloc_obj_t package = NULL, numa = NULL, cache = NULL, core = NULL, pu = NULL;
    struct spot now = {0};
    size_t count = 0;
    while ((pu = hwloc_get_next_obj_by_type(machine->topology, HWLOC_OBJ_PU, pu)) != NULL) {
        if (!hwloc_bitmap_isset(machine->allowed, pu->os_index))
            continue;
        now.pu = pu;
        now.core = machine_core_of(pu);
        now.package = above(pu, HWLOC_OBJ_PACKAGE);
        now.node = special_node(with_memory(pu), now.package);
        now.key[SPOT_PU] = pu->logical_index;
        now.key[SPOT_CORE] = follow(&core, now.core, now.key[SPOT_CORE]);
        now.key[SPOT_CACHE] = follow(&cache, machine_cache_of(pu), now.key[SPOT_CACHE]);
        now.key[SPOT_NUMA] = follow(&numa, with_memory(pu), now.key[SPOT_NUMA]);
        now.key[SPOT_PACKAGE] = follow(&package, now.package, now.key[SPOT_PACKAGE]);
        spots[count++] = now;
    }
    return count;
}

/* Where several packages share the nearest memory, neighbours in number are neighbours in memory:
 * renumbers them so that neighbours in number are apart. Needs logical order. */
static void deal_packages(struct spot *spots, size_t count)
{
    hwloc_obj_t memory = NULL, package = NULL;
    unsigned place = 0;
    for (size_t i = 0; i < count; i++) {
        hwloc_obj_t above_it = spots[i].package != NULL ? spots[i].package->parent : NULL;
        hwloc_obj_t now = with_memory(above_it);
        if (i == 0 || now != memory)
            place = 0;
        else if (spots[i].package != package)
            place++;
        memory = now;
        package = spots[i].package;
        spots[i].key[SPOT_PACKAGE] += place * (unsigned)count;
    }
}

static const char *kind_name(unsigned count, struct hwloc_info_s *infos)
{
    for (unsigned i = 0; i < count; i++) {
        if (strcmp(infos[i].name, "CoreType") == 0)
            return infos[i].value;
    }
    return NULL;
}

/* hwloc's kinds are ordered from slow to fast, or all have efficiency -1 if it cannot tell. */
static void find_kinds(const struct machine *machine, struct spot *spots, size_t count)
{
    int kinds = hwloc_cpukinds_get_nr(machine->topology, 0);
    if (kinds < 2)
        return;
    for (size_t i = 0; i < count; i++)
        spots[i].key[SPOT_SLOW] = (unsigned)kinds; /* slowest, if no kind holds it */
    hwloc_bitmap_t set = hwloc_bitmap_alloc();
    for (int k = 0; set != NULL && k < kinds; k++) {
        int efficiency;
        unsigned info_count;
        struct hwloc_info_s *infos;
        if (hwloc_cpukinds_get_info(machine->topology, (unsigned)k, set, &efficiency, &info_count,
                                    &infos, 0) != 0)
            continue;
        for (size_t i = 0; i < count; i++) {
            if (!hwloc_bitmap_isset(set, spots[i].pu->os_index))
                continue;
            spots[i].kind = kind_name(info_count, infos);
            spots[i].key[SPOT_SLOW] = (unsigned)(kinds - 1 - efficiency);
        }
    }
    hwloc_bitmap_free(set);
}

struct spot *spots_list(const struct machine *machine)
{
    struct spot *spots = calloc(machine->allowed_pus, sizeof(*spots));
    if (spots == NULL)
        return NULL;
    size_t count = list_pus(machine, spots);
    deal_packages(spots, count);
    find_kinds(machine, spots, count);
    return spots;
}
