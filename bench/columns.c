// SPDX-License-Identifier: MIT
#include "bench/columns.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "bench/units.h"

const struct column columns[COLUMN_COUNT] = {
    {.title = "runner", .kind = COLUMN_RUNNER},
    {.title = "n", .kind = COLUMN_CONCURRENCY, .legend = "tasks that may be in progress at once"},
    {.title = "wall",
     .kind = COLUMN_TIME,
     .value = VIEW_RUN,
     .legend = "from opening the gate to the last task done, median of the rounds"},
    {.title = "CPU",
     .kind = COLUMN_TIME,
     .value = VIEW_CPU,
     .leaves = 4,
     .legend = "CPU time of all workers, creation and destruction included"},
    {.kind = COLUMN_RATE, .leaves = 7},
    {.title = "speed-up",
     .kind = COLUMN_SPEEDUP,
     .legend = "wall of serial ÷ wall of the same round, over the rounds (Hodges–Lehmann), with "
               "its 95 % interval"},
    {.title = "95 %", .kind = COLUMN_SPEEDUP_INTERVAL},
    {.title = "whole",
     .kind = COLUMN_WHOLE,
     .leaves = 8,
     .legend = "the same on create + wall + destroy"},
    {.title = "95 %", .kind = COLUMN_WHOLE_INTERVAL, .leaves = 3},
    {.title = "eff.",
     .kind = COLUMN_EFFICIENCY,
     .leaves = 6,
     .legend = "speed-up ÷ the most that n could give: n, but no more than there are tasks, nor "
               "than cores ÷ the serial run's share of CPU time"},
    {.title = "create",
     .kind = COLUMN_TIME,
     .value = VIEW_CREATE,
     .leaves = 2,
     .legend = "until all workers wait at the gate"},
    {.title = "destroy",
     .kind = COLUMN_TIME,
     .value = VIEW_DESTROY,
     .leaves = 2,
     .legend = "until all have ended"},
    {.title = "p95",
     .kind = COLUMN_TIME,
     .value = VIEW_TASK_P95,
     .leaves = 4,
     .legend = "95 % of the tasks took no longer, each from begun to done"},
    {.title = "peak",
     .kind = COLUMN_PEAK,
     .leaves = 5,
     .legend = "most tasks seen in progress at once"},
    {.title = "vol.",
     .kind = COLUMN_COUNT_OF,
     .value = VIEW_VOLUNTARY,
     .leaves = 1,
     .legend = "voluntary context switches: a worker waited"},
    {.title = "invol.",
     .kind = COLUMN_COUNT_OF,
     .value = VIEW_INVOLUNTARY,
     .leaves = 1,
     .legend = "involuntary ones: another took its core"},
    {.title = "answer", .kind = COLUMN_ANSWER, .legend = "checked in every round"},
    {.kind = COLUMN_MEASURE, .value = VIEW_MEASURES},
    {.kind = COLUMN_MEASURE, .value = VIEW_MEASURES + 1, .leaves = 8},
    {.kind = COLUMN_MEASURE, .value = VIEW_MEASURES + 2, .leaves = 7},
    {.kind = COLUMN_MEASURE, .value = VIEW_MEASURES + 3, .leaves = 6},
    {.kind = COLUMN_MEASURE, .value = VIEW_MEASURES + 4, .leaves = 3},
    {.kind = COLUMN_MEASURE, .value = VIEW_MEASURES + 5, .leaves = 2},
};

static bool counts_bytes(const struct view_job *job)
{
    return strcmp(job->unit, "B") == 0;
}

const struct view_measure *column_measure(const struct column *column, const struct view_job *job)
{
    if (column->kind != COLUMN_MEASURE || job->measures[column->value - VIEW_MEASURES].name == NULL)
        return NULL;
    return &job->measures[column->value - VIEW_MEASURES];
}

const char *column_title(const struct column *column, const struct view_job *job,
                         char text[CELL_MAX])
{
    const char *unit = counts_bytes(job) ? "MB" : job->unit;
    const struct view_measure *measure = column_measure(column, job);
    if (column->kind == COLUMN_RATE)
        snprintf(text, CELL_MAX, "%.12s/s", unit);
    else if (column->kind == COLUMN_MEASURE)
        snprintf(text, CELL_MAX, "%.40s", measure != NULL ? measure->name : "");
    else
        snprintf(text, CELL_MAX, "%s", column->title);
    return text;
}

/* Units stand below each other: short ones get spaces behind. */
static void put_time(char *text, double ns)
{
    char time[UNITS_MAX];
    snprintf(text, CELL_MAX, "%s%s", units_time(time, ns), ns >= 999.5e6 ? " " : "");
}

