// SPDX-License-Identifier: MIT
/* Workers as the harness sees them: their seats, their places, what they used. */
#ifndef SPEEDUP_WORKER_H
#define SPEEDUP_WORKER_H

#include "bench/experiment.h"

/* Where the workers of a run sit. */
struct placing {
    const struct machine *machine;
    const struct placement *placement;
};

/* Fills worker `index` of a run. */
void worker_seat(struct worker *worker, struct run *run, unsigned index, struct seat *seat);

/* The place of a worker: index mod places. */
const struct place *worker_place(const struct worker *worker);

/* Around create .. destroy: CPU time, context switches and memory of this process and, by the
 * records, of its reaped workers. */
void usage_begin(struct sample *sample);
void usage_end(struct sample *sample, const struct arena *arena, unsigned worker_count);

/* The hidden subcommand that a freshly executed worker runs: `speedup worker MEMFD INDEX`. */
int cmd_worker(int argc, const char **argv);

#endif
