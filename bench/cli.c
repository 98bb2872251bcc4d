// SPDX-License-Identifier: MIT
#include "bench/cli.h"
#include "bench/suggest.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { OPTIONS_MAX = 64 };

int cli_usage(const char *command, const char *format, ...)
{
    va_list arguments;
    fprintf(stderr, "speedup %s: ", command);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    return EXIT_USAGE;
}

static const char *nearest(const struct poptOption *options, const char *bad)
{
    const char *names[OPTIONS_MAX + 1] = {NULL};
    size_t n = 0;
    for (; options->longName || options->shortName || options->arg; options++) {
        if (options->longName != NULL && n < OPTIONS_MAX)
            names[n++] = options->longName;
    }
    return suggest(bad + strspn(bad, "-"), names);
}

static int parse(poptContext context, const struct poptOption *options, const char *command,
                 bool takes_arguments)
{
    int rc;
    while ((rc = poptGetNextOpt(context)) > 0)
        ;
    if (rc == -1 && !takes_arguments && poptPeekArg(context) != NULL)
        return cli_usage(command, "'%s' is too much; it takes options only", poptPeekArg(context));
    if (rc == -1)
        return 0;
    const char *bad = poptBadOption(context, POPT_BADOPTION_NOALIAS);
    const char *near = rc == POPT_ERROR_BADOPT ? nearest(options, bad) : NULL;
    if (near != NULL)
        return cli_usage(command, "%s: %s; did you mean --%s?", bad, poptStrerror(rc), near);
    return cli_usage(command, "%s: %s; see `speedup %s --help`", bad, poptStrerror(rc), command);
}

poptContext cli_open(const char *command, const char *arguments, int argc, const char **argv,
                     const struct poptOption *options, int *status)
{
    static char name[32]; /* popt keeps a pointer to it for --help */
    snprintf(name, sizeof(name), "speedup %s", command);
    argv[0] = name;
    poptContext context = poptGetContext("speedup", argc, argv, options, 0);
    poptSetOtherOptionHelp(context, arguments != NULL ? arguments : "[OPTION...]");
    *status = parse(context, options, command, arguments != NULL);
    return context;
}
