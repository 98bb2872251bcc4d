// SPDX-License-Identifier: MIT
#include "bench/gil/lab.h"
#include "bench/params.h"
#include "bench/stats.h"
#include "bench/suggest.h"
#include "bench/units.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LIMIT_S = 180 };
_Static_assert((int64_t)HISTOGRAM_FINE << (HISTOGRAM_DOUBLINGS - 1) > LIMIT_S * INT64_C(1000000000),
               "no hold and no wait of an experiment is too long for a bucket of its own");

static const char *const no_yes[] = {"no", "yes", NULL};

const struct param lab_params[] = {
    [LAB_K] = {"k", "threads that compute, hogs", PARAM_COUNT, "1", 0, 1e9, NULL},
    [LAB_THREADS] = {"threads", "threads that call kernels or sleep", PARAM_COUNT, "1", 1, 1e4,
                     NULL},
    [LAB_INTERVAL] = {"interval", "switch interval", PARAM_TIME, "5ms", 1e3, 1e9, NULL},
    [LAB_DURATION] = {"duration", "how long to measure", PARAM_TIME, "1200ms", 1e6, 60e9, NULL},
    [LAB_PAIRS] = {"pairs", "how often to compare", PARAM_COUNT, "4", 1, 1000, NULL},
    [LAB_COUNT] = {"count", "how often to do it, or how far to count", PARAM_COUNT, "80", 1, 1e9,
                   NULL},
    [LAB_GAP] = {"gap", "mean pause between two pings", PARAM_TIME, "20ms", 0, 10e9, NULL},
    [LAB_THINK] = {"think", "mean pause of the client between two requests, 0: a closed loop",
                   PARAM_TIME, "20ms", 0, 10e9, NULL},
    [LAB_SIZE] = {"size", "what one kernel call hashes", PARAM_BYTES, "64Ki", 1, 1073741824, NULL},
    [LAB_TIME] = {"time", "length of a sleep", PARAM_TIME, "10ms", 1, 10e9, NULL},
    [LAB_REPEAT] = {"repeat", "sleeps of each thread", PARAM_COUNT, "80", 1, 1e6, NULL},
    [LAB_CHUNK] = {"chunk", "how long the coroutine computes before it awaits", PARAM_TIME, "5ms",
                   0, 10e9, NULL},
    [LAB_PROCESSES] = {"processes", "compute in processes, not in threads", PARAM_CHOICE, "no", 0,
                       0, no_yes},
    [LAB_PIN] = {"pin", "everything on one core", PARAM_CHOICE, "no", 0, 0, no_yes},
    {0},
};

const struct experiment_kind lab_kinds[] = {
    {"hold", "how long k hogs hold the lock, and how often it changes hands",
     "hold: how long a hog has the lock, from its first step with it to its last", "k=2", 2,
     LOAD_NONE, "hold", "k interval duration pin", true, GIL_NEW, simulate_hold},
    {"wake", "how long a thread waits for the lock after a blocking read",
     "wake: from the moment when another process writes into a pipe until the thread that reads "
     "from it has the lock and goes on",
     "", 0, LOAD_PINGS, "wake", "k interval count gap pin", true, GIL_NEW, simulate_wake},
    {"echo", "round trips to a UDP server beside k hogs",
     "trip: from sending a request until the reply is in the client's socket", "", 0, LOAD_ECHO,
     "trip", "k interval duration think pin", true, GIL_NEW, simulate_echo},
    {"async-echo", "round trips to an event loop beside a coroutine that computes",
     "trip: from sending a request until the reply is in the client's socket", "", 0, LOAD_ECHO,
     "trip", "chunk duration think pin", false, GIL_NEW, simulate_async_echo},
    {"kernel", "calls of a C kernel that releases the lock, beside k hogs",
     "per call: how long a thread needs for a call, waiting for the lock included", "", 0,
     LOAD_NONE, NULL, "k threads interval size duration pin", false, GIL_NEW, simulate_kernel},
    {"kernel-ratio", "C kernels that release the lock: calls in several threads over one",
     "ratio: calls a second of all threads together, over those of one thread alone",
     "threads=2 duration=120ms", 0, LOAD_NONE, "ratio_ppm",
     "threads interval size duration pairs pin", false, GIL_NEW, simulate_kernel_ratio},
    {"sleep", "how much longer than asked a thread sleeps beside k hogs",
     "overshoot: from the end of the sleep that was asked for until the thread has the lock", "", 0,
     LOAD_NONE, "overshoot", "k threads interval time repeat pin", false, GIL_NEW, simulate_sleep},
    {"ratio", "what k hogs get done, over what one gets done",
     "ratio: what k hogs compute together in a second, over what one computes alone",
     "k=2 duration=120ms", 1, LOAD_NONE, "ratio_ppm", "k interval duration pairs processes pin",
     false, GIL_NEW, simulate_ratio},
    {"interpreters", "what k hogs get done, each in a sub-interpreter, over one",
     "ratio: what k hogs, each under a lock of its own, compute together in a second, over what "
     "one computes alone",
     "k=2 duration=120ms", 1, LOAD_NONE, "ratio_ppm", "k interval duration pairs pin", false,
     GIL_PER_INTERPRETER, simulate_ratio},
    {"spawn", "starting and joining a thread beside k hogs",
     "spawn: from before a thread is started until it has ended and who joined it has the lock",
     "count=60", 0, LOAD_NONE, "spawn", "k interval count pin", false, GIL_NEW, simulate_spawn},
    {"battle", "counting down in k threads, over counting down in one",
     "slowdown: how long k threads need that count down a share each, over how long one needs for "
     "all of it",
     "k=2 count=4M", 1, LOAD_NONE, "slowdown_ppm", "k interval count pairs pin", false, GIL_NEW,
     simulate_battle},
    {"release", "releasing and taking the lock when nobody wants it",
     "per pair: how long it takes to release the lock and to take it again", "count=200k", 0,
     LOAD_NONE, NULL, "count pin", false, GIL_NEW, simulate_release},
    {0},
};

