// SPDX-License-Identifier: MIT
/* From the steps of threads to the stretches in which they have the lock, as far as a picture can
 * show them. */
#include "bench/gil/timeline.h"

#include <math.h>
#include <stdlib.h>

/* How many stretches beside each other can be told apart, and the shortest that can be seen. */
enum { DISTINCT = 400, VISIBLE = 1000 };

const json_t *timeline_steps(const json_t *events, size_t thread)
{
    return json_object_get(json_array_get(events, thread), "steps");
}

/* Adds those that are in the window. A thread may have the lock at the end. */
static size_t add_holds(struct hold *all, const json_t *steps, const struct window *w, size_t row)
{
    double taken = NAN;
    size_t count = 0;
    for (size_t i = 0; i <= json_array_size(steps); i++) {
        const json_t *step = json_array_get(steps, i); /* NULL: after the last one */
        enum gil_step which = (enum gil_step)json_integer_value(json_array_get(step, 1));
        double at = step != NULL ? json_number_value(json_array_get(step, 0)) : INFINITY;
        if (step != NULL && which == GIL_TAKES)
            taken = at;
        if (isnan(taken) || (step != NULL && which != GIL_DROPS))
            continue;
        if (at > w->begin && taken < w->end)
            all[count++] = (struct hold){taken, at, row};
        taken = NAN;
    }
    return count;
}

static int by_begin(const void *a, const void *b)
{
    const struct hold *x = a, *y = b;
    return (x->begin > y->begin) - (x->begin < y->begin);
}

/* How a stretch has grown. */
struct growth {
    double end;  /* of the last hold in it */
    double last; /* how long that was */
    bool pooled; /* drawn shorter than it was, for its gaps are left out */
};

/* Adds a hold to the stretch before it, where nobody else had the lock meanwhile and both look like
 * one: a gap that cannot be seen and is short against the hold before it is bridged; and holds that
 * are too short to be seen add up, so that their share of the picture is that of the time. */
static bool join(struct hold *h, struct growth *g, const struct hold *next, const struct window *w)
{
    enum { SHORT = 4 }; /* so many gaps make a hold */
    double length = w->end - w->begin, gap = next->begin - g->end, more = next->end - next->begin;
    if (next->row != h->row || gap > length / DISTINCT)
        return false;
    if (gap * SHORT <= g->last && gap < length / VISIBLE && !g->pooled)
        h->end = next->end;
    else if (h->end - h->begin < length / VISIBLE && more < length / VISIBLE) {
        h->end += more;
        g->pooled = true;
    } else
        return false;
    g->end = next->end;
    g->last = more;
    return true;
}

static size_t join_all(struct hold *all, size_t count, const struct window *w)
{
    struct growth growth = {0};
    size_t joined = 0;
    for (size_t i = 0; i < count; i++) {
        if (joined > 0 && join(&all[joined - 1], &growth, &all[i], w))
            continue;
        growth = (struct growth){all[i].end, all[i].end - all[i].begin, false};
        all[joined++] = all[i];
    }
    return joined;
}

struct hold *timeline_holds(const json_t *events, const struct window *w, size_t *count)
{
    size_t most = 1;
    *count = 0;
    for (size_t t = 0; t < json_array_size(events); t++)
        most += json_array_size(timeline_steps(events, t)) + 1;
    struct hold *all = calloc(most, sizeof(*all));
    for (size_t t = 0; t < json_array_size(events) && all != NULL; t++)
        *count += add_holds(all + *count, timeline_steps(events, t), w, t + 1);
    if (*count > 0)
        qsort(all, *count, sizeof(*all), by_begin);
    *count = join_all(all, *count, w);
    return all;
}

double timeline_visible(const struct window *w)
{
    return (w->end - w->begin) / VISIBLE;
}
