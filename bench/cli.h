// SPDX-License-Identifier: MIT
/* What all subcommands share in reading their options. */
#ifndef SPEEDUP_CLI_H
#define SPEEDUP_CLI_H

#include <popt.h>

#include "bench/exit_codes.h"

/* Reads all options of `speedup COMMAND` into the variables of the table, which has POPT_AUTOHELP:
 * --help prints, with `arguments` as its first line, and exits. *status is 0, or EXIT_USAGE after
 * one sentence on stderr that suggests a near option. poptGetArgs() has the rest, and is for those
 * who take arguments: with arguments NULL there may be none. The context is the caller's to free.
 */
poptContext cli_open(const char *command, const char *arguments, int argc, const char **argv,
                     const struct poptOption *options, int *status);

/* Prints "speedup COMMAND: sentence" on stderr, printf-like. Answers EXIT_USAGE. */
int cli_usage(const char *command, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
