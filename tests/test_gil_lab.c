// SPDX-License-Identifier: MIT
/* `speedup gil`: every experiment, every lock, and Pythons that are none. No test here
 * depends on how fast anything was. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <jansson.h>
#include <math.h>
#include <openssl/evp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench/gil/lab.h"
#include "tests/experiments.h"
#include "tests/program.h"

#define TIMEOUT .timeout = 120

static const struct experiment_kind *kind_of(const char *name)
{
    char why[128];
    const struct experiment_kind *kind = lab_find(name, why, sizeof(why));
    cr_assert_not_null(kind, "%s", why);
    return kind;
}

static double number(json_t *one, const char *name)
{
    json_t *value = json_object_get(json_object_get(one, "numbers"), name);
    cr_assert(json_is_number(value), "no number %s", name);
    return json_number_value(value);
}

/* ---- the simulator ------------------------------------------------------------------------ */

struct trial {
    char experiment[16], lock[16];
};
enum { TRIALS_MAX = 128 };
static struct trial trials[TRIALS_MAX];

ParameterizedTestParameters(gil_lab, every_experiment_on_every_lock)
{
    size_t n = 0;
    for (int i = 0; lab_kinds[i].name != NULL; i++) {
        for (int v = 0; v < GIL_VARIANTS && n < TRIALS_MAX; v++, n++) {
            strcpy(trials[n].experiment, lab_kinds[i].name);
            strcpy(trials[n].lock, gil_names[v]);
        }
    }
    return cr_make_param_array(struct trial, trials, n);
}

/* The identities hold, whatever the experiment. */
static void expect_identities(json_t *one, const struct trial *t)
{
    double takes = number(one, "takes"), timeouts = number(one, "timeouts");
    cr_expect(takes == number(one, "uncontended") + number(one, "waits"), "%s, %s: takes",
              t->experiment, t->lock);
    cr_expect(timeouts == number(one, "requests") + number(one, "rearms") + number(one, "late"),
              "%s, %s: timeouts", t->experiment, t->lock);
    cr_expect(number(one, "forced_waits") <= number(one, "requests"), "%s, %s: forced waits",
              t->experiment, t->lock);
}

/* Nothing is over before it began, however busy the machine is. */
static void expect_positive(const json_t *samples, const struct trial *t)
{
    const char *name;
    json_t *values, *value;
    size_t i;
    json_object_foreach ((json_t *)samples, name, values) {
        json_array_foreach (values, i, value)
            cr_expect(json_integer_value(value) >= 0, "%s, %s: %s is %lld", t->experiment, t->lock,
                      name, (long long)json_integer_value(value));
    }
}

ParameterizedTest(const struct trial *t, gil_lab, every_experiment_on_every_lock, TIMEOUT)
{
    const struct experiment_kind *kind = kind_of(t->experiment);
    struct outcome o = program("gil %s --gil %s %s --json", t->experiment, t->lock, small(kind));
    bool has_holds =
        strcmp(t->lock, gil_names[GIL_NONE]) && strcmp(t->lock, gil_names[GIL_PER_INTERPRETER]);
    if ((kind->lock != GIL_NEW && strcmp(t->lock, gil_names[kind->lock]) != 0) ||
        (kind->simulate == simulate_hold && !has_holds)) {
        cr_expect(o.status == 2, "%s, %s: exit %d", t->experiment, t->lock, o.status);
        return;
    }
    json_t *all = parse(&o), *one = cell(all, 0);
    json_t *samples = json_object_get(one, "samples"), *numbers = json_object_get(one, "numbers");
    cr_expect(json_object_size(samples) + json_object_size(numbers) > 0);
    if (kind->show != NULL && kind->simulate != simulate_hold) /* a hold may outlast the test */
        cr_expect(json_array_size(json_object_get(samples, kind->show)) > 0, "%s, %s: no %s",
                  t->experiment, t->lock, kind->show);
    expect_positive(samples, t);
    if (json_object_get(numbers, "takes") != NULL)
        expect_identities(one, t);
    json_decref(all);
}

