// SPDX-License-Identifier: MIT
/* Regular expressions that the program writes itself: for -f of a process that it starts. */
#ifndef SPEEDUP_PATTERN_H
#define SPEEDUP_PATTERN_H

/* An extended regular expression that exactly these names match, of which there is at least one;
 * the list is ended by NULL. New text, which is the caller's to free, or NULL. */
char *pattern_exactly(const char *const *names);

#endif
