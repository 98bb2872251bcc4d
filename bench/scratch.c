// SPDX-License-Identifier: MIT
#include "bench/scratch.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>

int scratch_make(const char *parent, char path[PATH_MAX])
{
    if (parent == NULL)
        parent = getenv("TMPDIR");
    int n = snprintf(path, PATH_MAX, "%s/speedup-XXXXXX", parent && parent[0] ? parent : "/tmp");
    if (n >= PATH_MAX || mkdtemp(path) == NULL) {
        path[0] = '\0';
        return n >= PATH_MAX ? -ENAMETOOLONG : -errno;
    }
    return 0;
}

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *where)
{
    (void)info, (void)type, (void)where;
    return remove(path);
}

void scratch_remove(char path[PATH_MAX])
{
    if (path[0] != '\0')
        nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
    path[0] = '\0';
}
