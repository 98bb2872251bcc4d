// SPDX-License-Identifier: MIT
#include "bench/gil/request.h"
#include "bench/cli.h"
#include "bench/gil_params.h"
#include "bench/picture.h"
#include "bench/result.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

/* The newest CPython whose lock has been held against the simulator. */
enum { NEWEST_MINOR = 13 };

int request_fail(int err, const char *why)
{
    fprintf(stderr, "speedup gil: %s\n", why);
    return err == -EINVAL                      ? EXIT_USAGE
           : err == -ENOENT || err == -ENOTSUP ? EXIT_ABSENT
                                               : EXIT_RUN_TIME;
}

bool request_lock_sets(const struct lab_request *r, const char *name)
{
    size_t n = strlen(name);
    for (const char *at = r->lock; at != NULL && *at != '\0'; at += *at != '\0') {
        at += strcspn(at, ": ");
        if (*at != '\0' && strncmp(at + 1, name, n) == 0 && at[1 + n] == '=')
            return true;
    }
    return false;
}

int request_lock(const struct lab_request *r, const struct experiment_kind *kind,
                 struct gil_options *gil, json_t **json)
{
    bool has_interval = kind != NULL && lab_uses(kind, "interval");
    const char *const fixed[] = {"release", has_interval ? NULL : "interval", NULL};
    const char *lock = r->lock != NULL ? r->lock : gil_names[kind != NULL ? kind->lock : GIL_NEW];
    struct value values[PARAMS_MAX];
    char why[WHY_MAX];
    if (r->lock != NULL && strchr(r->lock, ',') != NULL)
        return cli_usage("gil", "--gil %s names several locks; name one, and run it once for each",
                         r->lock);
    if (request_lock_sets(r, "release"))
        return cli_usage("gil",
                         "--gil: each experiment says itself what lets go of the lock; leave "
                         "release out, which is for `speedup run`");
    if (gil_parse_but(lock, fixed, values, why, sizeof(why)) != 0)
        return cli_usage("gil", "--gil: %s", why);
    *gil = gil_options_of(values);
    *json = gil_json(values);
    return EXIT_OK;
}

int request_pythons(const struct lab_request *r, const char *otherwise,
                    const struct machine *machine, struct python all[PYTHONS_MAX], unsigned *count)
{
    const char *any[] = {otherwise, NULL}, **paths = r->pythons;
    char why[WHY_MAX];
    if (paths == NULL || paths[0] == NULL)
        paths = any;
    for (; *paths != NULL; paths++) {
        struct python *python = &all[*count];
        for (unsigned i = 0; i < *count; i++) {
            if (strcmp(all[i].path, *paths) == 0)
                return cli_usage("gil", "--python %s is given twice; name each interpreter once",
                                 *paths);
        }
        if (*count == PYTHONS_MAX)
            return cli_usage("gil", "--python: more than %d interpreters", PYTHONS_MAX);
        int err = python_open(python, machine, *paths, why, sizeof(why));
        if (err != 0)
            return request_fail(err, why);
        if (python->major == 3 && python->minor > NEWEST_MINOR)
            fprintf(stderr,
                    "speedup gil: CPython %s is newer than those whose lock is known here (up to "
                    "3.%d); it is measured all the same\n",
                    python->version, NEWEST_MINOR);
        (*count)++;
    }
    python_tell_apart(all, *count);
    return EXIT_OK;
}

static int say_unwritable(const char *path, int err)
{
    fprintf(stderr, "speedup gil: cannot write %s: %s; name another file with -o\n", path,
            err == -ENOTSUP ? "it is not a regular file" : strerror(-err));
    return EXIT_RUN_TIME;
}

/* One file cannot hold two of them. */
static int expect_names_of_their_own(const struct lab_request *r)
{
    const char *const names[] = {r->output, r->chart, r->timeline};
    static const char *const options[] = {"-o", "--chart", "--timeline"};
    for (int i = 0; i < 3; i++) {
        for (int k = 0; k < i; k++) {
            if (names[i] != NULL && names[k] != NULL && strcmp(names[i], names[k]) == 0)
                return cli_usage("gil", "%s and %s both name %s; give each a file of its own",
                                 options[k], options[i], names[i]);
        }
    }
    return EXIT_OK;
}

int request_can_save(const struct lab_request *r)
{
    char why[WHY_MAX];
    struct stat info;
    int status = expect_names_of_their_own(r);
    if (status != EXIT_OK)
        return status;
    if (r->output == NULL)
        return EXIT_OK;
    if (r->output[0] == '\0')
        return cli_usage("gil", "-o '' names no file; write for example -o gil.json");
    if (stat(r->output, &info) == 0 && !S_ISREG(info.st_mode))
        return say_unwritable(r->output, S_ISDIR(info.st_mode) ? -EISDIR : -ENOTSUP);
    int err = picture_directory(r->output, "-o", why, sizeof(why));
    return err == 0 ? EXIT_OK : request_fail(err, why);
}

int request_save(const struct lab_request *r, json_t *json)
{
    int err = r->output != NULL ? result_replace(r->output, json) : 0;
    json_decref(json);
    return err == 0 ? EXIT_OK : say_unwritable(r->output, err);
}

void request_print_json(const struct lab_request *r, json_t *json)
{
    if (r->json) {
        json_dumpf(json, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(12));
        putchar('\n');
    }
    json_decref(json);
}
