// SPDX-License-Identifier: MIT
#include "tests/map_file.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

static const double task_ns = 1e6, shares[MAP_ROWS] = {0, 0.25, 0.5, 0.75, 1};
static const int ns[MAP_COLUMNS] = {1, 2, 4, 8};

const struct map_runner map_pool = {.name = "pool", .cores = 2, .compute_ns = 50e3},
                        map_loop = {.name = "loop", .cores = 1, .workers = 1};

static double time_of(const struct map_runner *r, size_t row, int n)
{
    double compute = (1 - shares[row]) * task_ns + r->compute_ns, wait = shares[row] * task_ns;
    double begin = (r->workers > 0 ? r->workers : n) * r->begin_ns;
    double in_line = ceil((double)MAP_TASKS / n) * (wait + compute + r->make_ns);
    double starter = wait + compute + MAP_TASKS * r->make_ns;
    double cores = wait + (MAP_TASKS * (compute + r->make_ns) + begin) / fmin(r->cores, n);
    return fmax(fmax(in_line, starter) + begin, cores) + (row == r->slow_row ? r->slow_ns : 0);
}

static json_t *make_case(const char *runner, int n, int workers, double ns)
{
    json_t *runs = json_array();
    for (int i = 1; i <= MAP_ROUNDS; i++)
        json_array_append_new(runs, json_pack("{s:i s:b s:b s:i s:f s:i}", "round", i, "used", 1,
                                              "checked", 1, "create_ns", 0, "run_ns", ns,
                                              "destroy_ns", 0));
    return json_pack("{s:s s:i s:i s:o}", "runner", runner, "concurrency", n, "workers", workers,
                     "runs", runs);
}

json_t *map_file(const struct map_runner *runners, size_t count)
{
    json_t *jobs = json_array();
    for (size_t row = 0; row < MAP_ROWS; row++) {
        json_t *cases = json_array();
        json_array_append_new(cases, make_case("serial", 1, 1, MAP_TASKS * task_ns));
        for (size_t i = 0; i < MAP_COLUMNS; i++) {
            for (size_t r = 0; r < count; r++)
                json_array_append_new(cases,
                                      make_case(runners[r].name, ns[i],
                                                runners[r].workers > 0 ? runners[r].workers : ns[i],
                                                time_of(&runners[r], row, ns[i])));
        }
        json_array_append_new(jobs, json_pack("{s:s s:s s:i s:{s:i s:f s:f} s:o}", "name", "mixed",
                                              "workload", "mixed", "tasks", MAP_TASKS, "params",
                                              "tasks", MAP_TASKS, "time", task_ns, "wait",
                                              shares[row], "cases", cases));
    }
    return json_pack("{s:{s:i s:{s:i s:i} s:o}}", "speedup", "schema", 1, "machine",
                     "allowed_cores", 2, "allowed_pus", 2, "jobs", jobs);
}

static json_t *cases_of(json_t *result, size_t row)
{
    json_t *jobs = json_object_get(json_object_get(result, "speedup"), "jobs");
    return json_object_get(json_array_get(jobs, row), "cases");
}

json_t *map_file_case(json_t *result, size_t row, const char *runner, int n)
{
    json_t *one;
    size_t i;
    json_array_foreach (cases_of(result, row), i, one) {
        if (strcmp(json_string_value(json_object_get(one, "runner")), runner) == 0 &&
            (n == 0 || json_integer_value(json_object_get(one, "concurrency")) == n))
            return one;
    }
    return NULL;
}

void map_file_fail(json_t *failed_case)
{
    cr_assert_not_null(failed_case);
    json_object_set_new(failed_case, "failed", json_string("it was ill"));
    json_array_clear(json_object_get(failed_case, "runs"));
}

void map_file_vary(json_t *result, size_t row, double share)
{
    json_t *one, *run;
    size_t c, r;
    json_array_foreach (cases_of(result, row), c, one) {
        json_array_foreach (json_object_get(one, "runs"), r, run) {
            double part = (c % 2 == 0 ? 1 : -1) * ((double)r / (MAP_ROUNDS - 1) - 0.5);
            double ns = json_number_value(json_object_get(run, "run_ns"));
            json_object_set_new(run, "run_ns", json_real(ns * (1 + share * part)));
        }
    }
}

void map_file_read(struct map *map, struct view *view, json_t *result)
{
    char why[VIEW_TEXT_MAX];
    cr_assert_eq(view_build(view, result, why, sizeof(why)), 0, "%s", why);
    cr_assert_eq(map_read(map, view, why, sizeof(why)), 0, "%s", why);
    json_decref(result);
}
