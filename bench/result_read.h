// SPDX-License-Identifier: MIT
/* The part of the view that faces the file: checks it and takes out what was measured. */
#ifndef SPEEDUP_RESULT_READ_H
#define SPEEDUP_RESULT_READ_H

#include "bench/result_view.h"

/* Fills all of the view that needs no arithmetic from view->result. 0, or -errno with a sentence
 * that names the place in why[size]; what was read so far is for view_close(). */
int result_read(struct view *view, char *why, size_t size);

#endif
