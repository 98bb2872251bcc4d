// SPDX-License-Identifier: MIT
#include "bench/gil/grid.h"
#include "bench/units.h"

#include <math.h>
#include <string.h>

static const char *const statistics[] = {"min", "p5", "p50", "mean", "p95", "max", NULL};
static const char *const headings[] = {"least", "5 %", "median", "mean", "95 %", "most", NULL};

/* What is no time, and how it is called. */
static const struct {
    const char *number, *heading;
} numbers[] = {{"switches_per_s", "switches/s"},
               {"cpu_per_wall", "CPU/wall"},
               {"requests_per_s", "requests/s"},
               {"calls_per_s", "calls/s"},
               {"alone_ns", "alone"},
               {"per_call_ns", "per call"},
               {"pair_ns", "per pair"}};
enum { NUMBERS = sizeof(numbers) / sizeof(numbers[0]) };

static const char *const counters[] = {"takes",        "uncontended", "waits", "timeouts",
                                       "requests",     "rearms",      "late",  "switches",
                                       "forced_waits", "regrants",    "kept",  "lost"};
enum { COUNTERS = sizeof(counters) / sizeof(counters[0]) };

/* Right-aligned by characters, not bytes. */
static void put(FILE *out, int width, const char *text)
{
    int shown = 0;
    for (const char *c = text; *c != '\0'; c++)
        shown += ((unsigned char)*c & 0xC0) != 0x80;
    fprintf(out, "%*s%s", width > shown ? width - shown : 0, "", text);
}

static void put_subject(FILE *out, const struct cell *c)
{
    char interval[UNITS_MAX];
    fprintf(out, "%-15s%4lld", c->subject, (long long)c->k);
    put(out, 10, units_time(interval, (double)c->interval_ns));
}

static bool has_number(const struct grid *grid, const char *name)
{
    for (size_t i = 0; i < grid->count; i++) {
        if (!isnan(lab_quantity(grid->cells[i].report, name)))
            return true;
    }
    return false;
}

static void put_distribution(FILE *out, const struct cell *c, const char *samples)
{
    char name[64], text[UNITS_MAX];
    bool ppm = strstr(samples, "_ppm") != NULL;
    const json_t *all = json_object_get(json_object_get(c->report, "samples"), samples);
    fprintf(out, "%8zu", json_array_size(all));
    for (int i = 0; statistics[i] != NULL; i++) {
        snprintf(name, sizeof(name), "%s.%s", samples, statistics[i]);
        double value = lab_quantity(c->report, name);
        if (isnan(value))
            snprintf(text, sizeof(text), "-");
        else if (ppm)
            snprintf(text, sizeof(text), "%.3f×", value * 1e-6);
        else
            units_time(text, value);
        put(out, 10, text);
    }
}

static void put_number(FILE *out, const struct cell *c, const char *name)
{
    char text[UNITS_MAX];
    double value = lab_quantity(c->report, name);
    if (isnan(value))
        snprintf(text, sizeof(text), "-");
    else if (strstr(name, "_ns") != NULL)
        units_time(text, value);
    else
        snprintf(text, sizeof(text), fabs(value) < 9999.5 ? "%.4g" : "%.0f", value);
    put(out, 12, text);
}

static void print_samples(const struct grid *grid, const char *samples, FILE *out)
{
    const char *show = samples;
    int length = show != NULL ? (int)strcspn(show, "_") : 0; /* "ratio_ppm" is shown in times */
    fprintf(out, "%-15.*s%4s%10s", length, show != NULL ? show : "", "k", "interval");
    if (show != NULL)
        put(out, 8, "n");
    for (int i = 0; show != NULL && headings[i] != NULL; i++)
        put(out, 10, headings[i]);
    for (size_t i = 0; i < NUMBERS; i++) {
        if (has_number(grid, numbers[i].number))
            put(out, 12, numbers[i].heading);
    }
    fputc('\n', out);
    for (size_t k = 0; k < grid->count; k++) {
        const struct cell *c = &grid->cells[k];
        put_subject(out, c);
        if (show != NULL)
            put_distribution(out, c, show);
        for (size_t i = 0; i < NUMBERS; i++) {
            if (has_number(grid, numbers[i].number))
                put_number(out, c, numbers[i].number);
        }
        fputc('\n', out);
    }
}

/* Only the simulator can count what happens to its lock. */
static void print_counters(const struct grid *grid, FILE *out)
{
    fprintf(out, "\n%-15s%4s%10s", "the lock", "k", "interval");
    for (int i = 0; i < COUNTERS; i++)
        fprintf(out, " %*s", (int)strlen(counters[i]) > 8 ? (int)strlen(counters[i]) : 8,
                counters[i]);
    fputc('\n', out);
    for (size_t k = 0; k < grid->count; k++) {
        const struct cell *c = &grid->cells[k];
        if (isnan(lab_quantity(c->report, "takes")))
            continue;
        put_subject(out, c);
        for (int i = 0; i < COUNTERS; i++)
            fprintf(out, " %*.0f", (int)strlen(counters[i]) > 8 ? (int)strlen(counters[i]) : 8,
                    lab_quantity(c->report, counters[i]));
        fputc('\n', out);
    }
}

void grid_print(const struct grid *grid, FILE *out)
{
    const struct experiment_kind *kind = grid->lab.kind;
    fprintf(out, "%s: %s\n", kind->name, kind->summary);
    print_samples(grid, kind->show, out);
    for (size_t i = 0; i < grid->count; i++) {
        json_t *why = json_object_get(grid->cells[i].report, "absent");
        if (json_is_string(why))
            fprintf(out, "%s: %s\n", grid->cells[i].subject, json_string_value(why));
    }
    if (has_number(grid, "takes"))
        print_counters(grid, out);
}
