// SPDX-License-Identifier: MIT
/* What the variants of the lock are made of; for gil*.c alone. */
#ifndef SPEEDUP_GIL_VARIANT_H
#define SPEEDUP_GIL_VARIANT_H

#include "runners/gil.h"

/* drop: `yields` where the thread goes on computing and takes it again at once. */
struct gil_variant_table {
    void (*take)(struct gil *gil, struct gil_thread *me);
    void (*drop)(struct gil *gil, struct gil_thread *me, bool yields);
    void (*yield)(struct gil *gil, struct gil_thread *me);
};
extern const struct gil_variant_table gil_new, gil_fifo, gil_old, gil_old_condition, gil_none;

/* Bookkeeping when `me` has taken the lock, begun waiting at `since` (0: had not to wait), and when
 * it is about to drop it. With the lock held. */
void gil_note_take(struct gil *gil, struct gil_thread *me, int64_t since);
void gil_note_drop(struct gil *gil, struct gil_thread *me);

/* Waits on the condition for an interval, as a waiter of `new` does, and asks for the lock where
 * nothing has changed meanwhile. With the mutex held. */
void gil_wait_interval(struct gil *gil, struct gil_thread *me, pthread_cond_t *cond);

/* A condition that counts in CLOCK_MONOTONIC. 0 or -errno. */
int gil_condition(pthread_cond_t *cond);

int64_t gil_now(void);

#endif
