// SPDX-License-Identifier: MIT
#include "bench/machine.h"
#include "bench/quota.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

__attribute__((format(printf, 4, 5))) static int fail(char *why, size_t size, int err,
                                                      const char *format, ...)
{
    va_list list;
    va_start(list, format);
    vsnprintf(why, size, format, list);
    va_end(list);
    return err;
}

static const char *environment(const char *name)
{
    const char *text = getenv(name);
    return text != NULL && *text != '\0' ? text : NULL;
}

/* hwloc itself reads these variables, but silently shows the real machine if they are wrong. */
static int choose_source(hwloc_topology_t topology, char *why, size_t size)
{
    const char *xml = environment("HWLOC_XMLFILE");
    const char *synthetic = environment("HWLOC_SYNTHETIC");
    if (xml != NULL) {
        if (hwloc_topology_set_xml(topology, xml) != 0)
            return fail(why, size, -EINVAL,
                        "HWLOC_XMLFILE: hwloc cannot read '%s'; name a file that lstopo wrote, or "
                        "unset it",
                        xml);
    } else if (synthetic != NULL && hwloc_topology_set_synthetic(topology, synthetic) != 0) {
        return fail(why, size, -EINVAL,
                    "HWLOC_SYNTHETIC: hwloc does not understand '%s'; write such as 'pack:2 core:4 "
                    "pu:2', or unset it",
                    synthetic);
    }
    return 0;
}

static int load(struct machine *machine, char *why, size_t size)
{
    if (hwloc_topology_init(&machine->topology) != 0)
        return fail(why, size, -ENOMEM, "hwloc cannot start: no memory");
    int err = choose_source(machine->topology, why, size);
    if (err == 0 && hwloc_topology_load(machine->topology) != 0)
        err =
            fail(why, size, -EIO, "hwloc cannot load the machine's topology; does lstopo show it?");
    if (err != 0)
        hwloc_topology_destroy(machine->topology);
    return err;
}

hwloc_obj_t machine_core_of(hwloc_obj_t pu)
{
    for (hwloc_obj_t at = pu; at != NULL; at = at->parent) {
        if (at->type == HWLOC_OBJ_CORE)
            return at;
    }
    return pu;
}

hwloc_obj_t machine_cache_of(hwloc_obj_t pu)
{
    hwloc_obj_t last = NULL;
    for (hwloc_obj_t at = pu; at != NULL; at = at->parent) {
        bool memory_side = at->subtype != NULL && strcmp(at->subtype, "MemorySideCache") == 0;
        if (hwloc_obj_type_is_dcache(at->type) && !memory_side)
            last = at;
    }
    return last;
}

static unsigned count_of(const struct machine *machine, hwloc_obj_type_t type)
{
    int count = hwloc_get_nbobjs_by_type(machine->topology, type);
    return count > 0 ? (unsigned)count : 0;
}

static hwloc_obj_t next_pu(const struct machine *machine, hwloc_obj_t pu)
{
    return hwloc_get_next_obj_by_type(machine->topology, HWLOC_OBJ_PU, pu);
}

int machine_allow(struct machine *machine, hwloc_const_bitmap_t set)
{
    hwloc_const_bitmap_t all = hwloc_topology_get_allowed_cpuset(machine->topology);
    if (!hwloc_bitmap_intersects(set, all))
        return -EINVAL;
    if (hwloc_bitmap_and(machine->allowed, set, all) != 0)
        return -ENOMEM;
    machine->allowed_pus = machine->allowed_cores = 0;
    machine->cache_bytes = 0;
    hwloc_obj_t last_core = NULL;
    for (hwloc_obj_t pu = next_pu(machine, NULL); pu != NULL; pu = next_pu(machine, pu)) {
        if (!hwloc_bitmap_isset(machine->allowed, pu->os_index))
            continue;
        hwloc_obj_t core = machine_core_of(pu), cache = machine_cache_of(pu);
        machine->allowed_pus++;
        machine->allowed_cores += core != last_core;
        last_core = core;
        if (cache != NULL && cache->attr->cache.size > machine->cache_bytes)
            machine->cache_bytes = cache->attr->cache.size;
    }
    return 0;
}

static int allow_affinity(struct machine *machine, char *why, size_t size)
{
    machine->allowed = hwloc_bitmap_alloc();
    hwloc_bitmap_t affinity = hwloc_bitmap_alloc_full();
    int err = machine->allowed != NULL && affinity != NULL ? 0 : -ENOMEM;
    /* A system that cannot tell the affinity has none. */
    if (err == 0 && !machine->simulated &&
        hwloc_get_cpubind(machine->topology, affinity, HWLOC_CPUBIND_THREAD) != 0)
        hwloc_bitmap_fill(affinity);
    if (err == 0)
        err = machine_allow(machine, affinity);
    hwloc_bitmap_free(affinity);
    if (err == -EINVAL)
        return fail(why, size, err,
                    "none of the CPUs this process is bound to is in hwloc's topology; compare "
                    "taskset -p $$ with lstopo");
    return err == 0 ? 0 : fail(why, size, err, "no memory for the set of allowed CPUs");
}

