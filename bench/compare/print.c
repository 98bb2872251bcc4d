// SPDX-License-Identifier: MIT
#include "bench/compare/print.h"
#include "bench/text.h"
#include "bench/units.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { INDENT = 2, COLUMNS = 8, STATUS_MAX = 1024 };

static const struct {
    const char *title;
    int width;
} columns[COLUMNS] = {{"verdict", 12}, {"base", 8}, {"new", 8},   {"change", 8},
                      {"99 %", 16},    {"p", 7},    {"pairs", 5}, {"sees", 6}};

/* ---- cells -------------------------------------------------------------------------------- */

const char *print_time(char text[PRINT_CELL_MAX], double ns)
{
    char time[UNITS_MAX];
    snprintf(text, PRINT_CELL_MAX, "%s", isfinite(ns) ? units_time(time, ns) : "–");
    return text;
}

static int digits(double percent)
{
    return fabs(percent) < 99.95 ? 1 : 0;
}

static const char *print_percent(char text[PRINT_CELL_MAX], double share, bool sign)
{
    double percent = 100 * share;
    if (isfinite(percent))
        snprintf(text, PRINT_CELL_MAX, sign ? "%+.*f %%" : "%.*f %%", digits(percent), percent);
    else
        snprintf(text, PRINT_CELL_MAX, "–");
    return text;
}

const char *print_change(char text[PRINT_CELL_MAX], double change)
{
    return print_percent(text, change, true);
}

const char *print_interval(char text[PRINT_CELL_MAX], const struct estimate *change)
{
    double low = 100 * change->low, high = 100 * change->high;
    if (isfinite(low) && isfinite(high))
        snprintf(text, PRINT_CELL_MAX, "[%+.*f, %+.*f]", digits(low), low, digits(high), high);
    else
        snprintf(text, PRINT_CELL_MAX, "–");
    return text;
}

/* So many that one above 1 %, which decides nothing, does not look like 1 %. */
static int p_digits(double p)
{
    if (p >= 0.1)
        return 2;
    return p > 0.01 && p < 0.0101 ? 5 : 4;
}

const char *print_p(char text[PRINT_CELL_MAX], const struct compared_case *c)
{
    double p = fmin(c->p_slow_adjusted, c->p_fast_adjusted); /* of two numbers, or of the one */
    if (!isfinite(p))
        snprintf(text, PRINT_CELL_MAX, "–");
    else if (p < 0.0001)
        snprintf(text, PRINT_CELL_MAX, "<0.0001");
    else
        snprintf(text, PRINT_CELL_MAX, "%.*f", p_digits(p), p);
    return text;
}

const char *print_visible(char text[PRINT_CELL_MAX], double visible)
{
    return print_percent(text, visible, false);
}

const char *print_share(char text[PRINT_CELL_MAX], double share)
{
    double percent = 100 * share;
    if (percent < 99.5)
        snprintf(text, PRINT_CELL_MAX, "%.2g %%", percent < 1e-4 ? 0 : percent);
    else
        snprintf(text, PRINT_CELL_MAX, "%.0f %%", 10 * round(percent / 10));
    return text;
}

/* ---- the table ---------------------------------------------------------------------------- */

/* A cell for each column, the first of them in a colour if it has one. */
static void print_row(FILE *out, const char *const cells[COLUMNS], const char *color)
{
    fprintf(out, "%*s", INDENT - 1, "");
    for (int i = 0; i < COLUMNS; i++) {
        bool colored = i == 0 && color[0] != '\0';
        fputc(' ', out);
        fputs(colored ? color : "", out);
        text_pad(out, cells[i], columns[i].width, i == 0);
        fputs(colored ? "\033[0m" : "", out);
    }
    fputc('\n', out);
}

static void print_titles(FILE *out)
{
    const char *titles[COLUMNS];
    for (int i = 0; i < COLUMNS; i++)
        titles[i] = columns[i].title;
    print_row(out, titles, "");
}

static const char *color_of(enum verdict_kind verdict)
{
    switch (verdict) {
    case VERDICT_BROKEN:
    case VERDICT_REGRESSION:
    case VERDICT_FAILED:
        return "\033[1;31m";
    case VERDICT_IMPROVEMENT:
    case VERDICT_REPAIRED:
        return "\033[1;32m";
    case VERDICT_INCONCLUSIVE:
        return "\033[1;33m";
    default:
        return "";
    }
}

static void print_case(FILE *out, const struct compared_case *c, int width, bool color)
{
    char text[COLUMNS][PRINT_CELL_MAX];
    snprintf(text[6], PRINT_CELL_MAX, "%zu", c->pair_count);
    const char *const cells[COLUMNS] = {verdict_names[c->verdict],
                                        print_time(text[1], c->base_ns),
                                        print_time(text[2], c->new_ns),
                                        print_change(text[3], c->change.value),
                                        print_interval(text[4], &c->change),
                                        print_p(text[5], c),
                                        text[6],
                                        print_visible(text[7], c->visible)};
    text_wrap(out, c->name, 0, INDENT, width);
    print_row(out, cells, color ? color_of(c->verdict) : "");
    if (c->why == NULL)
        return;
    fprintf(out, "%*s", 2 * INDENT, "");
    text_wrap(out, c->why, 2 * INDENT, 2 * INDENT, width);
}

char *print_words(const struct comparison *c, void (*print)(FILE *, const struct comparison *))
{
    char *words = NULL;
    size_t size;
    FILE *text = open_memstream(&words, &size);
    if (text == NULL)
        return NULL;
    print(text, c);
    fclose(text);
    return words;
}

static void print_wrapped(FILE *out, const struct comparison *c, int indent, int width,
                          void (*print)(FILE *, const struct comparison *))
{
    char *words = print_words(c, print);
    if (words != NULL)
        text_wrap(out, words, 0, indent, width);
    free(words);
}

