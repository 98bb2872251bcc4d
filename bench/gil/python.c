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