/* Who wakes up beside a hog that holds the lock has it after an interval at the earliest: how busy
 * the machine is makes it later. The lock is free at a wake-up only if the hog has not come back.
 */
Test(gil_lab, a_sleeper_waits_for_an_interval, TIMEOUT)
{
    struct outcome o = program("gil sleep -k 1 --interval 2ms -p repeat=20 -p time=5ms --json");
    json_t *all = parse(&o), *one = cell(all, 0);
    const json_t *overshoot = json_object_get(json_object_get(one, "samples"), "overshoot");
    double late = 0;
    for (size_t i = 0; i < json_array_size(overshoot); i++)
        late += json_number_value(json_array_get(overshoot, i)) >= 2000000;
    cr_expect(json_array_size(overshoot) == 20);
    /* The main thread, which waits for the sleeper, loses it once. */
    cr_expect(late + 1 >= number(one, "lost"), "%g late, %g lost", late, number(one, "lost"));
    json_decref(all);
}

Test(gil_lab, a_file_says_what_was_measured, TIMEOUT)
{
    struct outcome o = program("gil wake -k 0 -p count=3 -p gap=1ms --gil new:reaction=2us --json");
    json_t *all = parse(&o), *lock = json_object_get(all, "lock");
    json_t *parameters = json_object_get(all, "parameters");
    cr_expect(json_number_value(json_object_get(parameters, "count")) == 3);
    cr_expect(json_object_get(parameters, "chunk") == NULL, "it does not look at chunks");
    cr_expect_str_eq(json_string_value(json_object_get(lock, "settings")), "reaction=2us");
    cr_expect(json_is_object(json_object_get(all, "machine")));
    json_decref(all);
}

Test(gil_lab, lists_of_hogs_and_intervals_make_a_grid, TIMEOUT)
{
    struct outcome o = program("gil hold -k 2,3 --interval 5ms,1ms -p duration=60ms --json");
    json_t *all = parse(&o);
    static const struct {
        int k, interval_ns;
    } expected[] = {{2, 5000000}, {2, 1000000}, {3, 5000000}, {3, 1000000}};
    cr_expect(json_array_size(json_object_get(all, "cells")) == 4);
    for (size_t i = 0; i < 4; i++) {
        json_t *one = cell(all, i);
        cr_expect(json_integer_value(json_object_get(one, "k")) == expected[i].k);
        cr_expect(json_integer_value(json_object_get(one, "interval_ns")) ==
                  expected[i].interval_ns);
        /* Who takes it from another one has slept for an interval. */
        cr_expect(number(one, "switches_per_s") == 0 || number(one, "sleeps_per_switch") >= 0.9);
    }
    json_decref(all);
}

/* That the main thread lets go of it at first is no change. */
Test(gil_lab, hogs_lose_it_on_request_alone, TIMEOUT)
{
    struct outcome o = program("gil hold -k 2,3 --interval 1s -p duration=100ms --json");
    json_t *all = parse(&o);
    for (size_t i = 0; i < 2; i++) {
        double switches = number(cell(all, i), "switches_per_s");
        cr_expect(switches == 0 || number(cell(all, i), "requests") > 0,
                  "%g changes of hands a second without a request", switches);
    }
    json_decref(all);
}

Test(gil_lab, a_range_of_hogs_each_once, TIMEOUT)
{
    struct outcome o = program("gil hold -k 3,2-4,3 -p duration=20ms --json");
    json_t *all = parse(&o);
    cr_expect(json_array_size(json_object_get(all, "cells")) == 3);
    for (size_t i = 0; i < 3; i++)
        cr_expect(json_integer_value(json_object_get(cell(all, i), "k")) == (json_int_t)i + 2);
    json_decref(all);
}

/* The CPU time of one call of the kernel. */
static double hash_ns(size_t size)
{
    unsigned char digest[EVP_MAX_MD_SIZE], *data = calloc(1, size);
    cr_assert(data != NULL);
    struct timespec begin, end;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &begin);
    cr_assert(EVP_Digest(data, size, digest, NULL, EVP_sha3_512(), NULL) == 1);
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end);
    free(data);
    return 1e9 * (double)(end.tv_sec - begin.tv_sec) + (double)(end.tv_nsec - begin.tv_nsec);
}

