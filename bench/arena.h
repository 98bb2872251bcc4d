// SPDX-License-Identifier: MIT
/* The shared memory of a job: see runners/control.h for what lies in it. */
#ifndef SPEEDUP_ARENA_H
#define SPEEDUP_ARENA_H

#include "runners/control.h"

/* Makes a zeroed mapping for job->shape with room for record_count workers, and points job->values,
 * job->input, job->report, job->error and job->arena into it. stop_fd is the session's eventfd;
 * most is the memory of the machine in bytes, 0: not known. 0, or -errno with a sentence in
 * why[size]. */
int arena_create(struct arena *arena, struct job *job, unsigned record_count, size_t most,
                 int stop_fd, char *why, size_t size);

/* Maps the same memory in a newly executed program, from its descriptor. */
int arena_attach(struct arena *arena, int fd);

/* Points a job into the arena. */
void arena_bind(struct arena *arena, struct job *job);

/* Unmaps and closes. Safe on a zeroed arena. */
void arena_destroy(struct arena *arena);

/* The shared objects that shape.shared asks for; by the functions of arena.c. -errno. */
int shared_create(struct arena *arena);
void shared_reset(struct arena *arena);
void shared_destroy(struct arena *arena);

/* Lets a program executed by this process inherit their descriptors. -errno. */
int shared_inherit(const struct arena *arena);

/* Before each repetition, clock stopped: closes the gate, clears counters, records, slots and the
 * stop flag, poisons all outputs. */
void arena_reset(struct arena *arena, unsigned concurrency, unsigned worker_count);

#endif
