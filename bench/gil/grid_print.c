// SPDX-License-Identifier: MIT
#include "bench/gil/grid.h"
#include "bench/gil_params.h"
#include "bench/text.h"
#include "bench/units.h"

#include <math.h>
#include <string.h>

static const char *const statistics[] = {"min", "p5", "p50", "mean", "p95", "max", NULL};
static const char *const headings[] = {"least", "5 %", "median", "mean", "95 %", "most", NULL};

/* What is no time, and how it is called; an explanation where the name needs one. */
static const struct {
    const char *number, *heading, *meaning;
} numbers[] = {{"switches_per_s", "switches/s", NULL},
               {"cpu_per_wall", "CPU/wall", "CPU time of the process over elapsed time"},
               {"requests_per_s", "requests/s", NULL},
               {"calls_per_s", "calls/s", NULL},
               {"alone_ns", "alone", "a call before the hogs begin"},
               {"per_call_ns", "per call", "a call beside them"},
               {"pair_ns", "per pair", "releasing and taking it once"}};
enum { NUMBERS = sizeof(numbers) / sizeof(numbers[0]) };

static const struct {
    const char *number, *meaning;
} counters[] = {{"takes", "times that it was taken:"},
                {"uncontended", "of these at once,"},
                {"waits", "of these after waiting"},
                {"timeouts", "intervals waited in vain:"},
                {"requests", "then the holder was asked,"},
                {"rearms", "then it had changed hands,"},
                {"late", "then it was free"},
                {"switches", "another thread than before"},
                {"forced_waits", "dropped as asked, and waited"},
                {"regrants", "taken by who asked last"},
                {"kept", "dropped for a wait, untouched"},
                {"lost", "dropped for a wait, and lost"}};
enum { COUNTERS = sizeof(counters) / sizeof(counters[0]) };

static void put(FILE *out, int width, const char *text)
{
    text_pad(out, text, width, false);
}

/* "simulated  2  5 ms"; what a lock or an experiment has not is no number. */
static void put_subject(FILE *out, const struct grid *grid, const struct cell *c)
{
    char k[UNITS_MAX], interval[UNITS_MAX];
    bool waits = c->python != NULL || gil_looks_at(grid->lab.gil.variant, "interval");
    snprintf(k, sizeof(k), "%lld", (long long)c->k);
    fprintf(out, "%-15s", c->subject);
    put(out, 4, lab_uses(grid->lab.kind, "k") ? k : "-");
    put(out, 10,
        waits && lab_uses(grid->lab.kind, "interval") ? units_time(interval, (double)c->interval_ns)
                                                      : "-");
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
        put_subject(out, grid, c);
        if (show != NULL)
            put_distribution(out, c, show);
        for (size_t i = 0; i < NUMBERS; i++) {
            if (has_number(grid, numbers[i].number))
                put_number(out, c, numbers[i].number);
        }
        fputc('\n', out);
    }
}

static void print_meanings(const struct grid *grid, FILE *out)
{
    const char *before = "";
    for (size_t i = 0; i < NUMBERS; i++) {
        if (numbers[i].meaning == NULL || !has_number(grid, numbers[i].number))
            continue;
        fprintf(out, "%s%s: %s", before, numbers[i].heading, numbers[i].meaning);
        before = "; ";
    }
    if (before[0] != '\0')
        fputc('\n', out);
}

/* ---- the lock ----------------------------------------------------------------------------- */

/* A block of columns fits into a line with what the counters mean. */
enum { NAME_WIDTH = 14, CELL_WIDTH = 11, BLOCK = 3 };

static void put_heading(FILE *out, const struct grid *grid, const struct cell *const *cells,
                        size_t count)
{
    char text[2 * UNITS_MAX], interval[UNITS_MAX];
    fprintf(out, "\n%-*s", NAME_WIDTH, "the lock");
    for (size_t i = 0; i < count; i++) {
        snprintf(text, sizeof(text), "k = %lld", (long long)cells[i]->k);
        put(out, CELL_WIDTH, lab_uses(grid->lab.kind, "k") ? text : "");
    }
    if (grid->intervals != NULL) {
        fprintf(out, "\n%-*s", NAME_WIDTH, "");
        for (size_t i = 0; i < count; i++)
            put(out, CELL_WIDTH, units_time(interval, (double)cells[i]->interval_ns));
    }
    fputc('\n', out);
}

static void print_block(const struct grid *grid, const struct cell *const *cells, size_t count,
                        FILE *out)
{
    put_heading(out, grid, cells, count);
    for (size_t i = 0; i < COUNTERS; i++) {
        fprintf(out, "%-*s", NAME_WIDTH, counters[i].number);
        for (size_t k = 0; k < count; k++)
            fprintf(out, "%*.0f", CELL_WIDTH, lab_quantity(cells[k]->report, counters[i].number));
        fprintf(out, "  %s\n", counters[i].meaning);
    }
}

/* Only the simulator can count what happens to its lock. */
static void print_counters(const struct grid *grid, FILE *out)
{
    const struct cell *block[BLOCK];
    size_t n = 0;
    for (size_t i = 0; i < grid->count; i++) {
        if (!isnan(lab_quantity(grid->cells[i].report, "takes")))
            block[n++] = &grid->cells[i];
        if (n == BLOCK || (n > 0 && i + 1 == grid->count)) {
            print_block(grid, block, n, out);
            n = 0;
        }
    }
}

void grid_print(const struct grid *grid, FILE *out)
{
    const struct experiment_kind *kind = grid->lab.kind;
    fprintf(out, "%s: %s\n", kind->name, kind->summary);
    print_samples(grid, kind->show, out);
    print_meanings(grid, out);
    for (size_t i = 0; i < grid->count; i++) {
        json_t *why = json_object_get(grid->cells[i].report, "absent");
        if (json_is_string(why))
            fprintf(out, "%s: %s\n", grid->cells[i].subject, json_string_value(why));
    }
    if (has_number(grid, "takes"))
        print_counters(grid, out);
}
