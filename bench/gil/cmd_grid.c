// SPDX-License-Identifier: MIT
/* speedup gil EXPERIMENT: for all numbers of hogs, all intervals and all interpreters. */
#include "bench/chain.h"
#include "bench/cli.h"
#include "bench/gil/grid.h"
#include "bench/gil/request.h"
#include "bench/gil/timeline.h"
#include "bench/gil_params.h"
#include "bench/interrupt.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A parameter that the experiment does not look at is a mistake. */
static int expect_used(const struct lab *lab, const char *setting, char *why, size_t size)
{
    char name[64], all[WHY_MAX / 2];
    snprintf(name, sizeof(name), "%.*s", (int)strcspn(setting, "="), setting);
    if (lab_uses(lab->kind, name))
        return 0;
    lab_list_params(lab->kind, all, sizeof(all));
    snprintf(why, size, "`%s` does not look at '%s'; it does at %s", lab->kind->name, name, all);
    return -EINVAL;
}

/* The last -p that sets the parameter, or NULL. */
static const char *setting_of(const struct lab_request *r, const char *name)
{
    const char *found = NULL;
    size_t n = strlen(name);
    for (const char **s = r->settings; s != NULL && *s != NULL; s++) {
        if (strncmp(*s, name, n) == 0 && (*s)[n] == '=')
            found = *s;
    }
    return found;
}

static int say_twice(const char *a, const char *b, const char *what, char *why, size_t size)
{
    snprintf(why, size, "%s and %s both name %s; leave one of the two out", a, b, what);
    return -EINVAL;
}

/* Only one option may say what the interval is, and only of a lock that has one. */
static int check_interval(const struct lab_request *r, const struct grid *grid, char *why,
                          size_t size)
{
    const char *setting = setting_of(r, "interval"), *lock = gil_names[grid->lab.gil.variant];
    const char *given = r->intervals != NULL ? "--interval" : setting;
    bool locks = request_lock_sets(r, "interval");
    if (given == NULL && grid->intervals == NULL && !locks)
        return 0;
    if (r->intervals != NULL && setting != NULL)
        return say_twice("--interval", setting, "an interval", why, size);
    if (given != NULL && locks)
        return say_twice("--gil", given, "an interval", why, size);
    int err = expect_used(&grid->lab, "interval", why, size);
    if (err == 0 && !gil_looks_at(grid->lab.gil.variant, "interval")) {
        snprintf(why, size, "--gil %s: that lock knows no interval; %s", lock,
                 given != NULL ? "leave --interval out" : "choose another for a sweep");
        err = -EINVAL;
    }
    return err;
}

/* -p takes no list, but options do for two of them. */
static int expect_one(const char *setting, char *why, size_t size)
{
    const bool k = strncmp(setting, "k=", 2) == 0;
    if (strchr(setting, ',') == NULL || (!k && strncmp(setting, "interval=", 9) != 0))
        return 0;
    snprintf(why, size, "-p %s: that is a list, and -p takes one value; write %s %s", setting,
             k ? "-k" : "--interval", strchr(setting, '=') + 1);
    return -EINVAL;
}

static int settings_of(const struct lab_request *r, struct grid *grid, char *why, size_t size)
{
    const char *k = setting_of(r, "k");
    int err = 0;
    for (const char **s = r->settings; s != NULL && *s != NULL && err == 0; s++) {
        err = expect_used(&grid->lab, *s, why, size);
        if (err == 0)
            err = expect_one(*s, why, size);
        if (err == 0)
            err = lab_set(&grid->lab, *s, why, size);
    }
    if (err == 0 && r->ks != NULL)
        err = expect_used(&grid->lab, "k", why, size);
    if (err == 0 && r->ks != NULL && k != NULL)
        err = say_twice("-k", k, "the hogs", why, size);
    return err != 0 ? err : check_interval(r, grid, why, size);
}

/* What an experiment says of the lock, no option may deny. */
static int check_lock(const struct experiment_kind *kind, enum gil_variant lock, char *why,
                      size_t size)
{
    if (kind->lock == GIL_NEW || kind->lock == lock)
        return 0;
    snprintf(why, size, "--gil %s: `%s` is about the lock %s; leave --gil out", gil_names[lock],
             kind->name, gil_names[kind->lock]);
    return -EINVAL;
}

/* Where nobody takes the lock from a hog, there is nothing to see but of a real Python. */
static int check_holds(const struct grid *grid, char *why, size_t size)
{
    const char *reason = grid_without_holds(grid);
    if (reason == NULL || grid->python_count > 0)
        return 0;
    snprintf(why, size, "%s: %s; choose another with --gil", grid->lab.kind->name, reason);
    return -EINVAL;
}

