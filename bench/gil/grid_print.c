// SPDX-License-Identifier: MIT
#include "bench/gil/grid.h"
#include "bench/text.h"
#include "bench/units.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static const char *const statistics[] = {"min", "p5", "p50", "mean", "p95", "max", NULL};
static const char *const headings[] = {"least", "5 %", "median", "mean", "95 %", "most", NULL};

/* What is measured once, how it is called, and what that means. */
static const struct {
    const char *number, *heading, *meaning;
} numbers[] = {
    {"switches_per_s", "switches/s", "changes of hands a second"},
    {"sleeps_per_switch", "sleeps/switch", "times that a hog fell asleep for one of these"},
    {"cpu_per_wall", "CPU/wall", "CPU time of the process over elapsed time"},
    {"requests_per_s", "requests/s", "requests that the server answers a second"},
    {"calls_per_s", "calls/s", "calls of all threads together a second"},
    {"alone_ns", "alone", "a call without hogs, the mean of before and after"},
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

/* ---- tables ------------------------------------------------------------------------------- */

enum { WIDTH = 80, COLUMNS_MAX = 12, TEXT_MAX = GRID_NAME_MAX };

/* The headings, and below them a row for each cell. */
struct sheet {
    size_t rows, columns;
    char text[GRID_MAX + 1][COLUMNS_MAX][TEXT_MAX];
};

/* One more column, which is left out where nobody has anything in it. */
static void add_column(struct sheet *sheet, const char *heading)
{
    bool any = sheet->columns == 0;
    snprintf(sheet->text[0][sheet->columns], TEXT_MAX, "%s", heading);
    for (size_t i = 1; i < sheet->rows; i++)
        any = any || strcmp(sheet->text[i][sheet->columns], "-") != 0;
    sheet->columns += any;
}

static char *text_at(struct sheet *sheet, size_t cell)
{
    return sheet->text[cell + 1][sheet->columns];
}

/* "simulated  2  5.00 ms"; what a lock or an experiment has not is no number. */
static void begin_sheet(struct sheet *sheet, const struct grid *grid, const char *what)
{
    char time[UNITS_MAX];
    sheet->rows = grid->count + 1;
    sheet->columns = 0;
    for (size_t i = 0; i < grid->count; i++)
        snprintf(text_at(sheet, i), TEXT_MAX, "%s", grid->cells[i].subject);
    add_column(sheet, what);
    for (size_t i = 0; i < grid->count; i++)
        snprintf(text_at(sheet, i), TEXT_MAX, lab_uses(grid->lab.kind, "k") ? "%lld" : "-",
                 (long long)grid->cells[i].k);
    add_column(sheet, "k");
    for (size_t i = 0; i < grid->count; i++)
        snprintf(text_at(sheet, i), TEXT_MAX, "%s",
                 grid->cells[i].has_interval ? units_time(time, (double)grid->cells[i].interval_ns)
                                             : "-");
    add_column(sheet, "interval");
}

/* Columns as wide as what is in them, and as far apart as there is room for. */
static void print_sheet(const struct sheet *sheet, FILE *out)
{
    int widths[COLUMNS_MAX] = {0}, all = 0;
    for (size_t c = 0; c < sheet->columns; c++) {
        for (size_t r = 0; r < sheet->rows; r++) {
            int width = text_width(sheet->text[r][c]);
            widths[c] = width > widths[c] ? width : widths[c];
        }
        all += widths[c];
    }
    int gap = all + 2 * ((int)sheet->columns - 1) <= WIDTH ? 2 : 1;
    for (size_t r = 0; r < sheet->rows; r++) {
        for (size_t c = 0; c < sheet->columns; c++)
            text_pad(out, sheet->text[r][c], widths[c] + (c > 0 ? gap : 0), c == 0);
        fputc('\n', out);
    }
}

/* ---- what was measured -------------------------------------------------------------------- */

static bool has_number(const struct grid *grid, const char *name)
{
    for (size_t i = 0; i < grid->count; i++) {
        if (!isnan(lab_quantity(grid->cells[i].report, name)))
            return true;
    }
    return false;
}

static bool has_numbers(const struct grid *grid)
{
    bool any = false;
    for (size_t i = 0; i < NUMBERS; i++)
        any = any || has_number(grid, numbers[i].number);
    return any;
}

/* A statistic of samples, which are times or ratios in millionths. */
static void write_statistic(char text[TEXT_MAX], double value, bool ppm)
{
    char time[UNITS_MAX];
    if (isnan(value))
        snprintf(text, TEXT_MAX, "-");
    else if (ppm)
        snprintf(text, TEXT_MAX, "%.3f×", value * 1e-6);
    else
        snprintf(text, TEXT_MAX, "%s", units_time(time, value));
}

static void write_number(char text[TEXT_MAX], double value, bool is_time)
{
    char time[UNITS_MAX];
    if (isnan(value))
        snprintf(text, TEXT_MAX, "-");
    else if (is_time)
        snprintf(text, TEXT_MAX, "%s", units_time(time, value));
    else
        snprintf(text, TEXT_MAX, fabs(value) < 9999.5 ? "%.4g" : "%.0f", value);
}

/* The most of few samples is also their 95 %, and the least their 5 %. */
static double statistic_of(const struct cell *cell, const char *show, const char *statistic)
{
    char name[64];
    const json_t *samples = json_object_get(json_object_get(cell->report, "samples"), show);
    bool is_tail = strcmp(statistic, "p5") == 0 || strcmp(statistic, "p95") == 0;
    snprintf(name, sizeof(name), "%s.%s", show, statistic);
    return is_tail && json_array_size(samples) < GRID_FEW ? NAN : lab_quantity(cell->report, name);
}

static void print_samples(struct sheet *sheet, const struct grid *grid, FILE *out)
{
    const char *show = grid->lab.kind->show;
    char name[64];
    snprintf(name, sizeof(name), "%.*s", (int)strcspn(show, "_"), show); /* of "ratio_ppm" */
    begin_sheet(sheet, grid, name);
    for (size_t i = 0; i < grid->count; i++) {
        const json_t *samples = json_object_get(grid->cells[i].report, "samples");
        snprintf(text_at(sheet, i), TEXT_MAX, "%zu",
                 json_array_size(json_object_get(samples, show)));
    }
    add_column(sheet, "n");
    for (int s = 0; statistics[s] != NULL; s++) {
        for (size_t i = 0; i < grid->count; i++)
            write_statistic(text_at(sheet, i), statistic_of(&grid->cells[i], show, statistics[s]),
                            strstr(show, "_ppm") != NULL);
        add_column(sheet, headings[s]);
    }
    print_sheet(sheet, out);
}

/* A table of its own: beside the distributions there is no room. */
static void print_numbers(struct sheet *sheet, const struct grid *grid, FILE *out)
{
    begin_sheet(sheet, grid, "");
    for (size_t k = 0; k < NUMBERS; k++) {
        bool is_time = strstr(numbers[k].number, "_ns") != NULL;
        for (size_t i = 0; i < grid->count; i++)
            write_number(text_at(sheet, i), lab_quantity(grid->cells[i].report, numbers[k].number),
                         is_time);
        add_column(sheet, numbers[k].heading);
    }
    print_sheet(sheet, out);
}

/* Both tables, the one that it is about first. */
static void print_tables(struct sheet *sheet, const struct grid *grid, FILE *out)
{
    void (*tables[])(struct sheet *, const struct grid *,
                     FILE *) = {grid->lab.kind->show != NULL ? print_samples : NULL,
                                has_numbers(grid) ? print_numbers : NULL};
    bool turned = grid_is_loop(grid);
    for (int i = 0; i < 2; i++) {
        if (tables[i ^ turned] != NULL)
            tables[i ^ turned](sheet, grid, out);
        if (i == 0 && tables[0] != NULL && tables[1] != NULL)
            fputc('\n', out);
    }
}

/* A line of words, wrapped, a little to the right. */
static void put_words(FILE *out, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void put_words(FILE *out, const char *format, ...)
{
    enum { INDENT = 2 };
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    fprintf(out, "%*s", INDENT, "");
    text_wrap(out, text, INDENT, 2 * INDENT, WIDTH);
}

static void print_meanings(const struct grid *grid, FILE *out)
{
    for (size_t i = 0; i < NUMBERS; i++) {
        bool said =
            strncmp(numbers[i].heading, grid->lab.kind->measures, strlen(numbers[i].heading)) == 0;
        if (!said && has_number(grid, numbers[i].number))
            put_words(out, "%s: %s", numbers[i].heading, numbers[i].meaning);
    }
}

/* What the experiment is, what its number is, and which lock the simulated interpreter has. */
static void print_head(const struct grid *grid, FILE *out)
{
    const struct experiment_kind *kind = grid->lab.kind;
    enum gil_variant lock = grid->lab.gil.variant;
    fprintf(out, "%s: %s\n", kind->name, kind->summary);
    put_words(out, "%s", kind->measures);
    print_meanings(grid, out);
    if (lock == GIL_NONE)
        put_words(out,
                  "simulated with --gil none: free threading, as CPython has from 3.13 on in a "
                  "build of its own; there is no lock, and a thread takes %.3g times as long",
                  grid->lab.gil.slowdown);
    else
        put_words(out, "simulated with --gil %s: %s", gil_names[lock], gil_summaries[lock]);
    for (unsigned i = 0; i < grid->python_count; i++) {
        char name[PYTHON_NAME_MAX];
        if (grid->pythons[i].letter != '\0')
            put_words(out, "%s: %s", python_name(&grid->pythons[i], name), grid->pythons[i].path);
    }
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
        text_pad(out, lab_uses(grid->lab.kind, "k") ? text : "", CELL_WIDTH, false);
    }
    if (grid->intervals != NULL) {
        fprintf(out, "\n%-*s", NAME_WIDTH, "");
        for (size_t i = 0; i < count; i++)
            text_pad(out, units_time(interval, (double)cells[i]->interval_ns), CELL_WIDTH, false);
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

/* A row of zeros needs a word, and more time is of no use where there is no lock. */
static void explain_empty(const struct grid *grid, const struct cell *c, FILE *out)
{
    const char *show = grid->lab.kind->show;
    const char *reason = c->python == NULL ? grid_without_holds(grid) : NULL;
    const json_t *samples = json_object_get(c->report, "samples");
    if (show != NULL && lab_uses(grid->lab.kind, "duration") &&
        json_array_size(json_object_get(samples, show)) == 0)
        put_words(out, "%s, k = %lld: %s", c->subject, (long long)c->k,
                  reason != NULL ? reason
                                 : "not once in that time; allow more with -p duration=TIME");
}

void grid_print(const struct grid *grid, FILE *out)
{
    struct sheet *sheet = calloc(1, sizeof(*sheet));
    print_head(grid, out);
    if (sheet != NULL)
        print_tables(sheet, grid, out);
    free(sheet);
    for (size_t i = 0; i < grid->count; i++) {
        json_t *why = json_object_get(grid->cells[i].report, "absent");
        if (json_is_string(why))
            put_words(out, "%s: %s", grid->cells[i].subject, json_string_value(why));
        else
            explain_empty(grid, &grid->cells[i], out);
    }
    if (grid->lab.gil.variant != GIL_NONE && has_number(grid, "takes"))
        print_counters(grid, out);
}
