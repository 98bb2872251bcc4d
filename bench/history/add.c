// SPDX-License-Identifier: MIT
#include "bench/history/add.h"
#include "bench/compare/comparison.h"
#include "bench/history/commit.h"
#include "bench/history/date.h"
#include "bench/text.h"

#include <errno.h>
#include <math.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    CONTENT_MAX = 2 * EVP_MAX_MD_SIZE + 1,
    WHY_MAX = 512,
    AHEAD_S = 300 /* clocks of two machines may differ by so much */
};

/* A session on its way into the store. */
struct session {
    struct store *store;
    const char *path;
    const struct addition *given;
    struct comparison comparison;
    const char *reference, *time;
    char *build; /* of the reference */
    char commit[COMMIT_MAX], content[CONTENT_MAX];
    int64_t date, id;
    size_t points, left_out;
    FILE *notes; /* printed once the session is safe */
    char *why;
    size_t size;
};

__attribute__((format(printf, 3, 4))) static int refuse(struct session *s, int err,
                                                        const char *format, ...)
{
    char reason[WHY_MAX];
    va_list list;
    va_start(list, format);
    vsnprintf(reason, sizeof(reason), format, list);
    va_end(list);
    text_clean(reason); /* it may hold words of the file */
    snprintf(s->why, s->size, "%s: %s", s->path, reason);
    return err;
}

/* ---- what the file is --------------------------------------------------------------------- */

static const json_t *base_side(const struct session *s)
{
    const json_t *head = json_object_get(s->comparison.file, "comparison");
    return json_object_get(json_object_get(head, "sides"), "base");
}

/* The same text for the same content, however it was laid out. */
static int hash(struct session *s)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    char *text = json_dumps(s->comparison.file, JSON_COMPACT | JSON_SORT_KEYS);
    if (text == NULL || EVP_Digest(text, strlen(text), digest, &n, EVP_sha256(), NULL) != 1) {
        free(text);
        return refuse(s, -ENOMEM, "not enough memory");
    }
    for (unsigned i = 0; i < n; i++)
        sprintf(s->content + 2 * (size_t)i, "%02x", digest[i]);
    free(text);
    return 0;
}

/* A change of a few pairs, too few for an interval, may be anything. */
static bool is_judged(const struct compared_case *c)
{
    return !isnan(c->change.value) && !isnan(c->change.low) && !isnan(c->change.high);
}

/* Then it is a point without a change: a gap. */
static bool has_failed(const struct compared_case *c)
{
    return c->verdict == VERDICT_BROKEN || c->verdict == VERDICT_FAILED;
}

static bool has_any(const struct comparison *c, bool (*is)(const struct compared_case *))
{
    for (size_t i = 0; i < c->case_count; i++)
        if (is(&c->cases[i]))
            return true;
    return false;
}

/* Only pairs say something about the machine's mood, which a history must not show. */
static int check_comparable(struct session *s)
{
    const struct comparison *c = &s->comparison;
    if (!c->paired)
        return refuse(s, -EXDEV,
                      "it compares two stored files, which only advises; a history holds what "
                      "`speedup compare BASE NEW` has measured in pairs");
    if (strcmp(c->status, "complete") != 0 && strcmp(c->status, "interrupted") != 0)
        return refuse(s, -EINVAL,
                      "its status is '%s'; only a complete comparison is kept, or what "
                      "an interrupted one has judged",
                      c->status);
    if (strcmp(c->status, "interrupted") == 0 && !has_any(c, is_judged))
        return refuse(s, -EINVAL, "it was interrupted before any case was judged");
    if (strcmp(c->status, "interrupted") == 0)
        fprintf(s->notes, "it was interrupted; what it had judged by then is kept\n");
    if (!has_any(c, is_judged) && !has_any(c, has_failed))
        return refuse(s, -EINVAL, "it has no case that both sides did in enough pairs");
    return 0;
}

/* A reference must be the same for good: a version that names a commit, without changes that are
 * in none. */
static int find_reference(struct session *s)
{
    char commit[COMMIT_MAX];
    s->reference = s->given->reference != NULL ? s->given->reference : s->comparison.base_version;
    if (s->reference == NULL)
        return refuse(s, -EINVAL,
                      "its base side, '%s', has no version; say with --reference what "
                      "it is, and the same each time",
                      s->comparison.base);
    if (s->given->reference == NULL && strstr(s->reference, "-dirty") != NULL)
        return refuse(s, -EINVAL,
                      "its base side is %s, which two different builds may be; compare with one of "
                      "a clean checkout, or say with --reference what it is",
                      s->reference);
    if (s->given->reference == NULL && !commit_of_version(s->reference, commit))
        return refuse(s, -EINVAL,
                      "its base side is %s, which does not say of which commit, so that any build "
                      "may be it; say with --reference what it is, and the same each time",
                      s->reference);
    json_t *build = json_deep_copy(json_object_get(base_side(s), "build"));
    json_object_del(build, "libraries"); /* the system's, and so the same on both sides */
    s->build =
        json_is_object(build) ? json_dumps(build, JSON_COMPACT | JSON_SORT_KEYS) : strdup("");
    json_decref(build);
    return s->build != NULL ? 0 : refuse(s, -ENOMEM, "not enough memory");
}

