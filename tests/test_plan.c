// SPDX-License-Identifier: MIT
/* speedup plan: what it prints, and its exit codes. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bench/cmd.h"

enum { OUTPUT_MAX = 1 << 16 };

TestSuite(plan, .timeout = 20);

/* Runs it on a machine with options that are separated by spaces; output of both streams in text.
 */
static int plan(const char *machine, const char *options, char text[OUTPUT_MAX])
{
    const char *argv[16] = {"plan"};
    int argc = 1;
    char words[256];
    setenv("HWLOC_SYNTHETIC", machine, 1);
    snprintf(words, sizeof(words), "%s", options);
    for (char *word = strtok(words, " "); word != NULL; word = strtok(NULL, " "))
        argv[argc++] = word;
    int file = memfd_create("output", MFD_CLOEXEC);
    int out = dup(STDOUT_FILENO), err = dup(STDERR_FILENO);
    fflush(stdout);
    dup2(file, STDOUT_FILENO);
    dup2(file, STDERR_FILENO);
    int status = cmd_plan(argc, argv);
    fflush(stdout);
    dup2(out, STDOUT_FILENO);
    dup2(err, STDERR_FILENO);
    ssize_t n = pread(file, text, OUTPUT_MAX - 1, 0);
    text[n > 0 ? n : 0] = '\0';
    close(out), close(err), close(file);
    return status;
}

static void expect(const char *text, const char *part)
{
    cr_assert(strstr(text, part) != NULL, "no '%s' in\n%s", part, text);
}

static size_t lines(const char *text)
{
    size_t count = 0;
    for (; *text != '\0'; text++)
        count += *text == '\n';
    return count;
}

Test(plan, one_line_per_worker)
{
    char text[OUTPUT_MAX];
    cr_assert(eq(int, plan("pack:1 core:2 pu:2", "", text), 0));
    expect(text, "simulated");
    expect(text, "1 package, 2 cores, 4 PUs, 1 NUMA node");
    expect(text, "allowed    2 cores, 4 PUs: CPUs 0-3\n");
    expect(text, "quota      none\n");
    expect(text, "worker  PU  core  why\n"
                 "     0   0     0  first PU of core 0 (package 0)\n"
                 "     1   2     1  first PU of core 1 (package 0)\n"
                 "     2   1     0  second PU of core 0 (package 0)\n"
                 "     3   3     1  second PU of core 1 (package 0)\n\n");
}

Test(plan, helper_and_policy)
{
    char text[OUTPUT_MAX];
    cr_assert(eq(int, plan("pack:1 core:2 pu:2", "--helper --pin compact", text), 0));
    expect(text, "worker   PU  core  why\n"
                 "     0    0     0  first PU of core 0 (package 0)\n"
                 "     1    1     0  second PU of core 0 (package 0)\n"
                 "helper  2-3     1  core 1 (package 0), kept for the helper\n\n");
}

Test(plan, wraps_around)
{
    char text[OUTPUT_MAX];
    cr_assert(eq(int, plan("pack:1 core:2 pu:1", "-n 3", text), 0));
    expect(text, "     2   0     0  only PU of core 0 (package 0)\n");
    expect(text, "3 workers on 2 places wrap around: worker 2 shares the place of worker 0");
}

Test(plan, large_machines_are_folded)
{
    char text[OUTPUT_MAX];
    cr_assert(eq(int, plan("pack:4 core:32 pu:2", "", text), 0));
    expect(text,
           "  0-127  0, 2 ... 254  0, 1 ... 127  first PU of core 0 (package 0) ... first PU of "
           "core 127 (package 3)\n"
           "128-255  1, 3 ... 255  0, 1 ... 127  second PU of core 0 (package 0)");
    cr_assert(lt(sz, lines(text), 20));
    cr_assert(eq(int, plan("pack:4 core:32 pu:2", "--pin compact", text), 0));
    expect(text, " 0-255  0, 1, 2 ... 255  0, 0, 1 ... 127  first PU");
}

Test(plan, json)
{
    char text[OUTPUT_MAX];
    cr_assert(eq(int, plan("pack:1 core:2 pu:2", "--json -n 70 --helper", text), 0));
    json_t *json = json_loads(text, 0, NULL);
    cr_assert(json != NULL, "%s", text);
    json_t *places = json_object_get(json, "places");
    cr_assert(eq(sz, json_array_size(places), 70));
    json_t *last = json_array_get(places, 69);
    cr_assert(eq(int, (int)json_integer_value(json_object_get(last, "pu")), 1));
    cr_assert(eq(int, (int)json_integer_value(json_object_get(json, "distinct_places")), 2));
    json_t *helper = json_object_get(json, "helper");
    cr_assert(eq(int, (int)json_integer_value(json_object_get(helper, "pu")), 2));
    json_decref(json);
}

Test(plan, bad_usage)
{
    static const char *const cases[][2] = {
        {"--pin scater", "did you mean scatter"},
        {"--pin core:9", "no core 9"},
        {"-n 0", "-n"},
        {"-n many", "-n"},
        {"--pni cores", "--pin"},
        {"cores", "cores"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[OUTPUT_MAX];
        cr_assert(plan("core:2 pu:1", cases[i][0], text) == 2, "%s", cases[i][0]);
        cr_assert(strncmp(text, "speedup plan: ", 14) == 0, "%s", text);
        expect(text, cases[i][1]);
        cr_assert(lines(text) == 1, "%s", text);
    }
}

Test(plan, wrong_machine_is_a_failure)
{
    char text[OUTPUT_MAX];
    cr_assert(eq(int, plan("garbage:1", "", text), 1));
    expect(text, "HWLOC_SYNTHETIC");
}