static void describe(struct machine *machine)
{
    struct utsname system;
    hwloc_obj_t root = hwloc_get_root_obj(machine->topology);
    hwloc_obj_t package = hwloc_get_obj_by_type(machine->topology, HWLOC_OBJ_PACKAGE, 0);
    const char *cpu = package != NULL ? hwloc_obj_get_info_by_name(package, "CPUModel") : NULL;
    if (cpu == NULL)
        cpu = hwloc_obj_get_info_by_name(root, "CPUModel");
    if (uname(&system) == 0) {
        snprintf(machine->hostname, sizeof(machine->hostname), "%s", system.nodename);
        snprintf(machine->kernel, sizeof(machine->kernel), "%s %s", system.sysname, system.release);
        if (cpu == NULL && !machine->simulated)
            cpu = system.machine;
    }
    snprintf(machine->cpu, sizeof(machine->cpu), "%s", cpu != NULL ? cpu : "");
    machine->memory_bytes = root->total_memory;
    /* Not all memory that can be used needs to belong to a NUMA node that hwloc knows. */
    if (!machine->simulated)
        machine->memory_bytes = (size_t)sysconf(_SC_PHYS_PAGES) * (size_t)sysconf(_SC_PAGESIZE);
}

int machine_open(struct machine *machine, char *why, size_t size)
{
    *machine = (struct machine){0};
    int err = load(machine, why, size);
    if (err != 0) {
        *machine = (struct machine){0};
        return err;
    }
    machine->simulated = !hwloc_topology_is_thissystem(machine->topology);
    machine->packages = count_of(machine, HWLOC_OBJ_PACKAGE);
    machine->pus = count_of(machine, HWLOC_OBJ_PU);
    machine->cores = count_of(machine, HWLOC_OBJ_CORE);
    if (machine->cores == 0)
        machine->cores = machine->pus;
    machine->numa_nodes = count_of(machine, HWLOC_OBJ_NUMANODE);
    if (!machine->simulated)
        machine->quota_cpus = quota_cpus("", "/proc/self/cgroup");
    describe(machine);
    err = allow_affinity(machine, why, size);
    if (err != 0)
        machine_close(machine);
    return err;
}

void machine_close(struct machine *machine)
{
    hwloc_bitmap_free(machine->allowed);
    if (machine->topology != NULL)
        hwloc_topology_destroy(machine->topology);
    *machine = (struct machine){0};
}

static json_t *number_or_null(size_t number)
{
    return number != 0 ? json_integer((json_int_t)number) : json_null();
}

/* Text that is absent or no UTF-8 is not known. */
static json_t *text_or_null(const char *text)
{
    json_t *json = text != NULL && *text != '\0' ? json_string(text) : NULL;
    return json != NULL ? json : json_null();
}

static json_t *allowed_json(const struct machine *machine)
{
    char *list = NULL;
    hwloc_bitmap_list_asprintf(&list, machine->allowed);
    json_t *json = text_or_null(list);
    free(list);
    return json;
}

/* hwloc has no such line for topologies that are not the same everywhere. */
static json_t *synthetic_json(const struct machine *machine)
{
    enum { LINE_MAX_BYTES = 1 << 16 };
    char *line = malloc(LINE_MAX_BYTES);
    if (line == NULL)
        return NULL;
    int length = hwloc_topology_export_synthetic(machine->topology, line, LINE_MAX_BYTES, 0);
    json_t *json = text_or_null(length > 0 && length < LINE_MAX_BYTES ? line : NULL);
    free(line);
    return json;
}

static json_t *topology_json(const struct machine *machine)
{
    char *xml = NULL;
    int length = 0;
    if (hwloc_topology_export_xmlbuffer(machine->topology, &xml, &length, 0) != 0)
        return json_null();
    json_t *json = text_or_null(xml);
    hwloc_free_xmlbuffer(machine->topology, xml);
    return json;
}

json_t *machine_json(const struct machine *machine)
{
    const struct machine *m = machine;
    const struct {
        const char *name;
        json_t *value;
    } members[] = {
        {"hostname", text_or_null(m->hostname)},
        {"kernel", text_or_null(m->kernel)},
        {"cpu", text_or_null(m->cpu)},
        {"packages", number_or_null(m->packages)},
        {"cores", json_integer(m->cores)},
        {"pus", json_integer(m->pus)},
        {"numa_nodes", json_integer(m->numa_nodes)},
        {"allowed_cpus", allowed_json(m)},
        {"allowed_cores", json_integer(m->allowed_cores)},
        {"allowed_pus", json_integer(m->allowed_pus)},
        {"quota_cpus", m->quota_cpus > 0 ? json_real(m->quota_cpus) : json_null()},
        {"memory_bytes", number_or_null(m->memory_bytes)},
        {"cache_bytes", number_or_null(m->cache_bytes)},
        {"synthetic", synthetic_json(m)},
        {"topology", topology_json(m)},
        {"simulated", json_boolean(m->simulated)},
    };
    json_t *json = json_object();
    int err = 0;
    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
        err |= json_object_set_new(json, members[i].name, members[i].value);
    if (err == 0)
        return json;
    json_decref(json);
    return NULL;
}
