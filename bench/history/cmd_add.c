// SPDX-License-Identifier: MIT
/* speedup history add */
#include "bench/history/add.h"
#include "bench/history/cmd.h"
#include "bench/history/commit.h"
#include "bench/history/date.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { DAY_S = 86400 /* a day that has begun in another zone is not one of the future */ };

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
    if (o->commit != NULL && !commit_is_name(o->commit))
        return cli_usage("history add",
                         "--commit: '%s' is no name of a commit; write its hash, or a name of "
                         "letters, digits and . _ - /",
                         o->commit);
    if (o->date != NULL && date_read(o->date, &o->seconds) != 0)
        return cli_usage("history add",
                         "--date: '%s' is no date; write such as 2026-01-31 or "
                         "2026-01-31T12:34:56Z",
                         o->date);
    if (o->date != NULL && o->seconds > (int64_t)time(NULL) + DAY_S)
        return cli_usage("history add",
                         "--date: '%s' is more than a day ahead of the clock here; write when it "
                         "was measured, or set the clock",
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
