// SPDX-License-Identifier: MIT
#include "workloads/helpers/again.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int again_read(const char *text, uint64_t *bar)
{
    char *end;
    double share = strtod(text, &end);
    *bar = 0;
    if (text[0] == '\0')
        return 0;
    if (strspn(text, "0123456789.eE-") != strlen(text) || *end != '\0' || end == text ||
        !(share >= 0 && share <= 1))
        return -EINVAL;
    *bar = (uint64_t)(share * (double)AGAIN_ALL);
    return 0;
}
