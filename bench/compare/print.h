// SPDX-License-Identifier: MIT
/* A comparison for people: as a table, and as Markdown for a pull request. Made from what its file
 * holds alone. */
#ifndef SPEEDUP_COMPARE_PRINT_H
#define SPEEDUP_COMPARE_PRINT_H

#include <stdio.h>

#include "bench/compare/comparison.h"

enum { PRINT_CELL_MAX = 48 };

/* In columns that fit in 80; what is wider (names, sentences) is on lines of its own, wrapped at
 * `width`. */
void print_comparison(FILE *out, const struct comparison *comparison, int width, bool color);

/* A heading, what is compared, the summary, a table with one row a case, and what it means. */
void print_markdown(FILE *out, const struct comparison *comparison);

/* What both share. Each fills text and returns it; "–" for what is not known. */
const char *print_change(char text[PRINT_CELL_MAX], double change); /* "+5.2 %" */
const char *print_interval(char text[PRINT_CELL_MAX], const struct estimate *change);
const char *print_p(char text[PRINT_CELL_MAX],
                    const struct compared_case *c); /* the adjusted one */
const char *print_visible(char text[PRINT_CELL_MAX], double visible);
const char *print_time(char text[PRINT_CELL_MAX], double ns);

/* For a sentence: two digits, never with an exponent: "4.5 %", "330 %". Fills text and returns it.
 */
const char *print_share(char text[PRINT_CELL_MAX], double share);

/* In words, each in one line without its end: what is compared, where, when, and what became of it;
 * what the columns mean; how many cases have which verdict, and what follows. */
void print_head(FILE *out, const struct comparison *comparison);
void print_legend(FILE *out, const struct comparison *comparison);
void print_summary(FILE *out, const struct comparison *comparison);

/* What one of these three prints, as a new string; NULL without memory. */
char *print_words(const struct comparison *comparison,
                  void (*print)(FILE *, const struct comparison *));

#endif
