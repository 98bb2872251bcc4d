// SPDX-License-Identifier: MIT
/* The map, read from a result in which every time is known exactly. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/map/show.h"
#include "tests/program.h"

enum { TASKS = 8, ROUNDS = 6 };

static const double task_ns = 1e6, shares[] = {0, 0.25, 0.5, 0.75, 1};
enum { SHARES = sizeof(shares) / sizeof(shares[0]) };

/* A runner that computes on so many cores, adds so much to each task, and whose workers all begin
 * after so long. */
static double time_of(double share, int n, double cores, double added_ns, double begin_ns)
{
    double compute = (1 - share) * task_ns + added_ns, wait = share * task_ns;
    double in_line = ceil((double)TASKS / n) * (compute + wait);
    return fmax(in_line + begin_ns, wait + (TASKS * compute + begin_ns) / fmin(cores, n));
}

static json_t *make_case(const char *runner, int n, int workers, double ns)
{
    json_t *runs = json_array();
    for (int i = 1; i <= ROUNDS; i++)
        json_array_append_new(runs, json_pack("{s:i s:b s:b s:i s:f s:i}", "round", i, "used", 1,
                                              "checked", 1, "create_ns", 0, "run_ns", ns,
                                              "destroy_ns", 0));
    return json_pack("{s:s s:i s:i s:o}", "runner", runner, "concurrency", n, "workers", workers,
                     "runs", runs);
}

/* `pool` needs as much as is added in the row of that number, beyond what its model can know; each
 * of its workers begins after the one before. */
static json_t *make_late_result(size_t slow_row, double slow_ns, double begin_ns)
{
    static const int ns[] = {1, 2, 4, 8};
    json_t *jobs = json_array();
    for (size_t row = 0; row < SHARES; row++) {
        json_t *cases = json_array();
        json_array_append_new(cases, make_case("serial", 1, 1, TASKS * task_ns));
        for (size_t i = 0; i < 4; i++) {
            double more = row == slow_row ? slow_ns : 0;
            double pool = time_of(shares[row], ns[i], 2, 50e3, ns[i] * begin_ns) + more;
            json_array_append_new(cases, make_case("pool", ns[i], ns[i], pool));
            json_array_append_new(
                cases, make_case("loop", ns[i], 1, time_of(shares[row], ns[i], 1, 0, 0)));
        }
        json_array_append_new(jobs, json_pack("{s:s s:s s:i s:{s:i s:f} s:o}", "name", "mixed",
                                              "workload", "mixed", "tasks", TASKS, "params",
                                              "tasks", TASKS, "wait", shares[row], "cases", cases));
    }
    return json_pack("{s:{s:i s:{s:i} s:o}}", "speedup", "schema", 1, "machine", "allowed_cores", 2,
                     "jobs", jobs);
}

static json_t *make_result(size_t slow_row, double slow_ns)
{
    return make_late_result(slow_row, slow_ns, 0);
}

/* The rounds of a row differ by so much: those of one case fall while those of the next rise. */
static void vary(json_t *result, size_t row, double share)
{
    json_t *jobs = json_object_get(json_object_get(result, "speedup"), "jobs"), *one, *run;
    size_t c, r;
    json_array_foreach (json_object_get(json_array_get(jobs, row), "cases"), c, one) {
        json_array_foreach (json_object_get(one, "runs"), r, run) {
            double part = (c % 2 == 0 ? 1 : -1) * ((double)r / (ROUNDS - 1) - 0.5);
            double ns = json_number_value(json_object_get(run, "run_ns"));
            json_object_set_new(run, "run_ns", json_real(ns * (1 + share * part)));
        }
    }
}

static void read_map(struct map *map, struct view *view, json_t *result)
{
    char why[VIEW_TEXT_MAX];
    cr_assert_eq(view_build(view, result, why, sizeof(why)), 0, "%s", why);
    cr_assert_eq(map_read(map, view, why, sizeof(why)), 0, "%s", why);
    json_decref(result);
}

