// SPDX-License-Identifier: MIT
/* speedup history add; and what all actions share. */
#include "bench/history/add.h"
#include "bench/history/cmd.h"
#include "bench/history/date.h"
#include "bench/units.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- shared ------------------------------------------------------------------------------- */

int history_fail(const char *action, int err, const char *why)
{
    fprintf(stderr, "speedup history %s: %s\n", action, why);
    return err == -EXDEV ? EXIT_NOT_COMPARABLE : EXIT_RUN_TIME;
}

static int read_count(const char *command, const char *option, const char *text, int64_t *count)
{
    const struct param param = {option, "", PARAM_COUNT, NULL, 1, 1e9, NULL};
    struct value value;
    char why[HISTORY_WHY_MAX];
    if (units_parse(&param, text, &value, why, sizeof(why)) != 0)
        return cli_usage(command, "%s", why);
    *count = value.n;
    return EXIT_OK;
}

int history_load(struct history *history, const char *action, const struct reading *reading,
                 const char *last_default)
{
    char command[32], why[HISTORY_WHY_MAX] = "";
    const char *last = reading->last != NULL ? reading->last : last_default;
    struct choice choice = {.filter = reading->filter};
    struct store store;
    snprintf(command, sizeof(command), "history %s", action);
    int status = read_count(command, "--last", last, &choice.last);
    if (status == EXIT_OK && reading->series != NULL)
        status = read_count(command, "--series", reading->series, &choice.series);
    if (status != EXIT_OK)
        return status;
    const char *path = reading->path != NULL ? reading->path : STORE_DEFAULT;
    int err = store_open(&store, path, false, why, sizeof(why));
    if (err != 0)
        return history_fail(action, err, why);
    err = history_read(history, &store, &choice, why, sizeof(why));
    store_close(&store);
    if (err == -EINVAL)
        return cli_usage(command, "%s", why);
    return err == 0 ? EXIT_OK : history_fail(action, err, why);
}

void reading_free(struct reading *reading)
{
    char *texts[] = {reading->path, reading->filter, reading->series, reading->last};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        free(texts[i]);
}

int history_print_json(const json_t *json)
{
    if (json == NULL)
        return -ENOMEM;
    int rc = json_dumpf(json, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(12));
    putchar('\n');
    return rc == 0 ? 0 : -EIO;
}

/* ---- add ---------------------------------------------------------------------------------- */

struct options {
    char *path, *commit, *date, *message, *reference;
    int64_t seconds;
};

static int check_options(struct options *o, const char **files)
{
    if (files == NULL || files[0] == NULL)
        return cli_usage("history add", "which files? `speedup compare -o FILE` writes such");
    if (o->path != NULL && o->path[0] == '\0')
        return cli_usage("history add", "--db: the name of a file is needed");
    if (o->commit != NULL && !history_is_commit(o->commit))
        return cli_usage("history add",
                         "--commit: '%s' is no name of a commit; write its hash, or a tag of "
                         "letters, digits and . _ - /",
                         o->commit);
    if (o->date != NULL && date_read(o->date, &o->seconds) != 0)
        return cli_usage("history add",
                         "--date: '%s' is no date; write such as 2026-01-31 or "
                         "2026-01-31T12:34:56Z",
                         o->date);
    if (o->reference != NULL && o->reference[0] == '\0')
        return cli_usage("history add", "--reference: say what the base side is");
    return EXIT_OK;
}

/* Is it about this file alone? */
static bool is_of_file(int err)
{
    return err == -EINVAL || err == -EEXIST || err == -EXDEV || err == -EPROTO || err == -ENOENT;
}

/* Each file by itself: what is good is kept, whatever the others are. The first failure decides. */
static int add_files(const struct options *o, const char **files)
{
    const char *path = o->path != NULL ? o->path : STORE_DEFAULT;
    const struct addition addition = {.commit = o->commit,
                                      .reference = o->reference,
                                      .message = o->message,
                                      .date = o->date != NULL ? &o->seconds : NULL};
    char why[HISTORY_WHY_MAX] = "";
    struct store store = {.path = path};
    int status = EXIT_OK, err = 0;
    for (; *files != NULL && store.err == 0 && (err == 0 || is_of_file(err)); files++) {
        err = history_add(&store, *files, &addition, stdout, why, sizeof(why));
        int failed = err != 0 ? history_fail("add", err, why) : EXIT_OK;
        status = status != EXIT_OK ? status : failed;
    }
    store_close(&store);
    return status;
}

int history_add_command(int argc, const char **argv)
{
    struct options o = {0};
    const struct poptOption table[] = {
        {"db", '\0', POPT_ARG_STRING, &o.path, 0, "the history (default: " STORE_DEFAULT ")",
         "FILE"},
        {"commit", '\0', POPT_ARG_STRING, &o.commit, 0,
         "what was measured (default: as its version says)", "COMMIT"},
        {"date", '\0', POPT_ARG_STRING, &o.date, 0,
         "its place in the history (default: when it was measured)", "DATE"},
        {"message", 'm', POPT_ARG_STRING, &o.message, 0, "words to remember it by", "TEXT"},
        {"reference", '\0', POPT_ARG_STRING, &o.reference, 0,
         "what the base side is (default: its version)", "NAME"},
        POPT_AUTOHELP POPT_TABLEEND};
    int status;
    poptContext context =
        cli_open("history add", "[OPTION...] FILE...", argc, argv, table, &status);
    const char **files = status == EXIT_OK ? poptGetArgs(context) : NULL;
    if (status == EXIT_OK)
        status = check_options(&o, files);
    if (status == EXIT_OK)
        status = add_files(&o, files);
    char *texts[] = {o.path, o.commit, o.date, o.message, o.reference};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        free(texts[i]);
    poptFreeContext(context);
    return status;
}
