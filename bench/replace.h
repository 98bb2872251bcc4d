// SPDX-License-Identifier: MIT
/* Files that are replaced as a whole: the new one is written beside the old one, and takes its
 * place when it is complete. Until then, and if it never is, the old one stays as it was. */
#ifndef SPEEDUP_REPLACE_H
#define SPEEDUP_REPLACE_H

#include <limits.h>

struct replacement {
    char target[PATH_MAX]; /* what is replaced: of a link, the file that the link names */
    char path[PATH_MAX];   /* the new one, in the same directory */
};

/* Makes the new one, empty and with the rights of any new file. Returns a descriptor of it, which
 * is the caller's; -ENOTSUP for what is no regular file, a device, say, which renaming over it
 * would destroy; else -errno. After an error there is nothing to end. */
int replacement_begin(struct replacement *r, const char *path);

/* Lets it take the old one's place, or removes it where err, or the renaming, says that it failed.
 * Returns that error, 0 or -errno. */
int replacement_end(const struct replacement *r, int err);

/* Could the path be replaced? Tries a file beside it, and leaves nothing. 0 or -errno. */
int replacement_try(const char *path);

#endif
