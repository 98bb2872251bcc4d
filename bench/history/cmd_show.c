// SPDX-License-Identifier: MIT
/* speedup history show: all series in a table, or one with its sessions. */
#include "bench/history/chart.h"
#include "bench/history/cmd.h"
#include "bench/history/date.h"
#include "bench/history/listing.h"
#include "bench/picture.h"
#include "bench/table.h"
#include "bench/text.h"
#include "bench/units.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { COURSE = 20 }; /* sessions in a sparkline */

static const char last_default[] = "200";

/* What goes into a file, or through grep, has a line for each. */
static int page_width(void)
{
    return table_width(stdout, INT_MAX);
}

/* ---- a table of series -------------------------------------------------------------------- */

/* The last changes as bars. What is a hundredth apart fills a quarter of their height at most, so
 * that noise does not look like mountains. */
static void course(const struct series *s, char text[LISTING_CELL])
{
    static const char *const bars[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    size_t first = s->point_count > COURSE ? s->point_count - COURSE : 0;
    double low = INFINITY, high = -INFINITY;
    for (size_t i = first; i < s->point_count; i++) {
        low = fmin(low, s->points[i].change);
        high = fmax(high, s->points[i].change);
    }
    double range = fmax(high - low, 0.04), bottom = (low + high - range) / 2;
    text[0] = '\0';
    for (size_t i = first; i < s->point_count; i++) {
        double height = (s->points[i].change - bottom) / range * 7.999;
        strcat(text, isnan(height) ? "·" : bars[(int)height]);
    }
}

static void print_overview(const struct history *h)
{
    static const struct listing_column columns[] = {{"#", 0},
                                                    {"case", LISTING_LEFT | LISTING_BELOW},
                                                    {"machine", LISTING_LEFT | LISTING_BELOW},
                                                    {"over", LISTING_LEFT | LISTING_BELOW},
                                                    {"sessions", 0},
                                                    {"last", LISTING_LEFT},
                                                    {"commit", LISTING_LEFT},
                                                    {"change", 0},
                                                    {"99 %", LISTING_LEFT},
                                                    {"verdict", LISTING_LEFT},
                                                    {"course", LISTING_LEFT | LISTING_BELOW}};
    struct listing t;
    listing_begin(&t, columns, sizeof(columns) / sizeof(columns[0]));
    for (size_t i = 0; i < h->count; i++) {
        const struct series *s = &h->series[i];
        const struct point none = {.change = NAN, .low = NAN, .high = NAN, .verdict = ""};
        const struct point *last = s->point_count > 0 ? &s->points[s->point_count - 1] : &none;
        char text[LISTING_CELL], date[DATE_MAX];
        listing_add(&t, "%lld", (long long)s->id);
        listing_add(&t, "%s", s->name);
        listing_add(&t, "%.8s", s->fingerprint);
        listing_add(&t, "%s", s->reference);
        listing_add(&t, "%lld", (long long)s->sessions);
        listing_add(&t, "%.10s", s->point_count > 0 ? date_print(date, last->date, true) : "");
        listing_add(&t, "%s", last->commit != NULL ? last->commit : "");
        listing_add(&t, "%s", listing_change(text, last->change));
        listing_add(&t, "%s", listing_interval(text, last->low, last->high));
        listing_add(&t, "%s", last->verdict);
        course(s, text);
        listing_add(&t, "%s", text);
    }
    listing_print(&t, stdout, page_width());
    listing_free(&t);
}

/* ---- one series --------------------------------------------------------------------------- */

static void print_heading(const struct series *s)
{
    text_pad(stdout, s->name, 0, true);
    printf("\n  series %lld on machine %s over ", (long long)s->id, s->fingerprint);
    text_pad(stdout, s->reference, 0, true);
    printf("\n  %lld session%s", (long long)s->sessions, s->sessions == 1 ? "" : "s");
    if ((size_t)s->sessions > s->point_count)
        printf(", the last %zu", s->point_count);
    printf("\n  ");
    text_wrap(stdout, s->time, 2, 2, history_width());
}

static void print_sessions(const struct series *s)
{
    static const struct listing_column columns[] = {{"session", 0},
                                                    {"date", LISTING_LEFT},
                                                    {"commit", LISTING_LEFT},
                                                    {"change", 0},
                                                    {"99 %", LISTING_LEFT},
                                                    {"time", LISTING_BELOW},
                                                    {"over", LISTING_BELOW},
                                                    {"pairs", LISTING_BELOW},
                                                    {"verdict", LISTING_LEFT},
                                                    {"message", LISTING_LEFT | LISTING_BELOW}};
    struct listing t;
    listing_begin(&t, columns, sizeof(columns) / sizeof(columns[0]));
    for (size_t i = 0; i < s->point_count; i++) {
        const struct point *p = &s->points[i];
        char text[LISTING_CELL], date[DATE_MAX], time[UNITS_MAX];
        listing_add(&t, "%lld", (long long)p->session);
        listing_add(&t, "%s", date_print(date, p->date, true));
        listing_add(&t, "%s", p->commit != NULL ? p->commit : "");
        listing_add(&t, "%s", listing_change(text, p->change));
        listing_add(&t, "%s", listing_interval(text, p->low, p->high));
        listing_add(&t, "%s", isnan(p->new_ns) ? "–" : units_time(time, p->new_ns));
        listing_add(&t, "%s", isnan(p->base_ns) ? "–" : units_time(time, p->base_ns));
        listing_add(&t, "%lld", (long long)p->pairs);
        listing_add(&t, "%s", p->verdict);
        listing_add(&t, "%s", p->message != NULL ? p->message : "");
    }
    listing_print(&t, stdout, page_width());
    listing_free(&t);
}

/* ---- JSON --------------------------------------------------------------------------------- */

static int print_json(const struct history *h)
{
    json_t *list = json_array(),
           *all = json_pack("{s:{s:i, s:O}}", "history", "schema", 1, "series", list);
    for (size_t i = 0; i < h->count; i++) {
        json_t *one = history_series_json(&h->series[i]), *points = json_array();
        for (size_t k = 0; k < h->series[i].point_count; k++)
            json_array_append_new(points, history_point_json(&h->series[i].points[k]));
        json_object_set_new(one, "points", points);
        json_array_append_new(list, one);
    }
    int err = history_print_json(all);
    json_decref(list);
    json_decref(all);
    return err == 0 ? EXIT_OK : EXIT_RUN_TIME;
}

/* ---- all ---------------------------------------------------------------------------------- */

static int draw(const struct history *h, const char *path)
{
    char why[HISTORY_WHY_MAX] = "";
    if (h->count > 1)
        return cli_usage("history show",
                         "--chart draws one series and %zu match; choose one with -f or -s",
                         h->count);
    int err = chart_series(&h->series[0], path, why, sizeof(why));
    if (err == 0)
        fprintf(stderr, "speedup: the series is drawn in %s\n", path);
    return err == 0         ? EXIT_OK
           : err == -ENOENT ? (history_fail("show", err, why), EXIT_ABSENT)
                            : history_fail("show", err, why);
}

static int show(const struct reading *r, const char *chart, bool json)
{
    struct history h;
    char why[HISTORY_WHY_MAX] = "";
    if (chart != NULL && picture_allowed(chart, "--chart", why, sizeof(why)) != 0)
        return cli_usage("history show", "%s", why);
    int status = history_load(&h, "show", r, last_default);
    if (status != EXIT_OK)
        return status;
    if (json) {
        status = print_json(&h);
    } else if (h.count > 1) {
        print_overview(&h);
    } else {
        print_heading(&h.series[0]);
        print_sessions(&h.series[0]);
    }
    fflush(stdout);
    if (chart != NULL && status == EXIT_OK)
        status = draw(&h, chart);
    history_free(&h);
    return status;
}

int history_show_command(int argc, const char **argv)
{
    struct reading r = {0};
    char *chart = NULL;
    int json = 0, status;
    const struct poptOption table[] = {
        READING_OPTIONS(&r, "200"),
        {"chart", '\0', POPT_ARG_STRING, &chart, 0, "draw one series", "FILE.svg|.png"},
        {"json", '\0', POPT_ARG_NONE, &json, 0, "print JSON", NULL},
        POPT_AUTOHELP POPT_TABLEEND};
    poptContext context = cli_open("history show", NULL, argc, argv, table, &status);
    if (status == EXIT_OK)
        status = show(&r, chart, json != 0);
    free(chart);
    reading_free(&r);
    poptFreeContext(context);
    return status;
}
