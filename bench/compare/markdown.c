// SPDX-License-Identifier: MIT
#include "bench/compare/print.h"

#include <string.h>

/* Nothing in a name or a sentence may end its cell, or begin a tag or a link. */
static void print_text(FILE *out, const char *text)
{
    for (; *text != '\0'; text++) {
        if ((unsigned char)*text < ' ' || *text == 0x7f)
            continue;
        if (strchr("|\\`*_<>[]~", *text) != NULL)
            fputc('\\', out);
        fputc(*text, out);
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
    for (size_t i = 0; i < comparison->case_count; i++) {
        const struct compared_case *c = &comparison->cases[i];
        if (c->why == NULL)
            continue;
        fputs("- ", out);
        print_text(out, c->name);
        fputs(": ", out);
        print_text(out, c->why);
        fputc('\n', out);
    }
}

void print_markdown(FILE *out, const struct comparison *comparison)
{
    char status[PRINT_STATUS_MAX];
    fputs("### speedup compare: ", out);
    print_text(out, comparison->base);
    fputs(" → ", out);
    print_text(out, comparison->news);
    fputs("\n\n", out);
    print_text(out, print_status(status, comparison));
    fputs(status[0] != '\0' ? "\n\n" : "", out);
    print_summary(out, comparison);
    fputs("\n\n| case | verdict | base | new | change | 99 % | p | pairs | sees |\n"
          "|---|---|--:|--:|--:|--:|--:|--:|--:|\n",
          out);
    for (int v = 0; v < VERDICTS; v++)
        for (size_t i = 0; i < comparison->case_count; i++)
            if (comparison->cases[i].verdict == (enum verdict_kind)v)
                print_row(out, &comparison->cases[i]);
    fputc('\n', out);
    print_reasons(out, comparison);
}
