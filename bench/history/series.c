// SPDX-License-Identifier: MIT
#include "bench/history/series.h"

#include <errno.h>
#include <math.h>
#include <regex.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/compare/comparison.h"
#include "bench/history/date.h"
#include "bench/text.h"

/* ---- columns ------------------------------------------------------------------------------ */

/* Text that may have been damaged, or written by others. */
static char *text_at(sqlite3_stmt *row, int column)
{
    const char *text = (const char *)sqlite3_column_text(row, column);
    char *copy = text != NULL ? strdup(text) : NULL;
    if (copy != NULL)
        text_clean(copy);
    return copy;
}

static char *needed_text_at(sqlite3_stmt *row, int column)
{
    char *text = text_at(row, column);
    return text != NULL ? text : strdup("");
}

static double number_at(sqlite3_stmt *row, int column)
{
    double value = sqlite3_column_double(row, column);
    return sqlite3_column_type(row, column) == SQLITE_NULL || !isfinite(value) ? NAN : value;
}

static double change_at(sqlite3_stmt *row, int column)
{
    double value = number_at(row, column);
    return value > -1 ? value : NAN;
}

/* ---- points ------------------------------------------------------------------------------- */

static void read_point(sqlite3_stmt *row, struct point *p)
{
    *p = (struct point){.session = sqlite3_column_int64(row, 0),
                        .date = sqlite3_column_int64(row, 1),
                        .change = change_at(row, 2),
                        .low = change_at(row, 3),
                        .high = change_at(row, 4),
                        .base_ns = number_at(row, 5),
                        .new_ns = number_at(row, 6),
                        .pairs = sqlite3_column_int64(row, 7),
                        .verdict = needed_text_at(row, 8),
                        .commit = text_at(row, 9),
                        .version = text_at(row, 10),
                        .message = text_at(row, 11),
                        .host = text_at(row, 12),
                        .base = text_at(row, 13),
                        .build = text_at(row, 14),
                        .command = text_at(row, 15)};
}

static void reverse(struct point *points, size_t n)
{
    for (size_t i = 0; i < n / 2; i++) {
        struct point moved = points[i];
        points[i] = points[n - 1 - i];
        points[n - 1 - i] = moved;
    }
}

/* All rows were read up to rc: still one where there was no memory for it. */
static int end_rows(struct store *store, sqlite3_stmt *rows, int rc, char *why, size_t size)
{
    int err = rc == SQLITE_DONE ? 0 : -ENOMEM;
    if (rc == SQLITE_ROW)
        snprintf(why, size, "not enough memory");
    else if (rc != SQLITE_DONE)
        err = store_failed(store, why, size);
    sqlite3_finalize(rows);
    return err;
}

/* The last ones first, as the index has them: only those are touched. */
static int read_points(struct store *store, struct series *s, int64_t last, char *why, size_t size)
{
    sqlite3_stmt *rows =
        store_ask(store,
                  "SELECT p.session, p.date, p.change, p.low, p.high, p.base_ns, p.new_ns, p.pairs,"
                  " p.verdict, s.commit_id, s.version, s.message, s.host, s.base, s.new, s.command"
                  " FROM point p JOIN session s ON s.id = p.session WHERE p.series = ?"
                  " ORDER BY p.date DESC, p.session DESC LIMIT ?",
                  "ii", s->id, last);
    int rc = rows != NULL ? SQLITE_ROW : SQLITE_ERROR;
    size_t room = 0;
    while (rc == SQLITE_ROW && (rc = sqlite3_step(rows)) == SQLITE_ROW) {
        if (s->point_count == room) {
            room = room > 0 ? 2 * room : 64;
            struct point *more = reallocarray(s->points, room, sizeof(*more));
            if (more == NULL)
                break;
            s->points = more;
        }
        read_point(rows, &s->points[s->point_count++]);
    }
    int err = end_rows(store, rows, rc, why, size);
    reverse(s->points, s->point_count);
    return err;
}

