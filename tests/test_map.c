// SPDX-License-Identifier: MIT
/* The map, read from a result in which every time is known exactly: who wins, and how well the
 * model is judged. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/map/show.h"
#include "tests/map_file.h"

/* The pool is slower in one row than its constants say. */
static json_t *pool_and_loop(size_t slow_row, double slow_ns)
{
    struct map_runner runners[] = {map_pool, map_loop};
    runners[0].slow_row = slow_row;
    runners[0].slow_ns = slow_ns;
    return map_file(runners, 2);
}

static char *printed(const struct map *map, const struct view *view)
{
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    map_print(out, map, view);
    fclose(out);
    return text;
}

Test(map, is_laid_out)
{
    static struct map map;
    struct view view;
    map_file_read(&map, &view, pool_and_loop(0, 0));
    cr_expect_str_eq(map.param, "wait");
    cr_expect_eq(map.share_count, MAP_ROWS);
    cr_expect_eq(map.n_count, MAP_COLUMNS);
    cr_expect_eq(map.series_count, 2);
    cr_expect_str_eq(map.labels[0], "pool");
    cr_expect_float_eq(map.compute_ns, 1e6, 1);
    cr_expect_float_eq(map.wait_ns, 1e6, 1);
    cr_expect_float_eq(map.spread, 1, 1e-9);
    view_close(&view);
}

Test(map, knows_who_wins)
{
    static struct map map;
    struct view view;
    map_file_read(&map, &view, pool_and_loop(0, 0));
    const struct map_cell *computing = &map.cells[1][3]; /* a quarter of waiting, n = 8 */
    cr_expect_eq(computing->best[MAP_MEASURED], 0);
    cr_expect_eq(computing->best[MAP_MODEL], 0);
    cr_expect(computing->clear);
    cr_expect(computing->differ);
    cr_expect(computing->agrees);
    const struct map_cell *alone = &map.cells[1][0]; /* one at a time: the loop adds nothing */
    cr_expect_eq(alone->best[MAP_MEASURED], 1);
    cr_expect_not(alone->differ, "5 %% are not 10 %%");
    /* n = 2 at 25 %, 4 at 50 %, 8 at all three */
    cr_expect_eq(map.compared, 6);
    cr_expect_eq(map.agreed, 6);
    cr_expect_eq(map.plain, 6);
    cr_expect_eq(map.named, 6);
    cr_expect_eq(map.within, 6);
    cr_expect_eq(map.tied, 6);
    view_close(&view);
}

/* A pool that adds a millisecond to each task is no match for the loop at n = 4 and 8, but for the
 * row of 25 % by no more than 16 %: that differs, too. Without constants it would have won. */
Test(map, tells_what_the_constants_are_worth)
{
    static struct map map;
    struct view view;
    struct map_runner runners[] = {map_pool, map_loop};
    runners[0].compute_ns = 1e6;
    map_file_read(&map, &view, map_file(runners, 2));
    cr_expect_eq(map.compared, 12);
    cr_expect_eq(map.agreed, 12);
    cr_expect_eq(map.named, 12);
    cr_expect_eq(map.plain, 6);
    view_close(&view);
}

/* A pool that is slower in one row than its constants say: the model is wrong there at n = 4 and
 * 8. */
Test(map, says_where_the_model_is_wrong)
{
    static struct map map;
    struct view view;
    map_file_read(&map, &view, pool_and_loop(2, 20e6));
    cr_expect_eq(map.cells[2][3].best[MAP_MEASURED], 1);
    cr_expect_eq(map.cells[2][3].best[MAP_MODEL], 0);
    cr_expect_not(map.cells[2][3].agrees);
    cr_expect_eq(map.compared, 6);
    cr_expect_eq(map.agreed, 4);
    cr_expect_eq(map.named, 4);
    cr_expect_eq(map.within, 4);
    /* at n = 8 it takes 22.975 ms and should take 2.975; in two rows of three it is as it should */
    cr_expect_float_eq(map.errors[0].largest, 20 / 22.975, 0.001);
    cr_expect_lt(map.errors[0].median, 0.001);
    cr_expect_lt(map.errors[1].largest, 0.001);
    view_close(&view);
}

