// SPDX-License-Identifier: MIT
#include "bench/chart.h"
#include "bench/cmd.h"

#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/drawn.h"

#define SMALL   "tests/data/result-small.json"
#define TROUBLE "tests/data/result-trouble.json"

#define TIMEOUT .timeout = 120

static char *new_directory(void)
{
    static char path[] = "/tmp/speedup-plot-XXXXXX";
    cr_assert_not_null(mkdtemp(path));
    return path;
}

static void remove_directory(const char *path)
{
    char command[PATH_MAX];
    snprintf(command, sizeof(command), "rm -r '%s'", path);
    cr_expect(system(command) == 0);
}

static char *read_file(const char *directory, const char *name)
{
    char path[PATH_MAX], *text = NULL;
    size_t size = 0;
    snprintf(path, sizeof(path), "%s/%s", directory, name);
    FILE *file = fopen(path, "r");
    cr_assert_not_null(file, "%s was not drawn", path);
    cr_assert(getdelim(&text, &size, '\0', file) > 0, "%s is empty", path);
    fclose(file);
    return text;
}

static void expect_holds(const char *text, const char *part)
{
    cr_expect_not_null(strstr(text, part), "without '%s'", part);
}

static int plot(const char *a, const char *b, const char *c, const char *d)
{
    const char *argv[] = {"plot", a, b, c, d, NULL};
    int argc = 1;
    while (argv[argc] != NULL)
        argc++;
    return cmd_plot(argc, argv);
}

Test(plot, draws_svg_and_png, TIMEOUT)
{
    need_gnuplot();
    cr_redirect_stdout();
    char *directory = new_directory();
    cr_expect(plot("-o", directory, SMALL, NULL) == 0);
    char *svg = read_file(directory, "result-small.svg");
    const char *parts[] = {"primes: speed-up",
                           "CPU-bound",
                           "limit=100000 tasks=4 split=equal",
                           "async",
                           "process-pool shm",
                           "process-pool pipe",
                           "threads",
                           "ideal",
                           "2 cores"};
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        expect_holds(svg, parts[i]);
    char *png = read_file(directory, "result-small.png");
    cr_expect(strncmp(png + 1, "PNG", 3) == 0);
    free(svg);
    free(png);
    remove_directory(directory);
}

/* One job only can be drawn; those without a speed-up are named. */
Test(plot, jobs_without_a_speedup_are_named, TIMEOUT)
{
    need_gnuplot();
    cr_redirect_stdout();
    cr_redirect_stderr();
    char *directory = new_directory();
    cr_expect(plot("-o", directory, "--format=svg", TROUBLE) == 0);
    fflush(stderr);
    char *svg = read_file(directory, "result-trouble.svg");
    expect_holds(svg, "1 failed, not drawn");
    cr_expect_null(strstr(svg, "threads"), "a failed case was drawn");
    free(svg);
    cr_expect_stderr_eq_str("no chart of empty/tasks:0: it has no speed-up\n"
                            "no chart of download/urls:http://a/b:c/keep:memory: it has no "
                            "speed-up\n");
    remove_directory(directory);
}

Test(plot, last_line_says_what_to_open, TIMEOUT)
{
    need_gnuplot();
    cr_redirect_stdout();
    char *directory = new_directory(), expected[3 * PATH_MAX];
    cr_expect(plot("-o", directory, "--format=svg", SMALL) == 0);
    snprintf(expected, sizeof(expected), "%s/result-small.svg\nOpen %s/result-small.svg\n",
             directory, directory);
    fflush(stdout);
    cr_expect_stdout_eq_str(expected);
    remove_directory(directory);
}

/* Text of a file is neither carried out nor typeset. */
Test(plot, text_is_only_text, TIMEOUT)
{
    need_gnuplot();
    const char *name = "it's_a^{b} \"q\" `touch bad` @c \\n <b>&";
    char *directory = new_directory(), path[PATH_MAX], stem[PATH_MAX], why[512];
    snprintf(path, sizeof(path), "%s/odd.json", directory);
    snprintf(stem, sizeof(stem), "%s/o'dd", directory);
    json_t *json = json_load_file(SMALL, 0, NULL);
    json_t *jobs = json_object_get(json_object_get(json, "speedup"), "jobs");
    json_t *cases = json_object_get(json_array_get(jobs, 0), "cases");
    json_object_set_new(json_array_get(jobs, 0), "workload", json_string(name));
    json_object_set_new(json_array_get(cases, 1), "runner", json_string(name));
    json_array_append_new(jobs, json_deep_copy(json_array_get(jobs, 0)));
    struct view view;
    FILE *paths = tmpfile();
    cr_assert(view_build(&view, json, why, sizeof(why)) == 0, "%s", why);
    cr_expect(chart_draw(paths, &view, stem, CHART_SVG, why, sizeof(why)) == 0, "%s", why);
    char *svg = read_file(directory, "o'dd.svg");
    expect_holds(svg, "@c \\n &lt;b>&amp;");
    expect_holds(svg, "_a^{b} ");
    free(svg);
    snprintf(path, sizeof(path), "%s/bad", directory);
    cr_expect(access("bad", F_OK) != 0 && access(path, F_OK) != 0);
    fclose(paths);
    view_close(&view);
    json_decref(json);
    remove_directory(directory);
}

