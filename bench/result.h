// SPDX-License-Identifier: MIT
/* The result file: see docs/result-file.md. */
#ifndef SPEEDUP_RESULT_H
#define SPEEDUP_RESULT_H

#include <jansson.h>

#include "bench/session.h"

/* The whole result so far. New reference, NULL without memory. */
json_t *result_build(const struct session *session);

/* Writes it to session->path: into a file beside it, which then replaces it, so that the path
 * always holds a whole file. 0 or -errno after a sentence on stderr. */
int result_save(struct session *session);

/* Replaces the file at path by the given text in the same way. Of a link it is the file that the
 * link names; what is no regular file, a pipe or a device, is written to as it is. 0 or -errno. */
int result_replace_text(const char *path, const char *text, size_t size);

/* The same with JSON, but -ENOTSUP for what is no regular file. 0 or -errno. */
int result_replace(const char *path, const json_t *result);

/* Is it one file, under whatever names? Replacing it would destroy what is to be read. */
bool result_is_same(const char *path, const char *other);

/* A path for a new result: results/DATE-TIME.json or, where that exists, with a number. */
int result_new_path(char path[PATH_MAX]);

/* Now, UTC, ISO 8601. */
void result_stamp(char text[32]);

#endif
