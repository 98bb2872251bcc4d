// SPDX-License-Identifier: MIT
#include "bench/history/listing.h"

#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "bench/text.h"

enum { GAP = 2, INDENT = 6 }; /* between columns; of what stands below its row */

static const size_t TITLES = SIZE_MAX;

void listing_begin(struct listing *listing, const struct listing_column *columns, size_t count)
{
    *listing = (struct listing){.columns = columns, .column_count = count};
}

void listing_add(struct listing *listing, const char *format, ...)
{
    size_t n = listing->cell_count;
    char *text = NULL;
    if (n % 256 == 0) {
        char **more = reallocarray(listing->cells, n + 256, sizeof(*more));
        if (more == NULL)
            return;
        listing->cells = more;
    }
    va_list list;
    va_start(list, format);
    if (vasprintf(&text, format, list) < 0)
        text = NULL;
    va_end(list);
    listing->cells[listing->cell_count++] = text;
}

static const char *cell(const struct listing *t, size_t row, size_t column)
{
    const char *text = t->cells[row * t->column_count + column];
    return text != NULL ? text : "";
}

/* 0: nothing stands in it. */
static int width_of(const struct listing *t, size_t column)
{
    int widest = 0, title = text_width(t->columns[column].title);
    for (size_t row = 0; row < t->cell_count / t->column_count; row++) {
        int width = text_width(cell(t, row, column));
        widest = width > widest ? width : widest;
    }
    return widest == 0 || widest > title ? widest : title;
}

/* Where it is printed, and how. */
struct layout {
    FILE *out;
    int width;                   /* of the page */
    int widths[LISTING_COLUMNS]; /* 0: nothing stands in it */
    bool below[LISTING_COLUMNS]; /* its row, and not in it */
};

static bool in_row(const struct layout *l, size_t column)
{
    return l->widths[column] > 0 && !l->below[column];
}

static void lay_out(const struct listing *t, struct layout *l)
{
    int all = 0;
    for (size_t i = 0; i < t->column_count; i++) {
        l->widths[i] = width_of(t, i);
        all += l->widths[i] > 0 ? GAP + l->widths[i] : 0;
    }
    for (size_t i = t->column_count; i-- > 0 && all > l->width;) {
        l->below[i] = (t->columns[i].how & LISTING_BELOW) != 0;
        all -= l->below[i] && l->widths[i] > 0 ? GAP + l->widths[i] : 0;
    }
}

/* row: TITLES, or one of cells. */
static const char *text_at(const struct listing *t, size_t row, size_t column)
{
    return row == TITLES ? t->columns[column].title : cell(t, row, column);
}

static void print_below(const struct listing *t, const struct layout *l, size_t row)
{
    char *line = NULL;
    size_t size;
    FILE *text = open_memstream(&line, &size);
    if (text == NULL)
        return;
    for (size_t i = 0; i < t->column_count; i++) {
        const char *one = text_at(t, row, i);
        if (l->below[i] && l->widths[i] > 0 && one[0] != '\0')
            fprintf(text, "%s%s", ftell(text) > 0 ? " · " : "", one);
    }
    fclose(text);
    if (size > 0) {
        fprintf(l->out, "%*s", INDENT, "");
        text_wrap(l->out, line, INDENT, INDENT, l->width);
    }
    free(line);
}

static void print_row(const struct listing *t, const struct layout *l, size_t row)
{
    size_t last = 0;
    for (size_t i = 0; i < t->column_count; i++)
        last = in_row(l, i) ? i : last;
    for (size_t i = 0; i <= last; i++) {
        bool left = (t->columns[i].how & LISTING_LEFT) != 0;
        if (!in_row(l, i))
            continue;
        fprintf(l->out, "%*s", GAP, "");
        text_pad(l->out, text_at(t, row, i), i == last && left ? 0 : l->widths[i], left);
    }
    fputc('\n', l->out);
    print_below(t, l, row);
}

void listing_print(const struct listing *listing, FILE *out, int width)
{
    struct layout l = {.out = out, .width = width};
    lay_out(listing, &l);
    print_row(listing, &l, TITLES);
    for (size_t row = 0; row < listing->cell_count / listing->column_count; row++)
        print_row(listing, &l, row);
}

void listing_free(struct listing *listing)
{
    for (size_t i = 0; i < listing->cell_count; i++)
        free(listing->cells[i]);
    free(listing->cells);
}

char *listing_change(char text[LISTING_CELL], double change)
{
    if (isnan(change))
        snprintf(text, LISTING_CELL, "–");
    else
        snprintf(text, LISTING_CELL, "%+.1f %%", 100 * change);
    return text;
}

char *listing_interval(char text[LISTING_CELL], double low, double high)
{
    if (isnan(low) || isnan(high))
        snprintf(text, LISTING_CELL, "%s", "");
    else
        snprintf(text, LISTING_CELL, "[%+.1f, %+.1f]", 100 * low, 100 * high);
    return text;
}
