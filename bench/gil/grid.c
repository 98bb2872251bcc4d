// SPDX-License-Identifier: MIT
#include "bench/gil/grid.h"
#include "bench/params.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* More only measure how a kernel schedules thousands of threads. */
enum { HOGS_PER_CORE = 100 };

static int check_hogs(const struct grid *grid, const struct lab *lab, char *why, size_t size)
{
    int64_t most = (int64_t)grid->machine->allowed_cores * HOGS_PER_CORE;
    if (lab_n(lab, LAB_K) <= most)
        return 0;
    snprintf(why, size, "-k %lld: that is more than %d hogs per core; choose at most %lld",
             (long long)lab_n(lab, LAB_K), HOGS_PER_CORE, (long long)most);
    return -EINVAL;
}

/* A cell of the grid for a subject, measured. */
static int add_cell(struct grid *grid, const struct lab *lab, const struct python *python,
                    char *why, size_t size)
{
    struct cell *cell = &grid->cells[grid->count];
    if (grid->count == GRID_MAX) {
        snprintf(why, size, "that is more than %d combinations", GRID_MAX);
        return -EINVAL;
    }
    *cell = (struct cell){.simulated = python == NULL,
                          .k = lab_n(lab, LAB_K),
                          .interval_ns = lab_n(lab, LAB_INTERVAL)};
    snprintf(cell->subject, sizeof(cell->subject), "%s%s", python ? "CPython " : "simulated",
             python ? python->version : "");
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "\r\033[K%s, k = %lld, interval %g ms", cell->subject, (long long)cell->k,
                (double)cell->interval_ns * 1e-6);
    int err =
        lab_run(lab, grid->machine, python != NULL ? python->path : NULL, &cell->report, why, size);
    grid->count += err == 0;
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "\r\033[K");
    return err;
}

/* All subjects with these settings. */
static int add_cells(struct grid *grid, const struct lab *lab, char *why, size_t size)
{
    int err = check_hogs(grid, lab, why, size);
    if (err == 0)
        err = add_cell(grid, lab, NULL, why, size);
    for (unsigned i = 0; i < grid->python_count && err == 0; i++)
        err = add_cell(grid, lab, &grid->pythons[i], why, size);
    return err;
}

/* The next word of a list, as a setting of that parameter. */
static bool next_setting(char **rest, const char *name, char *setting, size_t size)
{
    const char *word = strsep(rest, ",");
    if (word != NULL)
        snprintf(setting, size, "%s=%s", name, word);
    return word != NULL;
}

static int add_intervals(struct grid *grid, const struct lab *lab, char *why, size_t size)
{
    char *list = grid->intervals != NULL ? strdup(grid->intervals) : NULL, *rest = list;
    char setting[128];
    int err = list == NULL ? add_cells(grid, lab, why, size) : 0;
    while (err == 0 && next_setting(&rest, "interval", setting, sizeof(setting))) {
        struct lab one = *lab;
        err = lab_set(&one, setting, why, size);
        if (err == 0)
            err = add_cells(grid, &one, why, size);
    }
    free(list);
    return err;
}

int grid_run(struct grid *grid, char *why, size_t size)
{
    char *list = grid->ks != NULL ? strdup(grid->ks) : NULL, *rest = list;
    char setting[128];
    int err = list == NULL ? add_intervals(grid, &grid->lab, why, size) : 0;
    while (err == 0 && next_setting(&rest, "k", setting, sizeof(setting))) {
        struct lab one = grid->lab;
        err = lab_set(&one, setting, why, size);
        if (err == 0)
            err = add_intervals(grid, &one, why, size);
    }
    free(list);
    return err;
}

void grid_free(struct grid *grid)
{
    for (size_t i = 0; i < grid->count; i++)
        json_decref(grid->cells[i].report);
    json_decref(grid->lock);
    grid->count = 0;
}

static json_t *cell_json(const struct cell *c)
{
    return json_pack(
        "{s:s s:I s:I s:O s:O s:O* s:O*}", "subject", c->subject, "k", (json_int_t)c->k,
        "interval_ns", (json_int_t)c->interval_ns, "samples", json_object_get(c->report, "samples"),
        "numbers", json_object_get(c->report, "numbers"), "absent",
        json_object_get(c->report, "absent"), "events", json_object_get(c->report, "events"));
}

/* What the experiment looks at, but for k and interval, which are the cells'. */
static json_t *parameters_json(const struct lab *lab)
{
    json_t *all = params_json(lab_params, lab->values);
    for (int i = 0; lab_params[i].name != NULL; i++) {
        if (i == LAB_K || i == LAB_INTERVAL || !lab_uses(lab->kind, lab_params[i].name))
            json_object_del(all, lab_params[i].name);
    }
    return all;
}

json_t *grid_json(const struct grid *grid)
{
    json_t *cells = json_array();
    for (size_t i = 0; i < grid->count; i++)
        json_array_append_new(cells, cell_json(&grid->cells[i]));
    return json_pack("{s:i s:s s:o s:o s:o s:o}", "schema", 1, "experiment", grid->lab.kind->name,
                     "parameters", parameters_json(&grid->lab), "lock", json_incref(grid->lock),
                     "machine", machine_json(grid->machine), "cells", cells);
}
