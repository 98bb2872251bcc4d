// SPDX-License-Identifier: MIT
/* What came out of a validation. */
#include "bench/gil/validate.h"
#include "bench/stats.h"
#include "bench/text.h"

#include <math.h>
#include <string.h>

#define MISSED "MISSED"

/* How many of a series belong to complete runs. */
static unsigned complete(const struct validation *v, const struct law *law, const struct series *s)
{
    unsigned most = v->complete_runs * laws_measurements[law->measurement].times;
    return s->count < most ? s->count : most;
}

/* Of all runs: what is never to fall below something shows its least, everything else the median.
 */
static double combined(const struct validation *v, const struct law *law, const struct series *s)
{
    unsigned count = complete(v, law, s);
    const char *dot = strchr(law->quantity, '.');
    double least = INFINITY;
    if (dot == NULL || strcmp(dot, ".min") != 0)
        return stats_median(s->values, count);
    for (unsigned i = 0; i < count; i++)
        least = fmin(least, s->values[i]);
    return least;
}

static const char *verdict_of(const struct validation *v, unsigned i, unsigned p)
{
    const struct law *law = &laws[i];
    double real = combined(v, law, &v->real[i][p]);
    double simulated = combined(v, law, &v->simulated[i]);
    if (v->complete_runs == 0)
        return "not measured";
    if (v->absent[i][p])
        return "absent";
    if (law->kind == LAW_NOTE)
        return "-";
    if (law_holds(law, real, simulated))
        return "met";
    return law->flags & STATISTICAL ? "missed (statistical)" : MISSED;
}

/* ---- for people --------------------------------------------------------------------------- */

/* A line has 80 columns: names of laws that do not fit are wrapped. */
enum { WIDTH = 80, LAW = 30, VALUE = 10, RATIO = 7 };

static void put_value(FILE *out, const struct law *law, double value)
{
    char text[48] = "–";
    if (!isnan(value))
        snprintf(text, sizeof(text), "%.4g%s%s", value / law->unit, law->unit_name[0] ? " " : "",
                 law->unit_name);
    text_pad(out, text, VALUE, false);
}

/* Where a line of at most so many columns ends: at the end of the text, or at its last space. */
static size_t break_at(const char *text, int most)
{
    char line[128];
    size_t end = 0;
    for (size_t n = strcspn(text, " ");; n += 1 + strcspn(text + n + 1, " ")) {
        snprintf(line, sizeof(line), "%.*s", (int)n, text);
        if (end > 0 && text_width(line) > most)
            return end;
        end = n;
        if (text[n] == '\0')
            return end;
    }
}

/* How many laws of a kind there are, and how many of them were met. */
struct tally {
    unsigned all, met;
};

static void count(struct tally tallies[2], const struct law *law, const char *verdict)
{
    struct tally *tally = &tallies[(law->flags & STATISTICAL) != 0];
    bool met = strcmp(verdict, "met") == 0;
    if (met || strncmp(verdict, "missed", 6) == 0 || strcmp(verdict, MISSED) == 0)
        tally->all++;
    tally->met += met;
}

static void print_law(const struct validation *v, unsigned i, unsigned p, FILE *out,
                      struct tally tallies[2])
{
    const struct law *law = &laws[i];
    double real = combined(v, law, &v->real[i][p]);
    double simulated = combined(v, law, &v->simulated[i]);
    const char *verdict = verdict_of(v, i, p);
    bool statistical = (law->flags & STATISTICAL) != 0;
    char demand[32], ratio[32] = "-", text[128], line[128];
    size_t fits;
    law_demand(law, demand, sizeof(demand));
    if (isfinite(simulated / real))
        snprintf(ratio, sizeof(ratio), simulated / real < 99.9995 ? "%.3f" : "%.0e",
                 simulated / real);
    snprintf(text, sizeof(text), "%s%s", law->text, statistical ? " (statistical)" : "");
    fits = break_at(text, LAW);
    snprintf(line, sizeof(line), "%.*s", (int)fits, text);
    text_pad(out, line, LAW, true);
    put_value(out, law, real);
    put_value(out, law, simulated);
    fprintf(out, "%*s  %-13s %.*s\n", RATIO, ratio, demand, (int)strcspn(verdict, " "), verdict);
    if (text[fits] != '\0')
        fprintf(out, "  %s\n", text + fits + 1);
    count(tallies, law, verdict);
}

static bool has_laws(const struct validation *v, unsigned p)
{
    for (unsigned i = 0; i < laws_count; i++) {
        if (validation_shows(v, i, p))
            return true;
    }
    return false;
}

/* Which of those that have its version it is. */
static void put_path(const struct python *python, const char *name, FILE *out)
{
    char text[512];
    snprintf(text, sizeof(text), "%s: %s", name, python->path);
    text_wrap(out, text, 0, 2, WIDTH);
}