/* A call that takes longer than the time for it is finished: what counts is what it takes, and not
 * the time that was for it, which is a small part of that. How fast the machine is may change from
 * call to call, but not by so much. */
Test(gil_lab, a_long_call_counts_with_all_its_time, TIMEOUT)
{
    struct outcome o = program("gil kernel -k 0 -p size=128Mi -p duration=10ms --json");
    json_t *all = parse(&o), *one = cell(all, 0);
    double own = hash_ns(128 << 20), counted = number(one, "per_call_ns");
    cr_expect(counted > own / 8, "%g ns, and one of the test's own takes %g", counted, own);
    json_decref(all);
}

Test(gil_lab, a_sweep_is_a_closed_loop, TIMEOUT)
{
    struct outcome o = program("gil sweep -k 0,1 --interval 1ms -p duration=50ms");
    cr_expect(o.status == 0, "%s", o.err);
    cr_expect(strstr(o.out, "requests/s") != NULL && strstr(o.out, "uncontended") != NULL, "%s",
              o.out);
}

/* More round trips than a pipe holds while nobody reads it. */
Test(gil_lab, a_closed_loop_for_long, TIMEOUT)
{
    struct outcome o = program("gil echo -k 0 -p think=0 -p duration=3s --json");
    json_t *all = parse(&o), *one = cell(all, 0);
    cr_expect(number(one, "answers") ==
              json_array_size(json_object_get(json_object_get(one, "samples"), "trip")));
    json_decref(all);
}

Test(gil_lab, the_same_goes_into_a_file, TIMEOUT)
{
    struct outcome o = program("gil release -p count=10 --json -o lab.json");
    json_error_t error;
    char *text = program_file("lab.json");
    cr_assert_not_null(text);
    json_t *file = json_loads(text, 0, &error), *all = parse(&o);
    cr_expect(json_equal(file, all));
    json_decref(file);
    json_decref(all);
}

/* ---- a Python that is none --------------------------------------------------------------- */

/* Also one that is a script which starts others: they do not survive. */
Test(gil_lab, a_python_that_hangs_is_given_up, TIMEOUT)
{
    struct outcome o = command("FAKE_HANGS=child exec $SPEEDUP gil release --python "
                               "$ROOT/tests/data/fake-python");
    char *child = program_file("child");
    cr_expect(o.status == 8 && strstr(o.err, "does not answer") != NULL, "%d: %s", o.status, o.err);
    cr_assert_not_null(child);
    char path[64];
    snprintf(path, sizeof(path), "/proc/%d/stat", atoi(child));
    FILE *stat = fopen(path, "r");
    char state = 'Z'; /* ended, and perhaps waits to be reaped by the first process */
    if (stat != NULL && fscanf(stat, "%*d %*s %c", &state) != 1)
        state = 'Z';
    cr_expect(state == 'Z', "process %d is '%c'", atoi(child), state);
    if (stat != NULL)
        fclose(stat);
}

/* In the middle of a line, and when it has said all. */
Test(gil_lab, a_python_that_does_not_end_is_given_up, TIMEOUT)
{
    static const char *const how[] = {"FAKE_PROMPTS", "FAKE_LINGERS"};
    for (int i = 0; i < 2; i++) {
        struct outcome o = command("%s=1 exec $SPEEDUP gil release --python "
                                   "$ROOT/tests/data/fake-python",
                                   how[i]);
        cr_expect(o.status == 8 && strstr(o.err, "does not answer;") != NULL, "%s: %d: %s", how[i],
                  o.status, o.err);
    }
}

/* No address space holds a thousand stacks of 200 GB each, if any memory holds one. */
Test(gil_lab, a_simulator_that_fails_says_why, TIMEOUT)
{
    struct outcome o =
        command("ulimit -s 200000000; exec $SPEEDUP gil sleep -k 0 -p threads=1k -p repeat=1");
    cr_expect(o.status == 1, "exit %d: %s", o.status, o.err);
    cr_expect_str_eq(o.err, "speedup gil: the simulated interpreter: sleep could not be done: "
                            "Resource temporarily unavailable\n");
}

