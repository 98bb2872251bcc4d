// SPDX-License-Identifier: MIT
/* speedup gil: the laboratory of the interpreter lock. */
#include "bench/chain.h"
#include "bench/cli.h"
#include "bench/cmd.h"
#include "bench/gil/grid.h"
#include "bench/gil/timeline.h"
#include "bench/gil/validate.h"
#include "bench/gil_params.h"
#include "bench/picture.h"
#include "bench/result.h"
#include "bench/units.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

enum { WHY_MAX = 4 * ERROR_MAX };

struct options {
    char *ks, *intervals, *lock, *runs, *filter, *output, *chart, *timeline;
    const char **settings, **pythons;
    int json, more, no_wait;
};

/* The newest CPython whose lock has been held against the simulator. */
enum { NEWEST_MINOR = 14 };

static const char usage[] =
    "[OPTION...] EXPERIMENT\n\n"
    "Shows what Python's global interpreter lock does, on a simulated interpreter and, with\n"
    "--python, on a real one beside it.\n\n"
    "  hold          how long k hogs hold the lock, and how often it changes hands\n"
    "  wake          how long a thread waits for it after a blocking read\n"
    "  echo          round trips to a UDP server beside k hogs\n"
    "  async-echo    the same with an event loop beside a coroutine that computes\n"
    "  kernel        calls of a C kernel that releases it, beside k hogs\n"
    "  kernel-ratio  calls of such a kernel in several threads, over calls in one\n"
    "  sleep         how much longer than asked a thread sleeps\n"
    "  ratio         what k hogs get done, over what one gets done\n"
    "  interpreters  the same with a lock for each\n"
    "  spawn         starting and joining a thread\n"
    "  battle        counting down in k threads, over counting down in one\n"
    "  release       releasing and taking it when nobody wants it\n"
    "  sweep         requests a second of `echo` in a closed loop, over k and interval\n"
    "  validate      every law of the lock, on real interpreters and simulated\n";

static poptContext parse(struct options *o, int argc, const char **argv, int *status)
{
    const struct poptOption table[] = {
        {"hogs", 'k', POPT_ARG_STRING, &o->ks, 0, "threads that compute: 0,1,2,4", "LIST"},
        {"interval", '\0', POPT_ARG_STRING, &o->intervals, 0, "switch intervals: 5ms,1ms (5ms)",
         "LIST"},
        {"param", 'p', POPT_ARG_ARGV, &o->settings, 0,
         "set a parameter of the experiment; may be repeated", "NAME=VALUE"},
        {"gil", '\0', POPT_ARG_STRING, &o->lock, 0,
         "the simulated lock, as for `speedup run` (default: new)", "VARIANT[:NAME=VALUE]"},
        {"python", '\0', POPT_ARG_ARGV, &o->pythons, 0,
         "a CPython to do the same; may be repeated (validate: python3)", "PATH"},
        {"runs", '\0', POPT_ARG_STRING, &o->runs, 0, "validate: runs to take medians of (5)", "N"},
        {"filter", 'f', POPT_ARG_STRING, &o->filter, 0, "validate: only the laws that match",
         "REGEX"},
        {"more", '\0', POPT_ARG_NONE, &o->more, 0,
         "validate: other numbers of hogs, intervals and sizes, too", NULL},
        {"no-wait", '\0', POPT_ARG_NONE, &o->no_wait, 0,
         "validate: do not wait for an idle machine", NULL},
        {"json", '\0', POPT_ARG_NONE, &o->json, 0, "print JSON, with all samples", NULL},
        {"output", 'o', POPT_ARG_STRING, &o->output, 0, "write that JSON into a file, too", "FILE"},
        {"chart", '\0', POPT_ARG_STRING, &o->chart, 0, "draw what was measured", "FILE.svg|.png"},
        {"timeline", '\0', POPT_ARG_STRING, &o->timeline, 0,
         "hold, wake, echo: draw who has the simulated lock", "FILE.svg|.png"},
        POPT_AUTOHELP POPT_TABLEEND};
    return cli_open("gil", usage, argc, argv, table, status);
}

/* ---- what experiments and validate share -------------------------------------------------- */

