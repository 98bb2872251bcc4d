// SPDX-License-Identifier: MIT
/* What `speedup gil` prints for people, and the manual's tables of its parameters. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdlib.h>
#include <string.h>

#include "bench/gil/laws.h"
#include "bench/params.h"
#include "bench/text.h"
#include "bench/units.h"
#include "tests/experiments.h"
#include "tests/program.h"

#define TIMEOUT .timeout = 120
#define PYTHON  "--python $ROOT/tests/data/fake-python"

enum { WIDTH = 80 };

/* No line is longer than a terminal is wide. Takes the text apart. */
static void expect_narrow(char *text)
{
    for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n"))
        cr_expect(text_width(line) <= WIDTH, "%d columns: %s", text_width(line), line);
}

/* The text without its line breaks and indentation. */
static char *unwrapped(const char *text)
{
    char *copy = strdup(text), *to = copy;
    for (; *text != '\0'; text++) {
        if (*text != '\n' && *text != ' ')
            *to++ = *text;
        else if (to > copy && to[-1] != ' ')
            *to++ = ' ';
    }
    *to = '\0';
    return copy;
}

static void expect_said(const char *text, const char *words)
{
    char *line = unwrapped(text);
    cr_expect(strstr(line, words) != NULL, "'%s' is not in: %s", words, text);
    free(line);
}

/* ---- tables ------------------------------------------------------------------------------- */

ParameterizedTestParameters(gil_tables, every_experiment_says_what_it_measures)
{
    static int kinds[32];
    size_t n = 0;
    for (; lab_kinds[n].name != NULL; n++)
        kinds[n] = (int)n;
    return cr_make_param_array(int, kinds, n);
}

ParameterizedTest(const int *i, gil_tables, every_experiment_says_what_it_measures, TIMEOUT)
{
    const struct experiment_kind *kind = &lab_kinds[*i];
    const char *hogs = lab_uses(kind, "k") ? "-k 2,12" : "";
    struct outcome o = program("gil %s %s %s " PYTHON, kind->name, hogs, small(kind));
    cr_assert(o.status == 0, "%s: exit %d: %s", kind->name, o.status, o.err);
    expect_said(o.out, kind->summary);
    expect_said(o.out, kind->measures);
    expect_said(o.out, gil_summaries[kind->lock]);
    expect_narrow(o.out);
}

/* More cells than stand beside each other. */
Test(gil_tables, counters_fit_into_a_terminal, TIMEOUT)
{
    struct outcome o = program("gil wake -k 0-3 --interval 5ms,1ms -p count=2 -p gap=1ms");
    cr_expect(o.status == 0, "%s", o.err);
    char *lock = strstr(o.out, "\nthe lock");
    cr_assert_not_null(lock, "%s", o.out);
    expect_narrow(o.out);
}

/* Times with three digits before their unit, in all columns. */
Test(gil_tables, long_numbers_fit_into_a_terminal, TIMEOUT)
{
    struct outcome o =
        command("holds=$(yes 12345 | head -n 20 | paste -sd ,); "
                "FAKE_REPORT=\"{\\\"samples\\\": {\\\"hold\\\": [$holds]}, "
                "\\\"numbers\\\": {\\\"switches_per_s\\\": 123456.7}}\" exec "
                "$SPEEDUP gil hold -k 12 --interval 12300us -p duration=30ms " PYTHON);
    cr_assert(o.status == 0, "exit %d: %s", o.status, o.err);
    expect_said(o.out, "CPython 3.11.0 12 12.3 ms 20 12.3 µs 12.3 µs 12.3 µs 12.3 µs 12.3 µs");
    expect_said(o.out, "123457");
    expect_narrow(o.out);
}

/* Of 19 the most would be their 95 %; of 20 it is between the last two. */
Test(gil_tables, few_samples_have_no_tails, TIMEOUT)
{
    static const char *const rows[] = {"19 1.00 µs - 10.0 µs 10.0 µs - 19.0 µs",
                                       "20 1.00 µs 1.50 µs 10.5 µs 10.5 µs 19.5 µs 20.0 µs",
                                       "21 1.00 µs 2.00 µs 11.0 µs 11.0 µs 20.0 µs 21.0 µs"};
    for (int n = 19; n <= 21; n++) {
        struct outcome o =
            command("wakes=$(seq -s, 1000 1000 %d000); FAKE_REPORT=\"{\\\"samples\\\": "
                    "{\\\"wake\\\": [$wakes]}, \\\"numbers\\\": {}}\" exec $SPEEDUP gil wake -k 0 "
                    "-p count=25 -p gap=0s " PYTHON,
                    n);
        cr_assert(o.status == 0, "exit %d: %s", o.status, o.err);
        expect_said(o.out, rows[n - 19]);
    }
}

