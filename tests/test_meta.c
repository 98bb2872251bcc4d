// SPDX-License-Identifier: MIT
/* Tests against drift: the rules of the house, held against the source itself. */
#include <criterion/criterion.h>
#include <glob.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/registry.h"
#include "tests/program.h"

enum { FILE_MAX = 400, FUNCTION_MAX = 60, IFS_PER_1000 = 3 };

static const char *const rooms[] = {
    "bench",          "bench/compare",     "bench/gil", "bench/history", "bench/map",
    "workloads",      "workloads/helpers", "runners",   "tests",         "tests/plugins",
    "tests/examples", "tests/fuzz",        NULL};

/* A line of a file, without its end. */
struct line {
    const char *path;
    unsigned number;
    const char *text;
};

/* Calls see for every line of a file. */
static void each_line(const char *path, void (*see)(const struct line *, void *), void *argument)
{
    char *text = NULL;
    size_t room = 0;
    struct line line = {.path = path};
    FILE *file = fopen(path, "r");
    cr_assert_not_null(file, "%s: cannot be read", path);
    while (getline(&text, &room, file) >= 0) {
        text[strcspn(text, "\n")] = '\0';
        line.text = text;
        line.number++;
        see(&line, argument);
    }
    free(text);
    fclose(file);
}

/* Calls see for every file that a pattern matches; answers how many there were. */
static size_t each_file(const char *pattern, void (*see)(const char *path, void *), void *argument)
{
    glob_t files;
    size_t n = glob(pattern, 0, NULL, &files) == 0 ? files.gl_pathc : 0;
    for (size_t i = 0; i < n; i++)
        see(files.gl_pathv[i], argument);
    globfree(&files);
    return n;
}

static void each_source(void (*see)(const char *path, void *), void *argument)
{
    static const char *const endings[] = {"c", "h", "cc", NULL};
    char pattern[64];
    for (int i = 0; rooms[i] != NULL; i++) {
        size_t n = 0;
        for (int k = 0; endings[k] != NULL; k++) {
            snprintf(pattern, sizeof(pattern), "%s/*.%s", rooms[i], endings[k]);
            n += each_file(pattern, see, argument);
        }
        cr_expect_gt(n, 0, "no sources in %s: is this the root of the repository?", rooms[i]);
    }
}

/* Does the extended regular expression match? The text of its first group goes to part. */
static bool matches(const char *text, const char *expression, char part[64])
{
    regex_t regex;
    regmatch_t groups[2];
    cr_assert_eq(regcomp(&regex, expression, REG_EXTENDED), 0);
    bool found = regexec(&regex, text, 2, groups, 0) == 0;
    if (found && part != NULL)
        snprintf(part, 64, "%.*s", (int)(groups[1].rm_eo - groups[1].rm_so),
                 text + groups[1].rm_so);
    regfree(&regex);
    return found;
}

/* ---- lengths ------------------------------------------------------------------------------ */

struct lengths {
    unsigned lines, brace;
};

/* In this style a function's body, and hardly anything else, is between braces at column 0. */
static void measure(const struct line *line, void *argument)
{
    struct lengths *lengths = argument;
    lengths->lines = line->number;
    if (strcmp(line->text, "{") == 0)
        lengths->brace = line->number;
    if (strcmp(line->text, "}") == 0 && lengths->brace != 0) {
        unsigned length = line->number - lengths->brace + 2; /* with the line that names it */
        cr_expect_leq(length, FUNCTION_MAX, "%s:%u: a function of %u lines", line->path,
                      lengths->brace, length);
        lengths->brace = 0;
    }
}

static void expect_short(const char *path, void *argument)
{
    struct lengths lengths = {0};
    each_line(path, measure, &lengths);
    cr_expect_leq(lengths.lines, FILE_MAX, "%s: %u lines", path, lengths.lines);
    (void)argument;
}

Test(meta, files_and_functions_are_short)
{
    each_source(expect_short, NULL);
}

/* ---- the first line, and #if -------------------------------------------------------------- */

static void find_licence(const struct line *line, void *found)
{
    if (line->number <= 2 && strstr(line->text, "SPDX-License-Identifier: MIT") != NULL)
        *(bool *)found = true;
}

static void expect_licence(const char *path, void *argument)
{
    bool found = false;
    each_line(path, find_licence, &found);
    cr_expect(found, "%s: does not begin with its SPDX line", path);
    (void)argument;
}

