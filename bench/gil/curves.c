// SPDX-License-Identifier: MIT
#include "bench/gil/curves.h"
#include "bench/picture.h"
#include "bench/text.h"

#include <errno.h>
#include <math.h>

/* scripts/gil.gp, which draws one panel from the variables written before it. */
__asm__(".pushsection .rodata\n"
        "curves_script:\n"
        ".incbin \"scripts/gil.gp\"\n"
        ".byte 0\n"
        ".popsection\n");
extern const char curves_script[];

/* Colours that differ from each other, in scripts/style.gp; filled points in gnuplot. */
enum { COLOURS = 7 };
static const int shapes[] = {7, 5, 9, 11, 13, 15};
enum { SHAPES = sizeof(shapes) / sizeof(shapes[0]) };

/* ---- axes --------------------------------------------------------------------------------- */

double axis_round(double x, bool up)
{
    static const double steps[] = {1, 2, 5, 10};
    double power = pow(10, floor(log10(x)));
    int i = up ? 0 : 3;
    while (up ? i < 3 && steps[i] * power < x * 0.999 : i > 0 && steps[i] * power > x * 1.001)
        i += up ? 1 : -1;
    return steps[i] * power;
}

char *axis_time(char text[UNITS_MAX], double ns)
{
    static const char *const units[] = {"ns", "µs", "ms", "s"};
    int unit = 0;
    for (; unit < 3 && ns >= 999.5; unit++)
        ns /= 1000;
    snprintf(text, UNITS_MAX, "%.3g %s", ns, units[unit]);
    return text;
}

void axis_times(struct axis *axis)
{
    enum { ENTRY = 64 };
    bool few = axis->max < 50 * axis->min;
    size_t n = 0;
    if (!(axis->min > 0) || !isfinite(axis->max))
        return; /* no logarithm: gnuplot's own */
    for (double decade = pow(10, floor(log10(axis->min))); decade <= axis->max; decade *= 10) {
        for (int i = 1; i <= 9; i++) {
            bool named = i == 1 || (few && (i == 2 || i == 5));
            char text[UNITS_MAX] = "";
            if (i * decade < axis->min * 0.999 || i * decade > axis->max * 1.001 ||
                n + ENTRY > sizeof(axis->tics))
                continue;
            if (named)
                axis_time(text, i * decade);
            n += (size_t)snprintf(axis->tics + n, sizeof(axis->tics) - n, "%s\"%s\" %g %d",
                                  n > 0 ? ", " : "(", text, i * decade, !named);
        }
    }
    snprintf(axis->tics + n, sizeof(axis->tics) - n, ")");
}

/* ---- panels ------------------------------------------------------------------------------- */

static unsigned colour_of(const struct curve *curve)
{
    return curve->colour % COLOURS + 1;
}

/* Once all colours are used up, they come again with another dash. */
static unsigned dash_of(const struct curve *curve)
{
    return curve->colour / COLOURS + 1;
}

static int shape_of(const struct curve *curve)
{
    return shapes[curve->colour % SHAPES];
}

static void put_curves(FILE *script, const struct curve *curves, size_t count)
{
    fprintf(script, "$data << END\n");
    for (size_t i = 0; i < count; i++) {
        fprintf(script, "%s", i > 0 ? "\n\n" : "");
        for (size_t k = 0; k < curves[i].count; k++)
            fprintf(script, "%.9g %.9g\n", curves[i].points[k].x, curves[i].points[k].y);
        if (curves[i].count == 0)
            fprintf(script, "NaN NaN\n"); /* the block must be there */
    }
    fprintf(script,
            "END\ncurves = %zu\narray colour[%zu]\narray shape[%zu]\narray real[%zu]\n"
            "array dash[%zu]\narray ticks[%zu]\narray name[%zu]\n",
            count, count, count, count, count, count, count);
    for (size_t i = 0; i < count; i++) {
        fprintf(script,
                "colour[%zu] = %u\nshape[%zu] = %d\nreal[%zu] = %d\ndash[%zu] = %u\n"
                "ticks[%zu] = %d\nname[%zu] = ",
                i + 1, colour_of(&curves[i]), i + 1, shape_of(&curves[i]), i + 1, curves[i].real,
                i + 1, dash_of(&curves[i]), i + 1, curves[i].ticks, i + 1);
        picture_tic(script, curves[i].label);
        fputc('\n', script);
    }
}