/* The loop measures as the best at n = 4 and 8, by less than the rounds vary: the pool, which the
 * model names, may as well be. Both are told. */
Test(map, counts_what_is_within_the_noise_apart)
{
    static struct map map;
    struct view view;
    json_t *result = pool_and_loop(2, 2.2e6);
    map_file_vary(result, 2, 0.2);
    map_file_read(&map, &view, result);
    for (size_t n = 2; n < 4; n++) {
        cr_expect_eq(map.cells[2][n].best[MAP_MEASURED], 1);
        cr_expect_not(map.cells[2][n].clear);
        cr_expect_not(map.cells[2][n].agrees);
        cr_expect(map.cells[2][n].tied[0] && map.cells[2][n].tied[1]);
    }
    cr_expect_eq(map.compared, 6);
    cr_expect_eq(map.agreed, 4);
    cr_expect_eq(map.within, 6);
    cr_expect_eq(map.tied, 8, "two in each of these two cells, one in the other four");
    cr_expect_eq(map.named, 6, "7 %% and 4 %% are not 10 %%");
    view_close(&view);
}

/* At n = 8 the loop needs 3.0 ms at 75 % and the pool 2.1; at 100 % 2.0 and 2.1: the loop needs 10
 * % more at 75 + 25 * (42.86 - 10) / 42.86 %. */
Test(map, finds_where_a_loop_keeps_up)
{
    static struct map map;
    struct view view;
    map_file_read(&map, &view, pool_and_loop(0, 0));
    cr_expect_float_eq(map_frontier(&map, 1, 3, MAP_MEASURED), 0.94167, 1e-5);
    cr_expect_float_eq(map_frontier(&map, 1, 3, MAP_MODEL), 0.94167, 1e-3);
    cr_expect(isnan(map_frontier(&map, 0, 3, MAP_MEASURED)), "the pool keeps up everywhere");
    view_close(&view);
}

/* The pool is slow at 25 %: there the loop keeps up, and not at 50 %. No line divides the two. */
Test(map, has_no_line_where_one_keeps_up_now_and_then)
{
    static struct map map;
    struct view view;
    map_file_read(&map, &view, pool_and_loop(1, 20e6));
    cr_expect(isnan(map_frontier(&map, 1, 3, MAP_MEASURED)));
    cr_expect_float_eq(map_frontier(&map, 1, 3, MAP_MODEL), 0.94167, 1e-3);
    view_close(&view);
}

/* A case that was not measured: what rests on it is unknown, and is not taken for the best. */
Test(map, has_no_model_without_its_cases)
{
    static struct map map;
    struct view view;
    json_t *result = pool_and_loop(0, 0);
    map_file_fail(map_file_case(result, 0, "pool", 8));
    map_file_read(&map, &view, result);
    cr_expect(isnan(map.constants[0].cores) && !isnan(map.constants[1].cores));
    for (size_t n = 0; n < MAP_COLUMNS; n++)
        cr_expect_eq(map.cells[1][n].best[MAP_MODEL], 1);
    cr_expect(isnan(map_frontier(&map, 0, 3, MAP_MODEL)));
    char *text = printed(&map, &view);
    cr_expect_not_null(strstr(text, "pool  no model: a case of those rows is missing"), "%s", text);
    free(text);
    view_close(&view);
}

/* A row in which serial failed has no speed-ups; the others have. */
Test(map, leaves_a_row_without_serial_empty)
{
    static struct map map;
    struct view view;
    char why[VIEW_TEXT_MAX];
    json_t *result = pool_and_loop(0, 0);
    map_file_fail(map_file_case(result, 2, "serial", 0));
    map_file_read(&map, &view, json_incref(result));
    for (size_t n = 0; n < MAP_COLUMNS; n++)
        cr_expect_eq(map.cells[2][n].best[MAP_MEASURED], -1);
    cr_expect_eq(map.compared, 4);
    cr_expect_eq(map.agreed, 4);
    char *text = printed(&map, &view);
    cr_expect_not_null(strstr(text, "\n   50 %  –         –         –         –\n"), "%s", text);
    free(text);
    view_close(&view);
    map_file_fail(map_file_case(result, 4, "serial", 0));
    cr_assert_eq(view_build(&view, result, why, sizeof(why)), 0, "%s", why);
    cr_expect_lt(map_read(&map, &view, why, sizeof(why)), 0);
    cr_expect_str_eq(why, "the serial case of mixed was not measured, which calibrates the model");
    json_decref(result);
    view_close(&view);
}

