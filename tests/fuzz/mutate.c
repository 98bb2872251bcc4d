// SPDX-License-Identifier: MIT
#include "tests/fuzz/mutate.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { AT_ONCE = 4, DEEP = 2500, LONG = 5000 };

/* In places of each other: what a reader may take for what it expects, and what it may not. */
static const char *const numbers[] = {"0",
                                      "-0.0",
                                      "-1",
                                      "1",
                                      "2",
                                      "0.5",
                                      "1e-320",
                                      "-1e308",
                                      "1e308",
                                      "1.7e308",
                                      "2147483647",
                                      "-2147483648",
                                      "4294967297",
                                      "9007199254740993",
                                      "9223372036854775807",
                                      "-9223372036854775808",
                                      "9223372036854775808",
                                      "1e999",
                                      "-1e999",
                                      "NaN",
                                      "-Infinity",
                                      "0x10",
                                      "01",
                                      "1e300",
                                      "3"};
static const char *const texts[] = {"\"\"",
                                    "\"serial\"",
                                    "\"B\"",
                                    "\"ns\"",
                                    "\"nan\"",
                                    "\"%s%n%1000000d\"",
                                    "\"'; system('x'); '\"",
                                    "\"\\u001b[31m\\u0007\\r\\n\\t\"",
                                    "\"\\u0000\"",
                                    "\"\\ud800\"",
                                    "\"\xff\xfe\"",
                                    "\"\xc0\xaf\"",
                                    "\"\xf0\x9f\x92\xa9 \xe2\x80\xae\"",
                                    "\"\\u0085\\u009b31m\\u2028\"",
                                    "\"../../../etc/passwd\"",
                                    "\"2026-13-45T99:99:99Z\"",
                                    "\"primes/limit:4//:::/n:1\"",
                                    "\"unterminated",
                                    "\"|| <b> & `x`\""};
static const char *const others[] = {"null", "true",   "false",      "[]",   "{}",
                                     "[[]]", "[null]", "{\"a\":{}}", "[{}]", ""};

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

/* ---- chance ------------------------------------------------------------------------------- */

