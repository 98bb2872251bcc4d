// SPDX-License-Identifier: MIT
#include "bench/result_view.h"
#include "bench/table.h"
#include "bench/text.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SMALL   "tests/data/result-small.json"
#define TROUBLE "tests/data/result-trouble.json"

#define TIMEOUT .timeout = 60

static char *read_whole(const char *path)
{
    FILE *file = fopen(path, "r");
    cr_assert_not_null(file, "%s cannot be opened", path);
    char *text = NULL;
    size_t size = 0;
    ssize_t n = getdelim(&text, &size, '\0', file);
    cr_assert(n > 0, "%s is empty", path);
    fclose(file);
    return text;
}

static char *print_table(const json_t *result, int width, bool color)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    table_print(out, result, width, color);
    fclose(out);
    return text;
}

static struct view open_view(const char *path)
{
    struct view view;
    char why[512];
    int err = view_open(&view, path, why, sizeof(why));
    cr_assert(err == 0, "%s", why);
    return view;
}

static void expect_near(double found, double expected)
{
    cr_expect(fabs(found - expected) < 1e-9, "found %.12g, expected %.12g", found, expected);
}

/* ---- numbers ------------------------------------------------------------------------------ */

Test(view, medians_and_rates, TIMEOUT)
{
    struct view view = open_view(SMALL);
    const struct view_case *pool = &view.jobs[0].cases[2];
    cr_expect_str_eq(pool->label, "process-pool shm");
    cr_expect(pool->run_count == 6, "the warm-up must not count, found %zu", pool->run_count);
    expect_near(pool->median[VIEW_RUN], 50e6);
    expect_near(pool->median[VIEW_WHOLE], 53e6);
    expect_near(pool->median[VIEW_CREATE], 2e6);
    expect_near(pool->median[VIEW_CPU], 100e6);
    expect_near(pool->rate, 2e6);
    expect_near(pool->peak_max, 2);
    view_close(&view);
}

/* Rounds of 48..52 ms against 100 ms: with 6 rounds the interval is that of the extremes. */
Test(view, speedup_and_its_interval, TIMEOUT)
{
    struct view view = open_view(SMALL);
    const struct view_case *pool = &view.jobs[0].cases[2], *pipe = &view.jobs[0].cases[3];
    expect_near(pool->speedup.low, 100.0 / 52);
    expect_near(pool->speedup.high, 100.0 / 48);
    cr_expect(fabs(pool->speedup.value - 2) < 0.001, "found %.12g", pool->speedup.value);
    expect_near(pool->whole.low, 100.0 / 55);
    expect_near(pipe->speedup.value, 1.6);
    expect_near(pipe->efficiency, 0.8);
    view_close(&view);
}

Test(view, parameters_are_told_apart_by_their_names, TIMEOUT)
{
    struct view view = open_view(TROUBLE);
    cr_expect_str_eq(view.jobs[2].params, "urls=http://a/b:c keep=memory");
    cr_expect_str_eq(view.settings, "processes start=fork");
    view_close(&view);
}

Test(view, what_failed_has_no_numbers, TIMEOUT)
{
    struct view view = open_view(TROUBLE);
    const struct view_case *failed = &view.jobs[0].cases[2];
    cr_expect_str_eq(failed->failed, "task 3 was done twice");
    cr_expect(failed->run_count == 0 && isnan(failed->speedup.value) && isnan(failed->rate));
    cr_expect(isnan(view.jobs[1].cases[1].speedup.value), "zero tasks have no speed-up");
    cr_expect(isnan(view.jobs[2].cases[0].speedup.value), "without serial there is none");
    expect_near(view.jobs[2].cases[0].rate, 1e9);
    view_close(&view);
}