static int read_lock(const char *text, struct gil_options *gil, json_t **json)
{
    struct value values[PARAMS_MAX];
    char why[WHY_MAX];
    if (gil_parse(text != NULL ? text : gil_names[GIL_NEW], values, why, sizeof(why)) != 0)
        return cli_usage("gil", "--gil: %s", why);
    *gil = gil_options_of(values);
    *json = gil_json(values);
    return EXIT_OK;
}

static int fail(int err, const char *why)
{
    fprintf(stderr, "speedup gil: %s\n", why);
    return err == -EINVAL                      ? EXIT_USAGE
           : err == -ENOENT || err == -ENOTSUP ? EXIT_ABSENT
                                               : EXIT_RUN_TIME;
}

/* Onto stdout with --json, into the file with -o. */
static int put_json(const struct options *o, json_t *json)
{
    int status = EXIT_OK, err = 0;
    if (o->json) {
        json_dumpf(json, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(12));
        putchar('\n');
    }
    if (o->output != NULL)
        err = result_replace(o->output, json);
    if (err != 0) {
        fprintf(stderr, "speedup gil: cannot write %s: %s; name another file with -o\n", o->output,
                strerror(-err));
        status = EXIT_RUN_TIME;
    }
    json_decref(json);
    return status;
}

/* The Pythons at those paths, or the one that is installed. */
static int open_pythons(struct python all[PYTHONS_MAX], unsigned *count,
                        const struct machine *machine, const char **paths)
{
    static const char *const any[] = {"python3", NULL};
    char why[WHY_MAX];
    if (paths == NULL || paths[0] == NULL)
        paths = (const char **)any;
    for (; *paths != NULL; paths++) {
        struct python *python = &all[*count];
        if (*count == PYTHONS_MAX)
            return cli_usage("gil", "--python: more than %d interpreters", PYTHONS_MAX);
        int err = python_open(python, machine, *paths, why, sizeof(why));
        if (err != 0)
            return fail(err, why);
        if (python->major == 3 && python->minor > NEWEST_MINOR)
            fprintf(stderr,
                    "speedup gil: CPython %s is newer than those whose lock is known here (up to "
                    "3.%d); it is measured all the same\n",
                    python->version, NEWEST_MINOR);
        (*count)++;
    }
    return EXIT_OK;
}

/* ---- experiments -------------------------------------------------------------------------- */

/* A parameter that the experiment does not look at is a mistake. */
static int expect_used(const struct lab *lab, const char *setting, char *why, size_t size)
{
    char name[64];
    snprintf(name, sizeof(name), "%.*s", (int)strcspn(setting, "="), setting);
    if (lab_uses(lab->kind, name))
        return 0;
    snprintf(why, size, "`%s` does not look at '%s'; it does at: %s", lab->kind->name, name,
             lab->kind->uses);
    return -EINVAL;
}

static int settings_of(const struct options *o, struct lab *lab, char *why, size_t size)
{
    int err = 0;
    for (const char **s = o->settings; s != NULL && *s != NULL && err == 0; s++) {
        err = lab_set(lab, *s, why, size);
        if (err == 0)
            err = expect_used(lab, *s, why, size);
    }
    if (err == 0 && o->ks != NULL)
        err = expect_used(lab, "k", why, size);
    if (err == 0 && o->intervals != NULL)
        err = expect_used(lab, "interval", why, size);
    return err;
}

/* Can all pictures be drawn that are asked for? Asked before anything is measured. */
static int check_pictures(const struct options *o, struct lab *lab, char *why, size_t size)
{
    int err = 0;
    if (o->chart != NULL)
        err = grid_drawable(lab->kind, o->chart, why, size);
    if (err == 0 && o->timeline != NULL)
        err = timeline_drawable(lab->kind, o->timeline, why, size);
    lab->wants_events = o->timeline != NULL;
    return err;
}

static int draw_pictures(const struct options *o, const struct grid *grid, char *why, size_t size)
{
    int err = 0;
    if (o->chart != NULL)
        err = grid_draw(grid, o->chart, why, size);
    if (err == 0 && o->timeline != NULL)
        err = timeline_draw(grid, o->timeline, why, size);
    return err;
}

