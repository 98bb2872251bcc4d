// SPDX-License-Identifier: MIT
/* The file of a history: one SQLite database, whose schema is in store.c. What a commit has
 * acknowledged survives a killed process, a full disk and a power failure. */
#ifndef SPEEDUP_HISTORY_STORE_H
#define SPEEDUP_HISTORY_STORE_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>

#define STORE_DEFAULT "results/history.db"

struct store {
    sqlite3 *db;
    const char *path; /* not owned */
    int err;          /* why store_need() could not open it */
};

/* Opens it and looks all of it over: what is damaged is neither read, as nobody knows what is lost,
 * nor written. One that is to be written is made if there is none, and brought to the present
 * schema if it is older; one that is only read is left as it is, but for what a killed writer has
 * left half done. 0, or -errno with a sentence in why[size] that names the file; then there is
 * nothing to close. */
int store_open(struct store *store, const char *path, bool write, char *why, size_t size);
void store_close(struct store *store);

/* Opens store->path to write it unless it is open: so that there is no file before there is
 * something to keep. The same answers; makes the directory of STORE_DEFAULT. */
int store_need(struct store *store, char *why, size_t size);

/* One statement, or several, without results. An SQLite result code. */
int store_run(struct store *store, const char *sql);

/* A statement whose values are given in the order of its question marks, by a letter each:
 * t: const char *, NULL for null; i: int64_t; f: double, NULL for what is not finite. It is the
 * caller's to step and finalize; NULL: see store_failed(). */
sqlite3_stmt *store_ask(struct store *store, const char *sql, const char *types, ...);

/* Carries such a statement out that has no results. An SQLite result code. */
int store_do(struct store *store, const char *sql, const char *types, ...);

/* A sentence for what just failed. Answers -errno. */
int store_failed(const struct store *store, char *why, size_t size);

#endif
