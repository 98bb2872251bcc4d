// SPDX-License-Identifier: MIT
#include "bench/compare/print.h"

#include <stdlib.h>
#include <string.h>

#include "bench/text.h"

/* Nothing in a name or a sentence may end its cell, begin a tag or a link, or command a terminal.
 */
static void print_text(FILE *out, const char *text)
{
    for (size_t bytes; *text != '\0'; text += bytes > 0 ? bytes : 1) {
        bytes = text_character(text);
        if (bytes == 1 && strchr("|\\`*_<>[]~", *text) != NULL)
            fputc('\\', out);
        fwrite(text, 1, bytes, out);
    }
}

static void print_row(FILE *out, const struct compared_case *c)
{
    char text[PRINT_CELL_MAX];
    bool loud = c->verdict == VERDICT_BROKEN || c->verdict == VERDICT_REGRESSION ||
                c->verdict == VERDICT_FAILED;
    fputs("| ", out);
    print_text(out, c->name);
    fprintf(out, " | %s%s%s", loud ? "**" : "", verdict_names[c->verdict], loud ? "**" : "");
    fprintf(out, " | %s", print_time(text, c->base_ns));
    fprintf(out, " | %s", print_time(text, c->new_ns));
    fprintf(out, " | %s", print_change(text, c->change.value));
    fprintf(out, " | %s", print_interval(text, &c->change));
    fprintf(out, " | %s | %zu", print_p(text, c), c->pair_count);
    fprintf(out, " | %s |\n", print_visible(text, c->visible));
}

static void print_reasons(FILE *out, const struct comparison *comparison)
{
    bool any = false;
    for (size_t i = 0; i < comparison->case_count; i++) {
        const struct compared_case *c = &comparison->cases[i];
        if (c->why == NULL)
            continue;
        any = true;
        fputs("- ", out);
        print_text(out, c->name);
        fputs(": ", out);
        print_text(out, c->why);
        fputc('\n', out);
    }
    fputs(any ? "\n" : "", out);
}

/* A paragraph. */
static void print_line(FILE *out, const struct comparison *comparison,
                       void (*print)(FILE *, const struct comparison *))
{
    char *words = print_words(comparison, print);
    print_text(out, words != NULL ? words : "");
    fputs("\n\n", out);
    free(words);
}

/* What is told apart by its version is named by it. */
void print_markdown(FILE *out, const struct comparison *c)
{
    bool versions = c->base_version != NULL && c->new_version != NULL &&
                    strcmp(c->base_version, c->new_version) != 0;
    fputs("### speedup compare: ", out);
    print_text(out, versions ? c->base_version : c->base);
    fputs(" → ", out);
    print_text(out, versions ? c->new_version : c->news);
    fputs("\n\n", out);
    print_line(out, c, print_summary);
    fputs("| case | verdict | base | new | change | 99 % | p | pairs | sees |\n"
          "|---|---|--:|--:|--:|--:|--:|--:|--:|\n",
          out);
    for (int v = 0; v < VERDICTS; v++)
        for (size_t i = 0; i < c->case_count; i++)
            if (c->cases[i].verdict == (enum verdict_kind)v)
                print_row(out, &c->cases[i]);
    fputc('\n', out);
    print_reasons(out, c);
    print_line(out, c, print_legend);
    print_line(out, c, print_head);
}
