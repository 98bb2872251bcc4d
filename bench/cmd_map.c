// SPDX-License-Identifier: MIT
/* speedup map: who is the fastest for which share of waiting and how many tasks in progress. */
#include "bench/cli.h"
#include "bench/cmd.h"
#include "bench/gnuplot.h"
#include "bench/map/show.h"
#include "bench/measure_session.h"
#include "bench/picture.h"
#include "bench/result.h"
#include "bench/select.h"
#include "bench/units.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

struct options {
    char *runners, *concurrency, *rounds, *output, *chart, *gil, *timeout;
    const char **settings;
};

static int fail(int status, const char *why)
{
    fprintf(stderr, "speedup map: %s\n", why);
    return status;
}

/* ---- the picture, from a file ------------------------------------------------------------- */

static int show(const char *path, const char *chart)
{
    struct view view;
    char why[VIEW_TEXT_MAX];
    struct map *map = calloc(1, sizeof(*map));
    if (map == NULL)
        return fail(EXIT_RUN_TIME, "out of memory");
    if (view_open(&view, path, why, sizeof(why)) != 0) {
        free(map);
        return fail(EXIT_RUN_TIME, why);
    }
    int err = map_read(map, &view, why, sizeof(why));
    if (err == 0) {
        map_print(stdout, map, &view);
        fflush(stdout);
    }
    if (err == 0 && chart != NULL)
        err = map_draw(map, &view, chart, why, sizeof(why));
    view_close(&view);
    free(map);
    if (err != 0)
        return fail(err == -ENOENT ? EXIT_ABSENT : EXIT_RUN_TIME, why);
    if (chart != NULL)
        fprintf(stderr, "speedup: the map is drawn in %s\n", chart);
    return EXIT_OK;
}

/* ---- measuring ---------------------------------------------------------------------------- */

/* Found out before minutes are spent: will the result be a map? */
static int check_map(const struct session *s, char *why, size_t size)
{
    struct view view;
    json_t *empty = result_build(s);
    if (empty == NULL) {
        snprintf(why, size, "out of memory");
        return -ENOMEM;
    }
    int err = view_build(&view, empty, why, size);
    json_decref(empty);
    if (err != 0)
        return err;
    err = map_fits(&view, why, size);
    view_close(&view);
    return err;
}

static int set_up(struct session *s, const struct options *o)
{
    static const struct param rounds_param = {"--rounds", "", PARAM_COUNT, NULL, 6, 1000, NULL};
    static const struct param timeout_param = {"--timeout", "",      PARAM_TIME, NULL,
                                               1e6,         86400e9, NULL};
    struct value rounds = {.n = 6}, timeout = {.n = INT64_C(60000000000)};
    char why[4 * ERROR_MAX] = "";
    if (o->output != NULL && strlen(o->output) >= sizeof(s->path))
        return cli_usage("map", "-o: the path is too long");
    for (const char **p = o->settings; p != NULL && *p != NULL; p++)
        if (strncmp(*p, "wait=", 5) == 0)
            return cli_usage("map", "leave -p wait out: the map varies it");
    snprintf(s->path, sizeof(s->path), "%s", o->output != NULL ? o->output : "");
    const struct request request = {.runners = o->runners,
                                    .concurrency = o->concurrency,
                                    .settings = o->settings,
                                    .gils = o->gil,
                                    .suite = "map"};
    if (o->rounds != NULL && units_parse(&rounds_param, o->rounds, &rounds, why, sizeof(why)) != 0)
        return cli_usage("map", "%s", why);
    if (o->timeout != NULL &&
        units_parse(&timeout_param, o->timeout, &timeout, why, sizeof(why)) != 0)
        return cli_usage("map", "%s", why);
    s->rounds = (unsigned)rounds.n;
    s->in_turn = true;
    s->seed = (uint64_t)time(NULL);
    s->policy = "cores";
    s->memory = MEMORY_INTERLEAVED;
    s->stage.timeout_ns = timeout.n;
    if (machine_open(&s->machine, why, sizeof(why)) != 0)
        return fail(EXIT_RUN_TIME, why);
    if (select_experiments(&request, s, why, sizeof(why)) != 0)
        return cli_usage("map", "%s", why);
    int err = check_map(s, why, sizeof(why));
    if (err != 0)
        return err == -EINVAL ? cli_usage("map", "%s", why) : fail(EXIT_RUN_TIME, why);
    err = o->chart != NULL ? gnuplot_check(why, sizeof(why)) : 0;
    return err == 0 ? EXIT_OK : fail(err == -ENOENT ? EXIT_ABSENT : EXIT_RUN_TIME, why);
}

