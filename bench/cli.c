// SPDX-License-Identifier: MIT
#include "bench/cli.h"
#include "bench/suggest.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
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

/* A copy in which each option that keeps one text has its place in the table as its value, so that
 * popt tells when it reads one. */
static void number_options(struct poptOption numbered[OPTIONS_MAX + 1],
                           const struct poptOption *options)
{
    int n = 0;
    for (; (options->longName || options->shortName || options->arg) && n < OPTIONS_MAX;
         options++) {
        numbered[n] = *options;
        if ((options->argInfo & POPT_ARG_MASK) == POPT_ARG_STRING)
            numbered[n].val = n + 1;
        n++;
    }
    numbered[n] = (struct poptOption)POPT_TABLEEND;
}

/* Reads all there are. popt keeps the last text of an option that is given twice, and would say
 * nothing of the first. */
static int read_options(poptContext context, const struct poptOption *numbered, const char *command,
                        int *status)
{
    char *texts[OPTIONS_MAX] = {NULL};
    int rc;
    *status = 0;
    while ((rc = poptGetNextOpt(context)) > 0) {
        const struct poptOption *option = &numbered[rc - 1];
        if (texts[rc - 1] != NULL && *status == 0)
            *status = cli_usage(command,
                                "--%s is given twice, and one of the two would be lost; "
                                "give it once",
                                option->longName);
        free(texts[rc - 1]);
        texts[rc - 1] = *(char **)option->arg;
    }
    return rc;
}

static int parse(poptContext context, const struct poptOption *options, const char *command,
                 bool takes_arguments)
{
    int status, rc = read_options(context, options, command, &status);
    if (status != 0)
        return status;
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
    /* popt keeps pointers to both */
    static char name[32];
    static struct poptOption numbered[OPTIONS_MAX + 1];
    snprintf(name, sizeof(name), "speedup %s", command);
    argv[0] = name;
    number_options(numbered, options);
    poptContext context = poptGetContext("speedup", argc, argv, numbered, 0);
    poptSetOtherOptionHelp(context, arguments != NULL ? arguments : "[OPTION...]");
    *status = parse(context, numbered, command, arguments != NULL);
    return context;
}
