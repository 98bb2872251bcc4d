// SPDX-License-Identifier: MIT
#include "bench/history/add.h"
#include "bench/history/date.h"
#include "bench/history/keep.h"
#include "bench/text.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { AHEAD_S = 300 /* clocks of two machines may differ by so much */ };

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
        return session_refuse(s, -ENOMEM, "not enough memory");
    }
    for (unsigned i = 0; i < n; i++)
        sprintf(s->content + 2 * (size_t)i, "%02x", digest[i]);
    free(text);
    return 0;
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
        return session_refuse(
            s, -EXDEV,
            "it compares two stored files, which only advises; a history holds what "
            "`speedup compare BASE NEW` has measured in pairs");
    if (strcmp(c->status, "complete") != 0 && strcmp(c->status, "interrupted") != 0)
        return session_refuse(s, -EINVAL,
                              "its status is '%s'; only a complete comparison is kept, or what "
                              "an interrupted one has judged",
                              c->status);
    if (strcmp(c->status, "interrupted") == 0 && !has_any(c, case_is_judged))
        return session_refuse(s, -EINVAL, "it was interrupted before any case was judged");
    if (strcmp(c->status, "interrupted") == 0)
        fprintf(s->notes, "it was interrupted; what it had judged by then is kept\n");
    if (!has_any(c, case_is_judged) && !has_any(c, case_has_failed))
        return session_refuse(s, -EINVAL, "it has no case that both sides did in enough pairs");
    return 0;
}

/* A reference must be the same for good: a version that names a commit, without changes that are
 * in none. */
static int find_reference(struct session *s)
{
    char commit[COMMIT_MAX];
    s->reference = s->given->reference != NULL ? s->given->reference : s->comparison.base_version;
    if (s->reference == NULL)
        return session_refuse(s, -EINVAL,
                              "its base side, '%s', has no version; say with --reference what "
                              "it is, and the same each time",
                              s->comparison.base);
    if (s->given->reference == NULL && strstr(s->reference, "-dirty") != NULL)
        return session_refuse(
            s, -EINVAL,
            "its base side is %s, which two different builds may be; compare with one of "
            "a clean checkout, or say with --reference what it is",
            s->reference);
    if (s->given->reference == NULL && !commit_of_version(s->reference, commit))
        return session_refuse(
            s, -EINVAL,
            "its base side is %s, which does not say of which commit, so that any build "
            "may be it; say with --reference what it is, and the same each time",
            s->reference);
    json_t *build = json_deep_copy(json_object_get(base_side(s), "build"));
    json_object_del(build, "libraries"); /* the system's, and so the same on both sides */
    s->build =
        json_is_object(build) ? json_dumps(build, JSON_COMPACT | JSON_SORT_KEYS) : strdup("");
    json_decref(build);
    return s->build != NULL ? 0 : session_refuse(s, -ENOMEM, "not enough memory");
}

static void find_commit(struct session *s)
{
    const char *version = s->comparison.new_version, *name = s->given->commit;
    char own[COMMIT_MAX];
    if (name == NULL && commit_of_version(version, own))
        name = own;
    int known = name != NULL ? commit_find(name, s->commit) : 1;
    if (name == NULL)
        fprintf(s->notes, "its new side names no commit; --commit says which it is\n");
    else if (known == 0)
        fprintf(s->notes, "git does not know the commit %s here; it is kept as it is\n", name);
    else if (known < 0 && !commit_is_hash(name))
        fprintf(s->notes,
                "there is no checkout here in which git could say which commit %s is; it is kept "
                "as it is, whatever it may mean later\n",
                name);
    if (version != NULL && strstr(version, "-dirty") != NULL)
        fprintf(s->notes, "its new side was built with changes that are in no commit\n");
}

/* One of the future would be the latest session for ever, and hide all that follow. */
static int find_date(struct session *s)
{
    char text[DATE_MAX];
    int64_t started;
    if (date_read(s->comparison.started, &started) != 0)
        return session_refuse(s, -EINVAL,
                              "'started' is '%.40s', which is no date such as "
                              "2026-01-31T12:34:56Z",
                              s->comparison.started);
    s->date = s->given->date != NULL ? *s->given->date : started;
    if (s->given->date == NULL && s->date > (int64_t)time(NULL) + AHEAD_S)
        return session_refuse(s, -EINVAL,
                              "it is dated %s, in the future; was a clock wrong? Say with --date "
                              "when it was measured",
                              date_print(text, s->date, false));
    return 0;
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
        err = session_keep(s);
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
    err = s.notes != NULL ? add(&s, out, &notes) : session_refuse(&s, -ENOMEM, "not enough memory");
    if (s.notes != NULL)
        fclose(s.notes);
    free(notes);
    free(s.build);
    comparison_close(&s.comparison);
    return err;
}
