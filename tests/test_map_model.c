// SPDX-License-Identifier: MIT
/* The model of a runner: its times, computed by hand, and the constants that it is calibrated to.
 */
#include <criterion/criterion.h>
#include <math.h>

#include "bench/map/model.h"
#include "tests/map_file.h"

static json_t *pool_and_loop(void)
{
    const struct map_runner runners[] = {map_pool, map_loop};
    return map_file(runners, 2);
}

/* Nine tasks that compute for 1 ms or wait for 1 ms, of which half is waiting where nothing else is
 * said. Each adds 100 µs, and its wait ends 30 µs late. */
Test(map_model, times_by_hand)
{
    static struct map map = {.tasks = 9, .compute_ns = 1e6, .task_ns = 1e6, .n_count = 4};
    static const int ns[] = {1, 2, 4, 8};
    struct view_case cases[4];
    for (size_t i = 0; i < 4; i++) {
        map.ns[i] = ns[i];
        cases[i].workers = ns[i];
        map.cells[0][i].of[0].measured = &cases[i];
    }
    struct map_constants k = {
        .compute_ns = 100e3, .make_ns = 50e3, .begin_ns = 20e3, .wait_ns = 30e3, .cores = 1.5};
    /* 530 + (9 * (600 + 50) + 4 * 20) / 1.5 */
    cr_expect_float_eq(model_predict(&map, 0, &k, 0.5, 2), 4483333.3, 1, "the cores bind");
    k.cores = 4;
    /* 3 * (530 + 600 + 50) + 4 * 20: four at a time do nine in three turns */
    cr_expect_float_eq(model_predict(&map, 0, &k, 0.5, 2), 3620e3, 1, "the places in line bind");
    k.make_ns = 400e3;
    /* 530 + 600 + 9 * 400 + 8 * 20 */
    cr_expect_float_eq(model_predict(&map, 0, &k, 0.5, 3), 4890e3, 1, "the starter binds");
    /* 9 * (1100 + 400) + 20: what does not wait does not wait longer */
    cr_expect_float_eq(model_predict(&map, 0, &k, 0, 0), 13520e3, 1, "one by one");
}

Test(map_model, without_constants_it_knows_the_cores)
{
    static struct map map = {.n_count = 1, .pus = 2};
    struct view_case one = {.workers = 1}, four = {.workers = 4};
    map.cells[0][0].of[0].measured = &one;
    map.cells[0][0].of[1].measured = &four;
    cr_expect_eq(model_plain(&map, 0).cores, 1);
    cr_expect_eq(model_plain(&map, 1).cores, 2);
    map.pus = 0.5;
    cr_expect_eq(model_plain(&map, 1).cores, 1);
    cr_expect_eq(model_plain(&map, 1).compute_ns, 0);
}

Test(map_model, finds_the_constants)
{
    static struct map map;
    struct view view;
    map_file_read(&map, &view, pool_and_loop());
    cr_expect_float_eq(map.constants[0].cores, 2, 0.01);
    cr_expect_float_eq(map.constants[1].cores, 1, 0.01);
    cr_expect_float_eq(map.constants[0].compute_ns + map.constants[0].make_ns, 50e3, 500);
    cr_expect_float_eq(map.constants[1].compute_ns + map.constants[1].make_ns, 0, 500);
    for (size_t s = 0; s < 2; s++) {
        cr_expect_float_eq(map.constants[s].begin_ns, 0, 500);
        cr_expect_float_eq(map.constants[s].wait_ns, 0, 500);
        cr_expect_lt(map.errors[s].largest, 0.001);
    }
    view_close(&view);
}

/* Workers that begin late are no tasks that are dear. */
Test(map_model, tells_workers_from_tasks)
{
    static struct map map;
    struct view view;
    struct map_runner pool = map_pool;
    pool.begin_ns = 100e3;
    map_file_read(&map, &view, map_file(&pool, 1));
    cr_expect_float_eq(map.constants[0].begin_ns, 100e3, 1e3);
    cr_expect_float_eq(map.constants[0].compute_ns + map.constants[0].make_ns, 50e3, 1e3);
    cr_expect_float_eq(map.constants[0].cores, 2, 0.01);
    view_close(&view);
}

/* Where making is what takes longest, it is known apart from what computing takes. */
Test(map_model, tells_the_starter_from_the_workers)
{
    static struct map map;
    struct view view;
    const struct map_runner fresh = {
        .name = "fresh", .cores = 2, .compute_ns = 100e3, .make_ns = 400e3};
    map_file_read(&map, &view, map_file(&fresh, 1));
    cr_expect_float_eq(map.constants[0].make_ns, 400e3, 50e3);
    cr_expect_float_eq(map.constants[0].compute_ns, 100e3, 50e3);
    cr_expect_lt(map.errors[0].largest, 0.03);
    view_close(&view);
}

/* Three cores' speed is possible on two cores of two PUs each, and not on two of one. */
Test(map_model, knows_on_what_can_be_computed)
{
    static struct map map;
    struct view view;
    struct map_runner pool = map_pool;
    pool.cores = 3;
    json_t *result = map_file(&pool, 1);
    map_file_read(&map, &view, json_incref(result));
    cr_expect_eq(map.pus, 2);
    cr_expect_eq(map.constants[0].cores, 2);
    view_close(&view);
    json_t *machine = json_object_get(json_object_get(result, "speedup"), "machine");
    json_object_set_new(machine, "allowed_pus", json_integer(4));
    map_file_read(&map, &view, result);
    cr_expect_eq(map.pus, 4);
    cr_expect_float_eq(map.constants[0].cores, 3, 0.01);
    view_close(&view);
}

/* A serial run that was disturbed makes all others look faster than it; none adds less than
 * nothing. */
Test(map_model, has_no_constants_below_nothing)
{
    static struct map map;
    struct view view;
    json_t *result = pool_and_loop(), *run;
    size_t r;
    json_array_foreach (json_object_get(map_file_case(result, 0, "serial", 0), "runs"), r, run)
        json_object_set_new(run, "run_ns", json_real(1.1e6 * MAP_TASKS));
    map_file_read(&map, &view, result);
    for (size_t s = 0; s < 2; s++) {
        cr_expect_geq(map.constants[s].compute_ns, 0);
        cr_expect_geq(map.constants[s].make_ns, 0);
        cr_expect_geq(map.constants[s].begin_ns, 0);
        cr_expect_geq(map.constants[s].wait_ns, 0);
        cr_expect_geq(map.constants[s].cores, 1);
    }
    view_close(&view);
}

/* Two n are four numbers, and there are five constants. */
Test(map_model, is_not_calibrated_by_two_n)
{
    static struct map map;
    struct view view;
    json_t *result = pool_and_loop(), *jobs, *job, *one;
    size_t j, c;
    jobs = json_object_get(json_object_get(result, "speedup"), "jobs");
    json_array_foreach (jobs, j, job) {
        json_t *kept = json_array();
        json_array_foreach (json_object_get(job, "cases"), c, one) {
            if (json_integer_value(json_object_get(one, "concurrency")) <= 2)
                json_array_append(kept, one);
        }
        json_object_set_new(job, "cases", kept);
    }
    map_file_read(&map, &view, result);
    cr_expect_eq(map.n_count, 2);
    cr_expect(isnan(map.constants[0].cores) && isnan(map.constants[1].cores));
    cr_expect_eq(map.compared, 0);
    cr_expect_eq(map.cells[1][1].best[MAP_MEASURED], 0);
    view_close(&view);
}