Test(view, ideal, TIMEOUT)
{
    struct view_job job = {.tasks = 64, .cores = 4, .cpu_share = 0.99};
    expect_near(view_ideal(&job, 2), 2);
    expect_near(view_ideal(&job, 8), 4);
    job.cpu_share = 0.5; /* half of the time it waits: each core serves two */
    expect_near(view_ideal(&job, 16), 8);
    job.cpu_share = 0.001;
    expect_near(view_ideal(&job, 16), 16);
    expect_near(view_ideal(&job, 128), 64);
    job.cpu_share = 0;
    expect_near(view_ideal(&job, 16), 16);
    job.cores = NAN;
    expect_near(view_ideal(&job, 16), 16);
    job.cores = 0.5; /* a quota that slows serial down as well */
    job.cpu_share = 0.99;
    expect_near(view_ideal(&job, 16), 1);
}

/* The helper's core is not the workers'. */
Test(view, cores_without_the_helpers, TIMEOUT)
{
    struct view view = open_view(TROUBLE);
    expect_near(view.jobs[0].cores, 1);
    expect_near(view.jobs[1].cores, 2);
    view_close(&view);
}

Test(view, winner_only_beyond_the_noise, TIMEOUT)
{
    struct view view = open_view(SMALL);
    struct view_job *job = &view.jobs[0];
    cr_expect(view_winner(job) == &job->cases[4]);
    job->cases[2].speedup.high = job->cases[4].speedup.low;
    cr_expect_null(view_winner(job), "intervals that touch make no winner");
    view_close(&view);
    view = open_view(SMALL);
    job = &view.jobs[0];
    job->case_count = 1;
    cr_expect(job->cases[0].serial);
    cr_expect_null(view_winner(job), "who runs alone does not win");
    view_close(&view);
    view = open_view(TROUBLE);
    cr_expect_null(view_winner(&view.jobs[0]), "no interval, no winner");
    view_close(&view);
}

/* ---- tables ------------------------------------------------------------------------------- */

static void expect_golden(const char *result, const char *golden, int width)
{
    json_t *json = json_load_file(result, 0, NULL);
    char *found = print_table(json, width, false), *expected = read_whole(golden);
    cr_expect_str_eq(found, expected, "%s differs:\n%s", golden, found);
    free(found);
    free(expected);
    json_decref(json);
}

Test(table, golden, TIMEOUT)
{
    expect_golden(SMALL, "tests/data/table-small-160.txt", 160);
    expect_golden(SMALL, "tests/data/table-small-80.txt", 80);
    expect_golden(TROUBLE, "tests/data/table-trouble-160.txt", 160);
    expect_golden(TROUBLE, "tests/data/table-trouble-80.txt", 80);
}

Test(table, keeps_to_its_width, TIMEOUT)
{
    const char *files[] = {SMALL, TROUBLE};
    for (int f = 0; f < 2; f++)
        for (int width = 76; width <= 200; width++) {
            json_t *json = json_load_file(files[f], 0, NULL);
            char *table = print_table(json, width, false), *rest = table, *line;
            while ((line = strsep(&rest, "\n")) != NULL)
                cr_assert(text_width(line) <= width, "at %d: %s", width, line);
            free(table);
            json_decref(json);
        }
}

Test(table, colour_only_where_asked, TIMEOUT)
{
    json_t *json = json_load_file(TROUBLE, 0, NULL);
    char *plain = print_table(json, 100, false), *coloured = print_table(json, 100, true);
    cr_expect_null(strchr(plain, '\033'));
    cr_expect_not_null(strstr(coloured, "\033[1;31m"));
    free(plain);
    free(coloured);
    json_decref(json);
}

/* Text of a file must not reach the terminal as an escape sequence. */
Test(table, control_characters_are_dropped, TIMEOUT)
{
    json_t *json = json_load_file(TROUBLE, 0, NULL), *own = json_object_get(json, "speedup");
    json_object_set_new(own, "message", json_string("a\033[2Jb\rc\td\x7f"));
    char *table = print_table(json, 100, false);
    cr_expect_null(strpbrk(table, "\033\r\t\x7f"));
    cr_expect_not_null(strstr(table, "a[2Jbcd"));
    free(table);
    json_decref(json);
}