/* The table of a Python; answers how many hard laws were missed. */
static unsigned print_python(const struct validation *v, unsigned p, FILE *out)
{
    const struct python *python = &v->pythons[p];
    struct tally tallies[2] = {{0, 0}, {0, 0}};
    char text[160], name[PYTHON_NAME_MAX];
    python_name(python, name);
    if (python->letter != '\0')
        put_path(python, name, out);
    if (!has_laws(v, p)) {
        fprintf(out, "%s: none of its laws was asked for\n", name);
        return 0;
    }
    fprintf(out, "%s and the simulator (%s): medians of %u interleaved run%s\n", name,
            gil_names[python->major < 3 ? GIL_OLD : v->gil.variant], v->complete_runs,
            v->complete_runs == 1 ? "" : "s");
    fprintf(out, "%-*s%*s%*s%*s  %-13s %s\n", LAW, "law", VALUE, "real", VALUE, "simulated", RATIO,
            "ratio", "demand", "verdict");
    for (unsigned i = 0; i < laws_count; i++) {
        if (validation_shows(v, i, p))
            print_law(v, i, p, out, tallies);
    }
    int n = snprintf(text, sizeof(text), "%u of %u hard laws met", tallies[0].met, tallies[0].all);
    if (tallies[1].all > 0)
        snprintf(text + n, sizeof(text) - (size_t)n,
                 ", and %u of %u statistical ones, which may be missed in one validation of 3",
                 tallies[1].met, tallies[1].all);
    text_wrap(out, text, 0, 0, WIDTH);
    return tallies[0].all - tallies[0].met;
}

unsigned validation_print(const struct validation *v, FILE *out)
{
    unsigned missed = 0;
    for (unsigned p = 0; p < v->python_count; p++) {
        fprintf(out, "%s", p > 0 ? "\n" : "");
        missed += print_python(v, p, out);
    }
    if (v->machine->allowed_cores < 2)
        fprintf(out, "Laws that need two cores are not shown.\n");
    if (v->no_wait)
        fprintf(out, "Nobody waited for an idle machine: on a busy one laws are missed.\n");
    else if (v->busiest > LAB_IDLE)
        fprintf(out, "The machine was not idle: others used up to %.0f %% of a core.\n",
                100 * v->busiest);
    if (!v->no_wait && v->stolen > LAB_STOLEN)
        fprintf(out, "The hypervisor took up to %.1f %% of a core during an experiment.\n",
                100 * v->stolen);
    if (!v->no_wait && v->disturbed > 0)
        fprintf(out, "It disturbed %u measurements of which a law reads an extreme.\n",
                v->disturbed);
    return missed;
}

/* ---- for programs ------------------------------------------------------------------------- */

static json_t *number(double x)
{
    return isfinite(x) ? json_real(x) : json_null();
}

static json_t *runs_json(const struct validation *v, const struct law *law,
                         const struct series *series)
{
    json_t *array = json_array();
    for (unsigned i = 0; i < complete(v, law, series); i++)
        json_array_append_new(array, number(series->values[i]));
    return array;
}

static const char *const law_kinds[] = {
    [LAW_NOTE] = "note", [LAW_RATIO] = "ratio", [LAW_WITHIN] = "within"};

static json_t *law_json(const struct validation *v, unsigned i, unsigned p)
{
    const struct law *law = &laws[i];
    const struct measurement *m = &laws_measurements[law->measurement];
    char demand[32];
    double real = combined(v, law, &v->real[i][p]);
    double simulated = combined(v, law, &v->simulated[i]);
    law_demand(law, demand, sizeof(demand));
    return json_pack("{s:s s:s s:s s:s s:f s:s s:o s:o s:s s:s s:o s:o s:b s:s s:o s:o}", "law",
                     law->text, "experiment", m->experiment, "settings", m->settings, "quantity",
                     law->quantity, "unit_base", law->unit, "unit", law->unit_name, "real",
                     number(real), "simulated", number(simulated), "demand", demand, "kind",
                     law_kinds[law->kind], "low", number(law->low), "high", number(law->high),
                     "statistical", (law->flags & STATISTICAL) != 0, "verdict", verdict_of(v, i, p),
                     "real_runs", runs_json(v, law, &v->real[i][p]), "simulated_runs",
                     runs_json(v, law, &v->simulated[i]));
}

json_t *validation_json(const struct validation *v)
{
    json_t *pythons = json_array();
    for (unsigned p = 0; p < v->python_count; p++) {
        const struct python *python = &v->pythons[p];
        json_t *rows = json_array();
        char name[PYTHON_NAME_MAX];
        for (unsigned i = 0; i < laws_count; i++) {
            if (validation_shows(v, i, p))
                json_array_append_new(rows, law_json(v, i, p));
        }
        json_array_append_new(
            pythons,
            json_pack("{s:s s:s s:o* s:s s:o}", "subject", python_name(python, name), "version",
                      python->version, "python", json_string(python->path), "variant",
                      gil_names[python->major < 3 ? GIL_OLD : v->gil.variant], "laws", rows));
    }
    return json_pack("{s:i s:i s:f s:f s:i s:O s:o s:o}", "schema", 1, "runs",
                     (int)v->complete_runs, "busiest", v->busiest, "stolen", v->stolen, "disturbed",
                     (int)v->disturbed, "lock", v->lock, "machine", machine_json(v->machine),
                     "pythons", pythons);
}