const struct experiment_kind *lab_find(const char *name, char *why, size_t size)
{
    const char *names[sizeof(lab_kinds) / sizeof(lab_kinds[0])] = {NULL};
    for (int i = 0; lab_kinds[i].name != NULL; i++) {
        names[i] = lab_kinds[i].name;
        if (strcmp(name, lab_kinds[i].name) == 0)
            return &lab_kinds[i];
    }
    const char *near = suggest(name, names);
    snprintf(why, size, "there is no experiment '%s'; %s%s%s", name,
             near ? "did you mean '" : "`speedup gil --help` lists them", near ? near : "",
             near ? "'?" : "");
    return NULL;
}

bool lab_uses(const struct experiment_kind *kind, const char *name)
{
    size_t n = strlen(name);
    for (const char *at = kind->uses; n > 0 && (at = strstr(at, name)) != NULL; at += n) {
        if ((at == kind->uses || at[-1] == ' ') && (at[n] == ' ' || at[n] == '\0'))
            return true;
    }
    return false;
}

void lab_print_values(const struct experiment_kind *kind, int param, char *text, size_t size)
{
    const struct param *p = &lab_params[param];
    char from[UNITS_MAX], to[UNITS_MAX];
    struct value low = {.n = (int64_t)p->min}, high = {.n = (int64_t)p->max};
    size_t n = 0;
    if (param == LAB_K) {
        snprintf(text, size, "%u to %d for each core", kind->least_k, LAB_HOGS_PER_CORE);
    } else if (p->type != PARAM_CHOICE) {
        units_print(p, &low, from, sizeof(from));
        units_print(p, &high, to, sizeof(to));
        snprintf(text, size, "%s to %s", from, to);
    }
    for (int i = 0; p->type == PARAM_CHOICE && p->choices[i] != NULL && n < size; i++)
        n += (size_t)snprintf(text + n, size - n, "%s%s", i > 0 ? ", " : "", p->choices[i]);
}

void lab_list_params(const struct experiment_kind *kind, char *text, size_t size)
{
    char values[3 * UNITS_MAX];
    size_t n = 0;
    for (int i = 0; lab_params[i].name != NULL && n < size; i++) {
        const struct param *p = &lab_params[i];
        if (!lab_uses(kind, p->name))
            continue;
        lab_print_values(kind, i, values, sizeof(values));
        n += (size_t)snprintf(text + n, size - n, "%s%s (%s)", n > 0 ? ", " : "", p->name, values);
    }
}

void lab_open(struct lab *lab, const struct experiment_kind *kind, const struct gil_options *gil,
              double work_rate)
{
    char why[ERROR_MAX];
    *lab = (struct lab){.kind = kind, .gil = *gil, .work_rate = work_rate, .limit_s = LIMIT_S};
    if (kind->lock != GIL_NEW)
        lab->gil.variant = kind->lock;
    params_defaults(lab_params, lab->values, why, sizeof(why));
    lab->values[LAB_INTERVAL].n = gil->interval_ns;
    lab_set(lab, kind->settings, why, sizeof(why));
}

int lab_set(struct lab *lab, const char *settings, char *why, size_t size)
{
    int err = params_apply_list(lab_params, settings, lab->values, why, size);
    lab->gil.interval_ns = lab_n(lab, LAB_INTERVAL);
    if (err == 0 && lab_n(lab, LAB_K) >= (int64_t)lab->kind->least_k)
        return 0;
    if (err != 0)
        return -EINVAL; /* params_apply_list has said why */
    snprintf(why, size, "%s needs %u %s; choose -k %u or more", lab->kind->name, lab->kind->least_k,
             lab->kind->least_k == 1 ? "hog at least, a thread that computes"
                                     : "hogs at least, threads that compute",
             lab->kind->least_k);
    return -EINVAL;
}

int64_t lab_n(const struct lab *lab, int param)
{
    return lab->values[param].n;
}

