// SPDX-License-Identifier: MIT
#include "bench/suggest.h"

#include <string.h>

enum { LONGEST = 63 };

static unsigned min(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* Optimal string alignment: Levenshtein's distance with swaps of neighbours. */
static unsigned distance(const char *a, const char *b)
{
    size_t m = strlen(a), n = strlen(b);
    if (m > LONGEST || n > LONGEST)
        return LONGEST;
    unsigned d[LONGEST + 1][LONGEST + 1];
    for (size_t i = 0; i <= m; i++)
        d[i][0] = (unsigned)i;
    for (size_t j = 0; j <= n; j++)
        d[0][j] = (unsigned)j;
    for (size_t i = 1; i <= m; i++) {
        for (size_t j = 1; j <= n; j++) {
            unsigned replace = d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
            d[i][j] = min(replace, 1 + min(d[i - 1][j], d[i][j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                d[i][j] = min(d[i][j], d[i - 2][j - 2] + 1);
        }
    }
    return d[m][n];
}

const char *suggest(const char *word, const char *const *words)
{
    const char *best = NULL;
    unsigned nearest = min(1 + (unsigned)(strlen(word) + 2) / 3, LONGEST);
    for (; *words != NULL; words++) {
        unsigned d = distance(word, *words);
        if (d < nearest) {
            nearest = d;
            best = *words;
        }
    }
    return best;
}