static bool is_written_after(const char *path, struct timespec t)
{
    struct stat info;
    return stat(path, &info) == 0 &&
           (info.st_ctim.tv_sec > t.tv_sec ||
            (info.st_ctim.tv_sec == t.tv_sec && info.st_ctim.tv_nsec > t.tv_nsec));
}

/* Shows the map whenever its file was written, and not an older one of that name. A case that
 * failed leaves a hole in it, and its exit code stays. */
static int measure(struct session *s, const char *chart)
{
    struct stat info;
    struct timespec before = stat(s->path, &info) == 0 ? info.st_ctim : (struct timespec){0};
    int status = measure_session(s, NULL);
    int shown = is_written_after(s->path, before) ? show(s->path, chart) : EXIT_OK;
    return status != EXIT_OK ? status : shown;
}

/* With a file nothing is measured. */
static int check_options(const struct options *o)
{
    const struct {
        const char *name;
        bool given;
    } all[] = {{"-R", o->runners != NULL},       {"-n", o->concurrency != NULL},
               {"-p", o->settings != NULL},      {"-r", o->rounds != NULL},
               {"-o", o->output != NULL},        {"--gil", o->gil != NULL},
               {"--timeout", o->timeout != NULL}};
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        if (all[i].given)
            return cli_usage("map",
                             "%s says how to measure, and FILE has been measured; leave one "
                             "of the two out",
                             all[i].name);
    }
    return EXIT_OK;
}

static const char about[] =
    "[OPTION...] [FILE]\n\n"
    "Measures tasks that wait and compute, for shares of waiting from 0 to 1, and prints who is "
    "the\n"
    "fastest where, as measured and by a model. With the defaults it takes four to six minutes.\n"
    "FILE is a result file of an earlier map: it is shown, and nothing is measured.\n\n"
    "The usual seven runners:\n"
    "threads,thread-pool,processes,process-pool,async,async-threads,async-processes\n";

int cmd_map(int argc, const char **argv)
{
    struct options o = {0};
    const struct poptOption table[] = {
        {"runners", 'R', POPT_ARG_STRING, &o.runners, 0, "runners (default: the usual seven)",
         "LIST"},
        {"concurrency", 'n', POPT_ARG_STRING, &o.concurrency, 0,
         "tasks in progress at once (default 1,2,4,8,16,32)", "LIST"},
        {"param", 'p', POPT_ARG_ARGV, &o.settings, 0,
         "set a parameter: time=5ms, the time of a task, or tasks=64; may be repeated",
         "NAME=VALUE"},
        {"gil", '\0', POPT_ARG_STRING, &o.gil, 0, "under a simulated interpreter, e.g. new",
         "VARIANT"},
        {"rounds", 'r', POPT_ARG_STRING, &o.rounds, 0, "recorded rounds, at least 6 (default 6)",
         "N"},
        {"timeout", '\0', POPT_ARG_STRING, &o.timeout, 0,
         "longest time of one repetition (default 60s)", "TIME"},
        {"output", 'o', POPT_ARG_STRING, &o.output, 0,
         "result file (default: a new one in results/)", "FILE"},
        {"chart", '\0', POPT_ARG_STRING, &o.chart, 0, "draw the map into a .svg or .png", "FILE"},
        POPT_AUTOHELP POPT_TABLEEND};
    struct session s = {.argc = argc, .argv = argv};
    char why[VIEW_TEXT_MAX];
    int status;
    poptContext context = cli_open("map", about, argc, argv, table, &status);
    const char **files = status == 0 ? poptGetArgs(context) : NULL;
    if (status == 0 && files != NULL && files[1] != NULL)
        status = cli_usage("map", "one result file at a time");
    if (status == 0 && o.chart != NULL &&
        picture_allowed(o.chart, "--chart", why, sizeof(why)) != 0)
        status = cli_usage("map", "%s", why);
    if (status == 0 && files == NULL)
        status = set_up(&s, &o);
    else if (status == 0)
        status = check_options(&o);
    if (status == 0)
        status = files != NULL ? show(files[0], o.chart) : measure(&s, o.chart);
    session_free(&s);
    char *texts[] = {o.runners, o.concurrency, o.rounds, o.output, o.chart, o.gil, o.timeout};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        free(texts[i]);
    for (char **setting = (char **)o.settings; setting != NULL && *setting != NULL; setting++)
        free(*setting);
    free(o.settings);
    poptFreeContext(context);
    return status;
}