Test(meta, every_source_begins_with_its_licence)
{
    each_source(expect_licence, NULL);
    each_file("scripts/*", expect_licence, NULL);
    each_file(".ci/*", expect_licence, NULL);
    each_file("docs/ci/*", expect_licence, NULL);
    expect_licence("Makefile", NULL);
}

/* Include guards are no forest. */
static void count_if(const struct line *line, void *argument)
{
    unsigned *counts = argument;
    counts[0]++;
    if (matches(line->text, "^ *# *if", NULL) && !matches(line->text, "_H$", NULL))
        counts[1]++;
}

static void count_ifs(const char *path, void *counts)
{
    each_line(path, count_if, counts);
}

Test(meta, there_is_no_forest_of_ifs)
{
    unsigned counts[2] = {0};
    each_source(count_ifs, counts);
    cr_expect_leq(1000 * counts[1], IFS_PER_1000 * counts[0], "%u #if in %u lines", counts[1],
                  counts[0]);
}

/* ---- who includes whom -------------------------------------------------------------------- */

static void expect_include(const struct line *line, void *allowed)
{
    char header[64];
    if (matches(line->text, "^ *# *include *\"([^\"]*)\"", header))
        cr_expect(matches(header, allowed, NULL), "%s:%u: includes %s", line->path, line->number,
                  header);
}

static void expect_includes(const char *path, void *allowed)
{
    each_line(path, expect_include, allowed);
}

static void find_table(const struct line *line, void *found)
{
    if (matches(line->text, "^const struct runner ", NULL))
        *(bool *)found = true;
}

/* A runner includes nothing but its contract; what runners share may also include control.h. */
static void expect_runner_includes(const char *path, void *argument)
{
    bool found = false;
    each_line(path, find_table, &found);
    each_line(path, expect_include,
              found ? "^runners/runner\\.h$"
                    : "^runners/(runner|control|interpreter|gil|gil_variant|histogram)\\.h$");
    (void)argument;
}

Test(meta, plugins_include_their_contract_alone)
{
    each_file("workloads/*.c", expect_includes, "^workloads/(workload\\.h|helpers/.*)$");
    each_file("workloads/helpers/*.[ch]", expect_includes, "^workloads/(workload\\.h|helpers/.*)$");
    each_file("runners/*.c", expect_runner_includes, NULL);
    each_file("bench/*.[ch]", expect_includes,
              "^(bench/.*|workloads/(workload|list)\\.h|"
              "runners/(runner|control|interpreter|gil|list)\\.h|"
              "tests/plugins/list\\.h)$");
    each_file("bench/map/*.[ch]", expect_includes, "^bench/.*$");
    each_file("bench/history/*.[ch]", expect_includes, "^bench/.*$");
    each_file("bench/compare/*.[ch]", expect_includes, "^(bench/.*|workloads/workload\\.h)$");
    each_file("bench/gil/*.[ch]", expect_includes,
              "^(bench/.*|workloads/workload\\.h|runners/gil\\.h)$");
}

/* ---- lists -------------------------------------------------------------------------------- */

struct list {
    const char *kind; /* "workload" or "runner" */
    char upper[16];   /* "WORKLOAD" */
    char names[64][64];
    size_t count;
    size_t tables; /* plug-ins found in sources */
};

static void add_to_list(const struct line *line, void *argument)
{
    struct list *list = argument;
    char name[64], expression[64];
    snprintf(expression, sizeof(expression), "^%s\\(([a-z_0-9]+)\\)", list->upper);
    if (!matches(line->text, expression, name))
        return;
    cr_assert_lt(list->count, 64);
    if (list->count > 0)
        cr_expect_lt(strcmp(list->names[list->count - 1], name), 0, "%s:%u: %s is not in order",
                     line->path, line->number, name);
    strcpy(list->names[list->count++], name);
}

static void expect_listed(const struct line *line, void *argument)
{
    struct list *list = argument;
    char name[64], expression[64];
    snprintf(expression, sizeof(expression), "^const struct %s %s_([a-z_0-9]+) =", list->kind,
             list->kind);
    if (!matches(line->text, expression, name))
        return;
    bool found = false;
    for (size_t i = 0; i < list->count; i++)
        found = found || strcmp(list->names[i], name) == 0;
    cr_expect(found, "%s:%u: %s is not in list.h", line->path, line->number, name);
    list->tables++;
}

static void expect_plugins_listed(const char *path, void *list)
{
    each_line(path, expect_listed, list);
}

