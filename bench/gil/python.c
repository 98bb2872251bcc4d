// SPDX-License-Identifier: MIT
#include "bench/gil/python.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ANSWER_S = 10 }; /* also from a cold disk */

/* Why it did not answer, as far as the file itself tells; one without a slash is looked for in
 * PATH. */
static const char *explain(const char *path, int err)
{
    struct stat info;
    bool named = strchr(path, '/') != NULL;
    if (path[0] == '\0' || (named && stat(path, &info) != 0))
        return "is not there";
    if (named && S_ISDIR(info.st_mode))
        return "is a directory";
    if (named && access(path, X_OK) != 0)
        return "may not be executed";
    if (err == -ENOENT)
        return "is not in PATH";
    if (err == -ETIMEDOUT)
        return "does not answer";
    return "does not answer as a CPython does";
}

int python_open(struct python *python, const struct machine *machine, const char *path, char *why,
                size_t size)
{
    struct lab lab;
    json_t *report;
    char words[ERROR_MAX];
    *python = (struct python){.path = path};
    struct gil_options gil = gil_defaults(GIL_NEW);
    lab_open(&lab, lab_find("release", words, sizeof(words)), &gil, 1);
    lab.limit_s = ANSWER_S;
    lab_set(&lab, "count=1", words, sizeof(words));
    int err = lab_run(&lab, machine, path, &report, words, sizeof(words));
    if (err != 0) {
        snprintf(why, size, "'%s' %s; name a CPython with --python PATH", path, explain(path, err));
        return -ENOENT;
    }
    const char *version = json_string_value(json_object_get(report, "version"));
    const char *made = json_string_value(json_object_get(report, "implementation"));
    bool is_other = made != NULL && strcmp(made, "cpython") != 0;
    if (is_other)
        snprintf(why, size, "%s is %s, whose lock is another; name a CPython with --python PATH",
                 path, made);
    snprintf(python->version, sizeof(python->version), "%s", version != NULL ? version : "");
    bool has_lock = !json_is_false(json_object_get(report, "gil"));
    json_decref(report);
    if (is_other)
        return -ENOENT;
    if (sscanf(python->version, "%u.%u", &python->major, &python->minor) != 2) {
        snprintf(why, size, "%s does not say its version; is it CPython?", path);
        return -ENOENT;
    }
    if (has_lock)
        return 0;
    snprintf(why, size, "%s (%s) runs without a GIL, so there is nothing to compare with", path,
             python->version);
    return -ENOTSUP;
}

void python_tell_apart(struct python *all, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        unsigned before = 0, same = 0;
        for (unsigned k = 0; k < count; k++) {
            bool equal = strcmp(all[k].version, all[i].version) == 0;
            before += equal && k < i;
            same += equal;
        }
        all[i].letter = same > 1 ? (char)('A' + before) : '\0';
    }
}

char *python_name(const struct python *python, char text[PYTHON_NAME_MAX])
{
    const char letter[] = {' ', python->letter, '\0'};
    snprintf(text, PYTHON_NAME_MAX, "CPython %s%s", python->version,
             python->letter != '\0' ? letter : "");
    return text;
}

/* Where the end of the path begins that is shown: at a slash if there is one, and never within a
 * character of UTF-8. */
static const char *end_of(const char *path)
{
    enum { MOST = 32 };
    size_t length = strlen(path);
    const char *end = path + (length > MOST ? length - MOST : 0);
    const char *slash = strchr(end, '/');
    if (end > path && slash != NULL && slash[1] != '\0')
        return slash;
    while (end > path && ((unsigned char)*end & 0xC0) == 0x80)
        end++;
    return end;
}

char *python_label(const char *name, const char *path, char text[PYTHON_LABEL_MAX])
{
    const char *end = end_of(path);
    snprintf(text, PYTHON_LABEL_MAX, "%s (%s%s)", name, end > path ? "…" : "", end);
    return text;
}
