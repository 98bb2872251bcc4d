// SPDX-License-Identifier: MIT
#include "bench/selection_options.h"

#include <stdlib.h>

void selection_words_free(struct selection_words *words)
{
    char *texts[] = {words->runners, words->concurrency, words->pin, words->filter, words->gil};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        free(texts[i]);
    for (char **setting = (char **)words->settings; setting != NULL && *setting != NULL; setting++)
        free(*setting);
    free(words->settings);
    *words = (struct selection_words){0};
}
