// SPDX-License-Identifier: MIT
#include "bench/history/date.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* So many digits, of which all must be there; moves *text on. */
static bool read_digits(const char **text, int digits, int least, int most, int *number)
{
    *number = 0;
    for (; digits > 0 && **text >= '0' && **text <= '9'; digits--, (*text)++)
        *number = 10 * *number + (**text - '0');
    return digits == 0 && *number >= least && *number <= most;
}

static bool skip(const char **text, const char *any)
{
    bool is = **text != '\0' && strchr(any, **text) != NULL;
    *text += is;
    return is;
}

/* "", "Z" or "+01:00" */
static bool read_zone(const char *text, int *seconds)
{
    int hours, minutes, sign = *text == '-' ? -1 : 1;
    *seconds = 0;
    if (*text == '\0' || strcmp(text, "Z") == 0)
        return true;
    if (!skip(&text, "+-") || !read_digits(&text, 2, 0, 23, &hours))
        return false;
    skip(&text, ":");
    if (!read_digits(&text, 2, 0, 59, &minutes) || *text != '\0')
        return false;
    *seconds = sign * (3600 * hours + 60 * minutes);
    return true;
}

int date_read(const char *text, int64_t *seconds)
{
    struct tm t = {0};
    int zone = 0;
    bool good = read_digits(&text, 4, 1970, 9999, &t.tm_year) && skip(&text, "-") &&
                read_digits(&text, 2, 1, 12, &t.tm_mon) && skip(&text, "-") &&
                read_digits(&text, 2, 1, 31, &t.tm_mday);
    if (good && *text != '\0')
        good = skip(&text, "T ") && read_digits(&text, 2, 0, 23, &t.tm_hour) && skip(&text, ":") &&
               read_digits(&text, 2, 0, 59, &t.tm_min) && skip(&text, ":") &&
               read_digits(&text, 2, 0, 59, &t.tm_sec) && read_zone(text, &zone);
    t.tm_year -= 1900;
    t.tm_mon -= 1;
    int day = t.tm_mday;
    time_t when = good ? timegm(&t) : -1;
    if (!good || t.tm_mday != day) /* the 31st of February has moved on */
        return -EINVAL;
    *seconds = (int64_t)when - zone;
    return 0;
}

char *date_print(char text[DATE_MAX], int64_t seconds, bool brief)
{
    time_t when = (time_t)seconds;
    struct tm t;
    if (gmtime_r(&when, &t) == NULL ||
        strftime(text, DATE_MAX, brief ? "%Y-%m-%d %H:%M" : "%Y-%m-%dT%H:%M:%SZ", &t) == 0)
        snprintf(text, DATE_MAX, "?");
    return text;
}
