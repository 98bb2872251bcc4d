// SPDX-License-Identifier: MIT
#include "bench/concurrency.h"
#include "bench/gil/grid.h"
#include "bench/gil_params.h"
#include "bench/params.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int check_hogs(const struct grid *grid, const struct lab *lab, char *why, size_t size)
{
    int64_t most = (int64_t)grid->machine->allowed_cores * LAB_HOGS_PER_CORE;
    if (lab_n(lab, LAB_K) <= most)
        return 0;
    snprintf(why, size, "-k %lld: that is more than %d hogs per core; choose at most %lld",
             (long long)lab_n(lab, LAB_K), LAB_HOGS_PER_CORE, (long long)most);
    return -EINVAL;
}

/* Nothing is counted down where a share of it is none. */
static int check_share(const struct lab *lab, char *why, size_t size)
{
    int64_t k = lab_n(lab, LAB_K), count = lab_n(lab, LAB_COUNT);
    if (lab->kind->simulate != simulate_battle || count >= k)
        return 0;
    snprintf(why, size,
             "count=%lld: %lld threads have nothing to share; choose -p count=%lld or more",
             (long long)count, (long long)k, (long long)k);
    return -EINVAL;
}

/* Does the experiment depend on an interval, and has that lock one? Python 2 counts ticks. */
static bool has_interval(const struct lab *lab, const struct python *python)
{
    return lab_uses(lab->kind, "interval") &&
           (python != NULL ? python->major >= 3 : gil_looks_at(lab->gil.variant, "interval"));
}

/* A cell for a subject, unless it is there. */
static int add_cell(struct grid *grid, const struct lab *lab, const struct python *python,
                    char *why, size_t size)
{
    struct cell cell = {.python = python != NULL ? python->path : NULL,
                        .k = lab_n(lab, LAB_K),
                        .interval_ns = lab_n(lab, LAB_INTERVAL),
                        .has_interval = has_interval(lab, python)};
    if (python != NULL)
        python_name(python, cell.subject);
    else
        snprintf(cell.subject, sizeof(cell.subject), "simulated");
    for (size_t i = 0; i < grid->planned; i++) {
        const struct cell *c = &grid->cells[i];
        if (c->python == cell.python && c->k == cell.k &&
            (c->interval_ns == cell.interval_ns || !cell.has_interval))
            return 0;
    }
    if (grid->planned == GRID_MAX) {
        snprintf(why, size, "that is more than %d combinations; name fewer", GRID_MAX);
        return -EINVAL;
    }
    grid->cells[grid->planned++] = cell;
    return 0;
}

/* All subjects with these settings. */
static int add_cells(struct grid *grid, const struct lab *lab, char *why, size_t size)
{
    int err = check_hogs(grid, lab, why, size);
    if (err == 0)
        err = check_share(lab, why, size);
    if (err == 0)
        err = lab_check_time(lab, why, size);
    if (err == 0)
        err = add_cell(grid, lab, NULL, why, size);
    for (unsigned i = 0; i < grid->python_count && err == 0; i++)
        err = add_cell(grid, lab, &grid->pythons[i], why, size);
    return err;
}

static int add_intervals(struct grid *grid, const struct lab *lab, char *why, size_t size)
{
    char *list = grid->intervals != NULL ? strdup(grid->intervals) : NULL, *rest = list;
    char setting[128];
    int err = list == NULL ? add_cells(grid, lab, why, size) : 0;
    for (char *word; err == 0 && (word = strsep(&rest, ",")) != NULL;) {
        struct lab one = *lab;
        if (word[0] == '\0') {
            snprintf(why, size, "--interval '%s' has an empty place; write for example 5ms,1ms",
                     grid->intervals);
            err = -EINVAL;
            break;
        }
        snprintf(setting, sizeof(setting), "interval=%s", word);
        err = lab_set(&one, setting, why, size);
        if (err == 0)
            err = add_cells(grid, &one, why, size);
    }
    free(list);
    return err;
}

int grid_plan(struct grid *grid, char *why, size_t size)
{
    struct concurrencies ks = {0};
    struct param option = lab_params[LAB_K];
    char setting[32], usual[32];
    snprintf(usual, sizeof(usual), "%lld", (long long)lab_n(&grid->lab, LAB_K));
    option.name = "-k";
    option.initial = usual;
    grid->planned = 0;
    if (grid->ks == NULL)
        return add_intervals(grid, &grid->lab, why, size);
    if (grid->ks[0] == '-') {
        snprintf(why, size, "-k %s: nobody can have less than no hogs; write for example -k 1,2,4",
                 grid->ks);
        return -EINVAL;
    }
    int err = concurrencies_parse_counts(&ks, grid->ks, &option, why, size);
    for (size_t i = 0; i < ks.count && err == 0; i++) {
        struct lab one = grid->lab;
        snprintf(setting, sizeof(setting), "k=%u", ks.n[i]);
        err = lab_set(&one, setting, why, size);
        if (err == 0)
            err = add_intervals(grid, &one, why, size);
    }
    return err == -ERANGE ? -EINVAL : err;
}

const char *grid_without_holds(const struct grid *grid)
{
    enum gil_variant lock = grid->lab.gil.variant;
    if (grid->lab.kind->simulate != simulate_hold)
        return NULL;
    return lock == GIL_NONE              ? "without a lock nobody holds one"
           : lock == GIL_PER_INTERPRETER ? "each hog has a lock of its own, which nobody takes "
                                           "from it"
                                         : NULL;
}

static void say_progress(const struct grid *grid, const struct cell *cell)
{
    fprintf(stderr, "\r\033[K%zu of %zu: %s, k = %lld", grid->count + 1, grid->planned,
            cell->subject, (long long)cell->k);
    if (cell->has_interval)
        fprintf(stderr, ", interval %g ms", (double)cell->interval_ns * 1e-6);
}

int grid_measure_next(struct grid *grid, char *why, size_t size)
{
    struct cell *cell = &grid->cells[grid->count];
    struct lab lab = grid->lab;
    char settings[64];
    snprintf(settings, sizeof(settings), "k=%lld interval=%lldns", (long long)cell->k,
             (long long)cell->interval_ns);
    if (isatty(STDERR_FILENO))
        say_progress(grid, cell);
    int err = lab_set(&lab, settings, why, size);
    if (err == 0)
        err = lab_run(&lab, grid->machine, cell->python, &cell->report, why, size);
    grid->count += err == 0;
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "\r\033[K");
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
    return json_pack("{s:s s:o* s:I s:o s:O s:O s:O* s:O*}", "subject", c->subject, "python",
                     c->python != NULL ? json_string(c->python) : NULL, "k", (json_int_t)c->k,
                     "interval_ns", c->has_interval ? json_integer(c->interval_ns) : json_null(),
                     "samples", json_object_get(c->report, "samples"), "numbers",
                     json_object_get(c->report, "numbers"), "absent",
                     json_object_get(c->report, "absent"), "events",
                     json_object_get(c->report, "events"));
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
