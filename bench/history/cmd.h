// SPDX-License-Identifier: MIT
/* What the actions of `speedup history` share. Each answers the program's exit code; argv[0] is the
 * action's own name. */
#ifndef SPEEDUP_HISTORY_CMD_H
#define SPEEDUP_HISTORY_CMD_H

#include "bench/cli.h"
#include "bench/history/series.h"

enum { HISTORY_WHY_MAX = 1024 };

/* The options of all that read: --db, -f, -s and --last. */
struct reading {
    char *path, *filter, *series, *last;
};

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

#endif
