// SPDX-License-Identifier: MIT
#include "bench/units.h"
#include "bench/suggest.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct suffix {
    const char *name;
    double factor;
};

static const struct suffix count_suffixes[] = {
    {"", 1},       {"k", 1e3},       {"K", 1e3},           {"M", 1e6},
    {"G", 1e9},    {"Ki", 1024},     {"Mi", 1048576},      {"Gi", 1073741824},
    {"B", 1},      {"kB", 1e3},      {"MB", 1e6},          {"GB", 1e9},
    {"KiB", 1024}, {"MiB", 1048576}, {"GiB", 1073741824.}, {NULL, 0},
};
static const struct suffix time_suffixes[] = {
    {"", 1e9},   {"h", 3600e9}, {"m", 60e9}, {"s", 1e9}, {"ms", 1e6},
    {"us", 1e3}, {"µs", 1e3},   {"ns", 1},   {NULL, 0},
};
static const struct suffix no_suffixes[] = {{"", 1}, {NULL, 0}};

static const struct {
    const char *noun, *example;
    double least, most; /* of the examples */
    const struct suffix *suffixes;
} types[] = {
    [PARAM_COUNT] = {"a count", "100000 or 100k", 1e5, 1e5, count_suffixes},
    [PARAM_BYTES] = {"a size in bytes", "16384, 16Ki or 64M", 16384, 64e6, count_suffixes},
    [PARAM_TIME] = {"a time", "50ms, 0.05 or 5m", 50e6, 300e9, time_suffixes},
    [PARAM_FRACTION] = {"a number", "0.5", 0.5, 0.5, no_suffixes},
};

static int parse_choice(const struct param *p, const char *text, struct value *value, char *why,
                        size_t size)
{
    for (int i = 0; p->choices[i] != NULL; i++) {
        if (strcmp(p->choices[i], text) == 0) {
            value->n = i;
            return 0;
        }
    }
    const char *near = suggest(text, p->choices);
    int n = snprintf(why, size, "%s: '%s' is none of", p->name, text);
    for (int i = 0; p->choices[i] != NULL && n > 0 && (size_t)n < size; i++)
        n += snprintf(why + n, size - (size_t)n, "%s %s", i ? "," : "", p->choices[i]);
    if (near != NULL && n > 0 && (size_t)n < size)
        snprintf(why + n, size - (size_t)n, "; did you mean '%s'?", near);
    return -EINVAL;
}

static int check_bounds(const struct param *p, const char *text, double x, char *why, size_t size)
{
    if ((p->min == 0 && p->max == 0) || (x >= p->min && x <= p->max))
        return 0;
    struct value low = {.n = (int64_t)p->min, .x = p->min};
    struct value high = {.n = (int64_t)p->max, .x = p->max};
    char from[UNITS_MAX], to[UNITS_MAX];
    units_print(p, &low, from, sizeof(from));
    units_print(p, &high, to, sizeof(to));
    bool bare = p->type == PARAM_TIME && isdigit((unsigned char)text[strlen(text) - 1]);
    snprintf(why, size, "%s: %s is out of bounds; it goes from %s to %s%s", p->name, text, from, to,
             bare ? ", and a number alone is in seconds" : "");
    return -ERANGE;
}

/* Examples that would be taken: those of its type where its bounds allow them and it is not a small
 * count, else its default, else its bounds. */
static int say_example(const struct param *p, const char *text, char *why, size_t size)
{
    bool bounded = p->min != 0 || p->max != 0, known = p->initial != NULL && p->initial[0] != '\0';
    bool few =
        p->type == PARAM_COUNT && known && strspn(p->initial, "0123456789") == strlen(p->initial);
    bool fits = !bounded || (types[p->type].least >= p->min && types[p->type].most <= p->max);
    struct value low = {.n = (int64_t)p->min, .x = p->min};
    struct value high = {.n = (int64_t)p->max, .x = p->max};
    char from[UNITS_MAX], to[UNITS_MAX];
    int n = snprintf(why, size, "%s: '%s' is not %s; write ", p->name, text, types[p->type].noun);
    if (n < 0 || (size_t)n >= size)
        return -EINVAL;
    units_print(p, &low, from, sizeof(from));
    units_print(p, &high, to, sizeof(to));
    if (fits || known)
        snprintf(why + n, size - (size_t)n, "for example %s",
                 fits && !few ? types[p->type].example : p->initial);
    else
        snprintf(why + n, size - (size_t)n, "%s from %s to %s", types[p->type].noun, from, to);
    return -EINVAL;
}

