// SPDX-License-Identifier: MIT
/* What is read from a history: series, and their points in the order of their dates. Changes are
 * fractions over the reference (0.05: 5 % slower), times nanoseconds; NAN: not known. */
#ifndef SPEEDUP_HISTORY_SERIES_H
#define SPEEDUP_HISTORY_SERIES_H

#include "bench/history/changes.h"
#include "bench/history/store.h"

#include <jansson.h>

/* A case in a session. Texts are clean for a terminal, and NULL where they are not known. */
struct point {
    int64_t session, date;    /* its number; seconds since 1970, UTC */
    double change, low, high; /* with its 99 % interval; NAN: it broke */
    double base_ns, new_ns;   /* medians */
    int64_t pairs;
    char *verdict; /* see verdict_names; never NULL */
    char *commit, *version, *message, *host;
    char *base, *build; /* the paths of both sides, or their commands */
    char *command;      /* what was typed to measure it, a JSON array */
};

/* What may be joined. */
struct series {
    int64_t id;
    char *name, *fingerprint, *reference, *build, *time;
    int64_t sessions; /* all that there are */
    struct point *points;
    size_t point_count; /* that were read: the last ones */
    int64_t successor;  /* the series that took its place, over another reference; 0: none did */
};

struct history {
    struct series *series;
    size_t count;
};

/* Which of them are wanted. */
struct choice {
    const char *filter; /* an extended regular expression for names; NULL: all */
    int64_t series;     /* the number of one; 0: all */
    int64_t since;      /* only those with a session since this date; INT64_MIN: all */
    int64_t last;       /* points of each, at least 1 */
};

/* Reads them from an open store, as it is at one moment, ordered by name. Of those of one case on
 * one machine with one meaning of a time, the one with the latest session is the successor of the
 * others that are read. 0, or -errno with a
 * sentence in why[size]: -EINVAL for a filter that is no regular expression, or matches nothing.
 * Then there is nothing to free. */
int history_read(struct history *history, struct store *store, const struct choice *choice,
                 char *why, size_t size);
void history_free(struct history *history);

/* Is it a verdict without a time: did the case fail on the new side alone, or on both? */
bool history_failed(const char *verdict);

/* The changes of the points that have one, as ln(new / reference), and which points those are; both
 * are the caller's to free. Answers how many; -ENOMEM. */
int history_values(const struct series *series, double **values, size_t **points);

/* A series without its points, and a point; new references. */
json_t *history_series_json(const struct series *series);
json_t *history_point_json(const struct point *point);

/* A number, or null. */
json_t *history_number(double value);

#endif
