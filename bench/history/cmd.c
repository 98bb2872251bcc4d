// SPDX-License-Identifier: MIT
#include "bench/history/cmd.h"
#include "bench/history/date.h"
#include "bench/table.h"
#include "bench/units.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

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
    struct choice choice = {.filter = reading->filter, .since = INT64_MIN};
    struct store store;
    snprintf(command, sizeof(command), "history %s", action);
    int status = read_count(command, "--last", last, &choice.last);
    if (status == EXIT_OK && reading->series != NULL)
        status = read_count(command, "--series", reading->series, &choice.series);
    if (status == EXIT_OK && reading->since != NULL &&
        date_read(reading->since, &choice.since) != 0)
        status = cli_usage(command,
                           "--since: '%s' is no date; write such as 2026-01-31 or "
                           "2026-01-31T12:34:56Z",
                           reading->since);
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
    char *texts[] = {reading->path, reading->filter, reading->series, reading->since,
                     reading->last};
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

int history_width(void)
{
    enum { MOST = 100 }; /* longer lines are hard to read */
    int width = table_width(stdout, MOST);
    return width < MOST ? width : MOST;
}