Test(plot, newest_result_by_default, TIMEOUT)
{
    need_gnuplot();
    cr_redirect_stdout();
    char *directory = new_directory(), command[2 * PATH_MAX];
    snprintf(command, sizeof(command),
             "mkdir '%s/results' && cp " SMALL " '%s/results/new.json' && cp " TROUBLE
             " '%s/results/old.json' && touch -d 2001-01-01 '%s/results/old.json'",
             directory, directory, directory, directory);
    cr_assert(system(command) == 0);
    cr_assert(chdir(directory) == 0);
    cr_expect(plot("--format=svg", NULL, NULL, NULL) == 0);
    free(read_file(directory, "results/new.svg"));
    cr_expect(access("results/old.svg", F_OK) != 0);
    cr_expect(chdir("/") == 0);
    remove_directory(directory);
}

Test(plot, without_gnuplot, TIMEOUT)
{
    cr_redirect_stderr();
    char *directory = new_directory();
    setenv("PATH", "/nonexistent", 1);
    cr_expect(plot("-o", directory, SMALL, NULL) == 8);
    fflush(stderr);
    cr_expect_stderr_eq_str("speedup plot: " SMALL ": charts are drawn by gnuplot, which is not in "
                            "PATH; install the package gnuplot-nox\n");
    cr_expect(rmdir(directory) == 0);
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    cr_assert_not_null(file);
    fputs(text, file);
    fclose(file);
}

/* Of two members of one name nobody knows which one is meant, whatever the file is of. */
Test(plot, the_same_name_twice, TIMEOUT)
{
    char *directory = new_directory(), path[PATH_MAX];
    snprintf(path, sizeof(path), "%s/twice.json", directory);
    write_file(path, "{\"pythons\": [],\n \"pythons\": []}");
    cr_redirect_stderr();
    cr_expect(plot("--format=svg", path, NULL, NULL) == 1);
    char expected[2 * PATH_MAX];
    snprintf(
        expected, sizeof(expected),
        "speedup plot: %s: not JSON, line 2, column 10: duplicate object key near '\"pythons\"'"
        "; was the file cut off?\n",
        path);
    fflush(stderr);
    cr_expect_stderr_eq_str(expected);
    remove_directory(directory);
}

/* A name of a file reaches the terminal without control characters. */
Test(plot, names_are_cleaned, TIMEOUT)
{
    char why[512];
    cr_redirect_stderr();
    json_t *json = json_load_file(TROUBLE, 0, NULL);
    json_t *jobs = json_object_get(json_object_get(json, "speedup"), "jobs");
    while (json_array_size(jobs) > 1)
        json_array_remove(jobs, 0);
    json_object_set_new(json_array_get(jobs, 0), "name", json_string("a\033[2Jb"));
    struct view view;
    cr_assert(view_build(&view, json, why, sizeof(why)) == 0, "%s", why);
    cr_expect(chart_draw(stdout, &view, "none", CHART_SVG, why, sizeof(why)) == -ENODATA);
    fflush(stderr);
    cr_expect_stderr_eq_str("no chart of a[2Jb: it has no speed-up\n");
    view_close(&view);
    json_decref(json);
}

Test(plot, bad_input, TIMEOUT)
{
    cr_redirect_stderr();
    cr_expect(plot("--format=gif", SMALL, NULL, NULL) == 2);
    cr_expect(plot("--no-such-option", NULL, NULL, NULL) == 2);
    cr_expect(plot("no/such/file.json", NULL, NULL, NULL) == 1);
    cr_expect(plot("Makefile", NULL, NULL, NULL) == 1);
    cr_expect(plot("-o", "/proc/charts", SMALL, NULL) == 1);
}
