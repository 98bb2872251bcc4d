// SPDX-License-Identifier: MIT
/* What tests of the history share: comparison files as they need them, and what is in a history. */
#ifndef SPEEDUP_TESTS_HISTORY_H
#define SPEEDUP_TESTS_HISTORY_H

#include <criterion/criterion.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/program.h"

#define SERIAL "primes/limit:100k/tasks:4/split:equal/serial/n:1"
#define POOL   "primes/limit:100k/tasks:4/split:equal/thread-pool/n:2"

/* A file like tests/data/comparison-small.json; NULL leaves what is there. */
struct made {
    int day;             /* of January 2026, from 1 */
    const char *started; /* instead of a day */
    const char *version; /* of the new side; by default one made from the day */
    const char *reference, *fingerprint, *host, *status, *kind;
    double change;     /* of the second case, POOL */
    const char *broke; /* the verdict of that case, which then has no times */
    bool few;          /* pairs: that case has no interval */
};

static inline json_t *make_comparison(const struct made *made)
{
    char started[32], version[32], path[4096];
    snprintf(path, sizeof(path), "%s/tests/data/comparison-small.json", program_root());
    snprintf(started, sizeof(started), "2026-01-%02dT12:00:00Z", made->day);
    snprintf(version, sizeof(version), "0.1.0+c%06d", made->day);
    json_t *file = json_load_file(path, 0, NULL), *head = json_object_get(file, "comparison");
    cr_assert_not_null(head);
    json_t *sides = json_object_get(head, "sides");
    json_t *pool = json_array_get(json_object_get(head, "cases"), 1);
    const struct {
        json_t *object;
        const char *key, *text;
    } texts[] = {
        {head, "started", made->started != NULL ? made->started : started},
        {json_object_get(sides, "new"), "version", made->version != NULL ? made->version : version},
        {json_object_get(sides, "base"), "version", made->reference},
        {head, "fingerprint", made->fingerprint},
        {json_object_get(head, "machine"), "hostname", made->host},
        {head, "status", made->status},
        {head, "kind", made->kind},
        {pool, "verdict", made->broke}};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        if (texts[i].text != NULL)
            json_object_set_new(texts[i].object, texts[i].key, json_string(texts[i].text));
    json_object_set_new(pool, "change", json_real(made->change));
    json_object_set_new(pool, "low", json_real(made->change - .004));
    json_object_set_new(pool, "high", json_real(made->change + .004));
    static const char *const numbers[] = {"change", "low", "high", "base_ns", "new_ns"};
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]) && made->broke != NULL; i++)
        json_object_set_new(pool, numbers[i], json_null());
    for (size_t i = 1; i < 3 && made->few; i++)
        json_object_set_new(pool, numbers[i], json_null());
    return file;
}

/* Writes it into program_directory(). */
static inline void write_made(const char *name, const struct made *made)
{
    char path[4096];
    json_t *file = make_comparison(made);
    snprintf(path, sizeof(path), "%s/%s", program_directory(), name);
    cr_assert_eq(json_dump_file(file, path, JSON_COMPACT), 0);
    json_decref(file);
}

#define WRITE_MADE(name, ...) write_made(name, &(const struct made){__VA_ARGS__})

/* Sessions day by day in a new history h.db, with these changes of POOL. */
static inline void write_history(const double *changes, int count)
{
    char name[32];
    for (int i = 0; i < count; i++) {
        snprintf(name, sizeof(name), "%02d.json", i + 1);
        WRITE_MADE(name, .day = i + 1, .change = changes[i]);
    }
    struct outcome o = program("history add --db h.db ??.json");
    cr_assert_eq(o.status, 0, "%s", o.err);
}

/* The points of the only series that `speedup history show` answers for these words; new. */
static inline json_t *shown_points(const char *words)
{
    struct outcome o = program("history show --json --db h.db %s", words);
    cr_assert_eq(o.status, 0, "%s", o.err);
    json_t *all = json_loads(o.out, 0, NULL);
    json_t *list = json_object_get(json_object_get(all, "history"), "series");
    cr_assert_eq(json_array_size(list), 1, "%s", o.out);
    json_t *points = json_incref(json_object_get(json_array_get(list, 0), "points"));
    json_decref(all);
    return points;
}

#define expect_said(text, part) cr_expect_not_null(strstr(text, part), "it said: %s", text)

#endif