/* By somebody else than us. */
Test(gil_lab, a_python_that_is_killed, TIMEOUT)
{
    struct outcome o =
        command("FAKE_LIVES=1 FAKE_KILLED=1 FAKE_COUNT=$PWD/lives exec $SPEEDUP gil release -p "
                "count=9 --python $ROOT/tests/data/fake-python");
    cr_expect(o.status == 1, "exit %d: %s", o.status, o.err);
    cr_expect(strstr(o.err, "release ended by signal 9 (Killed)") != NULL, "%s", o.err);
}

/* Whatever this test itself was started with. */
Test(gil_lab, a_hang_up_ends_it_but_not_under_nohup, TIMEOUT)
{
    static const char hold[] =
        "rm -f lives; export FAKE_LIVES=9 FAKE_COUNT=$PWD/lives FAKE_HANGUP=1; exec env "
        "--%s-signal=HUP "
        "$SPEEDUP gil hold -k 2,3 -p duration=20ms --python $ROOT/tests/data/fake-python";
    struct outcome o = command(hold, "ignore");
    cr_expect(o.status == 0, "exit %d: %s", o.status, o.err);
    o = command(hold, "default");
    cr_expect(o.status == 130 && strstr(o.err, "interrupted after") != NULL, "exit %d: %s",
              o.status, o.err);
}

Test(gil_lab, an_interrupted_experiment_keeps_what_is_complete, TIMEOUT)
{
    struct outcome o =
        command("FAKE_LIVES=2 FAKE_INTERRUPTS=1 FAKE_COUNT=$PWD/lives exec $SPEEDUP gil hold -k "
                "2,3 -p duration=20ms --python $ROOT/tests/data/fake-python -o grid.json");
    cr_expect(o.status == 130, "exit %d: %s", o.status, o.err);
    cr_expect(strstr(o.err, "interrupted after 3 of 4 measurements") != NULL, "%s", o.err);
    cr_expect(strstr(o.out, "CPython 3.11.0") != NULL, "%s", o.out);
    json_error_t error;
    char *text = program_file("grid.json");
    cr_assert_not_null(text);
    json_t *all = json_loads(text, 0, &error);
    cr_expect(json_array_size(json_object_get(all, "cells")) == 3);
    json_decref(all);
}

/* ---- percentiles -------------------------------------------------------------------------- */

/* Of n to 1. */
static void expect_percentile(int n, const char *name, double expected)
{
    json_t *wakes = json_array();
    for (int i = 0; i < n; i++)
        json_array_append_new(wakes, json_integer(n - i));
    json_t *report = json_pack("{s:{s:o}}", "samples", "wake", wakes);
    double found = lab_quantity(report, name);
    cr_expect(found == expected, "%s of %d: %g, not %g", name, n, found, expected);
    json_decref(report);
}

/* Of 1 to n those from below are as far from the least as those from above from the most. */
Test(gil_lab, both_tails_are_alike)
{
    for (int i = 1; i <= 50; i++) {
        expect_percentile(20 * i, "wake.p5", i + 0.5);
        expect_percentile(20 * i, "wake.p95", 19 * i + 0.5);
        expect_percentile(20 * i, "wake.p50", 10 * i + 0.5);
        expect_percentile(20 * i + 1, "wake.p5", i + 1);
        expect_percentile(20 * i + 1, "wake.p95", 19 * i + 1);
        expect_percentile(100 * i, "wake.p99", 99 * i + 0.5);
        expect_percentile(100 * i, "wake.p7", 7 * i + 0.5);
    }
    expect_percentile(1, "wake.p5", 1);
    expect_percentile(1, "wake.p95", 1);
    expect_percentile(19, "wake.p95", 19);
    expect_percentile(19, "wake.p0", 1);
    expect_percentile(19, "wake.p100", 19);
}
