// SPDX-License-Identifier: MIT
#include "bench/gil/grid_draw.h"
#include "bench/params.h"
#include "bench/picture.h"
#include "bench/units.h"

#include <errno.h>
#include <string.h>

/* The next parameter that the experiment looks at; -1 at their end. */
static int next_param(char **rest)
{
    const char *word = strsep(rest, " ");
    return word != NULL ? params_find(lab_params, word) : -1;
}

/* "CPython 3.11.7 A (/usr/bin/python3)": the path where there is another one of that version. */
static void name_subject(const struct grid *grid, const struct cell *c, char text[PYTHON_LABEL_MAX])
{
    snprintf(text, PYTHON_LABEL_MAX, "%s", c->subject);
    for (unsigned i = 0; c->python != NULL && i < grid->python_count; i++) {
        if (grid->pythons[i].path == c->python && grid->pythons[i].letter != '\0')
            python_label(c->subject, c->python, text);
    }
}

/* "simulated (fifo) · k = 2 · 5 ms", without what the experiment or the lock does not know. */
static void name_curve(const struct grid *grid, const struct cell *c, bool interval, char *label,
                       size_t size)
{
    char time[UNITS_MAX], subject[PYTHON_LABEL_MAX];
    name_subject(grid, c, subject);
    int n = snprintf(label, size, "%s", subject);
    if (c->python == NULL && grid->lab.gil.variant != GIL_NEW)
        n += snprintf(label + n, size - (size_t)n, " (%s)", gil_names[grid->lab.gil.variant]);
    if (lab_uses(grid->lab.kind, "k"))
        n += snprintf(label + n, size - (size_t)n, " · k = %lld", (long long)c->k);
    if (interval && c->has_interval)
        snprintf(label + n, size - (size_t)n, " · %s", axis_time(time, (double)c->interval_ns));
}

/* How many settings there are before `end`: they begin with the simulator, and Pythons follow. */
static unsigned count_settings(const struct grid *grid, const struct cell *end, bool interval)
{
    unsigned n = 0;
    int64_t k = -1;
    for (const struct cell *c = grid->cells; c < end; c++) {
        n += c->python == NULL && (interval || c->k != k);
        k = c->k;
    }
    return n;
}

/* The first Python has the colours of the simulator, which is held against it; the next ones have
 * others. */
struct curve grid_curve(const struct grid *grid, const struct cell *cell, bool interval)
{
    struct curve curve = {.real = SIMULATED};
    for (unsigned i = 0; cell->python != NULL && i < grid->python_count; i++) {
        if (grid->pythons[i].path == cell->python)
            curve.real = (int)i + 1;
    }
    curve.colour = count_settings(grid, cell + 1, interval) - 1;
    if (curve.real > 1)
        curve.colour +=
            (unsigned)(curve.real - 1) * count_settings(grid, grid->cells + grid->count, interval);
    name_curve(grid, cell, interval, curve.label, sizeof(curve.label));
    return curve;
}

void grid_details(const struct grid *grid, char *text, size_t size)
{
    char words[256], value[64], *rest = words;
    size_t n = 0;
    snprintf(words, sizeof(words), "%s", grid->lab.kind->uses);
    for (int i; (i = next_param(&rest)) >= 0;) {
        units_print(&lab_params[i], &grid->lab.values[i], value, sizeof(value));
        if (i != LAB_K && i != LAB_INTERVAL && n < size)
            n += (size_t)snprintf(text + n, size - n, "%s=%s ", lab_params[i].name, value);
    }
    if (n < size)
        snprintf(text + n, size - n, "· %u core%s", grid->machine->allowed_cores,
                 grid->machine->allowed_cores == 1 ? "" : "s");
}

/* ---- which of them ------------------------------------------------------------------------ */

bool grid_is_loop(const struct grid *grid)
{
    return strcmp(grid->lab.kind->name, "echo") == 0 && lab_n(&grid->lab, LAB_THINK) == 0;
}

/* Such echoes with several intervals. */
static bool is_sweep(const struct grid *grid)
{
    for (size_t i = 0; i < grid->count && grid_is_loop(grid); i++) {
        if (grid->cells[i].interval_ns != grid->cells[0].interval_ns)
            return true;
    }
    return false;
}

int grid_drawable(const struct grid *grid, const char *path, char *why, size_t size)
{
    const struct experiment_kind *kind = grid->lab.kind;
    if (kind->show == NULL) {
        snprintf(why, size, "no chart of `%s`: it counts and gives no distribution", kind->name);
        return -EINVAL;
    }
    if (strcmp(kind->show, "hold") == 0 && grid->lab.gil.variant == GIL_NONE &&
        grid->python_count == 0) {
        snprintf(why, size, "no chart: without a lock nobody holds one; choose another with --gil");
        return -EINVAL;
    }
    return picture_allowed(path, "--chart", why, size);
}

int grid_draw(const struct grid *grid, const char *path, char *why, size_t size)
{
    return is_sweep(grid) ? grid_draw_rates(grid, path, why, size)
                          : grid_draw_times(grid, path, why, size);
}
