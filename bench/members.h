// SPDX-License-Identifier: MIT
/* What a file must have: members of a JSON object, each of its type. The first that is missing or
 * wrong is told in words that name it; from then on nothing more is looked at. */
#ifndef SPEEDUP_MEMBERS_H
#define SPEEDUP_MEMBERS_H

#include <jansson.h>
#include <stdbool.h>

enum { MEMBERS_WHY_MAX = 192 };

/* Begins as {.object = object}; anything else than an object is an error, too. */
struct members {
    const json_t *object;
    int err;                   /* 0 or -EINVAL */
    char why[MEMBERS_WHY_MAX]; /* "'round' must be a whole number from 0 to 99" */
};

/* Each gives NULL, 0 or false after an error. Texts and values belong to the object. */
const char *members_text(struct members *m, const char *key);
json_int_t members_whole(struct members *m, const char *key, json_int_t least, json_int_t most);
double members_number(struct members *m, const char *key, double least, double most);
bool members_bool(struct members *m, const char *key);
json_t *members_list(struct members *m, const char *key);
json_t *members_object(struct members *m, const char *key);

#endif
