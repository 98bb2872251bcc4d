// SPDX-License-Identifier: MIT
#include "bench/result_view.h"
#include "bench/table.h"
#include "bench/text.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SMALL   "tests/data/result-small.json"
#define TROUBLE "tests/data/result-trouble.json"

#define TIMEOUT .timeout = 120

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
    json_t *job = json_array_get(json_object_get(own, "jobs"), 0);
    json_object_set_new(own, "message", json_string("a\033[2Jb\rc\td\x7f\xc2\x9b!"));
    json_object_set_new(job, "workload", json_string("w\033\xc2\x85!"));
    char *table = print_table(json, 100, false);
    cr_expect_null(strpbrk(table, "\033\r\t\x7f"));
    cr_expect_null(strstr(table, "\xc2\x9b"));
    cr_expect_null(strstr(table, "\xc2\x85"));
    cr_expect_not_null(strstr(table, "a[2Jbcd!"));
    cr_expect_not_null(strstr(table, "\nw!  "));
    free(table);
    json_decref(json);
}

/* A name that is too long for its place ends with a whole character. */
Test(table, characters_are_not_cut_in_two, TIMEOUT)
{
    char name[VIEW_LABEL_MAX + 8] = "x";
    while (strlen(name) + 2 < sizeof(name))
        strcat(name, "\xc3\xa9");
    json_t *json = json_load_file(SMALL, 0, NULL);
    json_t *jobs = json_object_get(json_object_get(json, "speedup"), "jobs");
    json_t *cases = json_object_get(json_array_get(jobs, 0), "cases");
    json_object_set_new(json_array_get(cases, 1), "runner", json_string(name));
    char *table = print_table(json, 300, false), *clean;
    for (char *at = table; (at = strchr(at, '\n')) != NULL;)
        *at = ' ';
    clean = strdup(table);
    text_clean(clean);
    cr_expect_not_null(strstr(table, "x\xc3\xa9\xc3\xa9"), "%s", table);
    cr_expect_str_eq(table, clean);
    free(table);
    free(clean);
    json_decref(json);
}

Test(table, width_is_that_of_the_environment, TIMEOUT)
{
    FILE *file = tmpfile();
    setenv("COLUMNS", "93", 1);
    cr_expect(table_width(file, 160) == 93);
    setenv("COLUMNS", "wide", 1);
    cr_expect(table_width(file, 160) == 160);
    unsetenv("COLUMNS");
    cr_expect(table_width(file, 160) == 160);
    fclose(file);
}

/* A table with that of the workload's own numbers, in a narrow terminal. */
static char *print_with_measure(const char *name, double value)
{
    json_t *json = json_load_file(SMALL, 0, NULL), *run;
    json_t *job = json_array_get(json_object_get(json_object_get(json, "speedup"), "jobs"), 0);
    json_t *measures = json_array();
    for (int i = 0; i < 6; i++)
        json_array_append_new(
            measures, json_pack("{s:s s:s s:s}", "name", name, "unit", "count", "help", "counts"));
    json_object_set_new(job, "measures", measures);
    for (size_t i = 0; i < json_array_size(json_object_get(job, "cases")); i++) {
        json_t *runs = json_object_get(json_array_get(json_object_get(job, "cases"), i), "runs");
        size_t k;
        json_array_foreach (runs, k, run)
            json_object_set_new(run, "measures", json_pack("{s:f}", name, value));
    }
    char *table = print_table(json, 80, false);
    json_decref(json);
    return table;
}

Test(table, names_of_any_length_can_be_left_out, TIMEOUT)
{
    char name[401] = "";
    memset(name, 'n', sizeof(name) - 1);
    char *table = print_with_measure(name, 1);
    cr_expect_not_null(strstr(table, "Left out at this width:"), "%s", table);
    cr_expect_not_null(strstr(table, " shows all."), "%s", table);
    free(table);
}

Test(table, numbers_of_any_length_stay_in_their_cell, TIMEOUT)
{
    char *table = print_with_measure("balance", -1e300);
    cr_expect_not_null(strstr(table, " -1000000"), "%s", table);
    free(table);
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
    cr_expect_null(strpbrk(why, "\033\n\t"), "%s", why);
}

Test(damaged, one_sentence_with_the_place, TIMEOUT)
{
    expect_refused("", "line 1, column 0");
    expect_refused("{\n \"speedup\": {\n", "line 3");
    expect_refused("{\"a\": NaN}", "not JSON, line 1");
    expect_refused("[1, 2]", "not a valid result file");
    expect_refused("{\"context\": {}}", "speedup");
    expect_refused("{\"speedup\": {\"schema\": 2, \"machine\": {}, \"jobs\": []}}", "schema' is 2");
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
    expect_bad_run("3", "an object with 'round', and it is none");
    expect_bad_run("{\"round\": 1}", "used");
    expect_bad_run("{\"round\": 1, \"used\": true, \"checked\": true, \"create_ns\": 0, "
                   "\"run_ns\": null, \"destroy_ns\": 0}",
                   "'run_ns' must be a number from 0 to 1e+18");
    expect_bad_run("{\"round\": 1, \"used\": true, \"checked\": true, \"create_ns\": 0, "
                   "\"run_ns\": -5, \"destroy_ns\": 0}",
                   "'run_ns' must be a number from 0 to 1e+18");
    expect_bad_run("{\"round\": 1, \"used\": true, \"checked\": true, \"create_ns\": 1e308, "
                   "\"run_ns\": 5, \"destroy_ns\": 0}",
                   "'create_ns' must be a number from 0 to 1e+18");
    expect_bad_run("{\"round\": 4294967297, \"used\": true}", "'round' must be a whole number");
    expect_bad_run("{\"round\": 1, \"used\": 1}", "'used' must be true or false");
}

Test(damaged, absent_file, TIMEOUT)
{
    struct view view;
    char why[512];
    cr_expect(view_open(&view, "no/such/file.json", why, sizeof(why)) == -ENOENT);
    cr_expect_not_null(strstr(why, "no/such/file.json"), "%s", why);
}

Test(damaged, the_sentence_is_for_a_terminal, TIMEOUT)
{
    expect_refused("{\"a\": \"\xc3\x28\033[2J", "not JSON, line 1, column ");
    expect_refused("{\n\"a\": \033", "line 2, column ");
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