/* What the parameters alone ask for. */
static double least_seconds(const struct lab *lab)
{
    double pairs = (double)lab_n(lab, LAB_PAIRS), ns = 0;
    bool shared = lab->gil.variant != GIL_NONE && lab->gil.variant != GIL_PER_INTERPRETER;
    if (lab_uses(lab->kind, "duration")) /* a pair: before, together, after */
        ns = (lab_uses(lab->kind, "pairs") ? 3 * pairs : 1) * (double)lab_n(lab, LAB_DURATION);
    else if (lab_uses(lab->kind, "pairs"))
        ns = (shared ? 2 : 1) * pairs * (double)lab_n(lab, LAB_COUNT) * LAB_BURST_NS;
    else if (lab_uses(lab->kind, "repeat"))
        ns = (double)lab_n(lab, LAB_REPEAT) * (double)lab_n(lab, LAB_TIME);
    else if (lab_uses(lab->kind, "gap"))
        ns = (double)lab_n(lab, LAB_COUNT) * (double)lab_n(lab, LAB_GAP);
    return ns * 1e-9;
}

int lab_check_time(const struct lab *lab, char *why, size_t size)
{
    static const int all[] = {LAB_DURATION, LAB_PAIRS, LAB_COUNT, LAB_GAP, LAB_TIME, LAB_REPEAT};
    char names[4 * UNITS_MAX] = "", value[UNITS_MAX];
    size_t n = 0;
    double seconds = least_seconds(lab);
    if (seconds < lab->limit_s)
        return 0;
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]) && n < sizeof(names); i++) {
        const struct param *p = &lab_params[all[i]];
        if (!lab_uses(lab->kind, p->name))
            continue;
        units_print(p, &lab->values[all[i]], value, sizeof(value));
        n += (size_t)snprintf(names + n, sizeof(names) - n, "%s%s=%s", n > 0 ? " and " : "",
                              p->name, value);
    }
    snprintf(why, size,
             "%s: %s take %.0f s, and what takes %d s is given up; choose less of either",
             lab->kind->name, names, seconds, lab->limit_s);
    return -EINVAL;
}

/* ---- quantities --------------------------------------------------------------------------- */

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The samples in order; *count of them. To be freed. */
static double *sorted(const json_t *report, const char *name, size_t *count)
{
    const json_t *array = json_object_get(json_object_get(report, "samples"), name);
    *count = json_array_size(array);
    double *values = calloc(*count + 1, sizeof(*values));
    for (size_t i = 0; values != NULL && i < *count; i++)
        values[i] = json_number_value(json_array_get(array, i));
    if (values != NULL)
        qsort(values, *count, sizeof(*values), by_size);
    return values;
}

/* The share of round trips that are neither at once nor wait for one interval of 5 ms or for two.
 */
static double odd(const double *values, size_t n)
{
    enum { FAST_NS = 500000, INTERVAL_NS = 5000000, MORE_NS = 600000 };
    size_t found = 0;
    for (size_t i = 0; i < n; i++) {
        double waits = floor(values[i] / INTERVAL_NS), rest = values[i] - waits * INTERVAL_NS;
        found += waits > 2 || rest > (waits > 0 ? waits * MORE_NS : FAST_NS);
    }
    return (double)found / (double)n;
}

/* The value that so many percent of all do not exceed; where they end between two, the mean of
 * these, as for the median, so that both tails are alike. In whole numbers: 0.95 * 20 may be more
 * than 19. Hyndman and Fan, Sample Quantiles in Statistical Packages, 1996: definition 2. */
static double percentile(const double *values, size_t n, unsigned long percent)
{
    size_t below = percent * n / 100, above = (percent * n + 99) / 100;
    below = below < n ? below : n - 1;
    above = above > 0 ? above - 1 : 0;
    return (values[below] + values[above]) / 2;
}

static double statistic(const double *values, size_t n, const char *which)
{
    if (n == 0)
        return NAN;
    if (strcmp(which, "mean") == 0)
        return stats_mean(values, n);
    if (strcmp(which, "odd") == 0)
        return odd(values, n);
    if (strcmp(which, "min") == 0)
        return values[0];
    if (strcmp(which, "max") == 0)
        return values[n - 1];
    return percentile(values, n, strtoul(which + 1, NULL, 10)); /* "p95" */
}

/* A number, or a statistic of samples. */
static double simple(const json_t *report, const char *name)
{
    char samples[64];
    size_t count;
    const char *dot = strchr(name, '.');
    if (dot == NULL) {
        const json_t *number = json_object_get(json_object_get(report, "numbers"), name);
        return json_is_number(number) ? json_number_value(number) : NAN;
    }
    snprintf(samples, sizeof(samples), "%.*s", (int)(dot - name), name);
    double *values = sorted(report, samples, &count);
    double value = values != NULL ? statistic(values, count, dot + 1) : NAN;
    free(values);
    return value;
}

double lab_quantity(const json_t *report, const char *name)
{
    char first[64];
    const char *sign = strpbrk(name, "-/");
    if (sign == NULL)
        return simple(report, name);
    snprintf(first, sizeof(first), "%.*s", (int)(sign - name), name);
    double a = simple(report, first), b = simple(report, sign + 1);
    return *sign == '-' ? a - b : a / b;
}
