// SPDX-License-Identifier: MIT
#include "tests/fuzz/readers.h"

#include <errno.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bench/chart.h"
#include "bench/compare/print.h"
#include "bench/gil/grid.h"
#include "bench/gil/validate.h"
#include "bench/gnuplot.h"
#include "bench/map/show.h"
#include "bench/replace.h"
#include "bench/table.h"
#include "bench/text.h"

enum { WHY_SIZE = 1024 };

/* ---- complaints --------------------------------------------------------------------------- */

__attribute__((format(printf, 2, 3))) static void complain(struct reading *r, const char *format,
                                                           ...)
{
    va_list list;
    if (r->complaint[0] != '\0')
        return;
    va_start(list, format);
    vsnprintf(r->complaint, sizeof(r->complaint), format, list);
    va_end(list);
}

/* A terminal would obey the one, and a picture with the other is no picture. The text ends with a
 * zero byte. */
static bool is_foul(const char *text, size_t size)
{
    for (size_t i = 0, bytes = 0; i < size; i += bytes) {
        bytes = text[i] == '\n' ? 1 : text_character(text + i);
        if (bytes == 0)
            return true;
    }
    return false;
}

/* In words, without an end of line. */
static void expect_sentence(struct reading *r, const char *reader, const char *why)
{
    if (why[0] == '\0' || strchr(why, '\n') != NULL || is_foul(why, strlen(why)))
        complain(r, "%s refuses it with: '%s'", reader, why);
}

/* ---- in the place of gnuplot -------------------------------------------------------------- */

/* The reading that is going on, for what stands in gnuplot's place and knows none. */
static struct reading *present;

/* By the linker's --wrap: it looks at the script and is never installed. */
int __wrap_gnuplot_run(FILE *script, char *why, size_t size);
int __wrap_gnuplot_run(FILE *script, char *why, size_t size)
{
    static char text[1 << 20];
    rewind(script);
    size_t n = fread(text, 1, sizeof(text) - 1, script);
    text[n] = '\0';
    if (memchr(text, '\0', n) != NULL || is_foul(text, n))
        complain(present, "a script for gnuplot holds a control character or no UTF-8");
    snprintf(why, size, "no gnuplot here");
    return -ENOENT;
}

/* In the same way: no file is made for what is not drawn. */
int __wrap_replacement_begin(struct replacement *r, const char *path);
int __wrap_replacement_begin(struct replacement *r, const char *path)
{
    snprintf(r->target, sizeof(r->target), "%s", path);
    r->path[0] = '\0';
    return dup(STDERR_FILENO);
}

/* ---- the readers -------------------------------------------------------------------------- */

/* To a file that is none; answers what was written into *text, for the caller to free. */
static FILE *open_paper(char **text, size_t *size)
{
    FILE *paper = open_memstream(text, size);
    if (paper == NULL)
        abort();
    return paper;
}

static void close_paper(struct reading *r, FILE *paper, char **text, const size_t *size,
                        const char *what)
{
    fclose(paper);
    if (is_foul(*text, *size))
        complain(r, "%s holds a control character or no UTF-8", what);
    free(*text);
}

static void try_map(const struct view *view, struct reading *r)
{
    static struct map map;
    char why[WHY_SIZE] = "", *text;
    size_t size;
    if (map_read(&map, view, why, sizeof(why)) != 0) {
        expect_sentence(r, "the map", why);
        return;
    }
    FILE *paper = open_paper(&text, &size);
    map_print(paper, &map, view);
    close_paper(r, paper, &text, &size, "a map");
    map_draw(&map, view, "none.svg", why, sizeof(why));
}

static void show(const struct view *view, size_t width, struct reading *r)
{
    char why[WHY_SIZE] = "", *text;
    size_t size;
    FILE *paper = open_paper(&text, &size);
    table_print(paper, view->result, 40 + (int)(width % 200), false);
    close_paper(r, paper, &text, &size, "a table");
    paper = open_paper(&text, &size);
    chart_draw(paper, view, "none", CHART_SVG | CHART_PNG, why, sizeof(why));
    fclose(paper);
    free(text);
    expect_sentence(r, "the chart", why);
    try_map(view, r);
}

