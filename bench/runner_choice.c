// SPDX-License-Identifier: MIT
#include "bench/settings.h"
#include "bench/params.h"
#include "bench/registry.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct runner_words {
    const struct settings *settings;
    char *why;
    size_t size;
};

/* -p settings that are the runner's. */
static int apply_settings(const struct runner_words *w, struct runner_choice *choice)
{
    const struct settings *settings = w->settings;
    for (size_t i = 0; settings->words != NULL && settings->words[i] != NULL; i++) {
        int err = params_apply(choice->runner->params, settings->words[i], choice->values, w->why,
                               w->size);
        if (err == 0)
            settings->used[i] = true;
        else if (err != -ENOENT)
            return err;
    }
    return 0;
}

static int choose(const struct runner_words *w, const char *word, struct runner_choice *choice)
{
    char *name = strdup(word);
    if (name == NULL)
        return -ENOMEM;
    char *settings = strchr(name, ':');
    if (settings != NULL)
        *settings++ = '\0';
    for (char *c = settings; c != NULL && *c != '\0'; c++)
        *c = *c == ':' ? ' ' : *c;
    choice->runner = runner_find(name, w->why, w->size);
    int err = choice->runner == NULL ? -EINVAL : 0;
    if (err == 0)
        err = params_defaults(choice->runner->params, choice->values, w->why, w->size);
    if (err == 0)
        err = apply_settings(w, choice);
    if (err == 0 && settings != NULL)
        err = params_apply_list(choice->runner->params, settings, choice->values, w->why, w->size);
    free(name);
    return err;
}

/* Named before, with the same parameters? */
static bool is_chosen(const struct runner_words *w, const char *word,
                      const struct runner_choice *choices, size_t count)
{
    struct runner_choice again = {0};
    bool chosen = false;
    if (choose(w, word, &again) != 0)
        return false; /* the caller finds the mistake */
    for (size_t i = 0; i < count && !chosen; i++)
        chosen = choices[i].runner == again.runner &&
                 memcmp(choices[i].values, again.values, sizeof(again.values)) == 0;
    return chosen;
}

int runner_choose(const char *word, const struct settings *settings, struct runner_choice *choice,
                  char *why, size_t size)
{
    const struct runner_words w = {settings, why, size};
    return choose(&w, word, choice);
}

unsigned runner_workers(const struct runner_choice *choice, unsigned concurrency, unsigned cores)
{
    const struct runner *r = choice->runner;
    return r->workers != NULL ? r->workers(choice->values, concurrency, cores) : concurrency;
}

int runners_choose(const char *list, const struct settings *settings,
                   struct runner_choice choices[RUNNERS_MAX], size_t *count, char *why, size_t size)
{
    const struct runner_words words = {settings, why, size}, *w = &words;
    *count = 0;
    int err = choose(w, BASELINE, &choices[(*count)++]);
    for (size_t i = 0; list == NULL && runners[i] != NULL && err == 0; i++) {
        if (strcmp(runners[i]->name, BASELINE) != 0 && *count < RUNNERS_MAX)
            err = choose(w, runners[i]->name, &choices[(*count)++]);
    }
    char *copy = list != NULL ? strdup(list) : NULL, *rest = copy;
    for (char *word; err == 0 && (word = strsep(&rest, ",")) != NULL;) {
        if (word[0] == '\0') {
            snprintf(w->why, w->size,
                     "-R '%s' has an empty name; write for example "
                     "-R threads,async",
                     list);
            err = -EINVAL;
        } else if (strcmp(word, BASELINE) != 0 && !is_chosen(w, word, choices, *count)) {
            if (*count == RUNNERS_MAX) {
                snprintf(w->why, w->size, "-R names more than %d runners", RUNNERS_MAX);
                err = -EINVAL;
            } else {
                err = choose(w, word, &choices[(*count)++]);
            }
        }
    }
    free(copy);
    return err;
}
