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
