// SPDX-License-Identifier: MIT
#include "bench/history/keep.h"
#include "bench/history/date.h"
#include "bench/history/series.h"
#include "bench/text.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <time.h>

enum { WHY_MAX = 512 };

int session_refuse(struct session *s, int err, const char *format, ...)
{
    char reason[WHY_MAX];
    va_list list;
    va_start(list, format);
    vsnprintf(reason, sizeof(reason), format, list);
    va_end(list);
    text_clean(reason);
    snprintf(s->why, s->size, "%s: %s", s->path, reason);
    return err;
}

bool case_is_judged(const struct compared_case *c)
{
    return !isnan(c->change.value) && !isnan(c->change.low) && !isnan(c->change.high);
}

bool case_has_failed(const struct compared_case *c)
{
    return history_failed(verdict_names[c->verdict]);
}

/* A row's first number; 0 where there is none. */
static int64_t first_number(sqlite3_stmt *ask, int *rc)
{
    *rc = ask != NULL ? sqlite3_step(ask) : SQLITE_ERROR;
    int64_t number = *rc == SQLITE_ROW ? sqlite3_column_int64(ask, 0) : 0;
    if (ask != NULL)
        sqlite3_finalize(ask);
    return number;
}

static int failed(struct session *s)
{
    return store_failed(s->store, s->why, s->size);
}

static int insert_session(struct session *s)
{
    const struct comparison *c = &s->comparison;
    int rc;
    int64_t earlier = first_number(
        store_ask(s->store, "SELECT id FROM session WHERE content = ?", "t", s->content), &rc);
    if (rc == SQLITE_ROW)
        return session_refuse(s, -EEXIST,
                              "it has been added before, as session %lld; nothing was added",
                              (long long)earlier);
    if (rc != SQLITE_DONE)
        return failed(s);
    const json_t *head = json_object_get(c->file, "comparison");
    char *command = json_dumps(json_object_get(head, "command"), JSON_COMPACT);
    rc = store_do(s->store,
                  "INSERT INTO session (content, date, added, started, host, commit_id, version,"
                  " message, base, new, command) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                  "tiitttttttt", s->content, s->date, (int64_t)time(NULL), c->started, c->hostname,
                  s->commit[0] != '\0' ? s->commit : NULL, c->new_version, s->given->message,
                  c->base, c->news, command != NULL ? command : "[]");
    free(command);
    s->id = sqlite3_last_insert_rowid(s->store->db);
    return rc == SQLITE_OK ? 0 : failed(s);
}

/* A case that has a history already, but none that this may be joined with: the nearest one. */
static int note_other_series(struct session *s, const char *name)
{
    sqlite3_stmt *ask = store_ask(s->store,
                                  "SELECT fingerprint <> ?, reference <> ?, build <> ?, id FROM"
                                  " series WHERE name = ? ORDER BY 1, 2, 3, id DESC LIMIT 1",
                                  "tttt", s->comparison.fingerprint, s->reference, s->build, name);
    int rc = ask != NULL ? sqlite3_step(ask) : SQLITE_ERROR;
    if (rc == SQLITE_ROW) {
        const char *differs = sqlite3_column_int(ask, 0)   ? "machine"
                              : sqlite3_column_int(ask, 1) ? "reference"
                              : sqlite3_column_int(ask, 2) ? "reference's build"
                                                           : "meaning of a time";
        fprintf(s->notes, "%s begins a series of its own: its %s is not that of series %lld\n",
                name, differs, (long long)sqlite3_column_int64(ask, 3));
    }
    sqlite3_finalize(ask);
    return rc == SQLITE_ROW || rc == SQLITE_DONE ? 0 : failed(s);
}

static int find_series(struct session *s, const char *name, int64_t *series)
{
    const char *fingerprint = s->comparison.fingerprint;
    int rc;
    *series = first_number(store_ask(s->store,
                                     "SELECT id FROM series WHERE name = ? AND fingerprint = ?"
                                     " AND reference = ? AND build = ? AND time = ?",
                                     "ttttt", name, fingerprint, s->reference, s->build, s->time),
                           &rc);
    if (rc == SQLITE_ROW)
        return 0;
    if (rc != SQLITE_DONE)
        return failed(s);
    int err = note_other_series(s, name);
    if (err != 0)
        return err;
    rc = store_do(s->store,
                  "INSERT INTO series (name, fingerprint, reference, build, time)"
                  " VALUES (?, ?, ?, ?, ?)",
                  "ttttt", name, fingerprint, s->reference, s->build, s->time);
    *series = sqlite3_last_insert_rowid(s->store->db);
    return rc == SQLITE_OK ? 0 : failed(s);
}

/* The same measurement in another file, or a clock that went back. Twin machines, which one event
 * may start in the same second, differ in their names. */
static int check_series(struct session *s, const char *name, int64_t series)
{
    char date[DATE_MAX], before[DATE_MAX];
    int rc;
    int64_t earlier = first_number(
        store_ask(s->store,
                  "SELECT s.id FROM point p JOIN session s ON s.id = p.session"
                  " WHERE p.series = ? AND s.started = ? AND s.version IS ? AND s.new = ?"
                  " AND s.host IS ? LIMIT 1",
                  "itttt", series, s->comparison.started, s->comparison.new_version,
                  s->comparison.news, s->comparison.hostname),
        &rc);
    if (rc == SQLITE_ROW)
        return session_refuse(
            s, -EEXIST,
            "%s of %s, begun at %s, has been added before, in session %lld; nothing was "
            "added",
            name, s->comparison.news, s->comparison.started, (long long)earlier);
    if (rc != SQLITE_DONE)
        return failed(s);
    int64_t last = first_number(
        store_ask(s->store, "SELECT max(date) FROM point WHERE series = ?", "i", series), &rc);
    if (rc != SQLITE_ROW)
        return failed(s);
    if (last > s->date && !s->went_back)
        fprintf(s->notes,
                "it is dated %s, before the last session of its series, %s; it is put in its "
                "place; was a clock wrong?\n",
                date_print(date, s->date, false), date_print(before, last, false));
    s->went_back |= last > s->date;
    return 0;
}

static int insert_point(struct session *s, const struct compared_case *c)
{
    int64_t series;
    int err = find_series(s, c->name, &series);
    if (err == 0)
        err = check_series(s, c->name, series);
    if (err != 0)
        return err;
    double change = case_has_failed(c) || !(c->change.value > -1) ? NAN : c->change.value;
    int rc = store_do(s->store,
                      "INSERT INTO point (series, date, session, change, low, high, base_ns,"
                      " new_ns, pairs, verdict) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                      "iiifffffit", series, s->date, s->id, change, c->change.low, c->change.high,
                      c->base_ns, c->new_ns, (int64_t)c->pair_count, verdict_names[c->verdict]);
    s->points++;
    return rc == SQLITE_OK ? 0 : failed(s);
}

static int insert(struct session *s)
{
    int err = insert_session(s);
    for (size_t i = 0; i < s->comparison.case_count && err == 0; i++) {
        const struct compared_case *c = &s->comparison.cases[i];
        if (case_is_judged(c) || case_has_failed(c))
            err = insert_point(s, c);
        else
            s->left_out++;
    }
    return err;
}

int session_keep(struct session *s)
{
    if (store_run(s->store, "BEGIN IMMEDIATE") != SQLITE_OK)
        return failed(s);
    int err = insert(s);
    if (err == 0 && store_run(s->store, "COMMIT") != SQLITE_OK)
        err = failed(s);
    if (err != 0)
        store_run(s->store, "ROLLBACK");
    return err;
}