Test(map, finds_the_constants)
{
    static struct map map;
    struct view view;
    read_map(&map, &view, make_result(SHARES, 0));
    cr_assert_str_eq(map.param, "wait");
    cr_assert_eq(map.share_count, SHARES);
    cr_assert_eq(map.n_count, 4);
    cr_assert_eq(map.series_count, 2);
    cr_expect_str_eq(map.labels[0], "pool");
    cr_expect_float_eq(map.compute_ns, task_ns, 1);
    cr_expect_float_eq(map.wait_ns, task_ns, 1);
    cr_expect_float_eq(map.constants[0].cores, 2, 0.01);
    cr_expect_float_eq(map.constants[1].cores, 1, 0.01);
    cr_expect_float_eq(map.constants[0].compute_ns + map.constants[0].make_ns, 50e3, 500);
    cr_expect_float_eq(map.constants[1].compute_ns + map.constants[1].make_ns, 0, 500);
    for (size_t s = 0; s < 2; s++) {
        cr_expect_float_eq(map.constants[s].begin_ns, 0, 500);
        cr_expect_float_eq(map.constants[s].wait_ns, 0, 500);
    }
    view_close(&view);
}

/* Workers that begin late are no tasks that are dear. */
Test(map, tells_workers_from_tasks)
{
    static struct map map;
    struct view view;
    read_map(&map, &view, make_late_result(SHARES, 0, 100e3));
    cr_expect_float_eq(map.constants[0].begin_ns, 100e3, 1e3);
    cr_expect_float_eq(map.constants[0].compute_ns + map.constants[0].make_ns, 50e3, 1e3);
    cr_expect_float_eq(map.constants[0].cores, 2, 0.01);
    cr_expect_eq(map.agreed, map.compared);
    view_close(&view);
}

Test(map, knows_who_wins)
{
    static struct map map;
    struct view view;
    read_map(&map, &view, make_result(SHARES, 0));
    const struct map_cell *computing = &map.cells[1][3]; /* a quarter of waiting, n = 8 */
    cr_expect_eq(computing->best, 0);
    cr_expect_eq(computing->model_best, 0);
    cr_expect(computing->clear);
    cr_expect(computing->differ);
    cr_expect(computing->agrees);
    const struct map_cell *alone = &map.cells[1][0]; /* one at a time: the loop adds nothing */
    cr_expect_eq(alone->best, 1);
    cr_expect_not(alone->differ, "5 %% are not 10 %%");
    cr_expect_gt(map.compared, 0);
    cr_expect_eq(map.agreed, map.compared);
    view_close(&view);
}

/* A pool that is slower in one row than its constants say: the model is wrong there. */
Test(map, says_where_the_model_is_wrong)
{
    static struct map map;
    struct view view;
    read_map(&map, &view, make_result(2, 20e6));
    cr_expect_eq(map.cells[2][3].best, 1);
    cr_expect_eq(map.cells[2][3].model_best, 0);
    cr_expect_not(map.cells[2][3].agrees);
    cr_expect_not(map.cells[2][3].within);
    cr_expect_lt(map.agreed, map.compared);
    cr_expect_eq(map.within, map.agreed);
    view_close(&view);
}

/* The loop measures as the best at n = 4 and 8, by less than the rounds vary: the pool, which the
 * model names, may as well be. Both are told. */
Test(map, counts_what_is_within_the_noise_apart)
{
    static struct map map;
    struct view view;
    json_t *result = make_result(2, 2e6);
    vary(result, 2, 0.2);
    read_map(&map, &view, result);
    for (size_t n = 2; n < 4; n++) {
        cr_expect_eq(map.cells[2][n].best, 1);
        cr_expect_eq(map.cells[2][n].model_best, 0);
        cr_expect_not(map.cells[2][n].agrees);
        cr_expect(map.cells[2][n].within);
    }
    cr_expect_eq(map.agreed, map.compared - 2);
    cr_expect_eq(map.within, map.compared);
    view_close(&view);
}

/* A serial run that was disturbed makes all others look faster than it; none adds less than
 * nothing. */
Test(map, has_no_constants_below_nothing)
{
    static struct map map;
    struct view view;
    json_t *result = make_result(SHARES, 0), *run;
    json_t *job = json_array_get(json_object_get(json_object_get(result, "speedup"), "jobs"), 0);
    size_t r;
    json_array_foreach (json_object_get(json_array_get(json_object_get(job, "cases"), 0), "runs"),
                        r, run)
        json_object_set_new(run, "run_ns", json_real(1.1 * TASKS * task_ns));
    read_map(&map, &view, result);
    for (size_t s = 0; s < 2; s++) {
        cr_expect_geq(map.constants[s].compute_ns, 0);
        cr_expect_geq(map.constants[s].make_ns, 0);
        cr_expect_geq(map.constants[s].begin_ns, 0);
        cr_expect_geq(map.constants[s].cores, 1);
    }
    view_close(&view);
}