Test(table, width_is_that_of_the_environment, TIMEOUT)
{
    FILE *file = tmpfile();
    setenv("COLUMNS", "93", 1);
    cr_expect(table_width(file) == 93);
    setenv("COLUMNS", "wide", 1);
    cr_expect(table_width(file) == 160);
    unsetenv("COLUMNS");
    cr_expect(table_width(file) == 160);
    fclose(file);
}

/* ---- damaged files ------------------------------------------------------------------------ */

static void expect_refused(const char *text, const char *sentence)
{
    char path[] = "/tmp/speedup-test-XXXXXX", why[512] = "";
    int fd = mkstemp(path);
    cr_assert(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
    close(fd);
    struct view view;
    int err = view_open(&view, path, why, sizeof(why));
    unlink(path);
    cr_expect(err < 0, "accepted: %s", text);
    cr_expect_not_null(strstr(why, sentence), "found: %s\nexpected: %s", why, sentence);
    cr_expect(strncmp(why, path, strlen(path)) == 0, "names no file: %s", why);
}

Test(damaged, one_sentence_with_the_place, TIMEOUT)
{
    expect_refused("", "line 1, column 0");
    expect_refused("{\n \"speedup\": {\n", "line 3");
    expect_refused("{\"a\": NaN}", "not JSON, line 1");
    expect_refused("[1, 2]", "not a valid result file");
    expect_refused("{\"context\": {}}", "speedup");
    expect_refused("{\"speedup\": {\"schema\": 2, \"machine\": {}, \"jobs\": []}}", "schema is 2");
    expect_refused("{\"speedup\": {\"schema\": 1, \"machine\": {}, \"jobs\": {}}}", "'jobs'");
    expect_refused("{\"speedup\": {\"schema\": 1, \"machine\": {}, \"jobs\": [7]}}", "in job 1");
}

static void expect_bad_run(const char *run, const char *sentence)
{
    char text[1024];
    snprintf(text, sizeof(text),
             "{\"speedup\": {\"schema\": 1, \"machine\": {}, \"jobs\": [{\"name\": \"w\", "
             "\"workload\": \"w\", \"tasks\": 1, \"cases\": [{\"runner\": \"serial\", "
             "\"concurrency\": 1, \"runs\": [%s]}]}]}}",
             run);
    expect_refused(text, "in job 1, case 1, run 1: ");
    expect_refused(text, sentence);
}

Test(damaged, runs, TIMEOUT)
{
    expect_bad_run("3", "got integer");
    expect_bad_run("{\"round\": 1}", "used");
    expect_bad_run("{\"round\": 1, \"used\": true, \"checked\": true, \"create_ns\": 0, "
                   "\"run_ns\": null, \"destroy_ns\": 0}",
                   "got null");
    expect_bad_run("{\"round\": 1, \"used\": true, \"checked\": true, \"create_ns\": 0, "
                   "\"run_ns\": -5, \"destroy_ns\": 0}",
                   "below 0");
}

Test(damaged, absent_file, TIMEOUT)
{
    struct view view;
    char why[512];
    cr_expect(view_open(&view, "no/such/file.json", why, sizeof(why)) == -ENOENT);
    cr_expect_not_null(strstr(why, "no/such/file.json"), "%s", why);
}

/* Cut off after every byte, no file is taken for a whole one. */
Test(damaged, cut_off_anywhere, TIMEOUT)
{
    char *text = read_whole(SMALL);
    size_t size = strrchr(text, '}') - text;
    for (size_t n = 0; n < size; n++) {
        json_t *json = json_loadb(text, n, 0, NULL);
        cr_assert_null(json, "cut off after byte %zu", n);
    }
    free(text);
}

/* Every value in turn becomes something else: a sentence or a table, but never a crash. */
static void replace_each(json_t *root, json_t *at, json_t *by)
{
    const char *key;
    json_t *value;
    void *next;
    json_object_foreach_safe (at, next, key, value) {
        json_incref(value);
        json_object_set(at, key, by);
        free(print_table(root, 100, false));
        json_object_set(at, key, value);
        replace_each(root, value, by);
        json_decref(value);
    }
    for (size_t i = 0; i < json_array_size(at); i++) {
        value = json_incref(json_array_get(at, i));
        json_array_set(at, i, by);
        free(print_table(root, 100, false));
        json_array_set(at, i, value);
        replace_each(root, value, by);
        json_decref(value);
    }
}

Test(damaged, any_value_replaced, TIMEOUT)
{
    json_t *odd[] = {json_null(),  json_integer(-7), json_real(1e300), json_string("\xc3\xa9%s%n"),
                     json_array(), json_object()};
    for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
        json_t *json = json_load_file(TROUBLE, 0, NULL);
        replace_each(json, json, odd[i]);
        json_decref(json);
        json_decref(odd[i]);
    }
}

