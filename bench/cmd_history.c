// SPDX-License-Identifier: MIT
/* speedup history: what was measured of each commit, and where it changed. */
#include "bench/cmd.h"
#include "bench/history/cmd.h"
#include "bench/suggest.h"

#include <stdio.h>
#include <string.h>

static const struct action {
    const char *name, *summary;
    int (*run)(int argc, const char **argv);
} actions[] = {
    {"add", "keep the files of `speedup compare`, a session each", history_add_command},
    {"show", "print or draw the series that are kept", history_show_command},
    {"check", "find the sessions at which something got slower, and their commits",
     history_check_command},
    {"export", "write them as CSV or as Google Benchmark's JSON", history_export_command},
};
enum { ACTIONS = sizeof(actions) / sizeof(actions[0]) };

static void print_help(FILE *out)
{
    fputs("Usage: speedup history ACTION [OPTION...]\n\n"
          "Keeps what was measured of each commit, over one pinned reference, and finds where it\n"
          "changed.\n\n",
          out);
    for (int i = 0; i < ACTIONS; i++)
        fprintf(out, "  %-8s %s\n", actions[i].name, actions[i].summary);
    fputs("\n`speedup history ACTION --help` shows the options of an action.\n", out);
}

static int unknown(const char *word)
{
    const char *names[ACTIONS + 1] = {NULL};
    for (int i = 0; i < ACTIONS; i++)
        names[i] = actions[i].name;
    const char *near = suggest(word, names);
    if (near != NULL)
        return cli_usage("history", "there is no action '%s'; did you mean '%s'?", word, near);
    return cli_usage("history", "there is no action '%s'; see `speedup history --help`", word);
}

int cmd_history(int argc, const char **argv)
{
    if (argc < 2) {
        print_help(stderr);
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-?") == 0) {
        print_help(stdout);
        return EXIT_OK;
    }
    for (int i = 0; i < ACTIONS; i++)
        if (strcmp(argv[1], actions[i].name) == 0)
            return actions[i].run(argc - 1, argv + 1);
    return unknown(argv[1]);
}