/* At n = 8 the loop needs f + 8 (1 - f) and the pool f + 4.2 (1 - f) + 0.2, or 1.05: the loop keeps
 * up as soon as the pool, too, is held up by its waits. */
Test(map, finds_where_a_loop_keeps_up)
{
    static struct map map;
    struct view view;
    read_map(&map, &view, make_result(SHARES, 0));
    double model = map_frontier(&map, 1, 3, true), measured = map_frontier(&map, 1, 3, false);
    cr_expect_gt(measured, 0.75);
    cr_expect_lt(measured, 1);
    cr_expect_float_eq(model, measured, 0.02);
    cr_expect(isnan(map_frontier(&map, 0, 3, false)), "the pool keeps up everywhere");
    view_close(&view);
}

/* A file of a map is a map to `plot`, too. */
Test(map, is_plotted_as_one, .timeout = 60)
{
    struct outcome o =
        program("map -R threads,async -n 1,4 -p tasks=4 -p time=200us -r 6 -o m.json "
                "--chart m.svg");
    if (o.status == 8)
        cr_skip("gnuplot is not installed");
    cr_assert_eq(o.status, 0, "%s", o.err);
    cr_expect_null(strstr(o.err, "warning"), "%s", o.err);
    o = command("mkdir out; $SPEEDUP plot -o out m.json && ls out && cmp m.svg out/m.svg");
    cr_expect_eq(o.status, 0, "%s%s", o.out, o.err);
    cr_expect_not_null(strstr(o.out, "m.png\nm.svg\n"), "%s", o.out);
}

Test(map, refuses_what_is_none)
{
    struct outcome o = program("run sleep -p tasks=2 -p time=1ms -R threads -n 2 -r 1 -o x.json");
    cr_assert_eq(o.status, 0, "%s", o.err);
    o = program("map x.json");
    cr_expect_eq(o.status, 1);
    cr_expect_not_null(strstr(o.err, "it is no map"), "%s", o.err);
    o = program("map nothing.json");
    cr_expect_eq(o.status, 1);
    cr_expect_not_null(strstr(o.err, "nothing.json: cannot be opened"), "%s", o.err);
    o = program("map -r 2");
    cr_expect_eq(o.status, 2);
    cr_expect_not_null(strstr(o.err, "--rounds"), "%s", o.err);
    o = program("map --chart x.gif");
    cr_expect_eq(o.status, 2);
    cr_expect_not_null(strstr(o.err, ".svg or .png"), "%s", o.err);
}

/* What a runner adds is calibrated one task at a time; found out before anything is measured. */
Test(map, refuses_what_would_be_none)
{
    static const struct {
        const char *words, *sentence;
    } cases[] = {{"-n 2,4", "n = 1 among the concurrencies"},
                 {"-n 1,2 -p wait=0.5", "it is no map"},
                 {"-n 1,2 --gil new,old", "it is no map"},
                 {"-n 1-40", "it is no map"}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct outcome o = program("map -R async %s -o m.json", cases[i].words);
        cr_expect_eq(o.status, 2, "%s: exit %d", cases[i].words, o.status);
        cr_expect_not_null(strstr(o.err, cases[i].sentence), "%s: %s", cases[i].words, o.err);
        cr_expect_null(program_file("m.json"), "%s", cases[i].words);
    }
}

/* A case that was not measured: what rests on it is unknown, and is not taken for the best. */
Test(map, has_no_model_without_its_cases)
{
    static struct map map;
    struct view view;
    char why[VIEW_TEXT_MAX];
    json_t *result = make_result(SHARES, 0);
    json_t *job = json_array_get(json_object_get(json_object_get(result, "speedup"), "jobs"), 0);
    json_t *last = json_array_get(json_object_get(job, "cases"), 7); /* pool, n = 8 */
    cr_assert_str_eq(json_string_value(json_object_get(last, "runner")), "pool");
    json_object_set_new(last, "failed", json_string("it was ill"));
    json_array_clear(json_object_get(last, "runs"));
    cr_assert_eq(view_build(&view, result, why, sizeof(why)), 0, "%s", why);
    cr_assert_eq(map_read(&map, &view, why, sizeof(why)), 0, "%s", why);
    cr_expect(isnan(map.constants[0].cores) && !isnan(map.constants[1].cores));
    for (size_t n = 0; n < 4; n++)
        cr_expect_eq(map.cells[1][n].model_best, 1);
    cr_expect(isnan(map_frontier(&map, 0, 3, true)));
    json_decref(result);
    view_close(&view);
}

