// SPDX-License-Identifier: MIT
/* UTF-8 text in a terminal. One code point is taken as one column wide; control characters, which
 * could come from a result file, and what is no UTF-8, such as a character that was cut in two, are
 * never printed. */
#ifndef SPEEDUP_TEXT_H
#define SPEEDUP_TEXT_H

#include <stdbool.h>
#include <stdio.h>

/* Bytes of the character at text; 0 where it is a control character, no UTF-8, or the end. */
size_t text_character(const char *text);

/* Columns that the text takes. */
int text_width(const char *text);

/* The text, filled up with spaces to `width`: after it (left) or before it. */
void text_pad(FILE *out, const char *text, int width, bool left);

/* Lines of at most `width` columns, broken at spaces, each but the first behind `indent` spaces.
 * The first is taken to begin at column `used`. Ends with a newline. */
void text_wrap(FILE *out, const char *text, int used, int indent, int width);

/* Bytes of the text without the blanks at its end. */
int text_trimmed(const char *text);

/* Replaces control characters, and what is no UTF-8, by question marks: what others say is to be
 * printed, drawn or kept in JSON. */
void text_clean(char *text);

#endif
