// SPDX-License-Identifier: MIT
/* From a file of `speedup gil EXPERIMENT -o FILE` back to what was measured, and to its pictures.
 */
#include "bench/gil/grid.h"
#include "bench/gil/timeline.h"
#include "bench/params.h"
#include "bench/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *text_of(const json_t *json, const char *key)
{
    const char *text = json_string_value(json_object_get(json, key));
    return text != NULL ? text : "";
}

static int64_t number_of(const json_t *json, const char *key)
{
    return json_integer_value(json_object_get(json, key));
}

bool grid_is(const json_t *json)
{
    return json_is_string(json_object_get(json, "experiment")) &&
           json_is_array(json_object_get(json, "cells"));
}

bool grid_has_events(const json_t *json)
{
    json_t *cells = json_object_get(json, "cells");
    return json_object_get(json_array_get(cells, 0), "events") != NULL;
}

static enum gil_variant variant_of(const json_t *json)
{
    const char *name = text_of(json_object_get(json, "lock"), "variant");
    for (int v = 0; v < GIL_VARIANTS; v++) {
        if (strcmp(name, gil_names[v]) == 0)
            return (enum gil_variant)v;
    }
    return GIL_NEW;
}

/* Is it one of the choices, or a number within the bounds? */
static bool read_value(struct value *value, const struct param *param, const json_t *json)
{
    double n = json_number_value(json);
    if (param->choices == NULL) {
        value->n = json_integer_value(json);
        return json_is_integer(json) && n >= param->min && n <= param->max;
    }
    for (int c = 0; json_is_string(json) && param->choices[c] != NULL; c++) {
        value->n = c;
        if (strcmp(json_string_value(json), param->choices[c]) == 0)
            return true;
    }
    return false;
}

static int read_parameters(struct lab *lab, const json_t *parameters, char *why, size_t size)
{
    for (int i = 0; lab_params[i].name != NULL; i++) {
        const json_t *json = json_object_get(parameters, lab_params[i].name);
        if (json == NULL || read_value(&lab->values[i], &lab_params[i], json))
            continue;
        snprintf(why, size, "its parameter \"%s\" has a value that `speedup gil` does not take",
                 lab_params[i].name);
        return -EINVAL;
    }
    return 0;
}

/* The Python at that path, called "3.11.7" or "3.11.7 A", which is added where it is new; NULL
 * where there is no room. What it is called stands for a path that the file does not tell, "". */
static const char *python_of(struct grid *grid, const char *name, const char *path)
{
    const char *letter = strchr(name, ' ');
    for (unsigned i = 0; i < grid->python_count; i++) {
        const struct python *python = &grid->pythons[i];
        if (path[0] != '\0' ? strcmp(python->path, path) == 0 : strcmp(python->version, name) == 0)
            return python->path;
    }
    if (grid->python_count == PYTHONS_MAX)
        return NULL;
    struct python *python = &grid->pythons[grid->python_count++];
    snprintf(python->version, sizeof(python->version), "%s", name);
    python->letter = path[0] != '\0' && letter != NULL ? letter[1] : '\0';
    python->path = path[0] != '\0' ? path : python->version;
    return python->path;
}

/* Each thread of a timeline has a name. */
static int check_threads(const json_t *json, char *why, size_t size)
{
    const json_t *events = json_object_get(json, "events");
    for (size_t t = 0; t < json_array_size(events); t++) {
        if (json_is_string(json_object_get(json_array_get(events, t), "thread")))
            continue;
        snprintf(why, size,
                 "its \"events\" hold a thread whose \"thread\" is not a name in quotes");
        return -EINVAL;
    }
    return 0;
}

/* Nanoseconds, as far as the laboratory goes; or none. */
static int read_interval(struct cell *cell, const json_t *json, char *why, size_t size)
{
    const struct param *param = &lab_params[LAB_INTERVAL];
    const json_t *value = json_object_get(json, "interval_ns");
    double ns = json_number_value(value);
    cell->interval_ns = json_integer_value(value);
    if (value == NULL || json_is_null(value) ||
        (json_is_integer(value) && ns >= param->min && ns <= param->max))
        return 0;
    if (json_is_number(value))
        snprintf(
            why, size,
            "its \"interval_ns\" is %.17g; it must be a whole number from %g (1 µs) to %g (1 s), "
            "or null",
            ns, param->min, param->max);
    else
        snprintf(why, size, "its \"interval_ns\" is neither a number nor null");
    return -EINVAL;
}

static int read_cell(struct grid *grid, json_t *json, char *why, size_t size)
{
    static const char before[] = "CPython ";
    struct cell *cell = &grid->cells[grid->count++];
    const char *subject = text_of(json, "subject");
    snprintf(cell->subject, sizeof(cell->subject), "%s", subject);
    if (strncmp(subject, before, strlen(before)) == 0)
        cell->python = python_of(grid, subject + strlen(before), text_of(json, "python"));
    cell->k = number_of(json, "k");
    int err = read_interval(cell, json, why, size);
    cell->has_interval = lab_uses(grid->lab.kind, "interval") && cell->interval_ns > 0;
    cell->report = json_incref(json);
    return err != 0 ? err : check_threads(json, why, size);
}

/* Fills a grid and its machine, as far as pictures look at them. */
static int read_grid(struct grid *grid, struct machine *machine, const json_t *json, char *why,
                     size_t size)
{
    const struct experiment_kind *kind = lab_find(text_of(json, "experiment"), why, size);
    json_t *cells = json_object_get(json, "cells");
    if (kind == NULL) {
        text_clean(why); /* it holds the name */
        return -EINVAL;
    }
    if (json_array_size(cells) == 0 || json_array_size(cells) > GRID_MAX) {
        snprintf(why, size, "it holds %zu measurements; a picture shows 1 to %d",
                 json_array_size(cells), GRID_MAX);
        return -EINVAL;
    }
    struct gil_options gil = gil_defaults(variant_of(json));
    lab_open(&grid->lab, kind, &gil, 1);
    int err = read_parameters(&grid->lab, json_object_get(json, "parameters"), why, size);
    machine->allowed_cores = (unsigned)number_of(json_object_get(json, "machine"), "allowed_cores");
    grid->machine = machine;
    for (size_t i = 0; i < json_array_size(cells) && err == 0; i++)
        err = read_cell(grid, json_array_get(cells, i), why, size);
    grid->planned = grid->count;
    return err;
}

/* Both kinds of pictures have such a pair of functions. */
static int plot(const json_t *json, const char *path, char *why, size_t size,
                int (*drawable)(const struct grid *, const char *, char *, size_t),
                int (*draw)(const struct grid *, const char *, char *, size_t))
{
    struct machine machine = {0};
    struct grid *grid = calloc(1, sizeof(*grid));
    if (grid == NULL) {
        snprintf(why, size, "out of memory");
        return -ENOMEM;
    }
    int err = read_grid(grid, &machine, json, why, size);
    if (err == 0)
        err = drawable(grid, path, why, size);
    if (err == 0)
        err = draw(grid, path, why, size);
    grid_free(grid);
    free(grid);
    return err;
}

int grid_plot(const json_t *json, const char *path, char *why, size_t size)
{
    return plot(json, path, why, size, grid_drawable, grid_draw);
}

int grid_plot_timeline(const json_t *json, const char *path, char *why, size_t size)
{
    return plot(json, path, why, size, timeline_drawable, timeline_draw);
}
