// SPDX-License-Identifier: MIT
#include "bench/history/commit.h"
#include "bench/history/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool commit_is_name(const char *text)
{
    size_t n = strlen(text);
    return n > 0 && n < COMMIT_MAX && text[0] != '-' && strstr(text, "..") == NULL &&
           strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/") == n;
}

/* As `git describe` writes it behind a tag, or all that is behind the plus. */
bool commit_of_version(const char *version, char commit[COMMIT_MAX])
{
    enum { SHORTEST = 4 }; /* digits, as git has it */
    const char *name = version != NULL ? strchr(version, '+') : NULL, *dirty;
    size_t n = 0;
    if (name != NULL) {
        dirty = strstr(++name, "-dirty");
        n = dirty != NULL ? (size_t)(dirty - name) : strlen(name);
    }
    for (const char *at = version; at != NULL && (at = strstr(at, "-g")) != NULL;) {
        at += strlen("-g");
        size_t digits = strspn(at, "0123456789abcdef");
        if (digits >= SHORTEST && strchr("-.+", at[digits]) != NULL) {
            name = at;
            n = digits;
        }
    }
    snprintf(commit, COMMIT_MAX, "%.*s", (int)n, name != NULL ? name : "");
    if (n >= COMMIT_MAX || !commit_is_name(commit))
        commit[0] = '\0';
    return commit[0] != '\0';
}

int commit_known(const char *commit)
{
    char object[128];
    const char *const inside[] = {"git", "rev-parse", "--git-dir", NULL};
    const char *const exists[] = {"git", "cat-file", "-e", object, NULL};
    int nothing = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (nothing < 0)
        return -errno;
    snprintf(object, sizeof(object), "%.100s^{commit}", commit);
    int status = spawn_wait(inside, nothing, true);
    if (status == 0)
        status = spawn_wait(exists, nothing, true);
    else
        status = -ENOENT;
    close(nothing);
    return status < 0 ? status : status == 0;
}