static int count_points(struct store *store, struct series *s, char *why, size_t size)
{
    sqlite3_stmt *row = store_ask(store, "SELECT count(*) FROM point WHERE series = ?", "i", s->id);
    int err = 0;
    if (row != NULL && sqlite3_step(row) == SQLITE_ROW)
        s->sessions = sqlite3_column_int64(row, 0);
    else
        err = store_failed(store, why, size);
    sqlite3_finalize(row);
    return err;
}

/* ---- series ------------------------------------------------------------------------------- */

static int read_series(struct history *h, struct store *store, const struct choice *choice,
                       const regex_t *regex, char *why, size_t size)
{
    sqlite3_stmt *rows =
        store_ask(store,
                  "SELECT id, name, fingerprint, reference, build, time FROM series WHERE EXISTS"
                  " (SELECT 1 FROM point WHERE series = series.id AND date >= ?)"
                  " ORDER BY name, id",
                  "i", choice->since);
    int rc = rows != NULL ? SQLITE_ROW : SQLITE_ERROR;
    while (rc == SQLITE_ROW && (rc = sqlite3_step(rows)) == SQLITE_ROW) {
        int64_t id = sqlite3_column_int64(rows, 0);
        const char *name = (const char *)sqlite3_column_text(rows, 1);
        if (name == NULL || (choice->series != 0 && choice->series != id) ||
            (regex != NULL && regexec(regex, name, 0, NULL, 0) != 0))
            continue;
        struct series *more = reallocarray(h->series, h->count + 1, sizeof(*more));
        if (more == NULL)
            break;
        h->series = more;
        h->series[h->count++] = (struct series){.id = id,
                                                .name = needed_text_at(rows, 1),
                                                .fingerprint = needed_text_at(rows, 2),
                                                .reference = needed_text_at(rows, 3),
                                                .build = needed_text_at(rows, 4),
                                                .time = needed_text_at(rows, 5)};
    }
    return end_rows(store, rows, rc, why, size);
}

/* The one case on the one machine: only the reference is another, or how it was built. */
static bool is_same_case(const struct series *a, const struct series *b)
{
    return strcmp(a->name, b->name) == 0 && strcmp(a->fingerprint, b->fingerprint) == 0 &&
           strcmp(a->time, b->time) == 0;
}

static bool is_later(const struct series *a, const struct series *b)
{
    if (a->point_count == 0 || b->point_count == 0)
        return a->point_count > b->point_count;
    const struct point *last_a = &a->points[a->point_count - 1];
    const struct point *last_b = &b->points[b->point_count - 1];
    return last_a->date != last_b->date ? last_a->date > last_b->date
                                        : last_a->session > last_b->session;
}

/* Those of one name stand side by side. */
static void find_successor(struct history *h, size_t i)
{
    struct series *s = h->series;
    size_t k = i, latest = i;
    while (k > 0 && strcmp(s[k - 1].name, s[i].name) == 0)
        k--;
    for (; k < h->count && strcmp(s[k].name, s[i].name) == 0; k++)
        if (is_same_case(&s[k], &s[i]) && is_later(&s[k], &s[latest]))
            latest = k;
    s[i].successor = latest != i ? s[latest].id : 0;
}

static int expect_some(const struct history *h, const struct choice *choice, char *why, size_t size)
{
    char date[DATE_MAX], since[DATE_MAX + 32] = "", number[32] = "";
    const char *filter = choice->filter;
    if (h->count > 0)
        return 0;
    if (choice->since != INT64_MIN)
        snprintf(since, sizeof(since), " with a session since %s",
                 date_print(date, choice->since, false));
    if (choice->series == 0 && filter == NULL && since[0] == '\0') {
        snprintf(why, size, "it holds no sessions yet; `speedup history add FILE` adds one");
        return -ENODATA;
    }
    if (choice->series != 0)
        snprintf(number, sizeof(number), " %lld", (long long)choice->series);
    snprintf(why, size, "there is no series%s%s%s%s%s; `speedup history show` lists them", number,
             since, filter != NULL ? " that matches '" : "", filter != NULL ? filter : "",
             filter != NULL ? "'" : "");
    return -EINVAL;
}

