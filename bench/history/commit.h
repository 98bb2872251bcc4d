// SPDX-License-Identifier: MIT
/* Names of commits: what can be one, which one a version is of, and what git says of it. */
#ifndef SPEEDUP_HISTORY_COMMIT_H
#define SPEEDUP_HISTORY_COMMIT_H

#include <stdbool.h>

enum { COMMIT_MAX = 100 };

/* Can that be a commit's name? Letters, digits and "._-/", for it is also part of paths. */
bool commit_is_name(const char *text);

/* The commit of which a build of that version is: "1a2b3c4" for "0.1.0+1a2b3c4-dirty" and for
 * "v1.0-3-g1a2b3c4"; "" and false where the version, which may be NULL, does not say. */
bool commit_of_version(const char *version, char commit[COMMIT_MAX]);

/* Does that look like a hash, or the beginning of one? Any other name may mean another commit
 * tomorrow, and only a checkout can tell whether this is a tag of such digits. */
bool commit_is_hash(const char *name);

/* What git calls the commit in the checkout around the working directory: of a branch or a tag the
 * beginning of its hash, as long as git makes it; else, and of a hash, the name itself. 1; 0 where
 * the checkout does not have it, or -errno where nobody can say: no checkout, no git. */
int commit_find(const char *name, char commit[COMMIT_MAX]);

#endif
