// SPDX-License-Identifier: MIT
#include "bench/pattern.h"

#include <stdio.h>
#include <string.h>

char *pattern_exactly(const char *const *names)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL)
        return NULL;
    for (size_t i = 0; names[i] != NULL; i++) {
        fputs(i == 0 ? "^(" : "|", out);
        for (const char *c = names[i]; *c != '\0'; c++) {
            if (strchr("\\^$.|?*+()[]{}", *c) != NULL)
                fputc('\\', out);
            fputc(*c, out);
        }
    }
    fputs(")$", out);
    fclose(out);
    return text;
}
