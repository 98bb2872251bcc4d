// SPDX-License-Identifier: MIT
/* Directories that are made for a while and removed with all that is in them. */
#ifndef SPEEDUP_SCRATCH_H
#define SPEEDUP_SCRATCH_H

#include <limits.h>
#include <stddef.h>

/* Makes a new empty directory below parent (NULL: $TMPDIR or /tmp); its absolute path goes to path.
 */
int scratch_make(const char *parent, char path[PATH_MAX]);

/* Removes it and everything below; an empty path is nothing to remove. Follows no symbolic link. */
void scratch_remove(char path[PATH_MAX]);

#endif
