// SPDX-License-Identifier: MIT
/* What this program was built from and with, and what it runs with. */
#ifndef SPEEDUP_BUILD_INFO_H
#define SPEEDUP_BUILD_INFO_H

#include <jansson.h>

/* "0.1.0", or "0.1.0+1a2b3c4-dirty" for a build from a git checkout. */
const char *build_version(void);

/* "release", "debug" (not optimized) or "sanitizer"; only the first gives numbers to trust. */
const char *build_type(void);

/* The object `build` of the result file: type, compiler, flags, and the versions of the libraries
 * as they are at run time. New reference, NULL without memory. */
json_t *build_json(void);

#endif
