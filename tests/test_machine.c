// SPDX-License-Identifier: MIT
/* Placement on the topologies of known machines, binding, and what machine_open() finds. Expected
 * orders are derived by hand from what lstopo shows. */
#include <sched.h>

#include "tests/placing.h"

TestSuite(machine, .fini = close_machine, .timeout = 20);

/* ---- real machines ------------------------------------------------------------------------ */

Test(machine, offline_pus)
{
    open_file("16em64t-4s2c2t-offlines");
    cr_assert(eq(uint, machine.allowed_cores, 6));
    cr_assert(eq(uint, machine.allowed_pus, 7));
    expect("cores", "0 4 1 6 3 15 12");
    expect("scatter", "0 1 6 3 4 15 12");
    expect("compact", "0 4 12 1 6 3 15");
    expect_with_helper("cores", "0 4 1 6 3 12", "15");
}

Test(machine, four_packages)
{
    open_file("16em64t-4s2c2t");
    cr_assert(eq(sz, machine.cache_bytes, 4 << 20));
    expect("cores", "0 4 1 5 2 6 3 7 8 12 9 13 10 14 11 15");
    expect("scatter", "0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15");
    expect("compact", "0 8 4 12 1 9 5 13 2 10 6 14 3 11 7 15");
}

/* Its two cores have PUs of different kinds: 3 is fast, 2 is slower, 0 and 1 are slow. */
Test(machine, three_kinds)
{
    open_file("fakecpukinds");
    expect("cores", "3 2 0 1");
    expect("scatter", "3 2 0 1");
    expect("compact", "0 2 1 3");
}

Test(machine, many_core_with_two_kinds_of_memory)
{
    open_file("64intel64-fakeKNL-SNC4-hybrid");
    cr_assert(eq(uint, machine.numa_nodes, 8));
    cr_assert(eq(sz, machine.cache_bytes, 4 << 20)); /* not the memory-side cache of 2 GiB */
    expect_places("cores", false, "0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17", false);
    expect_places("compact", false, "0 16 32 48 1 17 33 49 2", false);
    expect_places("scatter", false, "0 4 8 12 2 6 10 14 1 5 9 13 3 7 11 15 16 20 24 28 18", false);
    struct placement p = place("cores", true);
    cr_assert(eq(sz, p.count, 60));
    cr_assert(eq(int, hwloc_bitmap_weight(p.helper.cpuset), 4));
    placement_free(&p);
}

Test(machine, ninety_six_cores)
{
    open_file("96em64t-4n4d3ca2co-pci");
    expect_places("cores", false, "0 4 8 12 16 20 1 5 9 13 17 21 2", false);
    expect_places("scatter", false, "0 24 48 72 1 25 49 73 2 26 50 74 3 27 51 75 4 28", false);
    struct placement p = place("cores", true);
    cr_assert(eq(sz, p.count, 95));
    cr_assert(eq(uint, p.helper.pu, 95));
    placement_free(&p);
}

Test(machine, three_hundred_eighty_four_pus)
{
    open_file("192em64t-24n8c2t");
    struct placement p = place("cores", false);
    cr_assert(eq(sz, p.count, 384));
    for (unsigned i = 0; i < 384; i++)
        cr_assert(eq(uint, p.places[i].pu, i));
    placement_free(&p);
    p = place("scatter", true);
    cr_assert(eq(sz, p.count, 382));
    for (unsigned i = 0; i < 24; i++)
        cr_assert(eq(uint, p.places[i].pu, 8 * i));
    cr_assert(eq(uint, p.helper.core, 191));
    placement_free(&p);
}

Test(machine, four_thousand_pus)
{
    open_synthetic("pack:64 l3:4 core:8 pu:2");
    struct placement p = place("scatter", false);
    cr_assert(eq(sz, p.count, 4096));
    hwloc_bitmap_t seen = hwloc_bitmap_alloc();
    for (unsigned i = 0; i < 4096; i++)
        hwloc_bitmap_set(seen, p.places[i].pu);
    for (unsigned i = 0; i < 64; i++) {
        cr_assert(eq(uint, p.places[i].pu, 64 * i));           /* a package each */
        cr_assert(eq(uint, p.places[64 + i].pu, 64 * i + 16)); /* then its next cache */
        cr_assert(eq(uint, p.places[2048 + i].pu, 64 * i + 1));
    }
    cr_assert(eq(int, hwloc_bitmap_weight(seen), 4096));
    hwloc_bitmap_free(seen);
    placement_free(&p);
}

