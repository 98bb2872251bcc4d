// SPDX-License-Identifier: MIT
#ifndef SPEEDUP_GNUPLOT_H
#define SPEEDUP_GNUPLOT_H

#include <stdio.h>

/* Lets gnuplot carry out what the file holds, from its beginning, without any settings of the user
 * and without a shell; what it writes to stdout goes to stderr. 0, or -errno with one sentence in
 * why[size]: -ENOENT where it is not installed, -EIO where it failed (then it has said why on
 * stderr). */
int gnuplot_run(FILE *script, char *why, size_t size);

/* Could it draw? Asked before minutes are spent on what is to be drawn. As gnuplot_run(). */
int gnuplot_check(char *why, size_t size);

#endif
