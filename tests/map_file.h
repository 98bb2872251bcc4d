// SPDX-License-Identifier: MIT
/* Results of maps in which every time is known exactly. */
#ifndef SPEEDUP_TESTS_MAP_FILE_H
#define SPEEDUP_TESTS_MAP_FILE_H

#include "bench/map/map.h"

/* Nine tasks are no multiple of n = 2, 4 or 8. Each waits and computes for a millisecond. */
enum { MAP_TASKS = 9, MAP_ROUNDS = 6, MAP_ROWS = 5, MAP_COLUMNS = 4 };

/* How a runner of a map behaves: the model's constants, and how many workers it has, 0 for n. Its
 * row of that number takes so much longer than its constants say. */
struct map_runner {
    const char *name;
    double cores, compute_ns, make_ns, begin_ns;
    int workers;
    size_t slow_row;
    double slow_ns;
};

/* "pool" computes on two cores and adds 50 µs to a task; "loop" on one, and adds nothing. */
extern const struct map_runner map_pool, map_loop;

/* A result of these runners, for the shares 0, 0.25, 0.5, 0.75 and 1 and n = 1, 2, 4, 8, on two
 * cores of one PU each. The caller's. */
json_t *map_file(const struct map_runner *runners, size_t count);

/* The case of that name and n in a row, n = 0: any. NULL: there is none. */
json_t *map_file_case(json_t *result, size_t row, const char *runner, int n);

/* It failed, and has no runs. */
void map_file_fail(json_t *failed_case);

/* The rounds of a row differ by this share: those of one case fall, those of the next one rise. */
void map_file_vary(json_t *result, size_t row, double share);

/* Reads the result, and frees it. The view has to be closed. */
void map_file_read(struct map *map, struct view *view, json_t *result);

#endif
