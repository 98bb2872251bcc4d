// SPDX-License-Identifier: MIT
/* "did you mean …?": the nearest of several words. */
#ifndef SPEEDUP_SUGGEST_H
#define SPEEDUP_SUGGEST_H

/* The word of the NULL-terminated list that is at most a third of its letters away from `word`
 * (insertions, deletions, replacements and swaps of neighbours count 1), or NULL. */
const char *suggest(const char *word, const char *const *words);

#endif
