// SPDX-License-Identifier: MIT
#include "tests/fuzz/seeds.h"

#include <glob.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The cases of a comparison name its pairs by their numbers: so many of both are needed. */
enum { LIST_MAX = 24, TEXT_MAX = 120, SEED_SIZE = 12000, PATH_SIZE = 4096 };

/* ---- cutting ------------------------------------------------------------------------------ */

static void cut(json_t *json, size_t most);

static void cut_object(json_t *object, size_t most)
{
    const char *key;
    json_t *value;
    void *next;
    json_object_foreach_safe (object, next, key, value) {
        const char *text = json_string_value(value);
        if (text != NULL && strlen(text) > TEXT_MAX)
            json_object_set_new(object, key, json_stringn("cut", 3));
        else
            cut(value, most);
    }
}

static void cut(json_t *json, size_t most)
{
    if (json_is_object(json))
        cut_object(json, most);
    while (json_array_size(json) > most)
        json_array_remove(json, most);
    for (size_t i = 0; i < json_array_size(json); i++)
        cut(json_array_get(json, i), most);
}

/* ---- spans -------------------------------------------------------------------------------- */

static void add(struct seed *seed, int kind, size_t begin, size_t end)
{
    if (seed->span_count == seed->span_room) {
        seed->span_room = 2 * seed->span_room + 64;
        seed->spans = realloc(seed->spans, seed->span_room * sizeof(*seed->spans));
        if (seed->spans == NULL)
            abort();
    }
    seed->spans[seed->span_count++] = (struct span){kind, begin, end};
}

static size_t scan_text(const char *text, size_t at)
{
    for (at++; text[at] != '"'; at++)
        at += text[at] == '\\';
    return at + 1;
}

static size_t scan_value(struct seed *seed, size_t at);

static size_t scan_member(struct seed *seed, size_t begin)
{
    size_t colon = scan_text(seed->text, begin), end = scan_value(seed, colon + 1);
    add(seed, SPAN_KEY, begin, colon);
    add(seed, SPAN_MEMBER, begin, end);
    return end;
}

static size_t scan_element(struct seed *seed, size_t begin)
{
    size_t end = scan_value(seed, begin);
    add(seed, SPAN_ELEMENT, begin, end);
    return end;
}

/* The text is known to be valid and without spaces. Answers where the value ends. */
static size_t scan_value(struct seed *seed, size_t begin)
{
    const char *text = seed->text;
    size_t at = begin;
    if (text[at] == '{' || text[at] == '[') {
        char end = text[at] == '{' ? '}' : ']';
        for (at++; text[at] != end;) {
            at += text[at] == ',';
            at = end == '}' ? scan_member(seed, at) : scan_element(seed, at);
        }
        at++;
    } else if (text[at] == '"') {
        at = scan_text(text, at);
    } else {
        at += strcspn(text + at, ",]}");
    }
    add(seed, SPAN_VALUE, begin, at);
    return at;
}

/* ---- files -------------------------------------------------------------------------------- */

static int read_seed(struct seed *seed, const char *path)
{
    json_error_t error;
    json_t *json = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    if (json == NULL) {
        fprintf(stderr, "fuzz: %s: line %d: %s\n", path, error.line, error.text);
        return -1;
    }
    *seed = (struct seed){.name = strdup(path), .size = SEED_SIZE + 1};
    for (size_t most = LIST_MAX; seed->size > SEED_SIZE && most > 0; most--) {
        free(seed->text);
        cut(json, most);
        seed->text = json_dumps(json, JSON_COMPACT);
        if (seed->text == NULL)
            abort();
        seed->size = strlen(seed->text);
    }
    json_decref(json);
    scan_value(seed, 0);
    return 0;
}

size_t seeds_read(struct seed seeds[SEEDS_MAX], const char *root)
{
    static const char *const patterns[] = {"tests/data/*.json", "results/reference/*.json"};
    size_t count = 0;
    for (size_t p = 0; p < sizeof(patterns) / sizeof(patterns[0]); p++) {
        char pattern[PATH_SIZE];
        glob_t found;
        snprintf(pattern, sizeof(pattern), "%s/%s", root, patterns[p]);
        if (glob(pattern, 0, NULL, &found) != 0) {
            fprintf(stderr, "fuzz: there is no %s\n", pattern);
            return 0;
        }
        for (size_t i = 0; i < found.gl_pathc && count < SEEDS_MAX; i++) {
            if (read_seed(&seeds[count++], found.gl_pathv[i]) != 0)
                return 0;
        }
        globfree(&found);
    }
    return count;
}
