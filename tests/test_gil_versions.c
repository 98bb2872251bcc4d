// SPDX-License-Identifier: MIT
/* Several Pythons beside the simulator: what tells those of one version apart. */
#include <criterion/criterion.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "bench/text.h"
#include "tests/drawn.h"
#include "tests/experiments.h"
#include "tests/program.h"

#define TIMEOUT .timeout = 120

/* Two paths to one Python that is none. */
#define LINKS "for i in one two; do ln -s $ROOT/tests/data/fake-python $i; done; "
#define TWO   " --python ./one --python ./two "

static json_t *read_json(const char *path)
{
    json_error_t error;
    char *text = program_file(path);
    cr_assert_not_null(text, "there is no %s", path);
    json_t *all = json_loads(text, 0, &error);
    cr_assert_not_null(all, "line %d: %s", error.line, error.text);
    free(text);
    return all;
}

static void expect_text(const json_t *json, const char *key, const char *text)
{
    const char *found = json_string_value(json_object_get(json, key));
    cr_assert_not_null(found, "no \"%s\"", key);
    cr_expect_str_eq(found, text);
}

/* Times with three digits before their unit, in all columns: as wide as it gets. The paths stand
 * above. */
Test(gil_versions, tables_have_letters, TIMEOUT)
{
    struct outcome o = command(
        LINKS "holds=$(yes 12345 | head -n 20 | paste -sd ,); "
              "FAKE_REPORT=\"{\\\"samples\\\": {\\\"hold\\\": [$holds]}, "
              "\\\"numbers\\\": {\\\"switches_per_s\\\": 123456.7}}\" exec "
              "$SPEEDUP gil hold -k 12 --interval 12300us -p duration=30ms -o two.json" TWO);
    cr_assert(o.status == 0, "exit %d: %s", o.status, o.err);
    const char *const parts[] = {"\n  CPython 3.11.0 A: ./one\n  CPython 3.11.0 B: ./two\n",
                                 "\nCPython 3.11.0 A 12  12.3 ms 20 12.3 µs 12.3 µs",
                                 "\nCPython 3.11.0 B 12  12.3 ms 20 12.3 µs 12.3 µs"};
    for (int i = 0; i < 3; i++)
        cr_expect(strstr(o.out, parts[i]) != NULL, "without '%s': %s", parts[i], o.out);
    for (char *line = strtok(o.out, "\n"); line != NULL; line = strtok(NULL, "\n"))
        cr_expect(text_width(line) <= 80, "%d columns: %s", text_width(line), line);
}

Test(gil_versions, the_file_says_which_is_which, TIMEOUT)
{
    struct outcome o = command(LINKS "exec $SPEEDUP gil release -p count=10 --json" TWO);
    json_t *all = parse(&o);
    expect_text(cell(all, 0), "subject", "simulated");
    cr_expect_null(json_object_get(cell(all, 0), "python"));
    expect_text(cell(all, 1), "subject", "CPython 3.11.0 A");
    expect_text(cell(all, 1), "python", "./one");
    expect_text(cell(all, 2), "subject", "CPython 3.11.0 B");
    expect_text(cell(all, 2), "python", "./two");
    json_decref(all);
}

/* A file is JSON, whose texts are UTF-8; paths need not be. */
Test(gil_versions, a_path_that_is_no_text, TIMEOUT)
{
    need_gnuplot();
    struct outcome o = command(
        LINKS
        "bad=$(printf './\\377'); mv two \"$bad\"; FAKE_REPORT='{\"samples\": {\"hold\": [9]}, "
        "\"numbers\": {}}' exec $SPEEDUP gil hold -p duration=20ms -o two.json --chart "
        "drawn.svg --python ./one --python \"$bad\"");
    cr_assert(o.status == 0, "exit %d: %s", o.status, o.err);
    json_t *all = read_json("two.json");
    expect_text(cell(all, 2), "subject", "CPython 3.11.0 B");
    cr_expect_null(json_object_get(cell(all, 2), "python"));
    json_decref(all);
    o = program("plot --format svg two.json");
    cr_assert(o.status == 0, "exit %d: %s", o.status, o.err);
    cr_expect(count_in("two.svg", "CPython 3.11.0 A (./one) · k = 2") > 0);
    cr_expect(count_in("two.svg", "CPython 3.11.0 B · k = 2") > 0);
}

Test(gil_versions, one_alone_has_no_letter, TIMEOUT)
{
    struct outcome o = command(
        "printf '#!/bin/sh\nFAKE_VERSION=3.12.1 exec %%s/tests/data/fake-python\n' $ROOT >new; "
        "chmod +x new; exec $SPEEDUP gil release -p count=10 --json --python ./new --python "
        "$ROOT/tests/data/fake-python");
    json_t *all = parse(&o);
    expect_text(cell(all, 1), "subject", "CPython 3.12.1");
    expect_text(cell(all, 2), "subject", "CPython 3.11.0");
    json_decref(all);
}

