// SPDX-License-Identifier: MIT
#include "bench/history/listing.h"

#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include "bench/text.h"

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

static void print_row(const struct listing *t, FILE *out, const int *widths, size_t row,
                      bool titles)
{
    size_t last = 0;
    for (size_t i = 0; i < t->column_count; i++)
        last = widths[i] > 0 ? i : last;
    for (size_t i = 0; i <= last; i++) {
        if (widths[i] == 0)
            continue;
        const char *text = titles ? t->columns[i].title : cell(t, row, i);
        fputs("  ", out);
        text_pad(out, text, i == last && t->columns[i].left ? 0 : widths[i], t->columns[i].left);
    }
    fputc('\n', out);
}

void listing_print(const struct listing *listing, FILE *out)
{
    int *widths = calloc(listing->column_count, sizeof(*widths));
    if (widths == NULL)
        return;
    for (size_t i = 0; i < listing->column_count; i++)
        widths[i] = width_of(listing, i);
    print_row(listing, out, widths, 0, true);
    for (size_t row = 0; row < listing->cell_count / listing->column_count; row++)
        print_row(listing, out, widths, row, false);
    free(widths);
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