/* Can all pictures be drawn that are asked for? Asked before anything is measured. */
static int check_pictures(const struct lab_request *r, struct grid *grid, char *why, size_t size)
{
    int err = 0;
    if (r->chart != NULL)
        err = grid_drawable(grid, r->chart, why, size);
    if (err == 0 && r->timeline != NULL)
        err = timeline_drawable(grid, r->timeline, why, size);
    grid->lab.wants_events = r->timeline != NULL;
    return err;
}

static int draw_pictures(const struct lab_request *r, const struct grid *grid, char *why,
                         size_t size)
{
    int err = 0;
    if (r->chart != NULL)
        err = grid_draw(grid, r->chart, why, size);
    if (err == 0 && r->timeline != NULL)
        err = timeline_draw(grid, r->timeline, why, size);
    return err;
}

/* What is to be measured, all mistakes found. */
static int plan(const struct lab_request *r, struct grid *grid, const char *name, char *why,
                size_t size)
{
    bool sweep = strcmp(name, "sweep") == 0;
    bool one_k = setting_of(r, "k") != NULL;
    bool one_interval = setting_of(r, "interval") != NULL || request_lock_sets(r, "interval");
    grid->ks = r->ks != NULL ? r->ks : sweep && !one_k ? "0,1,2,4" : NULL;
    grid->intervals = r->intervals != NULL     ? r->intervals
                      : sweep && !one_interval ? "5ms,1ms,100us"
                                               : NULL;
    int err = sweep ? lab_set(&grid->lab, "think=0", why, size) : 0;
    if (err == 0)
        err = settings_of(r, grid, why, size);
    if (err == 0)
        err = grid_plan(grid, why, size);
    return err != 0 ? err : check_pictures(r, grid, why, size);
}

/* Python 2 is no rival of the new lock, nor Python 3 of the old one. */
static void note_other_locks(const struct grid *grid)
{
    bool old = grid->lab.gil.variant == GIL_OLD || grid->lab.gil.variant == GIL_OLD_CONDITION;
    char name[PYTHON_NAME_MAX];
    for (unsigned i = 0; i < grid->python_count; i++) {
        if (old != (grid->pythons[i].major < 3))
            fprintf(stderr,
                    "speedup gil: %s has the %s lock, and the simulated one is `%s`; "
                    "--gil %s is like it\n",
                    python_name(&grid->pythons[i], name), old ? "new" : "old",
                    gil_names[grid->lab.gil.variant], old ? "new" : "old");
    }
}

/* All cells, or those that are complete when one fails or somebody interrupts: they are in the
 * file. */
static int measure(const struct lab_request *r, struct grid *grid)
{
    char why[WHY_MAX];
    int err = 0, status = EXIT_OK;
    while (grid->count < grid->planned && err == 0 && status == EXIT_OK) {
        err = interrupt_asked() ? -EINTR : grid_measure_next(grid, why, sizeof(why));
        if (err == 0 && r->output != NULL)
            status = request_save(r, grid_json(grid));
    }
    if (interrupt_asked()) {
        fprintf(stderr, "speedup gil: interrupted after %zu of %zu measurements\n", grid->count,
                grid->planned);
        return EXIT_INTERRUPTED;
    }
    return err != 0 ? request_fail(err, why) : status;
}

static int measure_and_show(const struct lab_request *r, struct grid *grid)
{
    char why[WHY_MAX];
    note_other_locks(grid);
    interrupt_catch();
    int status = measure(r, grid);
    if (grid->count == 0)
        return status;
    if (!r->json)
        grid_print(grid, stdout);
    request_print_json(r, grid_json(grid));
    int err = status == EXIT_OK ? draw_pictures(r, grid, why, sizeof(why)) : 0;
    return err != 0 ? request_fail(err, why) : status;
}

int cmd_grid(const struct lab_request *r, const struct machine *machine, const char *name)
{
    char why[WHY_MAX] = "";
    struct gil_options gil;
    struct grid *grid = calloc(1, sizeof(*grid));
    if (grid == NULL)
        return request_fail(-ENOMEM, "out of memory");
    grid->machine = machine;
    const struct experiment_kind *kind =
        lab_find(strcmp(name, "sweep") == 0 ? "echo" : name, why, sizeof(why));
    int status =
        kind == NULL ? cli_usage("gil", "%s", why) : request_lock(r, kind, &gil, &grid->lock);
    if (status == EXIT_OK)
        status = request_can_save(r);
    if (status == EXIT_OK && r->pythons != NULL)
        status = request_pythons(r, NULL, machine, grid->pythons, &grid->python_count);
    if (status == EXIT_OK) {
        lab_open(&grid->lab, kind, &gil, chain_calibrate());
        int err = check_lock(kind, gil.variant, why, sizeof(why));
        if (err == 0)
            err = check_holds(grid, why, sizeof(why));
        if (err == 0)
            err = plan(r, grid, name, why, sizeof(why));
        status = err != 0 ? request_fail(err, why) : measure_and_show(r, grid);
    }
    grid_free(grid);
    free(grid);
    return status;
}