/* ---- under a simulated interpreter -------------------------------------------------------- */

/* The small result as if its jobs had run under that, waiting for the lock half of the time. */
static json_t *result_under(const char *variant, const char *settings, double wait_ns)
{
    json_error_t error;
    json_t *result = json_load_file(SMALL, 0, &error), *job, *c, *run;
    size_t j, i, k;
    json_array_foreach (json_object_get(json_object_get(result, "speedup"), "jobs"), j, job) {
        json_object_set_new(job, "interpreter",
                            json_pack("{s:s s:s}", "variant", variant, "settings", settings));
        json_array_foreach (json_object_get(job, "cases"), i, c) {
            json_array_foreach (json_object_get(c, "runs"), k, run) {
                double run_ns = json_number_value(json_object_get(run, "run_ns"));
                json_int_t n = json_integer_value(json_object_get(c, "concurrency"));
                json_t *wait =
                    json_pack("{s:f s:f}", "sum_ns", run_ns * (double)n / 2, "p50_ns", wait_ns);
                json_object_set_new(run, "gil",
                                    json_pack("{s:i s:{s:f} s:o?}", "switches", 10, "hold",
                                              "p50_ns", 5.09e6, "wait",
                                              wait_ns > 0 ? wait : json_null()));
            }
        }
    }
    return result;
}

Test(table, tells_the_interpreter_and_what_its_lock_did, TIMEOUT)
{
    char *text = print_table(result_under("new", "interval=1ms", 5.2e6), 300, false);
    cr_expect_not_null(strstr(text, "primes under a GIL (new interval=1ms)  limit="), "%s", text);
    cr_expect_not_null(strstr(text, "  its lock with "), "%s", text);
    cr_expect_not_null(strstr(text,
                              ": half of its holds last at least 5.09 ms, of the waits for it "
                              "5.20 ms; it changes hands "),
                       "%s", text);
    cr_expect_not_null(strstr(text, "  primes under a GIL (new interval=1ms) is CPU-bound: "), "%s",
                       text);
    free(text);
}

Test(table, says_where_there_is_no_lock, TIMEOUT)
{
    char *text = print_table(result_under("none", "", 0), 300, false);
    cr_expect_not_null(strstr(text, "primes without a GIL (none)  limit="), "%s", text);
    cr_expect_not_null(strstr(text, "  it has no lock\n"), "%s", text);
    free(text);
}

Test(view, old_files_know_no_interpreter, TIMEOUT)
{
    struct view view = open_view("tests/data/result-small.json");
    for (size_t j = 0; j < view.job_count; j++) {
        cr_expect_null(view.jobs[j].interpreter);
        cr_expect_str_eq(view.jobs[j].under, "");
        cr_expect_null(view_waited_most(&view.jobs[j]));
    }
    view_close(&view);
}