static void expect_order(const char *words, const char *first, const char *second)
{
    struct outcome o = program("%s", words);
    cr_assert(o.status == 0, "exit %d: %s", o.status, o.err);
    char *a = strstr(o.out, first), *b = strstr(o.out, second);
    cr_expect(a != NULL && b != NULL && a < b, "%s: '%s', then '%s': %s", words, first, second,
              o.out);
}

/* A closed loop is about its rate, echoes with pauses are about their round trips. */
Test(gil_tables, the_table_that_it_is_about_comes_first, TIMEOUT)
{
    expect_order("gil sweep -k 0 -p duration=40ms", "  requests/s\n", "\ntrip ");
    expect_order("gil echo -k 0 -p duration=40ms", "\ntrip ", "  requests/s\n");
}

Test(gil_tables, a_median_of_an_even_number_lies_between_two, TIMEOUT)
{
    struct outcome o = command("FAKE_REPORT='{\"samples\": {\"hold\": [90e3, 10e3, 40e3, 20e3]}, "
                               "\"numbers\": {}}' exec $SPEEDUP gil hold -p duration=30ms " PYTHON);
    cr_assert(o.status == 0, "exit %d: %s", o.status, o.err);
    expect_said(o.out, "CPython 3.11.0 2 5.00 ms 4 10.0 µs 30.0 µs 40.0 µs 90.0 µs");
}

Test(gil_tables, a_row_of_zeros_is_explained, TIMEOUT)
{
    struct outcome o = command("FAKE_REPORT='{\"samples\": {\"hold\": []}, \"numbers\": {}}' exec "
                               "$SPEEDUP gil hold -p duration=30ms " PYTHON);
    cr_assert(o.status == 0, "exit %d: %s", o.status, o.err);
    expect_said(o.out,
                "CPython 3.11.0, k = 2: not once in that time; allow more with -p duration=TIME");
}

/* No time is enough where there is no lock; of the Python beside it something can be said. */
Test(gil_tables, a_row_of_zeros_without_a_lock_is_explained, TIMEOUT)
{
    struct outcome o = command("FAKE_REPORT='{\"samples\": {\"hold\": []}, \"numbers\": {}}' exec "
                               "$SPEEDUP gil hold --gil none -p duration=30ms " PYTHON);
    cr_assert(o.status == 0, "exit %d: %s", o.status, o.err);
    expect_said(o.out, "simulated, k = 2: without a lock nobody holds one");
    expect_said(o.out, "CPython 3.11.0, k = 2: not once in that time");
}

Test(gil_tables, free_threading_is_explained, TIMEOUT)
{
    struct outcome o = program("gil ratio --gil none:slowdown=1.5 -p pairs=1 -p duration=20ms");
    expect_said(o.out, "free threading");
    expect_said(o.out, "there is no lock, and a thread takes 1.5 times as long");
    expect_narrow(o.out);
}

Test(gil_tables, a_validation_fits_into_a_terminal, TIMEOUT)
{
    struct outcome o =
        command("FAKE_REPORT='{\"samples\": {\"wake\": [1e12]}, \"numbers\": {\"pair_ns\": 0.01}}' "
                "exec $SPEEDUP gil validate --no-wait --runs 1 " PYTHON
                " -f '^release|beside 4 hogs: mean'");
    cr_expect(o.status == 0 || o.status == 3, "exit %d: %s", o.status, o.err);
    expect_said(o.out, "release and take that nobody");
    expect_said(o.out, "factor 2 missed (statistical)");
    expect_narrow(o.out);
}

/* ---- Python 2 ----------------------------------------------------------------------------- */

static size_t count(const char *text, const char *word)
{
    size_t n = 0;
    for (; (text = strstr(text, word)) != NULL; text += strlen(word))
        n++;
    return n;
}

/* It is measured once, whatever the intervals of the others. */
Test(gil_tables, python_2_has_no_interval, TIMEOUT)
{
    struct outcome o = command(
        "FAKE_VERSION=2.7.18 FAKE_REPORT='{\"samples\": {\"hold\": [20000]}, \"numbers\": {}}' "
        "exec $SPEEDUP gil hold --interval 1ms,2ms -p duration=20ms -o two.json " PYTHON);
    cr_assert(o.status == 0, "exit %d: %s", o.status, o.err);
    char *file = program_file("two.json"), *line = unwrapped(o.out);
    cr_expect(count(line, "CPython 2.7.18 2 - 1 20.0 µs") == 1, "%s", o.out);
    cr_expect(count(file, "\"subject\"") == 3 && count(file, "\"interval_ns\": null") == 1, "%s",
              file);
    free(line);
    free(file);
}

