// SPDX-License-Identifier: MIT
/* speedup plot: charts from result files alone. */
#include "bench/chart.h"
#include "bench/cli.h"
#include "bench/cmd.h"
#include "bench/gil/grid.h"
#include "bench/gil/validate.h"
#include "bench/map/show.h"
#include "bench/picture.h"

#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { WHY_MAX = PATH_MAX + 512 };

struct options {
    char *directory, *format;
    unsigned formats;
};

static int fail(int status, const char *path, const char *why)
{
    fprintf(stderr, "speedup plot: %s%s%s\n", path, path[0] != '\0' ? ": " : "", why);
    return status;
}

/* "svg,png" */
static int read_formats(struct options *o)
{
    char *rest = o->format, *word;
    if (rest == NULL)
        o->formats = CHART_SVG | CHART_PNG;
    while (rest != NULL && (word = strsep(&rest, ",")) != NULL) {
        if (strcmp(word, "svg") == 0)
            o->formats |= CHART_SVG;
        else if (strcmp(word, "png") == 0)
            o->formats |= CHART_PNG;
        else
            return cli_usage("plot", "--format: '%s' is not known; write svg, png or svg,png",
                             word);
    }
    return EXIT_OK;
}

static int make_directory(const struct options *o)
{
    struct stat info;
    if (o->directory == NULL || mkdir(o->directory, 0777) == 0)
        return EXIT_OK;
    if (errno == EEXIST && stat(o->directory, &info) == 0 && S_ISDIR(info.st_mode))
        return EXIT_OK;
    return fail(EXIT_RUN_TIME, o->directory, strerror(errno));
}

/* The path of the charts without their endings: the result's own, or its name in the directory. */
static void stem_of(char stem[PATH_MAX], const char *path, const char *directory)
{
    const char *slash = strrchr(path, '/');
    if (directory != NULL)
        snprintf(stem, PATH_MAX, "%s/%s", directory, slash != NULL ? slash + 1 : path);
    else
        snprintf(stem, PATH_MAX, "%s", path);
    size_t n = strlen(stem);
    if (n > 5 && strcmp(stem + n - 5, ".json") == 0)
        stem[n - 5] = '\0';
}

/* A result file of `speedup run`. -EBADMSG with a sentence that names the file, or -errno with one
 * that does not. */
static int draw_result(const char *path, const char *stem, unsigned formats, char *why, size_t size)
{
    struct view view;
    if (view_open(&view, path, why, size) != 0)
        return -EBADMSG;
    int err = picture_directory(stem, "-o", why, size);
    if (err == 0)
        err = chart_draw(stdout, &view, stem, formats, why, size);
    view_close(&view);
    return err;
}

/* Is it a file of `speedup map`? */
static bool is_map(const json_t *json)
{
    const json_t *jobs = json_object_get(json_object_get(json, "speedup"), "jobs");
    const char *suite = json_string_value(json_object_get(json_array_get(jobs, 0), "suite"));
    return suite != NULL && strcmp(suite, "map") == 0;
}

static int draw_map(const json_t *json, const char *path, char *why, size_t size)
{
    struct view view;
    struct map *map = calloc(1, sizeof(*map));
    if (map == NULL)
        snprintf(why, size, "out of memory");
    int err = map == NULL ? -ENOMEM : view_build(&view, json, why, size);
    if (err == 0) {
        err = map_read(map, &view, why, size);
        if (err == 0)
            err = map_draw(map, &view, path, why, size);
        view_close(&view);
    }
    free(map);
    return err;
}

typedef int draw_json(const json_t *json, const char *path, char *why, size_t size);

/* One picture in all formats. */
static int draw_formats(draw_json *draw, const json_t *json, const char *stem, unsigned formats,
                        char *why, size_t size)
{
    static const struct {
        unsigned format;
        const char *ending;
    } all[] = {{CHART_SVG, "svg"}, {CHART_PNG, "png"}};
    char path[PATH_MAX + 16];
    int err = picture_directory(stem, "-o", why, size);
    for (size_t i = 0; i < 2 && err == 0; i++) {
        snprintf(path, sizeof(path), "%s.%s", stem, all[i].ending);
        if (formats & all[i].format)
            err = draw(json, path, why, size);
        if (err == 0 && formats & all[i].format)
            puts(path);
    }
    return err;
}

