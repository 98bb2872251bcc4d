// SPDX-License-Identifier: MIT
/* Placement: policies, the helper, allowed sets, locations. Expected orders are derived by hand
 * from what lstopo shows. */
#include "tests/placing.h"

#define SMT  "pack:1 core:4 pu:2"
#define DEEP "pack:2 numa:2 l3:2 core:2 pu:2"

TestSuite(place, .fini = close_machine, .timeout = 20);

/* ---- policies ----------------------------------------------------------------------------- */

Test(place, smt)
{
    open_synthetic(SMT);
    expect("compact", "0 1 2 3 4 5 6 7");
    expect("cores", "0 2 4 6 1 3 5 7");
    expect("scatter", "0 2 4 6 1 3 5 7");
}

Test(place, reasons)
{
    open_synthetic(SMT);
    struct placement p = place("cores", false);
    cr_assert(eq(str, p.policy, "cores"));
    cr_assert(eq(uint, p.places[3].core, 3));
    cr_assert(eq(str, p.places[3].why, "first PU of core 3 (package 0)"));
    cr_assert(eq(uint, p.places[6].core, 2));
    cr_assert(eq(str, p.places[6].why, "second PU of core 2 (package 0)"));
    cr_assert(not(p.has_helper));
    placement_free(&p);
}

Test(place, scatter_takes_packages_then_nodes_then_caches)
{
    open_synthetic(DEEP);
    /* cores 0 8 4 12 2 10 6 14 1 9 5 13 3 11 7 15; core c has PUs 2c and 2c + 1 */
    expect("scatter", "0 16 8 24 4 20 12 28 2 18 10 26 6 22 14 30 "
                      "1 17 9 25 5 21 13 29 3 19 11 27 7 23 15 31");
}

Test(place, scatter_on_what_is_left)
{
    open_synthetic("pack:2 core:4 pu:1");
    allow("1,4-6");
    expect("scatter", "1 4 5 6");
    allow("2-3,7");
    expect("scatter", "2 7 3");
}

Test(place, two_kinds_of_memory_are_one_node_to_scatter)
{
    open_synthetic("pack:1 l3:2 [numa] [numa] core:2 pu:1");
    cr_assert(eq(uint, machine.numa_nodes, 4));
    expect("scatter", "0 2 1 3");
}

Test(place, packages_that_share_memory_are_dealt)
{
    open_synthetic("numa:2 pack:2 core:2 pu:1");
    expect("scatter", "0 4 2 6 1 5 3 7");
    struct placement p = place("scatter", false);
    cr_assert(eq(str, p.places[1].why, "only PU of core 4 (package 2, NUMA node 1)"));
    placement_free(&p);
}

Test(place, none)
{
    open_synthetic(SMT);
    struct placement p = place("none", false);
    cr_assert(eq(sz, p.count, 1));
    cr_assert(p.places[0].cpuset == NULL);
    cr_assert(eq(uint, p.places[0].pu, PLACE_ANY));
    placement_free(&p);
    p = place("none", true);
    char cpus[64];
    hwloc_bitmap_list_snprintf(cpus, sizeof(cpus), p.places[0].cpuset);
    cr_assert(eq(sz, p.count, 1));
    cr_assert(eq(str, cpus, "0-5"));
    placement_free(&p);
}

Test(place, workers_wrap_around)
{
    open_synthetic("pack:1 core:2 pu:1");
    struct placement p = place("cores", false);
    json_t *json = placement_json(&p, 5);
    cr_assert(eq(sz, json_array_size(json), 5));
    for (size_t i = 0; i < 5; i++) {
        json_t *worker = json_array_get(json, i);
        cr_assert(eq(int, (int)json_integer_value(json_object_get(worker, "worker")), (int)i));
        cr_assert(eq(int, (int)json_integer_value(json_object_get(worker, "pu")), (int)i % 2));
    }
    json_decref(json);
    placement_free(&p);
}

/* ---- the helper --------------------------------------------------------------------------- */

Test(place, helper_has_the_last_core)
{
    open_synthetic(SMT);
    expect_with_helper("cores", "0 2 4 1 3 5", "6-7");
    expect_with_helper("compact", "0 1 2 3 4 5", "6-7");
    expect_with_helper("scatter", "0 2 4 1 3 5", "6-7");
    expect_with_helper("core:1-3", "2 4 3 5", "6-7");
    expect_refused("core:3", true, "helper");
    struct placement p = place("none", true);
    cr_assert(eq(uint, p.helper.core, 3));
    cr_assert(not(p.helper_shared));
    cr_assert(eq(str, p.helper.why, "core 3 (package 0), kept for the helper"));
    placement_free(&p);
}

Test(place, helper_shares_the_only_core)
{
    open_synthetic("pack:1 core:1 pu:2");
    expect_with_helper("cores", "0 1", "0-1");
    struct placement p = place("cores", true);
    cr_assert(p.helper_shared);
    cr_assert(eq(str, p.helper.why, "core 0 (package 0), shared with workers"));
    json_t *json = placement_helper_json(&p);
    cr_assert(eq(int, json_typeof(json_object_get(json, "shared")), JSON_TRUE));
    json_decref(json);
    placement_free(&p);
}

Test(place, one_pu)
{
    open_synthetic("pu:1");
    expect("cores", "0");
    expect_with_helper("scatter", "0", "0");
}

/* ---- allowed sets ------------------------------------------------------------------------- */