int units_parse(const struct param *p, const char *text, struct value *value, char *why,
                size_t size)
{
    memset(value, 0, sizeof(*value));
    if (p->type == PARAM_CHOICE)
        return parse_choice(p, text, value, why, size);
    if (p->type == PARAM_TEXT) {
        if (strlen(text) >= sizeof(value->text)) {
            snprintf(why, size, "%s: longer than %d bytes", p->name, VALUE_TEXT_MAX - 1);
            return -ERANGE;
        }
        strcpy(value->text, text);
        return 0;
    }
    char *end;
    double x = strtod(text, &end);
    const struct suffix *s = types[p->type].suffixes;
    while (s->name != NULL && strcmp(s->name, end) != 0)
        s++;
    bool number = end != text && strspn(text, "+-.0123456789eE") == (size_t)(end - text);
    if (!number || s->name == NULL || !isfinite(x))
        return say_example(p, text, why, size);
    x *= s->factor;
    value->x = x;
    if (p->type != PARAM_FRACTION) {
        if (fabs(x) > 9e15) {
            snprintf(why, size, "%s: %s is too large a number", p->name, text);
            return -ERANGE;
        }
        value->n = llround(x);
        if (p->type != PARAM_TIME && fabs(x - (double)value->n) > 1e-6) {
            snprintf(why, size, "%s: '%s' is not a whole number", p->name, text);
            return -EINVAL;
        }
    }
    return check_bounds(p, text, x, why, size);
}

static void print_time(int64_t ns, char *text, size_t size)
{
    const struct suffix units[] = {{"s", 1e9}, {"ms", 1e6}, {"us", 1e3}, {"ns", 1}};
    size_t i = 0;
    while (i < 3 && ns % (int64_t)units[i].factor != 0)
        i++;
    snprintf(text, size, "%" PRId64 "%s", ns / (int64_t)units[i].factor, units[i].name);
}

/* With the largest suffix that divides it: a decimal one, or a binary one. */
static void print_count(int64_t n, bool binary, char *text, size_t size)
{
    static const struct suffix decimals[] = {{"G", 1e9}, {"M", 1e6}, {"k", 1e3}, {NULL, 0}};
    static const struct suffix binaries[] = {
        {"Gi", 1073741824}, {"Mi", 1048576}, {"Ki", 1024}, {NULL, 0}};
    for (int pass = 0; pass < 2 && n != 0; pass++) {
        for (const struct suffix *s = binary == (pass == 0) ? binaries : decimals; s->name; s++) {
            if (n % (int64_t)s->factor == 0) {
                snprintf(text, size, "%" PRId64 "%s", n / (int64_t)s->factor, s->name);
                return;
            }
        }
    }
    snprintf(text, size, "%" PRId64, n);
}

void units_print(const struct param *p, const struct value *value, char *text, size_t size)
{
    switch (p->type) {
    case PARAM_TIME:
        print_time(value->n, text, size);
        break;
    case PARAM_FRACTION:
        snprintf(text, size, "%g", value->x);
        break;
    case PARAM_CHOICE:
        snprintf(text, size, "%s", p->choices[value->n]);
        break;
    case PARAM_TEXT:
        snprintf(text, size, "%s", value->text);
        break;
    case PARAM_BYTES:
    case PARAM_COUNT:
        print_count(value->n, p->type == PARAM_BYTES, text, size);
        break;
    }
}

/* Three significant digits before a unit that was chosen by the caller. */
static char *three_digits(char text[UNITS_MAX], double x, const char *unit)
{
    double a = fabs(x);
    snprintf(text, UNITS_MAX, "%.*f %s", a < 9.995 ? 2 : a < 99.95 ? 1 : 0, x, unit);
    return text;
}

char *units_time(char text[UNITS_MAX], double ns)
{
    if (fabs(ns) < 999.5) {
        snprintf(text, UNITS_MAX, "%.0f ns", ns);
        return text;
    }
    if (fabs(ns) < 999.5e3)
        return three_digits(text, ns / 1e3, "µs");
    if (fabs(ns) < 999.5e6)
        return three_digits(text, ns / 1e6, "ms");
    return three_digits(text, ns / 1e9, "s");
}

char *units_count(char text[UNITS_MAX], double n)
{
    static const char *const prefixes[] = {"k", "M", "G", "T"};
    if (fabs(n) < 999.5) {
        snprintf(text, UNITS_MAX, n == floor(n) ? "%.0f" : "%.3g", n);
        return text;
    }
    int i = 0;
    for (n /= 1e3; fabs(n) >= 999.5 && i < 3; i++)
        n /= 1e3;
    return three_digits(text, n, prefixes[i]);
}

char *units_bytes(char text[UNITS_MAX], double bytes)
{
    static const char *const units[] = {"KiB", "MiB", "GiB", "TiB"};
    if (bytes < 1024) {
        snprintf(text, UNITS_MAX, "%.0f B", bytes);
        return text;
    }
    int i = 0;
    for (bytes /= 1024; bytes >= 1024 && i < 3; i++)
        bytes /= 1024;
    snprintf(text, UNITS_MAX, bytes == floor(bytes) ? "%.0f %s" : "%.1f %s", bytes, units[i]);
    return text;
}
