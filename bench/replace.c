// SPDX-License-Identifier: MIT
#include "bench/replace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static int find_target(struct replacement *r, const char *path)
{
    struct stat info;
    bool is_link = lstat(path, &info) == 0 && S_ISLNK(info.st_mode);
    bool is_new = stat(path, &info) != 0;
    if (!is_new && !S_ISREG(info.st_mode))
        return -ENOTSUP;
    if (is_link && is_new) /* what it names is made, not a file in the link's place */
        close(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666));
    if (is_link && realpath(path, r->target) != NULL)
        return 0;
    return snprintf(r->target, PATH_MAX, "%s", path) < PATH_MAX ? 0 : -ENAMETOOLONG;
}

/* Nobody can have foreseen its name. */
int replacement_begin(struct replacement *r, const char *path)
{
    int err = find_target(r, path);
    if (err != 0)
        return err;
    if (snprintf(r->path, PATH_MAX, "%s.XXXXXX", r->target) >= PATH_MAX)
        return -ENAMETOOLONG;
    mode_t mask = umask(0);
    umask(mask);
    int fd = mkostemp(r->path, O_CLOEXEC);
    if (fd < 0)
        return -errno;
    fchmod(fd, 0666 & ~mask);
    return fd;
}

int replacement_end(const struct replacement *r, int err)
{
    if (err == 0 && rename(r->path, r->target) != 0)
        err = -errno;
    if (err != 0)
        unlink(r->path);
    return err;
}

int replacement_try(const char *path)
{
    struct replacement r;
    int fd = replacement_begin(&r, path);
    if (fd < 0)
        return fd;
    int err = write(fd, "\n", 1) == 1 ? 0 : -errno; /* a full disk has room for a name */
    close(fd);
    unlink(r.path);
    return err;
}
