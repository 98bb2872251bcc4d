// SPDX-License-Identifier: MIT
/* What tests of placement share: a machine, and places that are expected on it. */
#ifndef SPEEDUP_TESTS_PLACING_H
#define SPEEDUP_TESTS_PLACING_H

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "bench/place.h"

static struct machine machine;

static inline void close_machine(void)
{
    if (machine.topology != NULL)
        machine_close(&machine);
}

static inline void open_machine(void)
{
    char why[240] = "";
    cr_assert(machine_open(&machine, why, sizeof(why)) == 0, "%s", why);
}

static inline void open_synthetic(const char *description)
{
    setenv("HWLOC_SYNTHETIC", description, 1);
    open_machine();
    cr_assert(machine.simulated);
}

static inline void open_file(const char *name)
{
    char path[128];
    snprintf(path, sizeof(path), "../shared/topologies/%s.xml", name);
    if (access(path, R_OK) != 0)
        cr_skip_test("%s is absent", path);
    setenv("HWLOC_XMLFILE", path, 1);
    open_machine();
    cr_assert(machine.simulated);
}

/* The CPUs of the list only. */
static inline void allow(const char *list)
{
    hwloc_bitmap_t set = hwloc_bitmap_alloc();
    hwloc_bitmap_list_sscanf(set, list);
    cr_assert(eq(int, machine_allow(&machine, set), 0));
    hwloc_bitmap_free(set);
}

static inline struct placement place(const char *policy, bool helper)
{
    struct placement placement;
    char why[240] = "";
    int err = placement_make(&placement, &machine, policy, helper, why, sizeof(why));
    cr_assert(err == 0, "%s", why);
    return placement;
}

/* The first places have these PUs, "0 4 1"; the last one has no further if all is true. */
static inline void expect_places(const char *policy, bool helper, const char *pus, bool all)
{
    struct placement p = place(policy, helper);
    size_t i = 0;
    for (const char *at = pus; *at != '\0'; i++) {
        char *end;
        unsigned pu = (unsigned)strtoul(at, &end, 10);
        cr_assert(i < p.count, "%s: only %zu places", policy, p.count);
        cr_assert(p.places[i].pu == pu, "%s: place %zu is PU %u, not %u", policy, i, p.places[i].pu,
                  pu);
        cr_assert(eq(int, hwloc_bitmap_weight(p.places[i].cpuset), 1));
        cr_assert(hwloc_bitmap_isset(p.places[i].cpuset, pu));
        at = end + strspn(end, " ");
    }
    if (all)
        cr_assert(eq(sz, p.count, i));
    placement_free(&p);
}

static inline void expect(const char *policy, const char *pus)
{
    expect_places(policy, false, pus, true);
}

static inline void expect_with_helper(const char *policy, const char *pus, const char *helper_cpus)
{
    struct placement p = place(policy, true);
    char cpus[64];
    hwloc_bitmap_list_snprintf(cpus, sizeof(cpus), p.helper.cpuset);
    cr_assert(p.has_helper);
    cr_assert(eq(str, cpus, (char *)helper_cpus));
    cr_assert(eq(uint, p.helper.pu, (unsigned)atoi(helper_cpus)));
    placement_free(&p);
    expect_places(policy, true, pus, true);
}

/* Refused with a sentence that holds the word. */
static inline void expect_refused(const char *policy, bool helper, const char *word)
{
    struct placement p;
    char why[240] = "";
    cr_assert(eq(int, placement_make(&p, &machine, policy, helper, why, sizeof(why)), -EINVAL));
    cr_assert(strstr(why, word) != NULL, "'%s' does not speak of '%s'", why, word);
    cr_assert(strncmp(why, "--pin: ", 7) == 0, "%s", why);
}

#endif