static int experiment(const struct options *o, const struct machine *machine, const char *name)
{
    char why[WHY_MAX] = "";
    bool sweep = strcmp(name, "sweep") == 0;
    struct grid *grid = calloc(1, sizeof(*grid));
    if (grid == NULL)
        return fail(-ENOMEM, "out of memory");
    const struct experiment_kind *kind = lab_find(sweep ? "echo" : name, why, sizeof(why));
    struct gil_options gil;
    int status = kind == NULL ? cli_usage("gil", "%s", why) : read_lock(o->lock, &gil, &grid->lock);
    int err = 0;
    grid->machine = machine;
    if (status == EXIT_OK && o->pythons != NULL)
        status = open_pythons(grid->pythons, &grid->python_count, machine, o->pythons);
    if (status == EXIT_OK) {
        lab_open(&grid->lab, kind, &gil, chain_calibrate());
        grid->ks = o->ks != NULL ? o->ks : sweep ? "0,1,2,4" : NULL;
        grid->intervals = o->intervals != NULL ? o->intervals : sweep ? "5ms,1ms,100us" : NULL;
        err = sweep ? lab_set(&grid->lab, "think=0", why, sizeof(why)) : 0;
        if (err == 0)
            err = settings_of(o, &grid->lab, why, sizeof(why));
        if (err == 0)
            err = check_pictures(o, &grid->lab, why, sizeof(why));
        if (err == 0)
            err = grid_run(grid, why, sizeof(why));
        if (err == 0 && !o->json)
            grid_print(grid, stdout);
        status = err != 0 ? fail(err, why) : put_json(o, grid_json(grid));
        if (err == 0) /* last: without gnuplot the numbers are there */
            err = draw_pictures(o, grid, why, sizeof(why));
        if (err != 0 && status == EXIT_OK)
            status = fail(err, why);
    }
    grid_free(grid);
    free(grid);
    return status;
}

/* ---- validate ----------------------------------------------------------------------------- */

static volatile sig_atomic_t stop_asked;

static void on_signal(int number)
{
    (void)number;
    stop_asked = 1;
}

static bool interrupted(void)
{
    return stop_asked;
}

static int read_runs(const struct options *o, unsigned *runs)
{
    const struct param param = {"--runs", "", PARAM_COUNT, "5", 1, RUNS_MAX, NULL};
    struct value value;
    char why[WHY_MAX];
    if (units_parse(&param, o->runs != NULL ? o->runs : "5", &value, why, sizeof(why)) != 0)
        return cli_usage("gil", "%s", why);
    *runs = (unsigned)value.n;
    return EXIT_OK;
}

/* Into the file with -o; also before the first run, so that a wrong name costs none. */
static int save_validation(const struct options *o, const struct validation *v)
{
    struct options file = {.output = o->output};
    return put_json(&file, validation_json(v));
}

/* All runs, or those that are complete when something fails or somebody interrupts. */
static int run_validation(const struct options *o, struct validation *v)
{
    char why[WHY_MAX] = "";
    int err = 0, status = save_validation(o, v);
    while (v->complete_runs < v->runs && err == 0 && status == EXIT_OK) {
        err = validation_run(v, interrupted, why, sizeof(why));
        if (err == 0)
            status = save_validation(o, v);
    }
    return err != 0 && err != -EINTR ? fail(err, why) : status;
}

/* The table, the JSON and the picture of what is complete. */
static int report_validation(const struct options *o, const struct validation *v)
{
    char why[WHY_MAX] = "";
    json_t *json = validation_json(v);
    struct options shown = {.json = o->json};
    int status = EXIT_OK, err = 0;
    if (validation_print(v, o->json ? stderr : stdout) > 0)
        status = EXIT_WRONG;
    put_json(&shown, json_incref(json));
    if (o->chart != NULL)
        err = validation_draw(json, o->chart, why, sizeof(why));
    if (err != 0)
        status = status != EXIT_OK ? status : fail(err, why);
    json_decref(json);
    return status;
}

