// SPDX-License-Identifier: MIT
/* Google Benchmark behind a C face: it drives the repetitions of a round and writes `context` and
 * `benchmarks` of a result file. Selection, order and statistics are ours. */
#ifndef SPEEDUP_GBENCH_H
#define SPEEDUP_GBENCH_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What one repetition of a benchmark gave. */
struct gbench_time {
    int64_t wall_ns, cpu_ns; /* cpu_ns with children, which Google Benchmark does not see */
    double items_per_second; /* 0: not reported */
};

/* Does the benchmark with that number once. Nonzero: it failed and is left out of the file. */
typedef int gbench_run(void *context, size_t number, struct gbench_time *time);

/* Once, before the rounds. */
void gbench_open(const char *program);

/* One round: runs names[order[0]], names[order[1]], … each once, with manual time. Keeps what they
 * gave if keep is set. Answers the number of runs that Google Benchmark drove. */
size_t gbench_round(const char *const *names, const size_t *order, size_t count, int round,
                    int rounds, int keep, gbench_run *run, void *context);

/* Everything kept so far as Google Benchmark's JSON text; to be freed. NULL without memory. */
char *gbench_json(void);

/* Forgets the runs that were kept. */
void gbench_close(void);

#ifdef __cplusplus
}
#endif
#endif
