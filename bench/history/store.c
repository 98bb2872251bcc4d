// SPDX-License-Identifier: MIT
#include "bench/history/store.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    APPLICATION = 0x73707570, /* "spup": whose database it is, in its header */
    BUSY_MS = 30000           /* a writer waits so long for the others */
};

/* Step i brings schema i to i + 1. Steps are added and never changed: somebody has such a file.
 *
 * A session is one comparison file, a series what may be joined: the same case on the same machine
 * over the same reference with the same meaning of time. Dates are seconds since 1970, UTC; changes
 * fractions as in the comparison file; null is "not known", a case that broke has no change. */
static const char *const steps[] = {
    "CREATE TABLE session ("
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  content TEXT NOT NULL UNIQUE," /* the SHA-256 of the file's content */
    "  date INTEGER NOT NULL, added INTEGER NOT NULL,"
    "  started TEXT NOT NULL, host TEXT,"
    "  commit_id TEXT, version TEXT, message TEXT,"
    "  base TEXT NOT NULL, new TEXT NOT NULL," /* the paths of both builds, or two commands */
    "  command TEXT NOT NULL) STRICT;"         /* what was typed, a JSON array */
    "CREATE TABLE series ("
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  name TEXT NOT NULL, fingerprint TEXT NOT NULL, reference TEXT NOT NULL,"
    "  build TEXT NOT NULL, time TEXT NOT NULL,"
    "  UNIQUE (name, fingerprint, reference, build, time)) STRICT;"
    "CREATE TABLE point ("
    "  series INTEGER NOT NULL REFERENCES series,"
    "  date INTEGER NOT NULL, session INTEGER NOT NULL REFERENCES session,"
    "  change REAL, low REAL, high REAL, base_ns REAL, new_ns REAL,"
    "  pairs INTEGER NOT NULL, verdict TEXT NOT NULL,"
    "  PRIMARY KEY (series, date, session)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX point_of_session ON point (session);",
};
enum { SCHEMA = sizeof(steps) / sizeof(steps[0]) };

/* ---- what went wrong ---------------------------------------------------------------------- */

static int failed_system(const struct store *store, int system, char *why, size_t size)
{
    int code = sqlite3_extended_errcode(store->db);
    bool writing = code == SQLITE_FULL || code == SQLITE_IOERR_WRITE || code == SQLITE_IOERR_FSYNC;
    snprintf(why, size, "%s: %s%s", store->path,
             system != 0 ? strerror(system) : sqlite3_errmsg(store->db),
             writing ? "; all that was added before is still in it" : "");
    return -(system != 0 ? system : EIO);
}

/* SQLite may say what in several lines. */
static int damaged(const struct store *store, const char *what, char *why, size_t size)
{
    snprintf(why, size,
             "%s is damaged (%s); put a copy in its place, or save what can be read with `sqlite3 "
             "%s .recover`",
             store->path, what, store->path);
    for (char *at = why; (at = strchr(at, '\n')) != NULL;)
        *at = ' ';
    return -EILSEQ;
}

int store_failed(const struct store *store, char *why, size_t size)
{
    int system = sqlite3_system_errno(store->db);
    switch (sqlite3_errcode(store->db) & 0xff) {
    case SQLITE_NOTADB:
        snprintf(why, size,
                 "%s is no history, as it is no SQLite database, or its beginning is damaged; name "
                 "another file with --db",
                 store->path);
        return -EILSEQ;
    case SQLITE_CORRUPT:
        return damaged(store, sqlite3_errmsg(store->db), why, size);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        snprintf(why, size, "%s: others have been writing it for %d s; try again", store->path,
                 BUSY_MS / 1000);
        return -EBUSY;
    case SQLITE_FULL:
        return failed_system(store, ENOSPC, why, size);
    case SQLITE_READONLY:
        snprintf(why, size, "%s: it, or its directory, may not be written; name another with --db",
                 store->path);
        return -EACCES;
    case SQLITE_CANTOPEN:
        snprintf(why, size, "%s: cannot be opened: %s; name another file with --db", store->path,
                 system != 0 ? strerror(system) : sqlite3_errmsg(store->db));
        return system != 0 ? -system : -EIO;
    default:
        return failed_system(store, system, why, size);
    }
}

