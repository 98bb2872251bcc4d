// SPDX-License-Identifier: MIT
#include "bench/text.h"

#include <string.h>

static bool is_control(char c)
{
    return (unsigned char)c < ' ' || c == 0x7f;
}

static bool is_continuation(char c)
{
    return ((unsigned char)c & 0xC0) == 0x80;
}

static int columns(const char *text, size_t size)
{
    int n = 0;
    for (size_t i = 0; i < size; i++)
        n += !is_continuation(text[i]) && !is_control(text[i]);
    return n;
}

static void print(FILE *out, const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (!is_control(text[i]))
            fputc(text[i], out);
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
