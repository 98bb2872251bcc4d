// SPDX-License-Identifier: MIT
#include "bench/compare/fail_on.h"
#include "bench/cli.h"
#include "bench/suggest.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORD_MAX = 16, NONE = VERDICTS };

/* What may be said: of verdict v at v, in small letters. "" where it is not known. */
struct words {
    char text[VERDICTS + 1][WORD_MAX];
};

static struct words words_of(unsigned known)
{
    struct words words = {.text = {[NONE] = "none"}};
    for (int v = 0; v < VERDICTS; v++)
        for (size_t i = 0; known >> v & 1 && verdict_names[v][i] != '\0' && i + 1 < WORD_MAX; i++)
            words.text[v][i] = (char)tolower((unsigned char)verdict_names[v][i]);
    return words;
}

static int unknown(const char *command, const char *word, const struct words *words)
{
    const char *known[VERDICTS + 2] = {NULL};
    char list[(VERDICTS + 1) * (WORD_MAX + 8)] = "";
    size_t count = 0, n = 0;
    for (int v = 0; v <= NONE; v++)
        if (words->text[v][0] != '\0')
            known[count++] = words->text[v];
    const char *near = suggest(word, known);
    if (near != NULL)
        return cli_usage(command, "--fail-on: there is no verdict '%s'; did you mean '%s'?", word,
                         near);
    for (size_t i = 0; i < count; i++)
        n += (size_t)snprintf(list + n, sizeof(list) - n, "%s%s", i == 0 ? "" : ", ", known[i]);
    return cli_usage(command, "--fail-on: there is no verdict '%s'; there are %s", word, list);
}

/* The word without blanks around it. */
static char *trimmed(char *word)
{
    word += strspn(word, " \t");
    for (size_t n = strlen(word); n > 0 && strchr(" \t", word[n - 1]) != NULL; n--)
        word[n - 1] = '\0';
    return word;
}

static int add(const char *command, const char *word, const struct words *words, unsigned *set)
{
    for (int v = 0; v <= NONE && word[0] != '\0'; v++) {
        if (strcasecmp(word, words->text[v]) != 0)
            continue;
        *set |= 1u << v;
        return EXIT_OK;
    }
    return unknown(command, word, words);
}

int fail_on_read(const char *command, const char *list, unsigned known, unsigned *set)
{
    const struct words words = words_of(known);
    char *copy = strdup(list), *rest = copy;
    int status = copy != NULL ? EXIT_OK : EXIT_RUN_TIME;
    *set = 0;
    for (char *word; status == EXIT_OK && (word = strsep(&rest, ",")) != NULL;)
        status = add(command, trimmed(word), &words, set);
    free(copy);
    if (status == EXIT_OK && *set >> NONE & 1 && *set != 1u << NONE)
        return cli_usage(command, "--fail-on: 'none' and verdicts contradict each other; write one "
                                  "or the other");
    *set &= FAIL_ON_ALL;
    return status;
}
