// SPDX-License-Identifier: MIT
#include "bench/place.h"
#include "bench/location.h"
#include "bench/order.h"
#include "bench/suggest.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const placement_policies[] = {"compact", "cores", "scatter", "none", NULL};

/* ---- one place ---------------------------------------------------------------------------- */

/* "first", "second": which PU of its core it is, allowed or not. */
static const char *ordinal(const struct spot *spot)
{
    static const char *const words[] = {"first", "second", "third",   "fourth",
                                        "fifth", "sixth",  "seventh", "eighth"};
    hwloc_obj_t first = spot->core;
    while (first->first_child != NULL)
        first = first->first_child;
    unsigned before = spot->pu->logical_index - first->logical_index;
    if (hwloc_bitmap_weight(spot->core->cpuset) == 1)
        return "only";
    return before < sizeof(words) / sizeof(words[0]) ? words[before] : "a later";
}

enum { WHERE_MAX = 60 };

/* " (package 1, NUMA node 3, IntelCore)", or as much of it as is known and matters. */
static const char *surroundings(const struct spot *spot, char where[WHERE_MAX])
{
    char package[21] = "", node[23] = "", kind[15] = "";
    if (spot->package != NULL)
        snprintf(package, sizeof(package), ", package %u", spot->package->logical_index);
    if (spot->node != NULL)
        snprintf(node, sizeof(node), ", NUMA node %u", spot->node->logical_index);
    if (spot->kind != NULL)
        snprintf(kind, sizeof(kind), ", %.12s", spot->kind);
    where[0] = '\0';
    if (spot->package != NULL || spot->node != NULL || spot->kind != NULL) {
        snprintf(where, WHERE_MAX, "%s%s%s)", package, node, kind);
        memcpy(where, " (", 2); /* over the first comma */
    }
    return where;
}

static int fill_place(struct place *place, const struct spot *spot)
{
    char where[WHERE_MAX];
    *place = (struct place){
        .cpuset = hwloc_bitmap_dup(spot->pu->cpuset),
        .pu = spot->pu->os_index,
        .core = spot->core->logical_index,
    };
    if (spot->core == spot->pu)
        snprintf(place->why, sizeof(place->why), "PU %u, core not known%s", spot->pu->logical_index,
                 surroundings(spot, where));
    else
        snprintf(place->why, sizeof(place->why), "%s PU of core %u%s", ordinal(spot),
                 spot->core->logical_index, surroundings(spot, where));
    return place->cpuset != NULL ? 0 : -ENOMEM;
}

/* ---- the helper's place ------------------------------------------------------------------- */

/* Takes the last core in logical order, and it away from the workers if there is another. */
static int place_helper(struct placement *p, const struct machine *machine, struct spot *spots,
                        size_t *count)
{
    p->has_helper = true;
    p->helper_shared = machine->allowed_cores < 2;
    size_t first = *count - 1;
    while (first > 0 && spots[first - 1].core == spots[first].core)
        first--;
    int err = fill_place(&p->helper, &spots[first]);
    if (err != 0)
        return err;
    char where[WHERE_MAX];
    snprintf(p->helper.why, sizeof(p->helper.why), "core %u%s%s", p->helper.core,
             surroundings(&spots[first], where),
             p->helper_shared ? ", shared with workers" : ", kept for the helper");
    for (size_t i = first; i < *count && err == 0; i++)
        err = hwloc_bitmap_set(p->helper.cpuset, spots[i].pu->os_index);
    if (!p->helper_shared)
        *count = first;
    return err;
}

/* ---- the workers' places ------------------------------------------------------------------ */

/* One place, for the system to choose in. */
static int fill_anywhere(struct placement *p, const struct machine *machine)
{
    struct place *place = &p->places[0];
    *place = (struct place){.pu = PLACE_ANY, .core = PLACE_ANY};
    p->count = 1;
    snprintf(place->why, sizeof(place->why), "not bound");
    if (!p->has_helper || p->helper_shared)
        return 0;
    snprintf(place->why, sizeof(place->why), "not bound, but kept off the helper's core");
    place->cpuset = hwloc_bitmap_dup(machine->allowed);
    if (place->cpuset == NULL)
        return -ENOMEM;
    return hwloc_bitmap_andnot(place->cpuset, place->cpuset, p->helper.cpuset) == 0 ? 0 : -ENOMEM;
}

static int fill_places(struct placement *p, const struct spot *spots, size_t count)
{
    int err = 0;
    for (; p->count < count && err == 0; p->count++)
        err = fill_place(&p->places[p->count], &spots[p->count]);
    return err;
}

/* Keeps the spots that are in the set. */
static size_t filter(struct spot *spots, size_t count, hwloc_const_bitmap_t set)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (hwloc_bitmap_isset(set, spots[i].pu->os_index))
            spots[kept++] = spots[i];
    }
    return kept;
}

static int not_allowed(const struct machine *machine, const char *policy, char *why, size_t size)
{
    char allowed[80];
    hwloc_bitmap_list_snprintf(allowed, sizeof(allowed), machine->allowed);
    snprintf(why, size,
             "--pin: '%.64s' holds CPUs that this process may not use; it may use %s (OS numbers): "
             "choose among them, or widen taskset",
             policy, allowed);
    return -EINVAL;
}

