// SPDX-License-Identifier: MIT
#include "bench/plan_rows.h"
#include "bench/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 4, WORKER = 0, PU, CORE, WHY };
enum { SHORTEST_RUN = 3 };

struct row {
    char cell[COLUMNS][224];
};

enum { CELL_MAX = sizeof(((struct row *)NULL)->cell[0]) };

static const struct place *place_of(const struct placement *p, size_t worker)
{
    return &p->places[worker % p->count];
}

static void put_number(char *cell, unsigned number)
{
    snprintf(cell, CELL_MAX, number == PLACE_ANY ? "any" : "%u", number);
}

static struct row row_of_place(const struct place *place)
{
    struct row row;
    put_number(row.cell[PU], place->pu);
    put_number(row.cell[CORE], place->core);
    snprintf(row.cell[WHY], CELL_MAX, "%s", place->why);
    return row;
}

static struct row row_of_worker(const struct placement *p, size_t worker)
{
    struct row row = row_of_place(place_of(p, worker));
    snprintf(row.cell[WORKER], CELL_MAX, "%zu", worker);
    return row;
}

/* Only the helper has more than one PU and is bound; its cell lists them. */
static struct row row_of_helper(const struct place *helper)
{
    struct row row = row_of_place(helper);
    snprintf(row.cell[WORKER], CELL_MAX, "helper");
    hwloc_bitmap_list_snprintf(row.cell[PU], CELL_MAX, helper->cpuset);
    return row;
}

/* ---- folding ------------------------------------------------------------------------------ */

/* How many places from `from` on sit on its core: the period of the pattern. */
static size_t period_at(const struct placement *p, size_t from)
{
    size_t i = from + 1;
    while (i < p->count && p->places[i].core == p->places[from].core)
        i++;
    return i - from;
}

/* Length of the run in which each place is as far from the one a period before as all others are.
 */
static size_t run_length(const struct placement *p, size_t from, size_t period)
{
    const struct place *at = p->places;
    size_t i = from + period;
    for (; i < p->count; i++) {
        bool same_step = at[i].pu - at[i - period].pu == at[from + period].pu - at[from].pu &&
                         at[i].core - at[i - period].core == at[from + period].core - at[from].core;
        if (!same_step)
            break;
    }
    size_t length = i < p->count ? i - from : p->count - from;
    return length - length % period;
}

/* "0, 8 ... 184": the numbers of a period, the one that shows the step, and the last. */
static void put_series(char *cell, const struct place *places, size_t length, size_t period,
                       bool cores)
{
    size_t used = 0;
    cell[0] = '\0';
    for (size_t i = 0; i <= period && used < CELL_MAX / 2; i++)
        used += (size_t)snprintf(cell + used, CELL_MAX - used, "%s%u", i > 0 ? ", " : "",
                                 cores ? places[i].core : places[i].pu);
    snprintf(cell + used, CELL_MAX - used, " ... %u",
             cores ? places[length - 1].core : places[length - 1].pu);
}

static struct row row_of_run(const struct placement *p, size_t from, size_t length, size_t period)
{
    struct row row;
    const struct place *places = &p->places[from], *last = &places[length - 1];
    snprintf(row.cell[WORKER], CELL_MAX, "%zu-%zu", from, from + length - 1);
    put_series(row.cell[PU], places, length, period, false);
    put_series(row.cell[CORE], places, length, period, true);
    snprintf(row.cell[WHY], CELL_MAX, "%s ... %s", places[0].why, last->why);
    return row;
}

static size_t fold(const struct placement *p, struct row *rows)
{
    size_t count = 0;
    for (size_t i = 0; i < p->count;) {
        size_t period = period_at(p, i);
        size_t length = run_length(p, i, period);
        if (length > period && length >= SHORTEST_RUN) {
            rows[count++] = row_of_run(p, i, length, period);
            i += length;
        } else {
            rows[count++] = row_of_worker(p, i++);
        }
    }
    return count;
}

/* ---- printing ----------------------------------------------------------------------------- */

static void print(FILE *out, const struct row *rows, size_t count)
{
    int width[COLUMNS] = {0};
    for (size_t i = 0; i < count; i++) {
        for (int c = 0; c < COLUMNS; c++) {
            int w = text_width(rows[i].cell[c]);
            width[c] = w > width[c] ? w : width[c];
        }
    }
    for (size_t i = 0; i < count; i++) {
        for (int c = 0; c < WHY; c++) {
            text_pad(out, rows[i].cell[c], width[c], false);
            fputs("  ", out);
        }
        text_pad(out, rows[i].cell[WHY], 0, true);
        fputc('\n', out);
    }
}

int plan_print_rows(FILE *out, const struct placement *p, size_t workers)
{
    bool folded = workers > PLAN_FOLD_ABOVE;
    size_t most = folded ? p->count : workers;
    struct row *rows = malloc((most + 2) * sizeof(*rows));
    if (rows == NULL)
        return -ENOMEM;
    rows[0] = (struct row){{"worker", "PU", "core", "why"}};
    size_t count = 1;
    if (folded)
        count += fold(p, rows + 1);
    for (size_t i = 0; !folded && i < workers; i++)
        rows[count++] = row_of_worker(p, i);
    if (p->has_helper)
        rows[count++] = row_of_helper(&p->helper);
    print(out, rows, count);
    free(rows);
    return 0;
}