/* Where the reader stood: in a line of what is no JSON, else in a job, case, run or pair, or at a
 * member of the file as a whole, which it names. */
static void expect_place(struct reading *r, const char *reader, const json_error_t *broken,
                         const char *why)
{
    char place[64];
    expect_sentence(r, reader, why);
    snprintf(place, sizeof(place), "line %d, column %d", broken->line, broken->column);
    if (broken->text[0] != '\0' && strstr(why, place) == NULL)
        complain(r, "%s refuses what breaks at %s with: '%s'", reader, place, why);
    bool told = strchr(why, '\'') != NULL || strstr(why, "case ") != NULL ||
                strstr(why, "pair ") != NULL || strstr(why, "its schema ") != NULL;
    if (broken->text[0] == '\0' && !told)
        complain(r, "%s does not say which member of the file it means: '%s'", reader, why);
}

static void try_result(const char *path, const json_error_t *broken, size_t size, struct reading *r)
{
    struct view view;
    char why[WHY_SIZE] = "";
    if (view_open(&view, path, why, sizeof(why)) == 0) {
        if (broken->text[0] != '\0')
            complain(r, "it reads what is no JSON");
        r->accepted = true;
        show(&view, size, r);
        view_close(&view);
    } else {
        expect_place(r, "the reader of results", broken, why);
    }
}

static void try_comparison(const char *path, const json_error_t *broken, struct reading *r)
{
    struct comparison comparison;
    char why[WHY_SIZE] = "", *text;
    size_t size;
    if (comparison_open(&comparison, path, why, sizeof(why)) == 0) {
        r->accepted = r->compared = true;
        FILE *paper = open_paper(&text, &size);
        print_comparison(paper, &comparison, 80, false);
        print_markdown(paper, &comparison);
        close_paper(r, paper, &text, &size, "a comparison");
        comparison_close(&comparison);
    } else {
        expect_place(r, "the reader of comparisons", broken, why);
    }
}

static void try_validation(const json_t *json, struct reading *r)
{
    char why[WHY_SIZE] = "";
    if (!validation_is(json))
        return;
    int err = validation_draw(json, "none.svg", why, sizeof(why));
    r->accepted |= err == -ENOENT;
    expect_sentence(r, "the picture of a validation", why);
}

/* Its charts, and who had the lock. */
static void try_grid(const json_t *json, struct reading *r)
{
    char why[WHY_SIZE] = "";
    if (!grid_is(json))
        return;
    int err = grid_plot(json, "none.svg", why, sizeof(why));
    r->accepted |= err == -ENOENT;
    expect_sentence(r, "the chart of an experiment", why);
    err = grid_plot_timeline(json, "none.svg", why, sizeof(why));
    r->accepted |= err == -ENOENT;
    expect_sentence(r, "the timeline of an experiment", why);
}

void readers_try(const struct input *input, struct reading *reading)
{
    static int fd = -1;
    FILE *terminal = stderr;
    char path[64], *said;
    size_t size;
    json_error_t broken = {.text = ""};
    if (fd < 0)
        fd = memfd_create("input", 0);
    if (fd < 0 || ftruncate(fd, 0) != 0 ||
        pwrite(fd, input->bytes, input->size, 0) != (ssize_t)input->size)
        abort();
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    *reading = (struct reading){.accepted = false};
    present = reading;
    json_t *json = json_load_file(path, JSON_REJECT_DUPLICATES, &broken);
    if (json != NULL)
        broken.text[0] = '\0';
    stderr = open_paper(&said, &size);
    try_result(path, &broken, input->size, reading);
    try_comparison(path, &broken, reading);
    if (json != NULL) {
        try_validation(json, reading);
        try_grid(json, reading);
    }
    close_paper(reading, stderr, &said, &size, "what is said on stderr");
    stderr = terminal;
    json_decref(json);
}