static void expect_complete(const char *kind, const char *upper)
{
    struct list list = {.kind = kind};
    char path[64];
    strcpy(list.upper, upper);
    snprintf(path, sizeof(path), "%ss/list.h", kind);
    each_line(path, add_to_list, &list);
    snprintf(path, sizeof(path), "%ss/*.c", kind);
    each_file(path, expect_plugins_listed, &list);
    cr_expect_eq(list.tables, list.count, "%zu plug-ins, but %zu lines in %ss/list.h", list.tables,
                 list.count, kind);
    cr_expect_gt(list.count, 0);
}

Test(meta, lists_are_sorted_and_hold_every_plugin)
{
    expect_complete("workload", "WORKLOAD");
    expect_complete("runner", "RUNNER");
}

/* ---- names -------------------------------------------------------------------------------- */

/* Also the name of an option, and of what result files say of the lock; also a command's. */
static const char option[] = "gil", command_name[] = "serve";

static void expect_no_plugin_name(const struct line *line, void *argument)
{
    char quoted[80];
    for (int i = 0; workloads[i] != NULL; i++) {
        if (strcmp(workloads[i]->name, option) == 0 ||
            strcmp(workloads[i]->name, command_name) == 0)
            continue;
        snprintf(quoted, sizeof(quoted), "\"%s\"", workloads[i]->name);
        cr_expect_null(strstr(line->text, quoted), "%s:%u: %s", line->path, line->number, quoted);
    }
    for (int i = 0; runners[i] != NULL; i++) {
        snprintf(quoted, sizeof(quoted), "\"%s\"", runners[i]->name);
        bool baseline = strcmp(runners[i]->name, BASELINE) == 0;
        cr_expect(baseline || strstr(line->text, quoted) == NULL, "%s:%u: %s", line->path,
                  line->number, quoted);
    }
    (void)argument;
}

static void expect_no_plugin_names(const char *path, void *argument)
{
    each_line(path, expect_no_plugin_name, argument);
}

Test(meta, the_harness_knows_no_plugin_by_name)
{
    each_file("bench/*.[ch]", expect_no_plugin_names, NULL);
}

/* ---- the manual --------------------------------------------------------------------------- */

struct search {
    const char *word;
    bool found;
};

static void find_word(const struct line *line, void *argument)
{
    struct search *search = argument;
    const char *at = line->text;
    size_t length = strlen(search->word);
    while (!search->found && (at = strstr(at, search->word)) != NULL) {
        at += length;
        search->found = strspn(at, "abcdefghijklmnopqrstuvwxyz-") == 0;
    }
}

static void find_in_file(const char *path, void *search)
{
    each_line(path, find_word, search);
}

Test(meta, every_option_is_in_the_manual)
{
    static const char *const commands[] = {"run",     "list",    "plan",  "plot",   "gil", "map",
                                           "compare", "history", "serve", "doctor", NULL};
    for (int i = 0; commands[i] != NULL; i++) {
        char *help = program("%s --help", commands[i]).out, *end;
        for (char *at = help; (at = strstr(at, "--")) != NULL; at = end) {
            end = at + 2 + strspn(at + 2, "abcdefghijklmnopqrstuvwxyz-");
            char option[64];
            snprintf(option, sizeof(option), "%.*s", (int)(end - at), at);
            struct search search = {.word = option};
            each_file("README.md", find_in_file, &search);
            each_file("docs/*.md", find_in_file, &search);
            cr_expect(search.found || strcmp(option, "--usage") == 0,
                      "%s %s is in neither README.md nor docs/", commands[i], option);
        }
    }
}

/* ---- skips -------------------------------------------------------------------------------- */

static void expect_test(const struct line *line, void *argument)
{
    char suite[64], name[64], text[160];
    struct search search = {.word = text};
    if (line->text[0] == '#' || line->text[0] == '\0')
        return;
    cr_expect(matches(line->text, "^([a-z_]+)/[a-z_0-9]+: .+", suite) &&
                  matches(line->text, "^[a-z_]+/([a-z_0-9]+): ", name),
              "%s:%u: is not SUITE/NAME: WHY", line->path, line->number);
    snprintf(text, sizeof(text), "Test(%s, %s", suite, name);
    each_file("tests/test_*.c", find_in_file, &search);
    cr_expect(search.found, "%s:%u: there is no %s/%s", line->path, line->number, suite, name);
    (void)argument;
}

Test(meta, skips_that_are_expected_belong_to_tests)
{
    each_line("tests/expected-skips.txt", expect_test, NULL);
}
