// SPDX-License-Identifier: MIT
/* Names of commits: what can be one, which one a version is of, and what git says of it. */
#ifndef SPEEDUP_HISTORY_COMMIT_H
#define SPEEDUP_HISTORY_COMMIT_H

#include <stdbool.h>

enum { COMMIT_MAX = 100 };

/* Can that be a commit's name? Letters, digits and "._-/", for it is also part of paths. */
bool commit_is_name(const char *text);

/* Does the checkout around the working directory have the commit? 1, 0, or -errno where nobody can
 * say: no checkout, no git. */
int commit_known(const char *commit);

#endif