static void print_side(FILE *out, const char *name, const char *what, const char *version)
{
    fprintf(out, "%s: %s", name, what);
    if (version != NULL)
        fprintf(out, " (%s)", version);
}

static bool is_complete(const struct comparison *c)
{
    return strcmp(c->status, "complete") == 0;
}

/* What became of it, if there is more to say than that it is complete: a sentence, or "". Fills
 * text and returns it. */
static const char *status_of(char text[STATUS_MAX], const struct comparison *c)
{
    text[0] = '\0';
    if (c->message != NULL)
        snprintf(text, STATUS_MAX, "%s", c->message);
    else if (!is_complete(c))
        snprintf(text, STATUS_MAX, "status: %s", c->status);
    return text;
}

void print_head(FILE *out, const struct comparison *c)
{
    char status[STATUS_MAX];
    print_side(out, "base", c->base, c->base_version);
    print_side(out, " · new", c->news, c->new_version);
    const char *cpu = c->cpu != NULL ? c->cpu : "unknown CPU";
    fprintf(out, " · %.*s · %s", text_trimmed(cpu), cpu, c->started);
    status_of(status, c);
    fprintf(out, "%s%s", status[0] != '\0' ? " · " : "", status);
}

void print_legend(FILE *out, const struct comparison *c)
{
    if (c->paired)
        fprintf(
            out,
            "base, new: medians of the pairs · change: with its 99 %% interval · p: how often "
            "chance alone, at a margin of %.3g %%, would show as much, adjusted for all cases · "
            "sees: the slow-down that four of five such comparisons would find · UNCHANGED: "
            "for certain less than %.3g %% slower",
            100 * c->margin, 100 * c->min_effect);
    else
        fprintf(out, "Advisory: these files were measured one after the other, and what the "
                     "machine did meanwhile is in the change. `speedup compare` of two builds "
                     "decides.");
}

void print_comparison(FILE *out, const struct comparison *comparison, int width, bool color)
{
    print_wrapped(out, comparison, INDENT, width, print_head);
    fputc('\n', out);
    print_titles(out);
    for (int v = 0; v < VERDICTS; v++)
        for (size_t i = 0; i < comparison->case_count; i++)
            if (comparison->cases[i].verdict == (enum verdict_kind)v)
                print_case(out, &comparison->cases[i], width, color);
    fputc('\n', out);
    print_wrapped(out, comparison, 0, width, print_legend);
    fputc('\n', out);
    print_wrapped(out, comparison, 0, width, print_summary);
}

/* ---- in words ----------------------------------------------------------------------------- */

static size_t count_of(const struct comparison *c, enum verdict_kind verdict)
{
    size_t n = 0;
    for (size_t i = 0; i < c->case_count; i++)
        n += c->cases[i].verdict == verdict;
    return n;
}

/* Those that were timed, and could be judged with more of it. */
static size_t count_noisy(const struct comparison *c)
{
    size_t n = 0;
    for (size_t i = 0; i < c->case_count; i++)
        n += c->cases[i].verdict == VERDICT_INCONCLUSIVE && isfinite(c->cases[i].p_slow_adjusted);
    return n;
}

static const char *advice(const struct comparison *c)
{
    if (count_noisy(c) == 0)
        return "What could not be judged says why.";
    if (c->message != NULL)
        return "Time was over before all pairs were measured: allow more, or a quieter machine.";
    return "A quieter machine or more --pairs would decide.";
}

static const char *conclusion(const struct comparison *c)
{
    if (!c->paired)
        return "Two stored files advise; they do not decide.";
    if (strcmp(c->status, "interrupted") == 0)
        return "It was interrupted: this is of the complete pairs, and no verdict to rely on.";
    if (!is_complete(c))
        return "It did not come to its end: this is of the complete pairs, and no verdict to rely "
               "on.";
    if (c->case_count == 0)
        return "Nothing can be said of the new side.";
    if (count_of(c, VERDICT_BROKEN) + count_of(c, VERDICT_REGRESSION) > 0)
        return "The new side must not pass as it is.";
    if (count_of(c, VERDICT_FAILED) > 0)
        return "What fails on both sides says nothing.";
    if (count_of(c, VERDICT_INCONCLUSIVE) > 0)
        return advice(c);
    if (count_of(c, VERDICT_UNCHANGED) + count_of(c, VERDICT_IMPROVEMENT) == 0)
        return "No case went well on both sides, so no times were compared.";
    return "Nothing speaks against the new side.";
}

void print_summary(FILE *out, const struct comparison *c)
{
    static const char *const words[VERDICTS] = {
        [VERDICT_BROKEN] = "broken by the new side",
        [VERDICT_REGRESSION] = "slower",
        [VERDICT_INCONCLUSIVE] = "too noisy to say",
        [VERDICT_IMPROVEMENT] = "faster",
        [VERDICT_UNCHANGED] = "unchanged",
        [VERDICT_REPAIRED] = "repaired by the new side",
        [VERDICT_FAILED] = "failed on both sides",
        [VERDICT_ADDED] = "on the new side alone",
        [VERDICT_REMOVED] = "on the base side alone",
    };
    bool first = true;
    fprintf(out, "%zu case%s: ", c->case_count, c->case_count == 1 ? "" : "s");
    for (int v = 0; v < VERDICTS; v++) {
        size_t n = count_of(c, (enum verdict_kind)v);
        if (n == 0)
            continue;
        fprintf(out, "%s%zu %s", first ? "" : ", ", n, words[v]);
        first = false;
    }
    if (first)
        fprintf(out, "nothing was measured");
    fprintf(out, ". %s", conclusion(c));
}
