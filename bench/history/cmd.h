// SPDX-License-Identifier: MIT
/* What the actions of `speedup history` share. Each answers the program's exit code; argv[0] is the
 * action's own name. */
#ifndef SPEEDUP_HISTORY_CMD_H
#define SPEEDUP_HISTORY_CMD_H

#include "bench/cli.h"
#include "bench/history/series.h"
#include "bench/history/store.h"

enum { HISTORY_WHY_MAX = 1024 };

/* The options of all that read: --db, -f, -s, --since and --last. */
struct reading {
    char *path, *filter, *series, *since, *last;
};

/* Entries for a table of options; r is a pointer to the reading, many the default of --last. */
#define READING_OPTIONS(r, many)                                                                   \
    {"db",  '\0', POPT_ARG_STRING, &(r)->path, 0, "the history (default: " STORE_DEFAULT ")",      \
     "FILE"},                                                                                      \
        {"filter", 'f', POPT_ARG_STRING, &(r)->filter, 0, "only the cases whose name matches",     \
         "REGEX"},                                                                                 \
        {"series", 's', POPT_ARG_STRING, &(r)->series, 0, "only the series of that number", "N"},  \
        {"since",     '\0', POPT_ARG_STRING,                                                       \
         &(r)->since, 0,    "only the series that have a session since then",                      \
         "DATE"},                                                                                  \
    {                                                                                              \
        "last", '\0', POPT_ARG_STRING, &(r)->last, 0,                                              \
            "only the last sessions of each (default: " many ")", "N"                              \
    }

int history_add_command(int argc, const char **argv);
int history_show_command(int argc, const char **argv);
int history_check_command(int argc, const char **argv);
int history_export_command(int argc, const char **argv);

/* Prints "speedup history ACTION: why". Answers EXIT_RUN_TIME or what else the error means. */
int history_fail(const char *action, int err, const char *why);

/* Opens the file, reads what is wanted, closes it. */
int history_load(struct history *history, const char *action, const struct reading *reading,
                 const char *last_default);

void reading_free(struct reading *reading);

/* Columns for sentences on stdout: 100, or those of a terminal that has fewer. */
int history_width(void);

/* Prints it on stdout. 0, -ENOMEM where there is none, or -EIO. */
int history_print_json(const json_t *json);

#endif