static void find_commit(struct session *s)
{
    const char *version = s->comparison.new_version;
    if (s->given->commit != NULL)
        snprintf(s->commit, sizeof(s->commit), "%s", s->given->commit);
    else
        commit_of_version(version, s->commit);
    if (s->commit[0] == '\0')
        fprintf(s->notes, "its new side names no commit; --commit says which it is\n");
    else if (commit_known(s->commit) == 0)
        fprintf(s->notes, "git does not know the commit %s here; it is kept as it is\n", s->commit);
    if (version != NULL && strstr(version, "-dirty") != NULL)
        fprintf(s->notes, "its new side was built with changes that are in no commit\n");
}

static int find_date(struct session *s)
{
    char text[DATE_MAX];
    int64_t started;
    if (date_read(s->comparison.started, &started) != 0)
        return refuse(s, -EINVAL,
                      "'started' is '%.40s', which is no date such as "
                      "2026-01-31T12:34:56Z",
                      s->comparison.started);
    s->date = s->given->date != NULL ? *s->given->date : started;
    if (s->date > (int64_t)time(NULL) + AHEAD_S)
        fprintf(s->notes, "it is dated %s, in the future; was a clock wrong? --date says when\n",
                date_print(text, s->date, false));
    return 0;
}

/* ---- into the store ----------------------------------------------------------------------- */

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
        return refuse(s, -EEXIST, "it has been added before, as session %lld; nothing was added",
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

/* The same measurement in another file, or a clock that went back. */
static int check_series(struct session *s, const char *name, int64_t series)
{
    char date[DATE_MAX], before[DATE_MAX];
    int rc;
    int64_t earlier = first_number(
        store_ask(s->store,
                  "SELECT s.id FROM point p JOIN session s ON s.id = p.session"
                  " WHERE p.series = ? AND s.started = ? AND s.version IS ? AND s.new = ? LIMIT 1",
                  "ittt", series, s->comparison.started, s->comparison.new_version,
                  s->comparison.news),
        &rc);
    if (rc == SQLITE_ROW)
        return refuse(s, -EEXIST,
                      "%s of %s, begun at %s, has been added before, in session %lld; nothing was "
                      "added",
                      name, s->comparison.news, s->comparison.started, (long long)earlier);
    if (rc != SQLITE_DONE)
        return failed(s);
    int64_t last = first_number(
        store_ask(s->store, "SELECT max(date) FROM point WHERE series = ?", "i", series), &rc);
    if (rc != SQLITE_ROW)
        return failed(s);
    if (last > s->date && s->points == 0) /* once is enough */
        fprintf(s->notes,
                "it is dated %s, before the last session of its series, %s; it is put in its "
                "place; was a clock wrong?\n",
                date_print(date, s->date, false), date_print(before, last, false));
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
    double change = has_failed(c) || !(c->change.value > -1) ? NAN : c->change.value;
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
    int err = store_look_over(s->store, s->why, s->size);
    if (err == 0)
        err = insert_session(s);
    for (size_t i = 0; i < s->comparison.case_count && err == 0; i++) {
        const struct compared_case *c = &s->comparison.cases[i];
        if (is_judged(c) || has_failed(c))
            err = insert_point(s, c);
        else
            s->left_out++;
    }
    return err;
}

/* All of it or nothing; what was acknowledged stays. */
static int keep(struct session *s)
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

static void acknowledge(const struct session *s, FILE *out, char *notes)
{
    char date[DATE_MAX], *line;
    fprintf(out, "session %lld: %zu case%s of %s, %s\n", (long long)s->id, s->points,
            s->points == 1 ? "" : "s", s->commit[0] != '\0' ? s->commit : "an unknown commit",
            date_print(date, s->date, false));
    fflush(out);
    while ((line = strsep(&notes, "\n")) != NULL) {
        text_clean(line);
        if (line[0] != '\0')
            fprintf(stderr, "speedup history: %s: note: %s\n", s->path, line);
    }
}

static int add(struct session *s, FILE *out, char **notes)
{
    int err = check_comparable(s);
    if (err == 0)
        err = find_reference(s);
    if (err == 0)
        err = find_date(s);
    if (err == 0)
        err = hash(s);
    if (err != 0)
        return err;
    const json_t *head = json_object_get(s->comparison.file, "comparison");
    s->time = json_string_value(json_object_get(head, "time"));
    s->time = s->time != NULL ? s->time : "";
    find_commit(s);
    err = store_need(s->store, s->why, s->size);
    if (err == 0)
        err = keep(s);
    if (s->left_out > 0)
        fprintf(s->notes, "%zu case%s left out: only one side did %s, or in too few pairs\n",
                s->left_out, s->left_out == 1 ? " is" : "s are", s->left_out == 1 ? "it" : "them");
    fflush(s->notes);
    if (err == 0)
        acknowledge(s, out, *notes);
    return err;
}

int history_add(struct store *store, const char *path, const struct addition *addition, FILE *out,
                char *why, size_t size)
{
    struct session s = {.store = store, .path = path, .given = addition, .why = why, .size = size};
    char *notes = NULL;
    size_t n;
    int err = comparison_open(&s.comparison, path, why, size);
    if (err != 0)
        return err;
    s.notes = open_memstream(&notes, &n);
    err = s.notes != NULL ? add(&s, out, &notes) : refuse(&s, -ENOMEM, "not enough memory");
    if (s.notes != NULL)
        fclose(s.notes);
    free(notes);
    free(s.build);
    comparison_close(&s.comparison);
    return err;
}