/* ---- binding, and the machine ------------------------------------------------------------- */

static cpu_set_t affinity(void)
{
    cpu_set_t set;
    cr_assert(eq(int, sched_getaffinity(0, sizeof(set), &set), 0));
    return set;
}

Test(machine, binds_the_thread)
{
    unsetenv("HWLOC_SYNTHETIC");
    unsetenv("HWLOC_XMLFILE");
    open_machine();
    cpu_set_t before = affinity();
    struct placement p = place("cores", false), none = place("none", false);
    if (machine.allowed_pus > CPU_SETSIZE)
        cr_skip_test("cpu_set_t is too small for this machine");
    cr_assert(eq(uint, machine.allowed_pus, (unsigned)CPU_COUNT(&before)));
    for (size_t i = 0; i < p.count; i++) {
        cr_assert(eq(int, place_bind(&machine, &p.places[i]), 0));
        cpu_set_t now = affinity();
        cr_assert(eq(int, CPU_COUNT(&now), 1));
        cr_assert(eq(int, !CPU_ISSET(p.places[i].pu, &now), 0));
    }
    cr_assert(eq(int, place_bind(&machine, &none.places[0]), 0));
    cpu_set_t after = affinity();
    cr_assert(eq(int, CPU_EQUAL(&before, &after), 1));
    placement_free(&p);
    placement_free(&none);
}

Test(machine, simulated_binding_does_nothing)
{
    open_synthetic("pack:1 core:4 pu:2");
    cpu_set_t before = affinity();
    struct placement p = place("cores", false);
    cr_assert(eq(int, place_bind(&machine, &p.places[7]), 0));
    cpu_set_t after = affinity();
    cr_assert(eq(int, CPU_EQUAL(&before, &after), 1));
    placement_free(&p);
}

Test(machine, wrong_topologies_are_refused)
{
    char why[240] = "";
    setenv("HWLOC_SYNTHETIC", "garbage:2", 1);
    cr_assert(eq(int, machine_open(&machine, why, sizeof(why)), -EINVAL));
    cr_assert(strstr(why, "HWLOC_SYNTHETIC") != NULL);
    setenv("HWLOC_XMLFILE", "/nonexistent.xml", 1);
    cr_assert(eq(int, machine_open(&machine, why, sizeof(why)), -EINVAL));
    cr_assert(strstr(why, "/nonexistent.xml") != NULL);
}

Test(machine, machine_json_has_all_members)
{
    static const char *const names[] = {
        "hostname",   "kernel",       "cpu",         "packages",      "cores",       "pus",
        "numa_nodes", "allowed_cpus", "quota_cpus",  "allowed_cores", "allowed_pus", "memory_bytes",
        "synthetic",  "topology",     "cache_bytes", "simulated"};
    open_synthetic("pack:2 numa:2 l3:2 core:2 pu:2");
    allow("0-3,8");
    json_t *json = machine_json(&machine);
    cr_assert(eq(sz, json_object_size(json), sizeof(names) / sizeof(names[0])));
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        cr_assert(json_object_get(json, names[i]) != NULL, "%s", names[i]);
    const char *allowed = json_string_value(json_object_get(json, "allowed_cpus"));
    cr_assert(eq(str, (char *)allowed, "0-3,8"));
    cr_assert(eq(int, (int)json_integer_value(json_object_get(json, "allowed_cores")), 3));
    cr_assert(eq(int, (int)json_integer_value(json_object_get(json, "packages")), 2));
    cr_assert(eq(int, json_typeof(json_object_get(json, "simulated")), JSON_TRUE));
    cr_assert(eq(int, json_typeof(json_object_get(json, "quota_cpus")), JSON_NULL));
    const char *xml = json_string_value(json_object_get(json, "topology"));
    cr_assert(strstr(xml, "<topology version=\"2.0\">") != NULL);
    json_decref(json);
}