static void put_axis(FILE *script, char name, const struct axis *axis)
{
    fprintf(script, "%c_min = %.9g\n%c_max = %.9g\n%c_log = %d\n%c_title = ", name, axis->min, name,
            axis->max, name, axis->logarithmic, name);
    picture_text(script, axis->title);
    fprintf(script, "\n%c_tics = ", name);
    picture_text(script, axis->tics[0] != '\0' ? axis->tics : "autofreq");
    fputc('\n', script);
}

static void put_panel(FILE *script, const struct panel *panel)
{
    put_curves(script, panel->curves, panel->curve_count);
    put_axis(script, 'x', &panel->x);
    put_axis(script, 'y', &panel->y);
    fprintf(script, "steps = %d\nrows = %d\nmarks = %zu\narray mark[%zu]\n", panel->steps,
            panel->rows, panel->mark_count, panel->mark_count + 1);
    for (size_t i = 0; i < panel->mark_count; i++)
        fprintf(script, "mark[%zu] = %.9g\n", i + 1, panel->marks[i]);
    fprintf(script, "%s\n", curves_script);
}

/* What the curves and marks are called, as scripts/gil.gp draws them. */
static void put_legend(FILE *script, const struct panel *panel)
{
    const char *comma = "";
    fprintf(script,
            "unset border; unset tics; unset arrow; unset logscale; unset grid\n"
            "unset xlabel; unset ylabel\n"
            "set margins 0, 0, 0, 0\n"
            "set key left top Left reverse samplen 3 spacing 1.5 maxrows %zu font ',11'\n"
            "plot [0:1] [0:1]",
            panel->curve_count + 1);
    for (size_t i = 0; i < panel->curve_count; i++) {
        const struct curve *c = &panel->curves[i];
        fprintf(script, "%s NaN with ", comma);
        comma = ",";
        if (panel->steps && c->real > 0)
            fprintf(script, "fillsteps ls %u fs transparent solid 0.3 noborder", colour_of(c));
        else if (panel->steps)
            fprintf(script, "lines ls %u dt %u", colour_of(c), dash_of(c));
        else if (c->real == PUBLISHED)
            fprintf(script, "points ls %u lc rgb '#909090' pt %d", colour_of(c), shape_of(c));
        else
            fprintf(script, "linespoints ls %u dt %d pt %d", colour_of(c), c->real + 1,
                    shape_of(c) - (c->real > 0));
        fprintf(script, " title ");
        picture_text(script, c->label);
    }
    if (panel->mark_count > 0)
        fprintf(script, "%s NaN with lines dt (4,4) lw 1.5 lc rgb '#909090' title '%s'", comma,
                panel->mark_title);
    fputc('\n', script);
}

/* ---- pictures ----------------------------------------------------------------------------- */

/* In units of an SVG: also of a letter of a legend, and of what stands before its words. */
enum {
    PANEL_WIDTH = 380,
    PANEL_HEIGHT = 320,
    HEAD = 62,
    ENTRY_HEIGHT = 26,
    ROW_HEIGHT = 40,
    FOOT = 24
};
enum { LETTER = 8, SAMPLE = 70, MARGIN = 32, AXES = 90 };

/* Where all is. */
struct layout {
    int panel_width, panel_height; /* in rows: without their names */
    int names, legend;             /* widths; one of the two is 0 */
    int foot;                      /* below the panels: what rows have in place of a legend */
    int width, height;             /* of the picture */
};