/* splitmix64, by its description in "Fast splittable pseudorandom number generators" (2014). */
static uint64_t next(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

static size_t below(uint64_t *state, size_t n)
{
    return (size_t)(next(state) % n);
}

/* ---- splicing ----------------------------------------------------------------------------- */

/* Puts other bytes in the place of [begin, end); what does not fit is left as it is. */
static void splice(struct input *in, size_t begin, size_t end, const char *bytes, size_t size)
{
    if (in->size - (end - begin) + size > INPUT_MAX)
        return;
    memmove(in->bytes + begin + size, in->bytes + end, in->size - end);
    memcpy(in->bytes + begin, bytes, size);
    in->size += size - (end - begin);
}

static void splice_text(struct input *in, size_t begin, size_t end, const char *text)
{
    splice(in, begin, end, text, strlen(text));
}

/* ---- mistakes in JSON --------------------------------------------------------------------- */

/* A very long text, or lists in lists in lists. */
static void put_large(struct input *in, size_t begin, size_t end, uint64_t *state)
{
    static const size_t sizes[] = {40, 100, 513, LONG};
    static const char *const units[] = {"x", "a b ", "\xc3\xa9", "\\u001b"};
    static char text[LONG * 6 + 3];
    size_t n = 0, times = sizes[below(state, COUNT(sizes))];
    if (below(state, 4) == 0) {
        size_t depth = below(state, 2) == 0 ? 20 : DEEP;
        memset(text, '[', depth);
        memset(text + depth, ']', depth);
        splice(in, begin, end, text, 2 * depth);
        return;
    }
    const char *unit = units[below(state, COUNT(units))];
    text[n++] = '"';
    for (size_t i = 0; i < times; i++) {
        memcpy(text + n, unit, strlen(unit));
        n += strlen(unit);
    }
    text[n++] = '"';
    splice(in, begin, end, text, n);
}

static const char *random_word(uint64_t *state, size_t kind)
{
    return kind == 0   ? numbers[below(state, COUNT(numbers))]
           : kind == 1 ? texts[below(state, COUNT(texts))]
                       : others[below(state, COUNT(others))];
}

/* Most often of its own type, so that it gets further. */
static void put_word(struct input *in, const struct span *s, uint64_t *state)
{
    char first = in->bytes[s->begin];
    size_t kind = below(state, 5);
    if (kind > 2)
        kind = first == '"' ? 1 : first == '{' || first == '[' || first > 'a' ? 2 : 0;
    splice_text(in, s->begin, s->end, random_word(state, kind));
}

static void put_another(struct input *in, const struct span *s, const struct seed *seed,
                        uint64_t *state)
{
    const struct span *other = &seed->spans[below(state, seed->span_count)];
    for (int i = 0; i < 64 && other->kind != s->kind; i++)
        other = &seed->spans[below(state, seed->span_count)];
    splice(in, s->begin, s->end, seed->text + other->begin, other->end - other->begin);
}

/* With its comma. */
static void drop(struct input *in, const struct span *s)
{
    bool comma = in->bytes[s->end] == ',';
    splice(in, s->begin - (!comma && in->bytes[s->begin - 1] == ','), s->end + comma, "", 0);
}

static void repeat(struct input *in, const struct span *s, const struct seed *seed, uint64_t *state)
{
    size_t times = below(state, 4) == 0 ? 1 + below(state, 40) : 1;
    for (size_t i = 0; i < times; i++) {
        splice_text(in, s->end, s->end, ",");
        splice(in, s->end + 1, s->end + 1, seed->text + s->begin, s->end - s->begin);
    }
}

static void wrap(struct input *in, const struct span *s, uint64_t *state)
{
    bool list = below(state, 2) == 0;
    splice_text(in, s->end, s->end, list ? "]" : "}");
    splice_text(in, s->begin, s->begin, list ? "[" : "{\"a\":");
}

static void mistake(struct input *in, const struct seed *seed, const struct span *s,
                    uint64_t *state)
{
    size_t which = below(state, 8);
    if (s->kind == SPAN_MEMBER || s->kind == SPAN_ELEMENT) {
        if (which < 4)
            drop(in, s);
        else
            repeat(in, s, seed, state);
    } else if (s->kind == SPAN_KEY) {
        if (which < 4)
            put_another(in, s, seed, state);
        else if (which < 6)
            put_large(in, s->begin, s->end, state);
        else
            splice_text(in, s->begin, s->end, random_word(state, 1));
    } else if (which < 4) {
        put_word(in, s, state);
    } else if (which < 6) {
        put_another(in, s, seed, state);
    } else if (which == 6) {
        put_large(in, s->begin, s->end, state);
    } else {
        wrap(in, s, state);
    }
}

static int from_behind(const void *a, const void *b)
{
    const struct span *x = a, *y = b;
    return (x->begin < y->begin) - (x->begin > y->begin);
}

/* From the end to the beginning, none in another: so that their places stay what they were. */
static void mutate_json(struct input *in, const struct seed *seed, uint64_t *state)
{
    struct span chosen[AT_ONCE];
    size_t count = 1 + (below(state, 2) == 0 ? below(state, AT_ONCE) : 0), limit = in->size + 1;
    for (size_t i = 0; i < count; i++)
        chosen[i] = seed->spans[below(state, seed->span_count)];
    qsort(chosen, count, sizeof(chosen[0]), from_behind);
    for (size_t i = 0; i < count; i++) {
        if (chosen[i].end >= limit)
            continue;
        limit = chosen[i].begin > 0 ? chosen[i].begin - 1 : 0;
        mistake(in, seed, &chosen[i], state);
    }
}

/* ---- mistakes in bytes -------------------------------------------------------------------- */

static void mutate_bytes(struct input *in, uint64_t *state)
{
    if (in->size == 0)
        return;
    size_t at = below(state, in->size), most = below(state, 8) == 0 ? in->size : 16;
    size_t length = 1 + below(state, most), end = at + length < in->size ? at + length : in->size;
    char few[8];
    uint64_t bits = next(state);
    memcpy(few, &bits, sizeof(few));
    switch (below(state, 7)) {
    case 0:
        in->bytes[at] ^= (char)(1 << below(state, 8));
        break;
    case 1:
        in->bytes[at] = few[0];
        break;
    case 2:
        splice(in, at, end, "", 0);
        break;
    case 3:
        splice(in, at, at, few, 1 + below(state, sizeof(few)));
        break;
    case 4:
        in->size = at;
        break;
    case 5:
        splice_text(in, at, at, random_word(state, below(state, 3)));
        break;
    default:
        if (in->size + (end - at) <= INPUT_MAX) { /* twice */
            memmove(in->bytes + end + (end - at), in->bytes + end, in->size - end);
            memcpy(in->bytes + end, in->bytes + at, end - at);
            in->size += end - at;
        }
    }
}

void mutate(struct input *input, const struct seed *seeds, size_t count, uint64_t random,
            uint64_t number)
{
    uint64_t state = random;
    state = next(&state) ^ number;
    const struct seed *seed = &seeds[below(&state, count)];
    size_t kind = below(&state, 8); /* 0, 1: bytes alone; 2: both */
    memcpy(input->bytes, seed->text, seed->size);
    input->size = seed->size;
    if (kind > 1)
        mutate_json(input, seed, &state);
    for (size_t n = kind > 2 ? 0 : 1 + below(&state, 3); n > 0; n--)
        mutate_bytes(input, &state);
}
