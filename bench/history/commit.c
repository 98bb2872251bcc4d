// SPDX-License-Identifier: MIT
#include "bench/history/commit.h"
#include "bench/history/spawn.h"
#include "bench/process.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { SHORTEST = 4, LONGEST = 64 }; /* digits of a hash, as git has it */

static size_t count_digits(const char *text)
{
    return strspn(text, "0123456789abcdef");
}

bool commit_is_name(const char *text)
{
    size_t n = strlen(text);
    return n > 0 && n < COMMIT_MAX && text[0] != '-' && strstr(text, "..") == NULL &&
           strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/") == n;
}

/* As `git describe` writes it behind a tag, or all that is behind the plus. */
bool commit_of_version(const char *version, char commit[COMMIT_MAX])
{
    const char *name = version != NULL ? strchr(version, '+') : NULL, *dirty;
    size_t n = 0;
    if (name != NULL) {
        dirty = strstr(++name, "-dirty");
        n = dirty != NULL ? (size_t)(dirty - name) : strlen(name);
    }
    for (const char *at = version; at != NULL && (at = strstr(at, "-g")) != NULL;) {
        at += strlen("-g");
        size_t digits = count_digits(at);
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

bool commit_is_hash(const char *name)
{
    size_t n = count_digits(name);
    return n >= SHORTEST && n <= LONGEST && name[n] == '\0';
}

/* Is the name itself the beginning of that hash, or all of it? A tag may be made of digits, too. */
static bool names_hash(const char *name, const char *hash)
{
    size_t n = strlen(name), most = strlen(hash);
    return strncmp(name, hash, n < most ? n : most) == 0;
}

int commit_find(const char *name, char commit[COMMIT_MAX])
{
    char object[COMMIT_MAX + 16], said[COMMIT_MAX];
    const char *const inside[] = {"git", "rev-parse", "--git-dir", NULL};
    const char *const find[] = {"git",        "rev-parse", "--quiet", "--verify",
                                "--short=12", object,      NULL};
    int out = memfd_create("git", MFD_CLOEXEC);
    snprintf(commit, COMMIT_MAX, "%s", name);
    if (out < 0)
        return -errno;
    snprintf(object, sizeof(object), "%s^{commit}", commit);
    int status = spawn_wait(inside, out, true);
    if (status == 0)
        status = spawn_wait(find, out, true);
    else
        status = -ENOENT;
    process_last_line(out, said, sizeof(said));
    close(out);
    if (status == 0 && commit_is_hash(said) && !names_hash(name, said))
        snprintf(commit, COMMIT_MAX, "%s", said);
    return status < 0 ? status : status == 0;
}