static int widest(const struct panel *panel)
{
    int most = panel->mark_count > 0 ? text_width(panel->mark_title) : 0;
    for (size_t i = 0; i < panel->curve_count; i++) {
        int width = text_width(panel->curves[i].label);
        most = width > most ? width : most;
    }
    return most * LETTER;
}

static struct layout lay_out(const struct panel *panel, size_t count)
{
    int curves = (int)panel->curve_count;
    int least = count < 2 ? PANEL_HEIGHT * 5 / 4 : PANEL_HEIGHT;
    int needed = panel->rows ? AXES + curves * ROW_HEIGHT : (curves + 1) * ENTRY_HEIGHT;
    struct layout l = {.panel_width = count < 2 ? PANEL_WIDTH * 3 / 2 : PANEL_WIDTH};
    l.panel_height = panel->rows || needed > least ? needed : least;
    l.names = panel->rows ? widest(panel) : 0;
    l.legend = panel->rows ? 0 : widest(panel) + SAMPLE;
    l.width = l.names + (int)count * l.panel_width + l.legend;
    l.foot = panel->rows ? FOOT : 0;
    l.height = HEAD + l.panel_height + l.foot;
    return l;
}

/* Panel i; in rows it says itself where its axes are, for the names are outside of them. */
static void place_panel(FILE *script, const struct layout *l, size_t i)
{
    int x = l->names + (int)i * l->panel_width;
    fprintf(script, "set origin %.6f, %.6f\nleft = %.6f\nright = %.6f\nnamed = %d\n",
            (double)(x - l->names) / l->width, (double)l->foot / l->height,
            (double)(x + MARGIN) / l->width, (double)(x + l->panel_width - MARGIN) / l->width,
            i == 0);
}

static bool has_histogram(const struct panel *panel)
{
    for (size_t i = 0; i < panel->curve_count; i++) {
        if (panel->curves[i].count > 0 && !panel->curves[i].ticks)
            return true;
    }
    return false;
}

/* Once for all panels: their titles have no room for it. */
static void put_foot(FILE *script, const struct layout *l, const struct panel *panels, size_t count)
{
    const char *marks = NULL;
    bool histograms = false;
    for (size_t i = 0; i < count; i++) {
        histograms = histograms || has_histogram(&panels[i]);
        marks = panels[i].mark_count > 0 ? panels[i].mark_title : marks;
    }
    fprintf(script, "set label 3 \"%s%s%s%s\"",
            histograms ? "each histogram is as high as its row, whatever its peak" : "",
            histograms && marks != NULL ? " · " : "", marks != NULL ? "dashed: " : "",
            marks != NULL ? marks : "");
    fprintf(script, " at screen 0.012, screen %.6f left font ',10' textcolor rgb '#606060'\n",
            (double)FOOT / 2 / l->height);
}

int curves_draw(const char *path, const char *heading, const char *details,
                const struct panel *panels, size_t count, char *why, size_t size)
{
    struct layout l = lay_out(&panels[0], count);
    struct pictures picture;
    int err = picture_open(&picture, path, l.width, l.height, why, size);
    if (err != 0)
        return err;
    FILE *script = picture.script;
    picture_head(script, heading, details, l.height);
    fprintf(script, "set size %.6f, %.6f\n", (double)(l.panel_width + l.names) / l.width,
            (double)l.panel_height / l.height);
    if (l.foot > 0)
        put_foot(script, &l, panels, count);
    for (size_t i = 0; i < count; i++) {
        place_panel(script, &l, i);
        put_panel(script, &panels[i]);
        fprintf(script, "unset label\n");
    }
    if (l.legend > 0) {
        fprintf(script, "set origin %.6f, 0\nset size %.6f, %.6f\n",
                (double)(l.width - l.legend) / l.width, (double)l.legend / l.width,
                (double)l.panel_height / l.height);
        put_legend(script, &panels[0]);
    }
    fprintf(script, "unset multiplot\n");
    return picture_close(&picture);
}
