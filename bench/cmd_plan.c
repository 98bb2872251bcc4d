// SPDX-License-Identifier: MIT
/* speedup plan: which worker would sit where, and why. */
#include "bench/cli.h"
#include "bench/cmd.h"
#include "bench/place.h"
#include "bench/plan_rows.h"
#include "bench/units.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORKERS_MAX = 1000000 };

struct options {
    char *workers, *pin;
    int helper, json;
};

/* ---- the heading -------------------------------------------------------------------------- */

static void put_counted(char *text, size_t size, unsigned count, const char *noun)
{
    size_t used = strlen(text);
    if (count > 0)
        snprintf(text + used, size - used, "%s%u %s%s", used > 0 ? ", " : "", count, noun,
                 count > 1 ? "s" : "");
}

static void print_parts(const struct machine *m)
{
    char parts[160] = "", cache[UNITS_MAX];
    put_counted(parts, sizeof(parts), m->packages, "package");
    put_counted(parts, sizeof(parts), m->cores, "core");
    put_counted(parts, sizeof(parts), m->pus, "PU");
    put_counted(parts, sizeof(parts), m->numa_nodes, "NUMA node");
    printf("           %s", parts);
    if (m->cache_bytes > 0)
        printf(", last-level cache %s", units_bytes(cache, (double)m->cache_bytes));
    fputc('\n', stdout);
}

static void print_allowed(const struct machine *m)
{
    char parts[80] = "";
    char *cpus = NULL;
    put_counted(parts, sizeof(parts), m->allowed_cores, "core");
    put_counted(parts, sizeof(parts), m->allowed_pus, "PU");
    if (hwloc_bitmap_list_asprintf(&cpus, m->allowed) >= 0)
        printf("allowed    %s: CPUs %s\n", parts, cpus);
    free(cpus);
}

static void print_quota(const struct machine *m)
{
    if (m->quota_cpus <= 0) {
        puts("quota      none");
        return;
    }
    printf("quota      %.6g CPUs", m->quota_cpus);
    if (m->quota_cpus < m->allowed_cores)
        printf(", below the %u allowed core%s: computing workers get no more than that together, "
               "whatever the plan",
               m->allowed_cores, m->allowed_cores > 1 ? "s" : "");
    fputc('\n', stdout);
}

static void print_heading(const struct machine *m, const struct placement *p)
{
    printf("machine    %s%s\n", m->cpu[0] != '\0' ? m->cpu : "unknown CPU",
           m->simulated ? " (simulated: hwloc was given this topology, nothing is bound to it)"
                        : "");
    print_parts(m);
    print_allowed(m);
    print_quota(m);
    printf("pin        %s\n\n", p->policy);
}

/* ---- the plan ----------------------------------------------------------------------------- */

static void print_notes(const struct placement *p, size_t workers)
{
    puts("\nPU: the system's number. core: hwloc's logical number, as lstopo shows it.");
    if (workers > PLAN_FOLD_ABOVE)
        puts("Workers that follow one pattern share a line; --json lists each.");
    if (workers > p->count && p->places[0].pu == PLACE_ANY)
        printf("All %zu workers are placed like worker 0: the system chooses.\n", workers);
    else if (workers > p->count)
        printf("%zu workers on %zu place%s wrap around: worker %zu shares the place of worker 0, "
               "and so on.\n",
               workers, p->count, p->count > 1 ? "s" : "", p->count);
    if (p->helper_shared)
        puts("The helper shares the only core with the workers: their times hold its work, too.");
}

static int print_table(const struct machine *m, const struct placement *p, size_t workers)
{
    print_heading(m, p);
    int err = plan_print_rows(stdout, p, workers);
    if (err == 0)
        print_notes(p, workers);
    return err;
}

static int print_json(const struct machine *m, const struct placement *p, size_t workers)
{
    json_t *machine = machine_json(m);
    json_object_del(machine, "topology"); /* long, and lstopo has it */
    json_t *plan =
        json_pack("{s:o, s:s, s:I, s:I, s:o, s:o}", "machine", machine, "pin", p->policy, "workers",
                  (json_int_t)workers, "distinct_places", (json_int_t)p->count, "places",
                  placement_json(p, workers), "helper", placement_helper_json(p));
    int err = plan != NULL ? json_dumpf(plan, stdout, JSON_INDENT(2)) : -1;
    fputc('\n', stdout);
    json_decref(plan);
    return err == 0 ? 0 : -ENOMEM;
}

/* Answers the exit code. */
static int plan(const struct machine *machine, const struct options *o, size_t workers)
{
    char why[ERROR_MAX];
    struct placement placement;
    int err = placement_make(&placement, machine, o->pin != NULL ? o->pin : "cores", o->helper, why,
                             sizeof(why));
    if (err != 0) {
        cli_usage("plan", "%s", why);
        return err == -EINVAL ? EXIT_USAGE : EXIT_RUN_TIME;
    }
    if (workers == 0)
        workers = placement.count;
    err = o->json ? print_json(machine, &placement, workers)
                  : print_table(machine, &placement, workers);
    placement_free(&placement);
    if (err == 0 && fflush(stdout) == 0)
        return EXIT_OK;
    cli_usage("plan", "the plan could not be written: %s", strerror(err != 0 ? -err : errno));
    return EXIT_RUN_TIME;
}

/* ---- the options -------------------------------------------------------------------------- */

/* *workers stays as it is where the option was not given. */
static int read_workers(const char *text, size_t *workers)
{
    const struct param param = {"-n", "", PARAM_COUNT, NULL, 1, WORKERS_MAX, NULL};
    struct value value;
    char why[ERROR_MAX];
    if (text == NULL)
        return EXIT_OK;
    if (units_parse(&param, text, &value, why, sizeof(why)) != 0)
        return cli_usage("plan", "%s", why);
    *workers = (size_t)value.n;
    return EXIT_OK;
}

static int parse(int argc, const char **argv, struct options *o)
{
    const struct poptOption table[] = {
        {"workers", 'n', POPT_ARG_STRING, &o->workers, 0,
         "workers to place (default: one per place)", "COUNT"},
        {"pin", '\0', POPT_ARG_STRING, &o->pin, 0,
         "cores (default), compact, scatter, none or an hwloc location such as core:0-3", "POLICY"},
        {"helper", '\0', POPT_ARG_NONE, &o->helper, 0,
         "keep the last core for a helper, as workloads with a server or load generator do", NULL},
        {"json", '\0', POPT_ARG_NONE, &o->json, 0, "print the plan as JSON", NULL},
        POPT_AUTOHELP POPT_TABLEEND};
    int status;
    poptFreeContext(cli_open("plan", NULL, argc, argv, table, &status));
    return status;
}

int cmd_plan(int argc, const char **argv)
{
    struct options options = {0};
    struct machine machine;
    char why[ERROR_MAX];
    size_t workers = 0;
    int status = parse(argc, argv, &options);
    if (status == EXIT_OK)
        status = read_workers(options.workers, &workers);
    if (status == EXIT_OK && machine_open(&machine, why, sizeof(why)) != 0) {
        cli_usage("plan", "%s", why);
        status = EXIT_RUN_TIME;
    } else if (status == EXIT_OK) {
        status = plan(&machine, &options, workers);
        machine_close(&machine);
    }
    free(options.workers);
    free(options.pin);
    return status;
}
