// SPDX-License-Identifier: MIT
#include "bench/compare/fingerprint.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const members[] = {"cpu",        "packages",     "cores",         "pus",
                                      "numa_nodes", "allowed_cpus", "allowed_cores", "allowed_pus",
                                      "quota_cpus", "cache_bytes",  "synthetic",     "simulated",
                                      NULL};

static json_t *member(const json_t *machine, const char *key)
{
    json_t *value = json_object_get(machine, key);
    return value != NULL ? value : json_null();
}

void fingerprint_of(const json_t *machine, char text[FINGERPRINT_MAX])
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (int i = 0; members[i] != NULL; i++) {
        char *words = json_dumps(member(machine, members[i]),
                                 JSON_ENCODE_ANY | JSON_COMPACT | JSON_SORT_KEYS);
        for (const char *c = words != NULL ? words : "null"; *c != '\0'; c++)
            hash = (hash ^ (unsigned char)*c) * UINT64_C(0x100000001b3);
        hash = (hash ^ '\n') * UINT64_C(0x100000001b3);
        free(words);
    }
    snprintf(text, FINGERPRINT_MAX, "%016llx", (unsigned long long)hash);
}

const char *fingerprint_difference(const json_t *machine, const json_t *other)
{
    for (int i = 0; members[i] != NULL; i++)
        if (!json_equal(member(machine, members[i]), member(other, members[i])))
            return members[i];
    return NULL;
}