static int read_all(struct history *h, struct store *store, const struct choice *choice,
                    const regex_t *regex, char *why, size_t size)
{
    /* a transaction: nobody adds a session between its series and its points */
    if (store_run(store, "BEGIN") != SQLITE_OK)
        return store_failed(store, why, size);
    int err = read_series(h, store, choice, regex, why, size);
    if (err == 0)
        err = expect_some(h, choice, why, size);
    for (size_t i = 0; i < h->count && err == 0; i++) {
        err = count_points(store, &h->series[i], why, size);
        if (err == 0)
            err = read_points(store, &h->series[i], choice->last, why, size);
    }
    store_run(store, "COMMIT");
    for (size_t i = 0; i < h->count && err == 0; i++)
        find_successor(h, i);
    return err;
}

int history_read(struct history *history, struct store *store, const struct choice *choice,
                 char *why, size_t size)
{
    regex_t regex;
    *history = (struct history){0};
    int wrong =
        choice->filter != NULL ? regcomp(&regex, choice->filter, REG_EXTENDED | REG_NOSUB) : 0;
    if (wrong != 0) {
        char reason[128];
        regerror(wrong, &regex, reason, sizeof(reason));
        snprintf(why, size, "-f: '%s' is no regular expression: %s", choice->filter, reason);
        return -EINVAL;
    }
    int err = read_all(history, store, choice, choice->filter != NULL ? &regex : NULL, why, size);
    if (choice->filter != NULL)
        regfree(&regex);
    if (err != 0)
        history_free(history);
    return err;
}

static void free_point(struct point *p)
{
    char *texts[] = {p->verdict, p->commit, p->version, p->message,
                     p->host,    p->base,   p->build,   p->command};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        free(texts[i]);
}

void history_free(struct history *history)
{
    for (size_t i = 0; i < history->count; i++) {
        struct series *s = &history->series[i];
        char *texts[] = {s->name, s->fingerprint, s->reference, s->build, s->time};
        for (size_t k = 0; k < s->point_count; k++)
            free_point(&s->points[k]);
        for (size_t k = 0; k < sizeof(texts) / sizeof(texts[0]); k++)
            free(texts[k]);
        free(s->points);
    }
    free(history->series);
    *history = (struct history){0};
}

/* ---- for those who look at it ------------------------------------------------------------- */

bool history_failed(const char *verdict)
{
    return strcmp(verdict, verdict_names[VERDICT_BROKEN]) == 0 ||
           strcmp(verdict, verdict_names[VERDICT_FAILED]) == 0;
}

int history_values(const struct series *series, double **values, size_t **points)
{
    int n = 0;
    *values = calloc(series->point_count + 1, sizeof(**values));
    *points = calloc(series->point_count + 1, sizeof(**points));
    if (*values == NULL || *points == NULL) {
        free(*values);
        free(*points);
        *values = NULL;
        *points = NULL;
        return -ENOMEM;
    }
    for (size_t i = 0; i < series->point_count; i++) {
        if (isnan(series->points[i].change))
            continue;
        (*points)[n] = i;
        (*values)[n++] = log1p(series->points[i].change);
    }
    return n;
}

json_t *history_number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

json_t *history_series_json(const struct series *s)
{
    return json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:I}", "series", (json_int_t)s->id, "name",
                     s->name, "fingerprint", s->fingerprint, "reference", s->reference, "build",
                     s->build, "time", s->time, "sessions", (json_int_t)s->sessions);
}

json_t *history_point_json(const struct point *p)
{
    char date[DATE_MAX];
    return json_pack("{s:I, s:s, s:s?, s:s?, s:s?, s:s?, s:o, s:o, s:o, s:o, s:o, s:I, s:s}",
                     "session", (json_int_t)p->session, "date", date_print(date, p->date, false),
                     "commit", p->commit, "version", p->version, "message", p->message, "hostname",
                     p->host, "change", history_number(p->change), "low", history_number(p->low),
                     "high", history_number(p->high), "base_ns", history_number(p->base_ns),
                     "new_ns", history_number(p->new_ns), "pairs", (json_int_t)p->pairs, "verdict",
                     p->verdict);
}