/* ---- statements --------------------------------------------------------------------------- */

int store_run(struct store *store, const char *sql)
{
    return sqlite3_exec(store->db, sql, NULL, NULL, NULL);
}

static int bind(sqlite3_stmt *ask, const char *types, va_list values)
{
    int rc = SQLITE_OK;
    for (int i = 1; rc == SQLITE_OK && types[i - 1] != '\0'; i++) {
        if (types[i - 1] == 't')
            rc = sqlite3_bind_text(ask, i, va_arg(values, const char *), -1, SQLITE_TRANSIENT);
        else if (types[i - 1] == 'i')
            rc = sqlite3_bind_int64(ask, i, va_arg(values, int64_t));
        else {
            double value = va_arg(values, double);
            rc = isfinite(value) ? sqlite3_bind_double(ask, i, value) : sqlite3_bind_null(ask, i);
        }
    }
    return rc;
}

static sqlite3_stmt *ask_list(struct store *store, const char *sql, const char *types,
                              va_list values)
{
    sqlite3_stmt *ask = NULL;
    if (sqlite3_prepare_v2(store->db, sql, -1, &ask, NULL) == SQLITE_OK &&
        bind(ask, types, values) == SQLITE_OK)
        return ask;
    sqlite3_finalize(ask);
    return NULL;
}

sqlite3_stmt *store_ask(struct store *store, const char *sql, const char *types, ...)
{
    va_list values;
    va_start(values, types);
    sqlite3_stmt *ask = ask_list(store, sql, types, values);
    va_end(values);
    return ask;
}

