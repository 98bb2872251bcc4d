// SPDX-License-Identifier: MIT
#include "bench/gil/validate.h"
#include "bench/interrupt.h"
#include "bench/shuffle.h"
#include "bench/stats.h"
#include "bench/text.h"

#include <errno.h>
#include <math.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SIMULATOR = PYTHONS_MAX }; /* as a subject's number */

/* ---- what is measured --------------------------------------------------------------------- */

/* Can that be measured on this Python, on this machine? */
static bool can_measure(const struct validation *v, unsigned measurement, unsigned python)
{
    const struct measurement *m = &laws_measurements[measurement];
    const struct python *p = &v->pythons[python];
    if ((unsigned)v->machine->allowed_cores < m->cores)
        return false;
    if (m->era == ERA_OLD)
        return p->major < 3;
    return p->major >= 3 && (m->era == ERA_NEW || p->minor >= 12);
}

/* Does the table of this Python show the law? */
static bool is_shown(const struct validation *v, unsigned law, unsigned python)
{
    return v->wanted[law] && can_measure(v, laws[law].measurement, python);
}

int validation_choose(struct validation *v, char *why, size_t size)
{
    regex_t regex;
    unsigned found = 0;
    int err = regcomp(&regex, v->filter != NULL ? v->filter : "", REG_EXTENDED | REG_NOSUB);
    if (err != 0) {
        size_t n = (size_t)snprintf(why, size, "-f '%s': ", v->filter);
        regerror(err, &regex, why + n, n < size ? size - n : 0);
        return -EINVAL;
    }
    for (unsigned i = 0; i < laws_count; i++) {
        v->wanted[i] =
            (v->more || !(laws[i].flags & MORE)) && regexec(&regex, laws[i].text, 0, NULL, 0) == 0;
        for (unsigned p = 0; p < v->python_count; p++)
            found += is_shown(v, i, p);
    }
    regfree(&regex);
    if (found > 0)
        return 0;
    snprintf(why, size, "-f '%s' matches no law of these interpreters",
             v->filter != NULL ? v->filter : "");
    return -EINVAL;
}

/* Does a law that is wanted rest on the measurement? */
static bool is_needed(const struct validation *v, unsigned measurement)
{
    for (unsigned i = 0; i < laws_count; i++) {
        for (unsigned p = 0; p < v->python_count; p++) {
            if (laws[i].measurement == measurement && is_shown(v, i, p))
                return true;
        }
    }
    return false;
}

/* ---- measuring ---------------------------------------------------------------------------- */

static void keep(struct validation *v, unsigned measurement, unsigned subject, const json_t *report)
{
    for (unsigned i = 0; i < laws_count; i++) {
        struct series *to = subject == SIMULATOR ? &v->simulated[i] : &v->real[i][subject];
        if (laws[i].measurement != measurement)
            continue;
        to->values[to->count++] = lab_quantity(report, laws[i].quantity);
        if (subject != SIMULATOR)
            v->absent[i][subject] = json_object_get(report, "absent") != NULL;
    }
}

/* Repeats what the hypervisor has disturbed, a few times, and takes what it has disturbed least;
 * whether it did has nothing to do with what came out. Not where the machine is to be taken as it
 * is. */
static int run_undisturbed(const struct lab *lab, struct validation *v, const char *python,
                           bool calm, json_t **report, char *why, size_t size)
{
    const int tries = v->no_wait ? 1 : calm ? 20 : 3;
    const double most = calm ? 0 : LAB_STOLEN;
    double least = INFINITY;
    int err = 0;
    *report = NULL;
    for (int i = 0; i < tries && err == 0 && least > most; i++) {
        json_t *found;
        if (calm && !v->no_wait)
            lab_wait_calm(v->machine, &v->patience_ns);
        double before = lab_stolen_ns(), begin = (double)now_ns();
        err = interrupt_asked() ? -EINTR : lab_run(lab, v->machine, python, &found, why, size);
        double stolen = (lab_stolen_ns() - before) / ((double)now_ns() - begin);
        if (err != 0)
            break;
        if (stolen < least) {
            json_decref(*report);
            *report = json_incref(found);
            least = stolen;
        }
        json_decref(found);
    }
    if (err != 0)
        json_decref(*report);
    else
        v->stolen = fmax(v->stolen, least);
    v->disturbed += err == 0 && calm && least > most;
    return err;
}

static int measure(struct validation *v, unsigned measurement, unsigned subject, char *why,
                   size_t size)
{
    const struct measurement *m = &laws_measurements[measurement];
    const char *python = subject == SIMULATOR ? NULL : v->pythons[subject].path;
    struct lab lab;
    json_t *report;
    struct gil_options old = gil_defaults(GIL_OLD);
    lab_open(&lab, lab_find(m->experiment, why, size), m->era == ERA_OLD ? &old : &v->gil,
             v->work_rate);
    int err = lab_set(&lab, m->settings, why, size);
    double used = v->no_wait ? 0 : lab_wait_idle();
    v->busiest = used > v->busiest ? used : v->busiest;
    if (err == 0)
        err = run_undisturbed(&lab, v, python, m->calm, &report, why, size);
    if (err == 0)
        keep(v, measurement, subject, report);
    if (err == 0)
        json_decref(report);
    return err;
}