/* Both would be the same; another path to it is another one. */
Test(gil_versions, the_same_path_twice, TIMEOUT)
{
    static const char *const words[] = {"hold", "validate"};
    for (int i = 0; i < 2; i++) {
        struct outcome o = command(
            LINKS "exec $SPEEDUP gil %s --python ./one --python ./two --python ./one", words[i]);
        cr_expect(o.status == 2, "exit %d", o.status);
        cr_expect_str_eq(
            o.err, "speedup gil: --python ./one is given twice; name each interpreter once\n");
        command("rm one two");
    }
}

/* Colours and names are those of the picture that was drawn when they were measured; of long paths
 * the end is shown, where they may be alike. */
Test(gil_versions, a_file_is_drawn_as_it_was_measured, TIMEOUT)
{
    need_gnuplot();
    struct outcome o = command(
        LINKS "for i in one two; do mkdir -p dir-$i/not-so-short-at-all/bin; mv $i "
              "dir-$i/not-so-short-at-all/bin/python; done; ln -s $ROOT/tests/data/fake-python s; "
              "wakes=$(seq -s, 100000 50000 2000000); FAKE_REPORT=\"{\\\"samples\\\": "
              "{\\\"wake\\\": [$wakes]}, \\\"numbers\\\": {}}\" exec $SPEEDUP gil wake -p count=30 "
              "-p gap=1ms --chart drawn.svg -o all.json --python ./s --python "
              "dir-one/not-so-short-at-all/bin/python --python "
              "dir-two/not-so-short-at-all/bin/python");
    cr_assert(o.status == 0, "exit %d: %s", o.status, o.err);
    o = program("plot --format svg all.json");
    cr_assert(o.status == 0, "exit %d: %s", o.status, o.err);
    cr_expect(count_in("all.svg", "CPython 3.11.0 A (./s) · k = 1") > 0);
    cr_expect(count_in("all.svg", "CPython 3.11.0 B (…/not-so-short-at-all/bin/python) · k = 1") >
              0);
    cr_expect(count_in("all.svg", "CPython 3.11.0 C (…/not-so-short-at-all/bin/python) · k = 1") >
              0);
    cr_expect_str_eq(program_file("all.svg"), program_file("drawn.svg"));
}

Test(gil_versions, a_validation, TIMEOUT)
{
    struct outcome o =
        command(LINKS "FAKE_REPORT='{\"samples\": {\"ratio_ppm\": [1000000]}, "
                      "\"numbers\": {}}' exec $SPEEDUP gil validate --no-wait --runs 1 "
                      "-f '^2 hogs / 1' -o laws.json" TWO);
    cr_expect(o.status == 0 || o.status == 3, "exit %d: %s", o.status, o.err);
    cr_expect(strstr(o.out, "CPython 3.11.0 A: ./one\nCPython 3.11.0 A and the simulator") != NULL,
              "%s", o.out);
    cr_expect(strstr(o.out, "CPython 3.11.0 B: ./two\nCPython 3.11.0 B and the simulator") != NULL,
              "%s", o.out);
    json_t *all = read_json("laws.json");
    json_t *second = json_array_get(json_object_get(all, "pythons"), 1);
    expect_text(second, "subject", "CPython 3.11.0 B");
    expect_text(second, "version", "3.11.0");
    expect_text(second, "python", "./two");
    json_decref(all);
    need_gnuplot();
    o = program("plot --format svg laws.json");
    cr_assert(o.status == 0, "exit %d: %s", o.status, o.err);
    cr_expect(count_in("laws.svg", "CPython 3.11.0 A (./one)") > 0);
    cr_expect(count_in("laws.svg", "CPython 3.11.0 B (./two)") > 0);
}

/* A script that runs it is another path to it. */
Test(gil_versions, two_paths_to_a_real_python, TIMEOUT)
{
    if (system("python3 -c '' 2>/dev/null") != 0)
        cr_skip_test("there is no python3 here");
    struct outcome o = command("printf '#!/bin/sh\nexec python3 \"$@\"\n' >other; chmod +x other; "
                               "exec $SPEEDUP gil release -p count=100 --json --python python3 "
                               "--python ./other");
    json_t *all = parse(&o);
    const char *one = json_string_value(json_object_get(cell(all, 1), "subject"));
    const char *two = json_string_value(json_object_get(cell(all, 2), "subject"));
    cr_assert(one != NULL && two != NULL);
    cr_expect(strcmp(one + strlen(one) - 2, " A") == 0, "%s", one);
    cr_expect(strcmp(two + strlen(two) - 2, " B") == 0, "%s", two);
    expect_text(cell(all, 1), "python", "python3");
    expect_text(cell(all, 2), "python", "./other");
    json_decref(all);
}