Test(gil_tables, python_2_is_no_rival_of_the_new_lock, TIMEOUT)
{
    struct outcome o =
        command("FAKE_VERSION=2.7.18 exec $SPEEDUP gil hold -p duration=20ms " PYTHON);
    cr_expect(o.status == 0 && strstr(o.err, "--gil old is like it") != NULL, "%d: %s", o.status,
              o.err);
}

/* ---- help --------------------------------------------------------------------------------- */

/* "k=2 pin=no": what it looks at, with its defaults. */
static void print_defaults(const struct experiment_kind *kind, char *text, size_t size)
{
    struct lab lab;
    struct gil_options gil = gil_defaults(kind->lock);
    char value[UNITS_MAX];
    size_t n = 0;
    lab_open(&lab, kind, &gil, 1);
    for (int i = 0; lab_params[i].name != NULL; i++) {
        if (!lab_uses(kind, lab_params[i].name))
            continue;
        units_print(&lab_params[i], &lab.values[i], value, sizeof(value));
        n += (size_t)snprintf(text + n, size - n, "%s%s=%s", n > 0 ? " " : "", lab_params[i].name,
                              value);
    }
}

/* Every parameter with its value, its bounds and what it means. */
Test(gil_tables, help_of_an_experiment, TIMEOUT)
{
    for (int i = 0; lab_kinds[i].name != NULL; i++) {
        const struct experiment_kind *kind = &lab_kinds[i];
        struct outcome o = program("gil %s --help", kind->name);
        char all[400], text[200], *rest = all;
        cr_assert(o.status == 0, "%s: exit %d: %s", kind->name, o.status, o.err);
        expect_said(o.out, kind->measures);
        print_defaults(kind, all, sizeof(all));
        for (char *word; (word = strsep(&rest, " ")) != NULL;) {
            snprintf(text, sizeof(text), "%.*s", (int)strcspn(word, "="), word);
            int param = params_find(lab_params, text);
            snprintf(text, sizeof(text), "%s %s: ", word, lab_params[param].help);
            lab_print_values(kind, param, text + strlen(text), sizeof(text) - strlen(text));
            expect_said(o.out, text);
        }
        expect_narrow(o.out);
    }
}

Test(gil_tables, help_of_a_sweep_and_of_all, TIMEOUT)
{
    struct outcome o = program("gil -k 1 sweep -?");
    expect_said(o.out, "think=0s mean pause");
    expect_narrow(o.out);
    expect_said(program("gil --help").out, "Usage: speedup gil [OPTION...] EXPERIMENT");
    expect_said(program("gil hld --help").out, "Usage: speedup gil [OPTION...] EXPERIMENT");
}

Test(gil_tables, help_of_validate_lists_the_laws, TIMEOUT)
{
    struct outcome o = program("gil validate --help");
    for (unsigned i = 0; i < laws_count; i++)
        cr_expect(strstr(o.out, laws[i].text) != NULL, "without '%s': %s", laws[i].text, o.out);
    expect_said(o.out, "battle old: 2 threads / 1: time");
    expect_narrow(o.out);
}

/* ---- the manual --------------------------------------------------------------------------- */

static void expect_row(const char *manual, const char *row)
{
    cr_expect(strstr(manual, row) != NULL, "docs/usage.md has not the line %s", row);
}

static char *read_manual(void)
{
    char path[1024];
    snprintf(path, sizeof(path), "%s/docs/usage.md", program_root());
    char *manual = program_file(path);
    cr_assert_not_null(manual);
    return manual;
}

Test(gil_tables, the_manual_lists_what_experiments_look_at)
{
    char *manual = read_manual(), row[512], all[400];
    for (int i = 0; lab_kinds[i].name != NULL; i++) {
        print_defaults(&lab_kinds[i], all, sizeof(all));
        snprintf(row, sizeof(row), "\n| `%s` | `%s` |\n", lab_kinds[i].name, all);
        expect_row(manual, row);
    }
    free(manual);
}

Test(gil_tables, the_manual_lists_the_values_of_parameters)
{
    char *manual = read_manual(), row[512], all[128];
    for (int i = 0; lab_params[i].name != NULL; i++) {
        const struct param *p = &lab_params[i];
        struct experiment_kind only = {.uses = p->name};
        lab_list_params(&only, all, sizeof(all));
        char *values = strchr(all, '(');
        cr_assert_not_null(values, "%s", all);
        values[strcspn(values, ")")] = '\0';
        snprintf(row, sizeof(row), "\n| `%s` | %s | %s |\n", p->name, p->help, values + 1);
        expect_row(manual, row);
    }
    free(manual);
}
