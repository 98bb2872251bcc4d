// SPDX-License-Identifier: MIT
/* What all subcommands share in reading their options. */
#ifndef SPEEDUP_CLI_H
#define SPEEDUP_CLI_H

#include <popt.h>

/* Exit codes, as the design lists them. */
enum {
    EXIT_OK = 0,
    EXIT_RUN_TIME = 1,
    EXIT_USAGE = 2,
    EXIT_WRONG = 3,
    EXIT_ABSENT = 8,
    EXIT_INTERRUPTED = 130
};

/* Reads all options into the variables of the table, which has POPT_AUTOHELP; --help prints and
 * exits. Afterwards poptGetArgs() has the rest. 0, or EXIT_USAGE after one sentence on stderr that
 * suggests a near option. */
int cli_parse(poptContext context, const struct poptOption *options, const char *command);

/* Prints "speedup COMMAND: sentence" on stderr, printf-like. Answers EXIT_USAGE. */
int cli_usage(const char *command, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
