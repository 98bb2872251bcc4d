// SPDX-License-Identifier: MIT
/* The picture of a validation, from its JSON alone. */
#include "bench/gil/validate.h"
#include "bench/picture.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* scripts/laws.gp, which draws what is written before it. */
__asm__(".pushsection .rodata\n"
        "laws_script:\n"
        ".incbin \"scripts/laws.gp\"\n"
        ".byte 0\n"
        ".popsection\n");
extern const char laws_script[];

/* In units of an SVG. */
enum { WIDTH = 900, HEAD = 84, AXIS = 50, GAP = 40, BAR = 12, ROW = 17 };

/* A row of a panel: a law, and what it shows of each CPython. */
struct row {
    const json_t *law[PYTHONS_MAX]; /* by CPython; NULL: it has none such */
    const char *text;
};

struct sheet {
    const json_t *pythons;
    size_t python_count, count;
    struct row rows[LAWS_MAX];
};

/* ---- rows --------------------------------------------------------------------------------- */

static const char *text_of(const json_t *law, const char *key)
{
    const char *text = json_string_value(json_object_get(law, key));
    return text != NULL ? text : "";
}

static double number_of(const json_t *law, const char *key)
{
    const json_t *number = json_object_get(law, key);
    return json_is_number(number) ? json_number_value(number) : NAN;
}

static bool is_measured(const json_t *law)
{
    return number_of(law, "real") >= 0 && number_of(law, "simulated") >= 0;
}

static bool says_the_same(const json_t *a, const json_t *b)
{
    return strcmp(text_of(a, "experiment"), text_of(b, "experiment")) == 0 &&
           strcmp(text_of(a, "settings"), text_of(b, "settings")) == 0 &&
           strcmp(text_of(a, "quantity"), text_of(b, "quantity")) == 0;
}

static const char *variant_of(const struct sheet *sheet, size_t python)
{
    return text_of(json_array_get(sheet->pythons, python), "variant");
}

/* Two laws may demand something of the same quantity of the same lock: one row. */
static struct row *row_of(struct sheet *sheet, const json_t *law, size_t python)
{
    for (size_t i = 0; i < sheet->count; i++) {
        for (size_t p = 0; p < sheet->python_count; p++) {
            const json_t *other = sheet->rows[i].law[p];
            if (other != NULL && says_the_same(other, law) &&
                strcmp(variant_of(sheet, p), variant_of(sheet, python)) == 0)
                return &sheet->rows[i];
        }
    }
    if (sheet->count == LAWS_MAX)
        return NULL;
    sheet->rows[sheet->count] = (struct row){.text = text_of(law, "law")};
    return &sheet->rows[sheet->count++];
}

/* The rows whose law `belongs`. */
static void collect(struct sheet *sheet, const json_t *validation, bool (*belongs)(const json_t *))
{
    *sheet = (struct sheet){.pythons = json_object_get(validation, "pythons")};
    sheet->python_count = json_array_size(sheet->pythons);
    sheet->python_count = sheet->python_count < PYTHONS_MAX ? sheet->python_count : PYTHONS_MAX;
    for (size_t p = 0; p < sheet->python_count; p++) {
        const json_t *laws_here = json_object_get(json_array_get(sheet->pythons, p), "laws"), *law;
        for (size_t i = 0; i < json_array_size(laws_here); i++) {
            law = json_array_get(laws_here, i);
            struct row *row = is_measured(law) && belongs(law) ? row_of(sheet, law, p) : NULL;
            if (row != NULL && row->law[p] == NULL)
                row->law[p] = law;
        }
    }
}

/* ---- speed-ups ---------------------------------------------------------------------------- */

static bool is_speed_up(const json_t *law)
{
    const char *quantity = text_of(law, "quantity");
    return strcmp(quantity, "ratio_ppm.p50") == 0 || strcmp(quantity, "slowdown_ppm.p50") == 0;
}

/* Laws of the old lock tell time over time: their speed-up is its inverse. */
static double speed_up(const json_t *law, const char *subject)
{
    double x = number_of(law, subject) * 1e-6;
    return strncmp(text_of(law, "quantity"), "slowdown", 8) == 0 ? 1 / x : x;
}

static void put_bar(FILE *bars, FILE *notes, size_t row, double place, double height, double value,
                    size_t series)
{
    double y = (double)row + 0.6 + place * height;
    fprintf(bars, "%.6g %.6g %.6g %zu\n", y, y + height, value, series);
    fprintf(notes, "%.6g %.6g %.2f\n", value, y + height / 2, value);
}

