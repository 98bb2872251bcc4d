// SPDX-License-Identifier: MIT
#include "bench/gil/validate.h"
#include "bench/interrupt.h"
#include "bench/shuffle.h"

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

bool validation_shows(const struct validation *v, unsigned law, unsigned python)
{
    return v->wanted[law] && can_measure(v, laws[law].measurement, python);
}

/* By its text, or by its experiment. */
static bool matches(const regex_t *regex, const struct law *law)
{
    const char *experiment = laws_measurements[law->measurement].experiment;
    return regexec(regex, law->text, 0, NULL, 0) == 0 ||
           regexec(regex, experiment, 0, NULL, 0) == 0;
}

/* ... and which there are, for example. */
static void say_none(const struct validation *v, char *why, size_t size)
{
    enum { EXAMPLES = 3 };
    size_t n = (size_t)snprintf(why, size, "-f '%s' matches no law of these interpreters",
                                v->filter != NULL ? v->filter : "");
    int named = 0;
    for (unsigned i = 0; i < laws_count && named < EXAMPLES && n < size; i++) {
        bool measured = false;
        for (unsigned p = 0; p < v->python_count; p++)
            measured = measured || can_measure(v, laws[i].measurement, p);
        if (measured && (v->more || !(laws[i].flags & MORE)))
            n += (size_t)snprintf(why + n, size - n, "%s '%s'", named++ > 0 ? "," : "; there are",
                                  laws[i].text);
    }
    if (n < size)
        snprintf(why + n, size - n, "%s `speedup gil validate --help` lists all",
                 named > 0 ? " and more;" : ";");
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
        v->wanted[i] = (v->more || !(laws[i].flags & MORE)) && matches(&regex, &laws[i]);
        for (unsigned p = 0; p < v->python_count; p++)
            found += validation_shows(v, i, p);
    }
    regfree(&regex);
    if (found > 0)
        return 0;
    say_none(v, why, size);
    return -EINVAL;
}

/* Does a law that is wanted rest on the measurement? */
static bool is_needed(const struct validation *v, unsigned measurement)
{
    for (unsigned i = 0; i < laws_count; i++) {
        for (unsigned p = 0; p < v->python_count; p++) {
            if (laws[i].measurement == measurement && validation_shows(v, i, p))
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
