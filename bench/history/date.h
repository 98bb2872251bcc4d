// SPDX-License-Identifier: MIT
/* Dates as people and tools write them (ISO 8601), and as a history keeps them. */
#ifndef SPEEDUP_HISTORY_DATE_H
#define SPEEDUP_HISTORY_DATE_H

#include <stdbool.h>
#include <stdint.h>

enum { DATE_MAX = 32 };

/* Seconds since 1970, UTC, of "2026-01-31", "2026-01-31T12:34:56Z" or "2026-01-31 12:34:56+01:00";
 * without a zone it is UTC. Years 1970 to 9999. 0 or -EINVAL. */
int date_read(const char *text, int64_t *seconds);

/* "2026-01-31T12:34:56Z", or with `brief` "2026-01-31 12:34". Returns text. */
char *date_print(char text[DATE_MAX], int64_t seconds, bool brief);

#endif