static void put_bars(FILE *bars, FILE *notes, const struct sheet *sheet)
{
    double height = 0.8 / (double)(sheet->python_count + 1);
    for (size_t i = 0; i < sheet->count; i++) {
        const struct row *row = &sheet->rows[i];
        size_t drawn = 1;
        for (size_t p = 0; p < sheet->python_count; p++) {
            if (row->law[p] == NULL)
                continue;
            if (drawn == 1)
                put_bar(bars, notes, i, 0, height, speed_up(row->law[p], "simulated"), 1);
            put_bar(bars, notes, i, (double)drawn++, height, speed_up(row->law[p], "real"), p + 2);
        }
    }
}

/* ---- every law ---------------------------------------------------------------------------- */

static double clip(double ratio)
{
    return fmin(fmax(ratio, 0.46), 2.15);
}

/* Simulated / real; both may be 0. */
static double ratio_of(const json_t *law)
{
    double real = number_of(law, "real"), simulated = number_of(law, "simulated");
    return simulated == real ? 1 : simulated / real;
}

static bool has_demand(const json_t *law)
{
    return strcmp(text_of(law, "kind"), "within") == 0 ||
           strcmp(text_of(law, "kind"), "ratio") == 0;
}

/* What is allowed, in terms of simulated / real: everything where nothing is demanded. */
static void put_band(FILE *bands, const json_t *law, size_t row)
{
    double low = number_of(law, "low"), high = number_of(law, "high");
    double unit = number_of(law, "unit_base") / number_of(law, "real");
    bool within = strcmp(text_of(law, "kind"), "within") == 0;
    low = isnan(low) || !has_demand(law) ? 0 : low * (within ? unit : 1);
    high = isnan(high) || !has_demand(law) ? INFINITY : high * (within ? unit : 1);
    fprintf(bands, "%.6g %.6g %zu %d\n", clip(low), clip(high), row + 1, has_demand(law));
}

static void put_ratios(FILE *ratios, FILE *bands, const struct sheet *sheet)
{
    for (size_t i = 0; i < sheet->count; i++) {
        bool has_band = false;
        for (size_t p = 0; p < sheet->python_count; p++) {
            const json_t *law = sheet->rows[i].law[p];
            if (law == NULL)
                continue;
            if (!has_band)
                put_band(bands, law, i);
            has_band = true;
            fprintf(ratios, "%.6g %zu %zu %d\n", clip(ratio_of(law)), i + 1, p + 2,
                    has_demand(law));
        }
    }
}

/* ---- the picture -------------------------------------------------------------------------- */

/* Two blocks of data that grow beside each other. */
struct blocks {
    FILE *file[2];
    char *text[2];
    size_t size[2];
};

static int open_blocks(struct blocks *b)
{
    for (int i = 0; i < 2; i++)
        b->file[i] = open_memstream(&b->text[i], &b->size[i]);
    return b->file[0] != NULL && b->file[1] != NULL ? 0 : -ENOMEM;
}

static void close_blocks(struct blocks *b, FILE *script, const char *first, const char *second)
{
    const char *names[] = {first, second};
    for (int i = 0; i < 2; i++) {
        fclose(b->file[i]);
        fprintf(script, "%s << END\n%sEND\n", names[i],
                b->size[i] > 0 ? b->text[i] : "NaN NaN NaN NaN\n");
        free(b->text[i]);
    }
}

/* A name of a tic. `shorter`: without what follows its colon. */
static void put_name(FILE *script, const char *name, size_t i, const char *text, bool shorter)
{
    char cut[256];
    const char *end = shorter ? strrchr(text, ':') : NULL;
    int length = end != NULL ? (int)(end - text) : (int)sizeof(cut) - 1;
    snprintf(cut, sizeof(cut), "%.*s", length, text);
    fprintf(script, "%s_name[%zu] = ", name, i + 1);
    picture_tic(script, cut);
    fputc('\n', script);
}

static void put_names(FILE *script, const char *name, const struct sheet *sheet, bool shorter)
{
    fprintf(script, "%s_rows = %zu\narray %s_name[%zu]\n", name, sheet->count, name,
            sheet->count + 1);
    for (size_t i = 0; i < sheet->count; i++)
        put_name(script, name, i, sheet->rows[i].text, shorter);
}