static int validate(const struct options *o, const struct machine *machine)
{
    char why[WHY_MAX] = "";
    struct validation *v = calloc(1, sizeof(*v));
    if (v == NULL)
        return fail(-ENOMEM, "out of memory");
    v->machine = machine;
    v->filter = o->filter;
    v->more = o->more;
    v->no_wait = o->no_wait;
    int status = read_lock(o->lock, &v->gil, &v->lock);
    if (status == EXIT_OK && v->gil.interval_ns != gil_defaults(GIL_NEW).interval_ns)
        status = cli_usage("gil", "--gil: each law says which interval it is about; leave it out");
    int err = o->chart != NULL ? picture_allowed(o->chart, "--chart", why, sizeof(why)) : 0;
    if (status == EXIT_OK && err != 0)
        status = fail(err, why);
    if (status == EXIT_OK)
        status = read_runs(o, &v->runs);
    if (status == EXIT_OK)
        status = open_pythons(v->pythons, &v->python_count, machine, o->pythons);
    if (status == EXIT_OK && validation_choose(v, why, sizeof(why)) != 0)
        status = cli_usage("gil", "%s", why);
    if (status == EXIT_OK) {
        struct sigaction action = {.sa_handler = on_signal};
        sigaction(SIGINT, &action, NULL);
        sigaction(SIGTERM, &action, NULL);
        v->work_rate = chain_calibrate();
        fprintf(stderr, "speedup gil: %u run%s of about %u s; Ctrl-C keeps what is complete\n",
                v->runs, v->runs == 1 ? "" : "s", validation_run_s(v));
        status = run_validation(o, v);
        if (v->complete_runs > 0) {
            int said = report_validation(o, v);
            status = status != EXIT_OK ? status : said;
        }
        if (stop_asked)
            fprintf(stderr, "speedup gil: interrupted after %u complete run%s\n", v->complete_runs,
                    v->complete_runs == 1 ? "" : "s");
        status = stop_asked ? EXIT_INTERRUPTED : status;
    }
    json_decref(v->lock);
    free(v);
    return status;
}

/* ---- all of it ---------------------------------------------------------------------------- */

static void free_options(struct options *o)
{
    char *texts[] = {o->ks,     o->intervals, o->lock,  o->runs,
                     o->filter, o->output,    o->chart, o->timeline};
    const char **lists[] = {o->settings, o->pythons};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        free(texts[i]);
    for (size_t i = 0; i < 2; i++) {
        for (const char **text = lists[i]; text != NULL && *text != NULL; text++)
            free((char *)*text);
        free(lists[i]);
    }
}

/* An option that would do nothing is a mistake. */
static int check_options(const struct options *o, bool validates)
{
    const struct {
        const char *name;
        bool given, is_validates;
    } all[] = {{"-k", o->ks != NULL, false},       {"--interval", o->intervals != NULL, false},
               {"-p", o->settings != NULL, false}, {"--timeline", o->timeline != NULL, false},
               {"--runs", o->runs != NULL, true},  {"-f", o->filter != NULL, true},
               {"--more", o->more, true},          {"--no-wait", o->no_wait, true}};
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        if (all[i].given && all[i].is_validates != validates)
            return cli_usage("gil", "%s is %s `validate`; leave it out", all[i].name,
                             validates ? "not for" : "only for");
    }
    return EXIT_OK;
}

int cmd_gil(int argc, const char **argv)
{
    struct options o = {0};
    struct machine machine;
    char why[WHY_MAX] = "";
    int status;
    poptContext context = parse(&o, argc, argv, &status);
    if (status == EXIT_OK) {
        const char *name = poptGetArg(context);
        if (name == NULL)
            status = cli_usage("gil", "which experiment? `speedup gil --help` lists them");
        else if (poptPeekArg(context) != NULL)
            status = cli_usage("gil", "'%s' is too much; one experiment at a time",
                               poptPeekArg(context));
        else
            status = check_options(&o, strcmp(name, "validate") == 0);
        if (status == EXIT_OK && machine_open(&machine, why, sizeof(why)) != 0) {
            status = fail(-EIO, why);
        } else if (status == EXIT_OK) {
            status = strcmp(name, "validate") == 0 ? validate(&o, &machine)
                                                   : experiment(&o, &machine, name);
            machine_close(&machine);
        }
    }
    poptFreeContext(context);
    free_options(&o);
    return status;
}