static void put_number(char *text, double x)
{
    double step = x >= 999.5 ? pow(10, floor(log10(x)) - 2) : 1;
    int decimals = x < 9.995 ? 2 : x < 99.95 ? 1 : 0;
    if (x > 0 && x < 0.00995) { /* one digit that says something */
        snprintf(text, CELL_MAX, "%.*f", (int)-floor(log10(x)), x);
        return;
    }
    snprintf(text, CELL_MAX, "%.*f", decimals, x < 999.5 ? x : round(x / step) * step);
}

static void put_rate(char *text, double x)
{
    if (x < 999.5) {
        put_number(text, x);
        size_t n = strlen(text);
        snprintf(text + n, CELL_MAX - n, "  ");
    } else {
        units_count(text, x);
    }
}

static void put_count(char *text, double x)
{
    units_count(text, round(x));
}

static void put_interval(char *text, const struct estimate *e)
{
    char low[CELL_MAX], high[CELL_MAX];
    put_number(low, e->low);
    put_number(high, e->high);
    snprintf(text, CELL_MAX, "[%.15s, %.15s]", low, high);
}

/* The baseline's own interval says nothing, and below 6 rounds there is none. */
static void put_interval_of(char *text, const struct view_case *c, const struct estimate *e)
{
    if (c->baseline && !isnan(e->low))
        text[0] = '\0';
    else if (!isnan(e->low))
        put_interval(text, e);
    else if (!isnan(e->value))
        snprintf(text, CELL_MAX, "n/a");
}

static void put_peak(char *text, const struct view_case *c)
{
    if (c->peak_min == c->peak_max)
        snprintf(text, CELL_MAX, "%.0f", c->peak_max);
    else
        snprintf(text, CELL_MAX, "%.0f–%.0f", c->peak_min, c->peak_max);
}

static void put_answer(char *text, const struct view_case *c)
{
    if (c->failed != NULL)
        snprintf(text, CELL_MAX, "FAILED");
    else if (c->run_count > 0)
        snprintf(text, CELL_MAX, "checked");
}

static void put_measure(char *text, const struct view_measure *measure, double x)
{
    text[0] = '\0';
    if (measure == NULL)
        return;
    if (!isfinite(x) || measure->unit == NULL)
        snprintf(text, CELL_MAX, "–");
    else if (strcmp(measure->unit, "ns") == 0)
        put_time(text, x);
    else if (strcmp(measure->unit, "share") == 0)
        snprintf(text, CELL_MAX, "%.0f %%", 100 * x);
    else
        put_rate(text, x);
}

static void put_if_known(char *text, double x, void (*put)(char *, double))
{
    if (isfinite(x))
        put(text, x);
}

const char *column_cell(const struct column *column, const struct view_job *job,
                        const struct view_case *c, char text[CELL_MAX])
{
    snprintf(text, CELL_MAX, "–");
    switch (column->kind) {
    case COLUMN_RUNNER:
        snprintf(text, CELL_MAX, "%s%s", c->label, c->inlined ? " (inline)" : "");
        break;
    case COLUMN_CONCURRENCY:
        snprintf(text, CELL_MAX, "%d", c->concurrency);
        break;
    case COLUMN_TIME:
        put_if_known(text, c->median[column->value], put_time);
        break;
    case COLUMN_COUNT_OF:
        put_if_known(text, c->median[column->value], put_count);
        break;
    case COLUMN_RATE:
        if (counts_bytes(job))
            put_if_known(text, c->rate / 1e6, put_number);
        else
            put_if_known(text, c->rate, put_rate);
        break;
    case COLUMN_SPEEDUP:
        put_if_known(text, c->speedup.value, put_number);
        break;
    case COLUMN_SPEEDUP_INTERVAL:
        put_interval_of(text, c, &c->speedup);
        break;
    case COLUMN_WHOLE:
        put_if_known(text, c->whole.value, put_number);
        break;
    case COLUMN_WHOLE_INTERVAL:
        put_interval_of(text, c, &c->whole);
        break;
    case COLUMN_EFFICIENCY:
        if (isfinite(c->efficiency))
            snprintf(text, CELL_MAX, "%.0f %%", 100 * c->efficiency);
        break;
    case COLUMN_PEAK:
        if (!isnan(c->peak_max))
            put_peak(text, c);
        break;
    case COLUMN_ANSWER:
        put_answer(text, c);
        break;
    case COLUMN_MEASURE:
        put_measure(text, column_measure(column, job), c->median[column->value]);
        break;
    }
    return text;
}