/* With its path where others have its version: then its name is more than that. */
static void name_python(const json_t *python, char text[PYTHON_LABEL_MAX])
{
    const char *subject = text_of(python, "subject"), *path = text_of(python, "python");
    snprintf(text, PYTHON_LABEL_MAX, "CPython %s", text_of(python, "version"));
    if (subject[0] == '\0' || strcmp(subject, text) == 0)
        return;
    if (path[0] != '\0')
        python_label(subject, path, text);
    else
        snprintf(text, PYTHON_LABEL_MAX, "%s", subject);
}

static void put_series(FILE *script, const struct sheet *sheet)
{
    static const char *const colours[] = {"#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00",
                                          "#56B4E9", "#000000", "#8C564B", "#7F7F7F", "#BCBD22"};
    size_t n = sheet->python_count + 1;
    fprintf(script, "series = %zu\narray label[%zu]\narray colour[%zu]\nlabel[1] = 'simulated'\n",
            n, n, n);
    for (size_t i = 0; i < n; i++) {
        char text[PYTHON_LABEL_MAX];
        if (i > 0) {
            name_python(json_array_get(sheet->pythons, i - 1), text);
            fprintf(script, "label[%zu] = ", i + 1);
            picture_text(script, text);
        }
        fprintf(script, "\ncolour[%zu] = '%s'\n", i + 1,
                colours[i % (sizeof(colours) / sizeof(colours[0]))]);
    }
}

static void put_layout(FILE *script, int bars, int ratios, int height)
{
    int second = HEAD + (bars > 0 ? bars + AXIS + GAP : 0); /* no speed-ups: no first panel */
    int y[] = {HEAD, HEAD + bars, second, second + ratios};
    fprintf(script, "top = %.6f\nmiddle = %.6f\nlower = %.6f\nbottom = %.6f\n",
            1 - (double)y[0] / height, 1 - (double)y[1] / height, 1 - (double)y[2] / height,
            1 - (double)y[3] / height);
    fprintf(script,
            "first_title = 'Speed-ups'\n"
            "second_title = 'Every law: points in the green are within what is allowed; in grey "
            "rows nothing is demanded'\n"
            "set multiplot\nset label 1 'CPython and its simulated lock' at screen 0.012, screen "
            "%.6f left font ',15'\n",
            1 - 20.0 / height);
}

/* Writes both panels' data; 0 or -ENOMEM. */
static int put_data(FILE *script, const struct sheet *speed_ups, const struct sheet *all)
{
    struct blocks b;
    if (open_blocks(&b) != 0)
        return -ENOMEM;
    put_bars(b.file[0], b.file[1], speed_ups);
    close_blocks(&b, script, "$bars", "$notes");
    if (open_blocks(&b) != 0)
        return -ENOMEM;
    put_ratios(b.file[0], b.file[1], all);
    close_blocks(&b, script, "$ratios", "$bands");
    put_names(script, "bar", speed_ups, true);
    put_names(script, "ratio", all, false);
    put_series(script, all);
    return 0;
}

static int draw(const struct sheet *speed_ups, const struct sheet *all, const char *path, char *why,
                size_t size)
{
    struct pictures picture;
    int bars = (int)(speed_ups->count * (all->python_count + 1) + speed_ups->count) * BAR;
    int ratios = (int)all->count * ROW;
    int height = HEAD + (bars > 0 ? bars + AXIS + GAP : 0) + ratios + AXIS;
    int err = picture_open(&picture, path, WIDTH, height, why, size);
    if (err != 0)
        return err;
    picture.err = put_data(picture.script, speed_ups, all);
    if (picture.err == 0) {
        put_layout(picture.script, bars, ratios, height);
        fprintf(picture.script, "%s\nunset multiplot\n", laws_script);
    }
    return picture_close(&picture);
}

bool validation_is(const json_t *json)
{
    return json_is_array(json_object_get(json, "pythons"));
}

int validation_draw(const json_t *validation, const char *path, char *why, size_t size)
{
    struct sheet *sheets = calloc(2, sizeof(*sheets)), *speed_ups = sheets, *all = sheets + 1;
    int err = sheets != NULL ? 0 : -ENOMEM;
    if (err == 0) {
        collect(speed_ups, validation, is_speed_up);
        collect(all, validation, is_measured);
        if (all->count == 0)
            err = -ENODATA;
    }
    if (err == 0)
        err = draw(speed_ups, all, path, why, size);
    if (err == -ENOMEM)
        snprintf(why, size, "out of memory");
    if (err == -ENODATA)
        snprintf(why, size, "it holds no measured law to draw");
    free(sheets);
    return err;
}