static int keep_location(const struct machine *machine, const char *policy, struct spot *spots,
                         size_t *count, char *why, size_t size)
{
    hwloc_bitmap_t set = hwloc_bitmap_alloc();
    if (set == NULL)
        return -ENOMEM;
    int err = location_resolve(machine, policy, set, why, size);
    if (err == 0 && !hwloc_bitmap_isincluded(set, machine->allowed))
        err = not_allowed(machine, policy, why, size);
    if (err == 0) {
        *count = filter(spots, *count, set);
        if (*count == 0) {
            snprintf(why, size, "--pin: '%.64s' is the helper's core only; choose another as well",
                     policy);
            err = -EINVAL;
        }
    }
    hwloc_bitmap_free(set);
    return err;
}

static int fill(struct placement *p, const struct machine *machine, bool helper, struct spot *spots,
                char *why, size_t size)
{
    size_t count = machine->allowed_pus;
    int err = helper ? place_helper(p, machine, spots, &count) : 0;
    if (err == 0 && location_like(p->policy))
        err = keep_location(machine, p->policy, spots, &count, why, size);
    if (err != 0)
        return err;
    p->places = calloc(count, sizeof(*p->places));
    if (p->places == NULL)
        return -ENOMEM;
    if (strcmp(p->policy, "none") == 0)
        return fill_anywhere(p, machine);
    if (strcmp(p->policy, "scatter") == 0)
        spots_sort_scatter(spots, count);
    else if (strcmp(p->policy, "compact") != 0)
        spots_sort_cores(spots, count);
    return fill_places(p, spots, count);
}

/* ---- the interface ------------------------------------------------------------------------ */

static bool is_policy(const char *word)
{
    for (const char *const *name = placement_policies; *name != NULL; name++) {
        if (strcmp(*name, word) == 0)
            return true;
    }
    return location_like(word);
}

static int unknown_policy(const char *policy, char *why, size_t size)
{
    char hint[32] = "";
    const char *near = suggest(policy, placement_policies);
    if (near != NULL)
        snprintf(hint, sizeof(hint), " (did you mean %s?)", near);
    snprintf(
        why, size,
        "--pin: there is no policy '%.64s'%s; choose compact, cores, scatter, none or an hwloc "
        "location such as core:0-3",
        policy, hint);
    return -EINVAL;
}

int placement_make(struct placement *placement, const struct machine *machine, const char *policy,
                   bool helper, char *why, size_t size)
{
    *placement = (struct placement){0};
    if (!is_policy(policy))
        return unknown_policy(policy, why, size);
    if (strlen(policy) >= sizeof(placement->policy)) {
        snprintf(why, size, "--pin: a location has at most %zu characters; give a shorter one",
                 sizeof(placement->policy) - 1);
        return -EINVAL;
    }
    strcpy(placement->policy, policy);
    snprintf(why, size, "--pin: no memory for the places of %u PUs", machine->allowed_pus);
    struct spot *spots = spots_list(machine);
    int err = spots != NULL ? fill(placement, machine, helper, spots, why, size) : -ENOMEM;
    free(spots);
    if (err != 0)
        placement_free(placement);
    return err;
}

void placement_free(struct placement *placement)
{
    for (size_t i = 0; i < placement->count; i++)
        hwloc_bitmap_free(placement->places[i].cpuset);
    free(placement->places);
    hwloc_bitmap_free(placement->helper.cpuset);
    *placement = (struct placement){0};
}

unsigned placement_cores(const struct placement *p, const struct machine *machine)
{
    unsigned cores = 0;
    for (size_t i = 0; i < p->count; i++) {
        bool again = false;
        if (p->places[i].core == PLACE_ANY) { /* anywhere but where the helper is */
            cores = machine->allowed_cores - (p->has_helper && !p->helper_shared);
            break;
        }
        for (size_t k = 0; k < i && !again; k++)
            again = p->places[k].core == p->places[i].core;
        cores += !again;
    }
    return cores > 0 ? cores : 1;
}

int place_bind(const struct machine *machine, const struct place *place)
{
    hwloc_const_bitmap_t set = place->cpuset != NULL ? place->cpuset : machine->allowed;
    errno = 0;
    if (hwloc_set_cpubind(machine->topology, set, HWLOC_CPUBIND_THREAD) == 0)
        return 0;
    return errno != 0 ? -errno : -EIO;
}

static json_t *index_json(unsigned number)
{
    return number != PLACE_ANY ? json_integer(number) : json_null();
}

json_t *placement_json(const struct placement *placement, size_t workers)
{
    json_t *list = json_array();
    for (size_t i = 0; i < workers && list != NULL; i++) {
        const struct place *place = &placement->places[i % placement->count];
        json_t *one =
            json_pack("{s:I, s:o, s:o, s:s}", "worker", (json_int_t)i, "pu", index_json(place->pu),
                      "core", index_json(place->core), "why", place->why);
        if (json_array_append_new(list, one) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

json_t *placement_helper_json(const struct placement *placement)
{
    if (!placement->has_helper)
        return json_null();
    return json_pack("{s:o, s:o, s:b, s:s}", "pu", index_json(placement->helper.pu), "core",
                     index_json(placement->helper.core), "shared", (int)placement->helper_shared,
                     "why", placement->helper.why);
}
