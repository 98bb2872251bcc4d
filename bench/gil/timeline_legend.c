// SPDX-License-Identifier: MIT
/* The legend of a timeline. gnuplot's own makes all entries as wide as the widest. */
#include "bench/gil/timeline.h"
#include "bench/text.h"

/* In units of an SVG: a letter, the sign before the words, what is between two entries, a line. */
enum { LETTER = 7, SIGN = 32, BETWEEN = 18, LINE = 22, LEFT = 20 };

enum sign { BOX, STROKE, POINT };

/* What scripts/timeline.gp draws, in gnuplot's words. */
static const struct entry {
    const char *words;
    enum sign sign;
    const char *style;
    bool of_requests;
} entries[] = {
    {"holds the lock", BOX, "fc rgb '#0072B2' fs solid noborder", false},
    {"waits for it", STROKE, "lw 1.5 lc rgb '#909090'", false},
    {"asks for it", POINT, "pt 7 ps point * 0.8 lc rgb '#D55E00'", true},
    {"waits another interval: it changed hands", POINT,
     "pt 6 lw 1.5 ps point * 0.8 lc rgb '#909090'", true},
    {"neither holds it nor waits for it", BOX, "fc rgb 'white' fs solid border lc rgb '#606060'",
     false},
    {"nobody holds it", BOX, "fc rgb '#FFF0C8' fs solid noborder", false},
};
enum { ENTRIES = sizeof(entries) / sizeof(entries[0]) };

/* A place, as shares of the picture. */
struct spot {
    double left, right, low, high;
};

static void put_sign(FILE *script, const struct entry *e, int tag, const struct spot *s)
{
    double middle = (s->low + s->high) / 2;
    if (e->sign == BOX)
        fprintf(script,
                "set object %d rectangle from screen %.6f, screen %.6f to screen %.6f, screen "
                "%.6f front %s\n",
                tag, s->left, s->low, s->right, s->high, e->style);
    else if (e->sign == STROKE)
        fprintf(script,
                "set arrow %d from screen %.6f, screen %.6f to screen %.6f, screen %.6f nohead "
                "%s\n",
                tag, s->left, middle, s->right, middle, e->style);
    else
        fprintf(script, "set label %d '' at screen %.6f, screen %.6f point %s\n", tag,
                (s->left + s->right) / 2, middle, e->style);
}

void timeline_legend(FILE *script, bool requests, int width, int height)
{
    enum { FIRST_TAG = 10, BELOW = 34, HALF = 5, GAP = 8 };
    int x = LEFT, y = BELOW;
    for (int i = 0; i < (int)ENTRIES; i++) {
        const struct entry *e = &entries[i];
        int needed = SIGN + LETTER * text_width(e->words);
        if (e->of_requests && !requests)
            continue;
        if (x + needed > width) {
            x = LEFT;
            y -= LINE;
        }
        struct spot spot = {(double)x / width, (double)(x + SIGN - GAP) / width,
                            (double)(y - HALF) / height, (double)(y + HALF) / height};
        put_sign(script, e, FIRST_TAG + i, &spot);
        fprintf(script, "set label %d '%s' at screen %.6f, screen %.6f left font ',10'\n",
                FIRST_TAG + ENTRIES + i, e->words, (double)(x + SIGN) / width, (double)y / height);
        x += needed + BETWEEN;
    }
}