/* Equal ones whose rounds vary: each is as fast as the other, within the noise. */
Test(map, knows_what_is_within_the_noise)
{
    static struct map map;
    struct view view;
    char why[VIEW_TEXT_MAX];
    json_t *result = make_result(SHARES, 0), *jobs, *job, *one, *run;
    size_t j, c, r;
    jobs = json_object_get(json_object_get(result, "speedup"), "jobs");
    json_array_foreach (jobs, j, job) {
        json_array_foreach (json_object_get(job, "cases"), c, one) {
            double even = c % 2 == 0 ? 1 : -1;
            json_array_foreach (json_object_get(one, "runs"), r, run) {
                double share = 0.2 * even * ((double)r / (ROUNDS - 1) - 0.5);
                json_object_set_new(run, "run_ns", json_real(TASKS * task_ns * (1 + share)));
            }
        }
    }
    cr_assert_eq(view_build(&view, result, why, sizeof(why)), 0, "%s", why);
    cr_assert_eq(map_read(&map, &view, why, sizeof(why)), 0, "%s", why);
    const struct map_cell *cell = &map.cells[1][3];
    cr_expect_not(cell->clear);
    cr_expect(cell->tied[0] && cell->tied[1]);
    cr_expect(map.cells[1][3].best >= 0);
    json_decref(result);
    view_close(&view);
}

Test(map, measures_and_draws)
{
    struct outcome o =
        program("map -p tasks=4 -p time=200us -R thread-pool,async -n 1,4 -o m.json");
    cr_assert_eq(o.status, 0, "exit %d\n%s", o.status, o.err);
    cr_expect_not_null(strstr(o.out, "cores at once"), "%s", o.out);
    cr_expect_not_null(strstr(o.out, "95 %"), "%s", o.out);
    cr_expect_not_null(strstr(o.out, "hypervisor took"), "%s", o.out);
    struct outcome again = program("map m.json");
    cr_expect_str_eq(again.out, o.out);
    again = program("map -n 4 m.json");
    cr_expect_eq(again.status, 2);
    cr_expect_not_null(strstr(again.err, "-n says how to measure"), "%s", again.err);
    if (system("command -v gnuplot >/dev/null") != 0)
        return; /* tests/test_gil_pictures.c skips with a reason */
    again = program("map m.json --chart m.svg");
    cr_expect_eq(again.status, 0, "%s", again.err);
    static const char *const parts[] = {"who is the fastest", "thread-pool", "async",
                                        "share of waiting", "95 %"};
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        cr_expect_not_null(strstr(program_file("m.svg"), parts[i]), "without '%s'", parts[i]);
}

/* Whatever a file calls its workload and its runners. */
Test(map, prints_no_control_characters)
{
    static struct map map;
    struct view view;
    json_t *result = make_result(SHARES, 0), *job, *one;
    size_t j, i, size;
    char *text;
    json_array_foreach (json_object_get(json_object_get(result, "speedup"), "jobs"), j, job) {
        json_object_set_new(job, "workload", json_string("mi\033[2Jxed"));
        json_array_foreach (json_object_get(job, "cases"), i, one) {
            if (strcmp(json_string_value(json_object_get(one, "runner")), "pool") == 0)
                json_object_set_new(one, "runner", json_string("po\xc2\x9bol"));
        }
    }
    read_map(&map, &view, result);
    FILE *out = open_memstream(&text, &size);
    map_print(out, &map, &view);
    fclose(out);
    cr_expect_null(strchr(text, '\033'), "%s", text);
    cr_expect_null(strstr(text, "\xc2\x9b"), "%s", text);
    cr_expect_not_null(strstr(text, "mi[2Jxed: 8 tasks"), "%s", text);
    cr_expect_not_null(strstr(text, "\n  pool               "), "%s", text);
    free(text);
    view_close(&view);
}