Test(place, cores_allowed_in_part)
{
    open_synthetic(SMT);
    allow("1-3,6");
    cr_assert(eq(uint, machine.allowed_pus, 4));
    cr_assert(eq(uint, machine.allowed_cores, 3));
    expect("cores", "1 2 6 3");
    expect("compact", "1 2 3 6");
    expect_with_helper("cores", "1 2 3", "6");
    struct placement p = place("cores", false);
    cr_assert(eq(str, p.places[0].why, "second PU of core 0 (package 0)"));
    placement_free(&p);
}

Test(place, allowed_set_must_exist)
{
    open_synthetic(SMT);
    hwloc_bitmap_t set = hwloc_bitmap_alloc();
    hwloc_bitmap_set(set, 99);
    cr_assert(eq(int, machine_allow(&machine, set), -EINVAL));
    cr_assert(eq(uint, machine.allowed_pus, 8));
    hwloc_bitmap_free(set);
}

Test(place, unknown_cores)
{
    open_synthetic("pu:4");
    cr_assert(eq(uint, machine.cores, 4));
    cr_assert(eq(uint, machine.packages, 0));
    cr_assert(eq(sz, machine.cache_bytes, 0));
    expect("cores", "0 1 2 3");
    expect("scatter", "0 1 2 3");
    expect("core:1-2", "1 2");
    expect_with_helper("cores", "0 1 2", "3");
}

/* Two efficient cores without second PUs come first in number, four fast ones with them behind. */
Test(place, hybrid_takes_fast_cores_first)
{
    open_synthetic("pack:1 core:6 pu:2");
    hwloc_bitmap_t set = hwloc_bitmap_alloc();
    hwloc_bitmap_list_sscanf(set, "0,2,4-11");
    cr_assert(eq(int, hwloc_topology_restrict(machine.topology, set, 0), 0));
    cr_assert(eq(int, machine_allow(&machine, set), 0));
    struct hwloc_info_s slow = {"CoreType", "IntelAtom"}, fast = {"CoreType", "IntelCore"};
    hwloc_bitmap_list_sscanf(set, "0,2");
    cr_assert(eq(int, hwloc_cpukinds_register(machine.topology, set, 0, 1, &slow, 0), 0));
    hwloc_bitmap_list_sscanf(set, "4-11");
    cr_assert(eq(int, hwloc_cpukinds_register(machine.topology, set, 1, 1, &fast, 0), 0));
    expect("cores", "4 6 8 10 0 2 5 7 9 11");
    expect("compact", "0 2 4 5 6 7 8 9 10 11");
    struct placement p = place("cores", false);
    cr_assert(eq(str, p.places[0].why, "first PU of core 2 (package 0, IntelCore)"));
    cr_assert(eq(str, p.places[4].why, "only PU of core 0 (package 0, IntelAtom)"));
    placement_free(&p);
    hwloc_bitmap_free(set);
}

/* ---- locations ---------------------------------------------------------------------------- */

Test(place, lists_need_no_program)
{
    setenv("PATH", "/nonexistent", 1);
    open_synthetic(SMT);
    expect("core:0-1", "0 2 1 3");
    expect("core:3", "6 7");
    expect("core:0,2", "0 4 1 5");
    expect("pu:5", "5");
    expect("pu:1-3,7", "1 2 7 3");
    expect_refused("package:0", false, "hwloc-calc");
    expect_refused("core:2-", false, "core:LIST");
}

Test(place, locations)
{
    if (system("hwloc-calc --version >/dev/null 2>&1") != 0)
        cr_skip_test("hwloc-calc is not installed");
    open_synthetic("pack:2 core:4 pu:2");
    expect("package:1.core:0-1", "8 10 9 11");
    expect("package:all.core:0", "0 8 1 9");
    expect("core:6-", "12 14 13 15");
    expect("core:0 pu:15", "0 15 1");
    expect("0xf0", "4 6 5 7");
    expect("package:0.core:1-2", "2 4 3 5"); /* as core:1-2, which is read here */
    expect("core:1-2", "2 4 3 5");
}

Test(place, location_on_a_restricted_topology)
{
    if (system("hwloc-calc --version >/dev/null 2>&1") != 0)
        cr_skip_test("hwloc-calc is not installed");
    open_file("16em64t-4s2c2t-offlines");
    expect("core:1", "4 12");
    expect("package:3.core:0-1", "3 15");
}

Test(place, bad_policies)
{
    open_synthetic(SMT);
    expect_refused("scater", false, "did you mean scatter");
    expect_refused("scater", false, "compact, cores, scatter, none");
    expect_refused("", false, "compact, cores, scatter, none");
    expect_refused("core:4", false, "no core 4");
    expect_refused("core:2-9", false, "no core 4");
    expect_refused("core:3-1", false, "smaller");
    expect_refused("pu:99999999999999999999", false, "no PU");
    allow("0-5");
    expect_refused("core:2-3", false, "0-5");
}

Test(place, bad_locations)
{
    if (system("hwloc-calc --version >/dev/null 2>&1") != 0)
        cr_skip_test("hwloc-calc is not installed");
    open_synthetic(SMT);
    expect_refused("korr:1", false, "no location");
    expect_refused("core:", false, "no location");
    expect_refused("package:0.core:2-9", false, "no location");
    expect_refused("core:0 -p", false, "no location");
    expect_refused("core:0 core:9", false, "no location");
}