/* ---- printed ------------------------------------------------------------------------------ */

/* The loop wins at 50 % and n = 8, which the model does not say; at 25 % nobody is alone. */
Test(map, prints_marks)
{
    static struct map map;
    struct view view;
    static const char cells[] =
        "mixed: 9 tasks of 1 ms, 2 cores. The fastest runner and its speed-up over serial\n"
        "   wait  n = 1     n = 2     n = 4     n = 8\n"
        "  100 %  loop      loop      loop      loop\n"
        "         1         1.8       3         4.5\n"
        "   75 %  loop      loop      loop      pool\n"
        "         1         1.8       3         4.29\n"
        "   50 %  loop      loop      loop      loop\n"
        "         1         1.8       1.8 !     1.8 !\n"
        "   25 % ~loop     ~pool     ~pool     ~pool\n";
    json_t *result = pool_and_loop(2, 20e6);
    map_file_vary(result, 1, 1);
    map_file_read(&map, &view, result);
    char *text = printed(&map, &view);
    cr_expect_eq(strncmp(text, cells, sizeof(cells) - 1), 0, "%s", text);
    cr_expect_not_null(strstr(text, "by the model, the measured winner is within 10 % of the "
                                    "fastest in 4 of 6 cells\n"),
                       "%s", text);
    free(text);
    view_close(&view);
}

Test(map, says_that_it_is_too_noisy)
{
    static const struct {
        double vary, spread;
    } cases[] = {{0.2, 1.1 / 0.9}, {0.4, 1.2 / 0.8}};
    for (size_t i = 0; i < 2; i++) {
        static struct map map;
        struct view view;
        json_t *result = pool_and_loop(0, 0);
        map_file_vary(result, 0, cases[i].vary);
        map_file_read(&map, &view, result);
        cr_expect_float_eq(map.spread, cases[i].spread, 1e-6);
        char *text = printed(&map, &view);
        cr_expect_eq(strstr(text, "too noisy to be judged") != NULL, i == 1, "%s", text);
        free(text);
        view_close(&view);
    }
}

Test(map, writes_times_short)
{
    static const struct {
        double ns;
        int digits;
        const char *text;
    } cases[] = {{0, 2, "0 ns"},         {47.4, 2, "47 ns"},    {139600, 2, "140 µs"},
                 {996e3, 2, "1 ms"},     {1.94e6, 2, "1.9 ms"}, {2e6, 3, "2 ms"},
                 {1.25e6, 3, "1.25 ms"}, {90e9, 2, "90 s"}};
    char text[UNITS_MAX];
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        cr_expect_str_eq(map_time(text, cases[i].ns, cases[i].digits), cases[i].text);
}

/* Whatever a file calls its workload and its runners. */
Test(map, prints_no_control_characters)
{
    static struct map map;
    struct view view;
    json_t *result = pool_and_loop(0, 0), *job, *pool;
    size_t j;
    json_array_foreach (json_object_get(json_object_get(result, "speedup"), "jobs"), j, job) {
        json_object_set_new(job, "workload", json_string("mi\033[2Jxed"));
        while ((pool = map_file_case(result, j, "pool", 0)) != NULL)
            json_object_set_new(pool, "runner", json_string("po\xc2\x9bol"));
    }
    map_file_read(&map, &view, result);
    char *text = printed(&map, &view);
    cr_expect_null(strchr(text, '\033'), "%s", text);
    cr_expect_null(strstr(text, "\xc2\x9b"), "%s", text);
    cr_expect_not_null(strstr(text, "mi[2Jxed: 9 tasks"), "%s", text);
    cr_expect_not_null(strstr(text, "\n  pool  "), "%s", text);
    free(text);
    view_close(&view);
}
