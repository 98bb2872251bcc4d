// SPDX-License-Identifier: MIT
/* speedup doctor: what this machine has, and what may disturb numbers. Changes nothing. */
#include "bench/cli.h"
#include "bench/cmd.h"
#include "bench/machine.h"
#include "bench/registry.h"
#include "bench/text.h"
#include "bench/units.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

struct report {
    int warnings;
};

static void good(const char *what, const char *text)
{
    printf("  ok    %-18s %s\n", what, text);
}

static void warn(struct report *r, const char *what, const char *text)
{
    printf("  note  %-18s %s\n", what, text);
    r->warnings++;
}

/* The first line of a small file; "" if it cannot be read. */
static void read_line(const char *path, char *text, int size)
{
    FILE *file = fopen(path, "re");
    text[0] = '\0';
    if (file == NULL)
        return;
    if (fgets(text, size, file) != NULL)
        text[strcspn(text, "\n")] = '\0';
    fclose(file);
}

static bool in_path(const char *program)
{
    char *path = strdup(getenv("PATH") ? getenv("PATH") : ""), *rest = path;
    bool found = false;
    for (char *word; path != NULL && !found && (word = strsep(&rest, ":")) != NULL;) {
        char file[4096];
        snprintf(file, sizeof(file), "%s/%s", word, program);
        found = access(file, X_OK) == 0;
    }
    free(path);
    return found;
}

static void check_cores(struct report *r, const struct machine *m)
{
    char text[256];
    const char *cpu = m->cpu[0] ? m->cpu : "unknown processor";
    snprintf(text, sizeof(text), "%u of %u (%u PUs), %.*s", m->allowed_cores, m->cores,
             m->allowed_pus, text_trimmed(cpu), cpu);
    if (m->allowed_cores > 1)
        good("cores", text);
    else
        warn(r, "cores", "only one is allowed: nothing that computes can get faster here");
    if (m->quota_cpus > 0) {
        snprintf(text, sizeof(text), "%.2f CPUs: more workers than that are throttled",
                 m->quota_cpus);
        warn(r, "CPU quota", text);
    }
    if (m->simulated)
        warn(r, "topology", "simulated: nothing can be bound to it");
}

static void check_noise(struct report *r, const struct machine *m)
{
    char text[256];
    double load[1];
    if (getloadavg(load, 1) == 1 && load[0] > 0.25 * m->allowed_cores) {
        snprintf(text, sizeof(text), "%.2f: other work runs; wait until it is over", load[0]);
        warn(r, "load", text);
    } else {
        good("load", "the machine is idle enough");
    }
    read_line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", text, sizeof(text));
    if (text[0] != '\0' && strcmp(text, "performance") != 0)
        warn(r, "frequency governor", "not 'performance': the clock of the cores changes");
    read_line("/sys/devices/system/clocksource/clocksource0/current_clocksource", text,
              sizeof(text));
    if (strcmp(text, "tsc") == 0 || strcmp(text, "kvm-clock") == 0 || text[0] == '\0')
        good("clock", text[0] ? text : "CLOCK_MONOTONIC");
    else
        warn(r, "clock", "its source is slow to read: short tasks look longer");
}

static void check_limits(struct report *r)
{
    struct rlimit files;
    char text[256];
    getrlimit(RLIMIT_NOFILE, &files);
    snprintf(text, sizeof(text), "%llu open files at most", (unsigned long long)files.rlim_max);
    if (files.rlim_max >= 10100)
        good("descriptors", text);
    else
        warn(r, "descriptors", text);
}

static void check_programs(struct report *r)
{
    if (in_path("gnuplot"))
        good("gnuplot", "charts can be drawn");
    else
        warn(r, "gnuplot", "absent: no charts; install the package gnuplot-nox");
    if (in_path("hwloc-calc"))
        good("hwloc-calc", "--pin understands every hwloc location");
    else
        warn(r, "hwloc-calc", "absent: --pin understands only core: and pu:; install hwloc-nox");
}

int cmd_doctor(int argc, const char **argv)
{
    int strict = 0;
    const struct poptOption table[] = {
        {"strict", '\0', POPT_ARG_NONE, &strict, 0, "exit 7 if there is anything to note", NULL},
        POPT_AUTOHELP POPT_TABLEEND};
    int status;
    poptFreeContext(cli_open("doctor", NULL, argc, argv, table, &status));
    if (status != 0)
        return status;

    struct machine machine;
    struct report report = {0};
    char why[ERROR_MAX];
    if (machine_open(&machine, why, sizeof(why)) != 0) {
        fprintf(stderr, "speedup doctor: %s\n", why);
        return EXIT_RUN_TIME;
    }
    check_cores(&report, &machine);
    check_noise(&report, &machine);
    check_limits(&report);
    check_programs(&report);
    report.warnings += registry_validate(stdout);
    printf("%d thing%s to note\n", report.warnings, report.warnings == 1 ? "" : "s");
    machine_close(&machine);
    return strict && report.warnings > 0 ? EXIT_NOT_READY : EXIT_OK;
}