int store_do(struct store *store, const char *sql, const char *types, ...)
{
    va_list values;
    va_start(values, types);
    sqlite3_stmt *ask = ask_list(store, sql, types, values);
    va_end(values);
    if (ask == NULL)
        return sqlite3_errcode(store->db);
    int rc = sqlite3_step(ask);
    sqlite3_finalize(ask);
    return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

/* ---- opening ------------------------------------------------------------------------------ */

/* What the file says it is. */
struct identity {
    int64_t application, schema, tables;
};

static int read_number(struct store *store, const char *sql, int64_t *number)
{
    sqlite3_stmt *ask = store_ask(store, sql, "");
    int rc = ask != NULL ? sqlite3_step(ask) : sqlite3_errcode(store->db);
    if (rc == SQLITE_ROW)
        *number = sqlite3_column_int64(ask, 0);
    sqlite3_finalize(ask);
    return rc == SQLITE_ROW ? SQLITE_OK : rc;
}

static int identify(struct store *store, struct identity *is, char *why, size_t size)
{
    char schema[48];
    if (read_number(store, "PRAGMA application_id", &is->application) != SQLITE_OK ||
        read_number(store, "PRAGMA user_version", &is->schema) != SQLITE_OK ||
        read_number(store, "SELECT count(*) FROM sqlite_schema", &is->tables) != SQLITE_OK)
        return store_failed(store, why, size);
    if (is->application == 0 && is->schema == 0 && is->tables == 0)
        return 0; /* nothing yet */
    if (is->application != APPLICATION) {
        snprintf(why, size,
                 "%s is no history, but the database of another program; name another file with "
                 "--db",
                 store->path);
        return -EINVAL;
    }
    if (is->schema > SCHEMA) {
        snprintf(why, size,
                 "%s was written by a newer speedup: its schema is %lld and this one knows up to "
                 "%d; use the newer one",
                 store->path, (long long)is->schema, SCHEMA);
        return -EINVAL;
    }
    if (is->schema < 1) { /* ours has one from its first moment on */
        snprintf(schema, sizeof(schema), "its schema is %lld", (long long)is->schema);
        return damaged(store, schema, why, size);
    }
    return 0;
}

/* Everything in one transaction, so that nobody ever sees half a schema. */
static int bring_up(struct store *store, struct identity *is, char *why, size_t size)
{
    char set[96];
    if (store_run(store, "BEGIN IMMEDIATE") != SQLITE_OK)
        return store_failed(store, why, size);
    int err = identify(store, is, why, size); /* another may have been faster */
    for (; err == 0 && is->schema < SCHEMA; is->schema++) {
        if (store_run(store, steps[is->schema]) != SQLITE_OK)
            err = store_failed(store, why, size);
    }
    snprintf(set, sizeof(set), "PRAGMA application_id = %d; PRAGMA user_version = %d; COMMIT",
             APPLICATION, SCHEMA);
    if (err == 0 && store_run(store, set) != SQLITE_OK)
        err = store_failed(store, why, size);
    if (err != 0)
        store_run(store, "ROLLBACK");
    return err;
}

/* Is every page and index of it in order, and is what its points name still there? Others may read
 * and look it over at the same time. */
static int look_over(struct store *store, char *why, size_t size)
{
    sqlite3_stmt *pages = store_ask(store, "PRAGMA quick_check(1)", "");
    int rc = pages != NULL ? sqlite3_step(pages) : SQLITE_ERROR;
    const char *said = rc == SQLITE_ROW ? (const char *)sqlite3_column_text(pages, 0) : NULL;
    int err = 0;
    if (said == NULL)
        err = store_failed(store, why, size);
    else if (strcmp(said, "ok") != 0)
        err = damaged(store, said, why, size);
    sqlite3_finalize(pages);
    if (err != 0)
        return err;
    rc = store_do(store, "PRAGMA foreign_key_check", "");
    if (rc == SQLITE_ROW)
        return damaged(store, "a session or a series is gone, its points are not", why, size);
    return rc == SQLITE_OK ? 0 : store_failed(store, why, size);
}

static int check(struct store *store, bool write, char *why, size_t size)
{
    struct identity is = {0};
    /* EXTRA: the directory, too, is on the disk before a commit is acknowledged */
    if (sqlite3_busy_timeout(store->db, BUSY_MS) != SQLITE_OK ||
        store_run(store, "PRAGMA synchronous = EXTRA; PRAGMA cell_size_check = ON;"
                         "PRAGMA trusted_schema = OFF") != SQLITE_OK)
        return store_failed(store, why, size);
    /* at one moment: another may be making it */
    int err = store_run(store, "BEGIN") == SQLITE_OK ? identify(store, &is, why, size)
                                                     : store_failed(store, why, size);
    store_run(store, "ROLLBACK");
    if (err == 0 && is.tables == 0 && !write) {
        snprintf(why, size, "%s holds no sessions yet; `speedup history add FILE` adds one",
                 store->path);
        return -ENODATA;
    }
    if (err == 0)
        err = look_over(store, why, size);
    if (err == 0 && is.schema < SCHEMA)
        err = bring_up(store, &is, why, size);
    if (err == 0 && !write && store_run(store, "PRAGMA query_only = ON") != SQLITE_OK)
        err = store_failed(store, why, size);
    return err;
}

/* A name such as ":memory:" means something to SQLite, "./:memory:" is a file. */
static int open_file(struct store *store, const char *path, int flags)
{
    char *file = sqlite3_mprintf("%s%s", path[0] == '/' ? "" : "./", path);
    int rc = file != NULL ? sqlite3_open_v2(file, &store->db, flags, NULL) : SQLITE_NOMEM;
    sqlite3_free(file);
    return rc;
}

int store_open(struct store *store, const char *path, bool write, char *why, size_t size)
{
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (write ? SQLITE_OPEN_CREATE : 0);
    *store = (struct store){.path = path};
    if (!write && access(path, F_OK) != 0) {
        snprintf(why, size,
                 "there is no history in %s: %s; `speedup history add FILE` begins one, --db names "
                 "another",
                 path, strerror(errno));
        return -ENOENT;
    }
    int err = 0;
    if (open_file(store, path, flags) != SQLITE_OK)
        err = store_failed(store, why, size);
    else
        err = check(store, write, why, size);
    if (err != 0)
        store_close(store);
    return err;
}

int store_need(struct store *store, char *why, size_t size)
{
    if (store->db != NULL)
        return 0;
    if (strcmp(store->path, STORE_DEFAULT) == 0)
        mkdir("results", 0777); /* or it cannot be opened, which is told */
    int err = store_open(store, store->path, true, why, size);
    store->err = err;
    return err;
}

void store_close(struct store *store)
{
    sqlite3_close(store->db);
    store->db = NULL;
}
