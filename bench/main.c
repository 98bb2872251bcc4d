// SPDX-License-Identifier: MIT
/* speedup: threads, processes or async: which, how much faster, and why, on this machine? */
#include "bench/build_info.h"
#include "bench/cli.h"
#include "bench/cmd.h"
#include "bench/suggest.h"
#include "bench/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct command {
    const char *name, *summary;
    int (*run)(int argc, const char **argv);
} commands[] = {
    {"run", "measure workloads under runners; print a table", cmd_run},
    {"list", "show workloads, runners, parameters and examples", cmd_list},
    {"plan", "show which worker would sit where, and why", cmd_plan},
    {"plot", "draw charts from result files", cmd_plot},
    {"compare", "say which of two builds or commands is slower, and how certain that is",
     cmd_compare},
    {"history", "keep what was measured of each commit, and find where it changed", cmd_history},
    {"gil", "show what Python's lock does: experiments, and CPython beside them", cmd_gil},
    {"map", "draw where waiting ends and computing begins, and who is the fastest there", cmd_map},
    {"serve", "carry a small web server under any runner, for wrk or a browser", cmd_serve},
    {"doctor", "say what this machine has, and what may disturb numbers", cmd_doctor},
};
enum { COMMANDS = sizeof(commands) / sizeof(commands[0]) };

static void print_help(FILE *out)
{
    fputs("Usage: speedup COMMAND [OPTION...]\n\n"
          "Threads, processes or async: which, how much faster, and why, on this machine?\n\n",
          out);
    for (int i = 0; i < COMMANDS; i++)
        fprintf(out, "  %-8s %s\n", commands[i].name, commands[i].summary);
    fputs(
        "\n`speedup run` measures the quick suite. `speedup COMMAND --help` shows the options of a "
        "command,\n`speedup --version` the versions.\n",
        out);
}

static int unknown(const char *word)
{
    const char *names[COMMANDS + 1] = {NULL};
    for (int i = 0; i < COMMANDS; i++)
        names[i] = commands[i].name;
    const char *near = suggest(word, names);
    if (near != NULL)
        fprintf(stderr, "speedup: there is no command '%s'; did you mean '%s'?\n", word, near);
    else
        fprintf(stderr, "speedup: there is no command '%s'; see `speedup --help`\n", word);
    return EXIT_USAGE;
}

/* Whoever started us may have closed these; what we open must not take their place. */
static void open_standard_descriptors(void)
{
    int fd;
    do
        fd = open("/dev/null", O_RDWR);
    while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd >= 0)
        close(fd);
}

/* Data that did not reach its reader is a failure; why is known of what fails now alone. */
static int flush_output(int status)
{
    const char *why = fflush(stdout) != 0 ? strerror(errno) : NULL;
    if (why == NULL && !ferror(stdout))
        return status;
    fprintf(stderr, "speedup: the output could not be written%s%s\n", why != NULL ? ": " : "",
            why != NULL ? why : "");
    return status == EXIT_OK ? EXIT_RUN_TIME : status;
}

int main(int argc, char **argv)
{
    open_standard_descriptors();
    if (argc < 2) {
        print_help(stderr);
        return EXIT_USAGE;
    }
    const char *word = argv[1];
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0) {
        print_help(stdout);
        return EXIT_OK;
    }
    if (strcmp(word, "--version") == 0) {
        printf("speedup %s\n", build_version());
        return EXIT_OK;
    }
    if (strcmp(word, "worker") == 0)
        return cmd_worker(argc - 1, (const char **)argv + 1);
    for (int i = 0; i < COMMANDS; i++) {
        if (strcmp(word, commands[i].name) == 0)
            return flush_output(commands[i].run(argc - 1, (const char **)argv + 1));
    }
    return unknown(word);
}
