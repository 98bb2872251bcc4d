// SPDX-License-Identifier: MIT
#include "bench/compare/trust.h"
#include "bench/compare/coin.h"
#include "bench/members.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const trust_stages[] = {"warm-up", "screen", "confirm", "recheck", NULL};
const char *const side_names[SIDES] = {"base", "new"};

static int read_half(const json_t *json, struct trust_half *half, char *why, size_t size)
{
    struct members m = {.object = json};
    half->pid = members_whole(&m, "pid", 1, LLONG_MAX);
    half->started_ns = members_whole(&m, "started_ns", 0, LLONG_MAX - 1);
    half->ended_ns = members_whole(&m, "ended_ns", half->started_ns + 1, LLONG_MAX);
    members_number(&m, "stolen", 0, INFINITY);
    half->repetitions = members_whole(&m, "repetitions", 0, LONG_MAX);
    snprintf(why, size, "%s", m.why);
    return m.err;
}

static int read_pair(const json_t *json, struct trust_pair *pair, char *why, size_t size)
{
    struct members m = {.object = json};
    const char *stage = members_text(&m, "stage"), *first = members_text(&m, "first");
    const json_t *half[SIDES] = {members_object(&m, side_names[BASE]),
                                 members_object(&m, side_names[NEW])};
    const json_t *is_void = json_object_get(json, "void");
    int s = 0;
    if (m.err != 0) {
        snprintf(why, size, "%s", m.why);
        return m.err;
    }
    while (trust_stages[s] != NULL && strcmp(stage, trust_stages[s]) != 0)
        s++;
    pair->base_first = strcmp(first, side_names[BASE]) == 0;
    pair->is_void = !json_is_null(is_void);
    pair->stage = (enum trust_stage)s;
    const char *bad =
        trust_stages[s] == NULL ? "'stage' must be warm-up, screen, confirm or recheck"
        : !pair->base_first && strcmp(first, side_names[NEW]) != 0 ? "'first' must be base or new"
        : pair->is_void && !json_is_string(is_void)                ? "'void' must be text or null"
                                                                   : NULL;
    if (bad != NULL) {
        snprintf(why, size, "%s", bad);
        return -EINVAL;
    }
    int err = 0;
    for (int i = BASE; i <= NEW && err == 0; i++) {
        char reason[MEMBERS_WHY_MAX];
        err = read_half(half[i], &pair->half[i], reason, sizeof(reason));
        if (err != 0)
            snprintf(why, size, "%s: %s", side_names[i], reason);
    }
    return err;
}

bool trust_served_before(const struct trust_half half[SIDES], const struct trust_half *last)
{
    for (int side = BASE; side <= NEW && last != NULL; side++)
        if (half[side].pid == last[BASE].pid || half[side].pid == last[NEW].pid)
            return true;
    return half[BASE].pid == half[NEW].pid;
}

/* NULL, or why the pair cannot be believed. */
static const char *doubt(const struct trust_pair *pairs, size_t i, uint64_t seed)
{
    const struct trust_pair *pair = &pairs[i];
    const struct trust_half *first = &pair->half[pair->base_first ? BASE : NEW],
                            *second = &pair->half[pair->base_first ? NEW : BASE];
    const struct trust_half *last = NULL;
    const bool counts = !pair->is_void && pair->stage != TRUST_WARM_UP;
    if (i > 0)
        last = &pairs[i - 1].half[pairs[i - 1].base_first ? NEW : BASE];
    if (counts && trust_served_before(pair->half, i > 0 ? pairs[i - 1].half : NULL))
        return "one process served several halves, and each needs a fresh one";
    if (pair->base_first != coin_base_first(seed, i))
        return "the order of its sides is not the coin's";
    if (first->started_ns > second->started_ns)
        return "the side that is called first began later";
    if (second->started_ns < first->ended_ns)
        return "its halves overlap";
    if (last != NULL && first->started_ns < last->ended_ns)
        return "it began before the last pair had ended";
    return NULL;
}

int trust_read(const json_t *json, uint64_t seed, struct trust_pair **pairs, size_t *count,
               char *why, size_t size)
{
    size_t n = json_array_size(json);
    struct trust_pair *list = calloc(n + 1, sizeof(*list));
    snprintf(why, size, "not enough memory");
    int err = list != NULL ? 0 : -ENOMEM;
    for (size_t i = 0; i < n && err == 0; i++) {
        char reason[MEMBERS_WHY_MAX + 16];
        err = read_pair(json_array_get(json, i), &list[i], reason, sizeof(reason));
        if (err != 0) {
            snprintf(why, size, "not a valid comparison in pair %zu: %s", i + 1, reason);
            break;
        }
        const char *doubtful = doubt(list, i, seed);
        if (doubtful != NULL) {
            snprintf(why, size, "it cannot be believed, pair %zu: %s; measure it again", i + 1,
                     doubtful);
            err = -EPROTO;
        }
    }
    if (err != 0) {
        free(list);
        return err;
    }
    *pairs = list;
    *count = n;
    return 0;
}
