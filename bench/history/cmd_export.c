// SPDX-License-Identifier: MIT
/* speedup history export: for spreadsheets, and for dashboards that read Google Benchmark's JSON.
 */
#include "bench/history/cmd.h"
#include "bench/history/date.h"
#include "bench/history/export.h"
#include "bench/result.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char all_of_them[] = "1000000000";

struct options {
    struct reading reading;
    int csv, gbench;
    char *output;
};

/* A file appears whole or not at all. */
static int write_csv(const struct history *h, const char *path)
{
    char *text = NULL;
    size_t size;
    if (path == NULL)
        return export_csv(stdout, h);
    FILE *out = open_memstream(&text, &size);
    int err = out != NULL ? export_csv(out, h) : -ENOMEM;
    if (out != NULL && fclose(out) != 0 && err == 0)
        err = -ENOMEM;
    if (err == 0)
        err = result_replace_text(path, text, size);
    free(text);
    return err;
}

static int write_gbench(const struct history *h, const char *path)
{
    json_t *json = export_gbench(h);
    int err = -ENOMEM;
    if (json != NULL)
        err = path != NULL ? result_replace(path, json) : history_print_json(json);
    json_decref(json);
    return err;
}

static int export(const struct options *o)
{
    struct history h;
    char why[HISTORY_WHY_MAX];
    if (o->csv == o->gbench)
        return cli_usage("history export", "say how: --csv, or --gbench, which is Google "
                                           "Benchmark's JSON of the newest session");
    const char *db = o->reading.path != NULL ? o->reading.path : STORE_DEFAULT;
    if (o->output != NULL && result_is_same(o->output, db))
        return cli_usage("history export", "-o %s would replace the history; name another file",
                         o->output);
    int status = history_load(&h, "export", &o->reading, all_of_them);
    if (status != EXIT_OK)
        return status;
    int err = o->csv ? write_csv(&h, o->output) : write_gbench(&h, o->output);
    history_free(&h);
    if (err == 0)
        return EXIT_OK;
    snprintf(why, sizeof(why), "%s cannot be written: %s",
             o->output != NULL ? o->output : "the output",
             err == -ENOTSUP ? "it is not a regular file" : strerror(-err));
    return history_fail("export", err, why);
}

int history_export_command(int argc, const char **argv)
{
    struct options o = {0};
    const struct poptOption table[] = {
        READING_OPTIONS(&o.reading, "all"),
        {"csv", '\0', POPT_ARG_NONE, &o.csv, 0, "a line for each session of each series", NULL},
        {"gbench", '\0', POPT_ARG_NONE, &o.gbench, 0,
         "Google Benchmark's JSON: the medians of the newest session", NULL},
        {"output", 'o', POPT_ARG_STRING, &o.output, 0, "write it into a file", "FILE"},
        POPT_AUTOHELP POPT_TABLEEND};
    int status;
    poptContext context = cli_open("history export", NULL, argc, argv, table, &status);
    if (status == EXIT_OK)
        status = export(&o);
    free(o.output);
    reading_free(&o.reading);
    poptFreeContext(context);
    return status;
}
