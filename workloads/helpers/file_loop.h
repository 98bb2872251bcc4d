// SPDX-License-Identifier: MIT
/* File work beside an event loop: through io_uring, or where there is none by a thread that makes
 * the calls one after the other. */
#ifndef SPEEDUP_FILE_LOOP_H
#define SPEEDUP_FILE_LOOP_H

#include "workloads/helpers/file_work.h"

struct ev_loop;
struct file_loop;

/* Is there an io_uring that can do all of it? 0 or -errno: old kernels, containers and a system's
 * setting may refuse it. */
int file_loop_probe(void);

/* For one loop. `done` is called from it for every work that has ended, well or not. Returns 0 or
 * -errno. */
int file_loop_open(struct file_loop **files, struct ev_loop *loop, bool ring,
                   void (*done)(struct file_work *work));

/* Begins the work; it and its data must stay until `done`. */
void file_loop_begin(struct file_loop *files, struct file_work *work);

/* What is in progress ends with -ECANCELED after its current step, and `done` is called for it. Not
 * for NULL. */
void file_loop_close(struct file_loop *files);

#endif
