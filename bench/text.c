// SPDX-License-Identifier: MIT
#include "bench/text.h"

#include <string.h>

static bool is_continuation(char c)
{
    return ((unsigned char)c & 0xC0) == 0x80;
}

/* The Unicode Standard, table 3-7, without control characters. */
size_t text_character(const char *text)
{
    static const struct {
        unsigned char first, last; /* of the first byte */
        unsigned char low, high;   /* of the second one */
        size_t size;
    } forms[] = {
        {0x20, 0x7E, 0x00, 0xFF, 1}, {0xC2, 0xC2, 0xA0, 0xBF, 2}, {0xC3, 0xDF, 0x80, 0xBF, 2},
        {0xE0, 0xE0, 0xA0, 0xBF, 3}, {0xE1, 0xEC, 0x80, 0xBF, 3}, {0xED, 0xED, 0x80, 0x9F, 3},
        {0xEE, 0xEF, 0x80, 0xBF, 3}, {0xF0, 0xF0, 0x90, 0xBF, 4}, {0xF1, 0xF3, 0x80, 0xBF, 4},
        {0xF4, 0xF4, 0x80, 0x8F, 4},
    };
    const unsigned char *byte = (const unsigned char *)text;
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        size_t n = 2;
        if (byte[0] < forms[i].first || byte[0] > forms[i].last || byte[1] < forms[i].low ||
            byte[1] > forms[i].high)
            continue;
        while (n < forms[i].size && is_continuation(text[n]))
            n++;
        return n >= forms[i].size ? forms[i].size : 0;
    }
    return 0;
}

static int columns(const char *text, size_t size)
{
    int n = 0;
    for (size_t i = 0, bytes; i<size; i += bytes> 0 ? bytes : 1) {
        bytes = text_character(text + i);
        n += bytes > 0;
    }
    return n;
}

static void print(FILE *out, const char *text, size_t size)
{
    for (size_t i = 0, bytes; i<size; i += bytes> 0 ? bytes : 1) {
        bytes = text_character(text + i);
        fwrite(text + i, 1, bytes, out);
    }
}

int text_width(const char *text)
{
    return columns(text, strlen(text));
}

void text_pad(FILE *out, const char *text, int width, bool left)
{
    int room = width - text_width(text);
    if (!left && room > 0)
        fprintf(out, "%*s", room, "");
    print(out, text, strlen(text));
    if (left && room > 0)
        fprintf(out, "%*s", room, "");
}

void text_wrap(FILE *out, const char *text, int used, int indent, int width)
{
    bool first = true; /* in its line */
    while (*text != '\0') {
        size_t size = strcspn(text, " \n");
        int word = columns(text, size);
        if (!first && used + 1 + word > width) {
            fprintf(out, "\n%*s", indent, "");
            used = indent;
            first = true;
        }
        if (!first)
            fputc(' ', out);
        print(out, text, size);
        used += word + !first;
        first = false;
        text += size;
        text += strspn(text, " \n");
    }
    fputc('\n', out);
}

int text_trimmed(const char *text)
{
    size_t n = strlen(text);
    while (n > 0 && text[n - 1] == ' ')
        n--;
    return (int)n;
}

void text_clean(char *text)
{
    for (size_t size; *text != '\0'; text += size) {
        size = text_character(text);
        if (size == 0) {
            *text = '?';
            size = 1;
        }
    }
}