static void say_progress(const struct validation *v, unsigned done, unsigned all,
                         const struct measurement *m)
{
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "\r\033[Krun %u of %u, %u of %u: %s %s", v->complete_runs + 1, v->runs,
                done + 1, all, m->experiment, m->settings);
}

/* One measurement of all subjects that have it, in shuffled order. */
static int measure_all(struct validation *v, unsigned measurement, char *why, size_t size)
{
    size_t subjects[PYTHONS_MAX + 1], n = 0;
    int err = 0;
    for (unsigned i = 0; i < v->python_count; i++) {
        if (can_measure(v, measurement, i))
            subjects[n++] = i;
    }
    subjects[n++] = SIMULATOR;
    shuffle(subjects, n, (uint64_t)now_ns());
    for (size_t i = 0; i < n && err == 0; i++)
        err = measure(v, measurement, (unsigned)subjects[i], why, size);
    return err;
}

int validation_run(struct validation *v, char *why, size_t size)
{
    const int64_t patience_ns = INT64_C(300000000000);
    size_t order[LAWS_MAX * TIMES_MAX], n = 0;
    int err = 0;
    v->patience_ns = patience_ns;
    for (unsigned i = 0; i < laws_measurement_count; i++) {
        for (unsigned k = 0; k < laws_measurements[i].times && is_needed(v, i); k++)
            order[n++] = i;
    }
    shuffle(order, n, (uint64_t)now_ns());
    for (size_t i = 0; i < n && err == 0; i++) {
        say_progress(v, (unsigned)i, (unsigned)n, &laws_measurements[order[i]]);
        err = measure_all(v, (unsigned)order[i], why, size);
    }
    v->complete_runs += err == 0;
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "\r\033[K");
    return err;
}

unsigned validation_run_s(const struct validation *v)
{
    enum { EACH_S = 2 };
    unsigned seconds = 0;
    for (unsigned i = 0; i < laws_measurement_count; i++) {
        for (unsigned p = 0; p < v->python_count && is_needed(v, i); p++)
            seconds += EACH_S * laws_measurements[i].times * can_measure(v, i, p);
        seconds += EACH_S * laws_measurements[i].times * is_needed(v, i);
    }
    return seconds;
}

/* ---- what came out ------------------------------------------------------------------------ */

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

static void put_value(FILE *out, const struct law *law, double value)
{
    char text[48] = "–";
    if (!isnan(value))
        snprintf(text, sizeof(text), "%.4g%s%s", value / law->unit, law->unit_name[0] ? " " : "",
                 law->unit_name);
    text_pad(out, text, 11, false);
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
    char demand[32], ratio[32] = "-";
    law_demand(law, demand, sizeof(demand));
    if (isfinite(simulated / real))
        snprintf(ratio, sizeof(ratio), "%.3f", simulated / real);
    text_pad(out, law->text, 42, true);
    put_value(out, law, real);
    put_value(out, law, simulated);
    fprintf(out, "%9s  %-13s %s\n", ratio, demand,
            law->flags & STATISTICAL && strcmp(verdict, "met") == 0 ? "met (statistical)"
                                                                    : verdict);
    count(tallies, law, verdict);
}

static bool has_laws(const struct validation *v, unsigned p)
{
    for (unsigned i = 0; i < laws_count; i++) {
        if (is_shown(v, i, p))
            return true;
    }
    return false;
}

/* The table of a Python; answers how many hard laws were missed. */
static unsigned print_python(const struct validation *v, unsigned p, FILE *out)
{
    const struct python *python = &v->pythons[p];
    struct tally tallies[2] = {{0, 0}, {0, 0}};
    if (!has_laws(v, p)) {
        fprintf(out, "CPython %s: none of its laws was asked for\n", python->version);
        return 0;
    }
    fprintf(out, "CPython %s and the simulator (%s): medians of %u interleaved run%s\n",
            python->version, gil_names[python->major < 3 ? GIL_OLD : v->gil.variant],
            v->complete_runs, v->complete_runs == 1 ? "" : "s");
    fprintf(out, "%-42s%11s%11s%9s  %-13s %s\n", "law", "real", "simulated", "ratio", "demand",
            "verdict");
    for (unsigned i = 0; i < laws_count; i++) {
        if (is_shown(v, i, p))
            print_law(v, i, p, out, tallies);
    }
    fprintf(out, "%u of %u hard laws met", tallies[0].met, tallies[0].all);
    if (tallies[1].all > 0)
        fprintf(out, ", and %u of %u statistical ones, which may be missed in one validation of 3",
                tallies[1].met, tallies[1].all);
    fprintf(out, "\n");
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
        json_t *rows = json_array();
        for (unsigned i = 0; i < laws_count; i++) {
            if (is_shown(v, i, p))
                json_array_append_new(rows, law_json(v, i, p));
        }
        json_array_append_new(
            pythons,
            json_pack("{s:s s:s s:o}", "version", v->pythons[p].version, "variant",
                      gil_names[v->pythons[p].major < 3 ? GIL_OLD : v->gil.variant], "laws", rows));
    }
    return json_pack("{s:i s:i s:f s:f s:i s:O s:o s:o}", "schema", 1, "runs",
                     (int)v->complete_runs, "busiest", v->busiest, "stolen", v->stolen, "disturbed",
                     (int)v->disturbed, "lock", v->lock, "machine", machine_json(v->machine),
                     "pythons", pythons);
}