/* A file of `speedup map` or `speedup gil`: one picture, and a timeline if it has the steps. */
static int draw_one(const json_t *json, const char *stem, unsigned formats, char *why, size_t size)
{
    char other[PATH_MAX + 10];
    draw_json *draw = is_map(json) ? draw_map : grid_is(json) ? grid_plot : validation_draw;
    int err = draw_formats(draw, json, stem, formats, why, size);
    snprintf(other, sizeof(other), "%s-timeline", stem);
    if (err == 0 && grid_is(json) && grid_has_events(json))
        err = draw_formats(grid_plot_timeline, json, other, formats, why, size);
    return err;
}

static int plot(const char *path, const struct options *o)
{
    char why[WHY_MAX] = "", stem[PATH_MAX];
    /* Where it is none, draw_result() says why. */
    json_t *json = json_load_file(path, JSON_REJECT_DUPLICATES, NULL);
    stem_of(stem, path, o->directory);
    int err = is_map(json) || validation_is(json) || grid_is(json)
                  ? draw_one(json, stem, o->formats, why, sizeof(why))
                  : draw_result(path, stem, o->formats, why, sizeof(why));
    json_decref(json);
    if (err != 0)
        return fail(err == -ENOENT ? EXIT_ABSENT : EXIT_RUN_TIME, err == -EBADMSG ? "" : path, why);
    return EXIT_OK;
}

/* Draws all, then says which picture to open for each; the first failure decides the status. */
static int plot_all(const char *const *paths, size_t count, const struct options *o)
{
    int status = EXIT_OK, *each = calloc(count, sizeof(*each));
    if (each == NULL)
        return fail(EXIT_RUN_TIME, "", strerror(ENOMEM));
    for (size_t i = 0; i < count; i++) {
        each[i] = plot(paths[i], o);
        status = status == EXIT_OK ? each[i] : status;
    }
    for (size_t i = 0; i < count; i++) {
        char stem[PATH_MAX];
        stem_of(stem, paths[i], o->directory);
        if (each[i] == EXIT_OK)
            printf("Open %s.%s\n", stem, o->formats & CHART_PNG ? "png" : "svg");
    }
    free(each);
    return status;
}

static int plot_newest(const struct options *o)
{
    glob_t found;
    const char *newest = NULL;
    struct timespec latest = {0};
    int rc = glob("results/*.json", GLOB_NOSORT, NULL, &found);
    for (size_t i = 0; rc == 0 && i < found.gl_pathc; i++) {
        struct stat file;
        if (stat(found.gl_pathv[i], &file) != 0)
            continue;
        struct timespec t = file.st_mtim;
        if (newest == NULL || t.tv_sec > latest.tv_sec ||
            (t.tv_sec == latest.tv_sec && t.tv_nsec > latest.tv_nsec)) {
            newest = found.gl_pathv[i];
            latest = t;
        }
    }
    int status = newest != NULL ? plot_all(&newest, 1, o)
                                : fail(EXIT_RUN_TIME, "",
                                       "there is no result file in results/; "
                                       "make one with `speedup run`");
    if (rc == 0)
        globfree(&found);
    return status;
}

int cmd_plot(int argc, const char **argv)
{
    struct options o = {0};
    const struct poptOption table[] = {{"output", 'o', POPT_ARG_STRING, &o.directory, 0,
                                        "write into this directory (default: beside the result)",
                                        "DIR"},
                                       {"format", '\0', POPT_ARG_STRING, &o.format, 0,
                                        "svg, png or both (default: svg,png)", "LIST"},
                                       POPT_AUTOHELP POPT_TABLEEND};
    int status;
    poptContext context = cli_open("plot",
                                   "[OPTION...] [FILE...]\n\nDraws charts of result files, by "
                                   "default of the newest one in results/.\n",
                                   argc, argv, table, &status);
    if (status == EXIT_OK)
        status = read_formats(&o);
    if (status == EXIT_OK)
        status = make_directory(&o);
    if (status == EXIT_OK) {
        const char *const *paths = poptGetArgs(context);
        size_t count = 0;
        while (paths != NULL && paths[count] != NULL)
            count++;
        status = count > 0 ? plot_all(paths, count, &o) : plot_newest(&o);
    }
    free(o.directory);
    free(o.format);
    poptFreeContext(context);
    return status;
}
