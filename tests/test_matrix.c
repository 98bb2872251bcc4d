// SPDX-License-Identifier: MIT
/* Every workload under every runner, with one worker, with fewer workers than tasks, with more, and
 * with nothing to do. The program checks the answers; these tests check that it did. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "bench/params.h"
#include "bench/registry.h"
#include "bench/units.h"
#include "tests/program.h"
#include "tests/sizes.h"

/* Criterion hands parameters to another process: no pointers. */
struct pair {
    char workload[64], runner[128];
};
enum { PAIRS_MAX = 512 };
static struct pair pairs[PAIRS_MAX];

static size_t add_pair(size_t n, const char *workload, const char *runner, const char *setting)
{
    snprintf(pairs[n].workload, sizeof(pairs[n].workload), "%s", workload);
    snprintf(pairs[n].runner, sizeof(pairs[n].runner), "%s%s", runner, setting);
    return n + 1;
}

/* Each runner as it is, and with every choice of its parameters that is not the default. */
static size_t add_runner(size_t n, const char *workload, const struct runner *r)
{
    n = add_pair(n, workload, r->name, "");
    for (const struct param *p = r->params; p != NULL && p->name != NULL; p++) {
        for (int i = 0; p->choices != NULL && p->choices[i] != NULL; i++) {
            char setting[128];
            snprintf(setting, sizeof(setting), ":%s=%s", p->name, p->choices[i]);
            if (strcmp(p->choices[i], p->initial) != 0)
                n = add_pair(n, workload, r->name, setting);
        }
    }
    return n;
}

static struct criterion_test_params all_pairs(void)
{
    size_t n = 0;
    for (int w = 0; workloads[w] != NULL; w++) {
        for (int r = 0; runners[r] != NULL; r++) {
            if (strncmp(runners[r]->name, "bad-", 4) != 0)
                n = add_runner(n, workloads[w]->name, runners[r]);
        }
    }
    return cr_make_param_array(struct pair, pairs, n);
}

/* Is the case of the pair's runner, and not of a baseline? */
static bool is_own(const struct pair *pair, const char *runner)
{
    size_t length = strlen(runner);
    return strncmp(pair->runner, runner, length) == 0 &&
           (pair->runner[length] == '\0' || pair->runner[length] == ':');
}

/* What makes no sense, too few at once and a connection through a pipe, and what this machine or
 * build cannot do. */
static bool is_refused(const struct pair *pair, const char *runner, json_int_t n,
                       json_int_t together)
{
    struct outcome o = program("list %s", runner);
    bool pipe = is_own(pair, runner) && strstr(pair->runner, "pipe") != NULL;
    return n < together || (pipe && strcmp(pair->workload, "serve") == 0) ||
           strstr(o.out, "not here:") != NULL;
}

/* Of serial there is one case; where the baseline is another runner it is there, too. */
static size_t cases_wanted(const struct pair *pair, size_t concurrencies, json_int_t together)
{
    bool fresh_threads = strcmp(pair->runner, "threads") == 0;
    size_t own = strcmp(pair->runner, BASELINE) == 0 ? 0 : concurrencies;
    return 1 + own + (together > 1 && !fresh_threads);
}

/* Every repetition of every case in the file was checked, and so many tasks were there. */
static void check_result(const struct pair *pair, const char *path, json_int_t tasks,
                         size_t concurrencies)
{
    char *text = program_file(path);
    json_error_t error;
    json_t *result = json_loads(text ? text : "", 0, &error);
    json_t *job = json_array_get(json_object_get(json_object_get(result, "speedup"), "jobs"), 0);
    json_t *cases = json_object_get(job, "cases"), *c, *run;
    size_t i, k;
    cr_assert_not_null(job, "no result: %s", error.text);
    cr_assert_eq(json_integer_value(json_object_get(job, "tasks")), tasks);
    json_int_t together = json_integer_value(json_object_get(job, "together"));
    cr_assert_eq(json_array_size(cases), cases_wanted(pair, concurrencies, together));
    json_array_foreach (cases, i, c) {
        const char *name = json_string_value(json_object_get(c, "name"));
        json_int_t n = json_integer_value(json_object_get(c, "concurrency"));
        bool refused = json_is_string(json_object_get(c, "refused"));
        const char *runner = json_string_value(json_object_get(c, "runner"));
        cr_assert_eq(refused, is_refused(pair, runner, n, together), "%s is %srefused", name,
                     refused ? "" : "not ");
        if (refused)
            continue;
        cr_assert(json_is_null(json_object_get(c, "failed")), "%s failed", name);
        cr_assert_eq(json_array_size(json_object_get(c, "runs")), 2, "%s: rounds", name);
        json_array_foreach (json_object_get(c, "runs"), k, run) {
            json_int_t peak = json_integer_value(json_object_get(run, "peak_concurrency"));
            cr_assert(json_is_true(json_object_get(run, "checked")), "%s was not checked", name);
            cr_assert(peak <= n && peak <= tasks, "%s: %lld in progress at once", name,
                      (long long)peak);
            cr_assert(tasks == 0 || peak >= 1, "%s: nothing was in progress", name);
        }
    }
    json_decref(result);
}

ParameterizedTestParameters(matrix, five_tasks)
{
    return all_pairs();
}

ParameterizedTest(struct pair *pair, matrix, five_tasks)
{
    struct outcome o = program("run %s -R %s -n 1,3,16 -r 1 %s -o x.json", pair->workload,
                               pair->runner, size_of(pair->workload, false));
    cr_assert_eq(o.status, 0, "%s under %s: exit %d\n%s", pair->workload, pair->runner, o.status,
                 o.err);
    check_result(pair, "x.json", 5, 3);
}

ParameterizedTestParameters(matrix, no_task)
{
    return all_pairs();
}

ParameterizedTest(struct pair *pair, matrix, no_task)
{
    struct outcome o = program("run %s -R %s -n 2 -r 1 %s -o x.json", pair->workload, pair->runner,
                               size_of(pair->workload, true));
    cr_assert_eq(o.status, 0, "%s under %s: exit %d\n%s", pair->workload, pair->runner, o.status,
                 o.err);
    check_result(pair, "x.json", 0, 1);
}

/* The program is right when it says that all tables are. */
Test(tables, are_valid)
{
    cr_assert_eq(registry_validate(stderr), 0);
}

Test(tables, faults_are_named)
{
    static const struct param bad_params[] = {
        {"Name", "help", PARAM_COUNT, "1", 0, 0, NULL},
        {"twice", "help", PARAM_COUNT, "1", 0, 0, NULL},
        {"twice", NULL, PARAM_COUNT, NULL, 5, 1, NULL},
        {0},
    };
    static const struct workload bad_workload = {.name = "Bad", .params = bad_params};
    static const struct runner bad_runner = {.name = "bad", .caps = RUNNER_SHARED};
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    int faults = workload_validate(&bad_workload, out) + runner_validate(&bad_runner, out);
    fclose(out);
    static const char *const sentences[] = {
        "name is lower case",
        "needs a summary",
        "shape is required",
        "run is required",
        "check is required",
        "is there twice",
        "needs help",
        "needs a default",
        "min is above max",
        "create is required",
        "go is required",
        "destroy is required",
        "exactly one of RUNNER_BLOCKING",
    };
    for (size_t i = 0; i < sizeof(sentences) / sizeof(sentences[0]); i++)
        cr_assert_not_null(strstr(text, sentences[i]), "'%s' is not in:\n%s", sentences[i], text);
    cr_assert_geq(faults, 13);
    free(text);
}
