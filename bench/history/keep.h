// SPDX-License-Identifier: MIT
/* A session on its way into the store: add.c reads what it is, this writes it. */
#ifndef SPEEDUP_HISTORY_KEEP_H
#define SPEEDUP_HISTORY_KEEP_H

#include <openssl/evp.h>

#include "bench/compare/comparison.h"
#include "bench/history/add.h"
#include "bench/history/commit.h"

enum { CONTENT_MAX = 2 * EVP_MAX_MD_SIZE + 1 };

struct session {
    struct store *store;
    const char *path;
    const struct addition *given;
    struct comparison comparison;
    const char *reference, *time;
    char *build; /* of the reference */
    char commit[COMMIT_MAX], content[CONTENT_MAX];
    int64_t date, id;
    size_t points, left_out;
    bool went_back; /* it is before another of its series; once told is enough */
    FILE *notes;    /* printed once the session is safe */
    char *why;
    size_t size;
};

/* A sentence about the file, which may hold words of it. Answers err. */
__attribute__((format(printf, 3, 4))) int session_refuse(struct session *s, int err,
                                                         const char *format, ...);

/* A change of a few pairs, too few for an interval, may be anything. */
bool case_is_judged(const struct compared_case *c);

/* Then it is a point without a change: a gap. */
bool case_has_failed(const struct compared_case *c);

/* Writes all of it or nothing; what was acknowledged stays. Fills id, points and left_out. 0, or
 * -errno with a sentence. */
int session_keep(struct session *s);

#endif
