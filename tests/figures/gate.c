// SPDX-License-Identifier: MIT
/* The gate, live: what it says of exactly 10 % more work, and of itself. */
#include "tests/figures/bench.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { COMPARISONS = 5, EXIT_OF_REGRESSION = 4 };

/* Rounds that take a third of a second: the start of a shell and of awk, up to 18 ms on a virtual
 * machine, must be little beside them, or 10 % more work is no 10 % more time. */
enum { WORK = 20000000 };

/* The program that stands beside this one. */
static void find_program(char path[PATH_MAX])
{
    ssize_t n = readlink("/proc/self/exe", path, PATH_MAX - 1);
    path[n > 0 ? n : 0] = '\0';
    char *slash = strrchr(path, '/');
    if (slash == NULL || slash - path + sizeof("/speedup") > PATH_MAX)
        bench_leave(1);
    strcpy(slash, "/speedup");
}

static int status_of(const char *command)
{
    fflush(stdout);
    int status = system(command);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Two loops, of which the second goes round 10 % more often. */
static bool is_found(const char *program)
{
    char command[PATH_MAX + 512];
    snprintf(command, sizeof(command),
             "'%s' compare --max-time 60s --run "
             "\"awk 'BEGIN { for (i = 0; i < %d; i++) s += i }'\" "
             "\"awk 'BEGIN { for (i = 0; i < %d; i++) s += i }'\" >/dev/null 2>&1",
             program, WORK, WORK + WORK / 10);
    return status_of(command) == EXIT_OF_REGRESSION;
}

void figure_gate(void)
{
    char program[PATH_MAX], command[PATH_MAX + 64];
    unsigned found = 0;
    find_program(program);
    for (int i = 0; i < COMPARISONS; i++)
        found += is_found(program);
    bench_count("gate: comparisons with 10 % more work that end with 4", found, COMPARISONS,
                COMPARISONS);
    snprintf(command, sizeof(command), "'%s' compare --self-test", program);
    bench_count("gate: self-tests in which all demands hold", status_of(command) == 0, 1, 1);
}
