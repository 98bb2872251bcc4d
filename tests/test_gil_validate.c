// SPDX-License-Identifier: MIT
/* `speedup gil validate`: with a shell script in the place of a Python. */
#include <criterion/criterion.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "bench/gil/lab.h"
#include "bench/gil/laws.h"
#include "tests/program.h"

#define TIMEOUT .timeout = 120

/* ---- waiting for a calm machine ----------------------------------------------------------- */

static atomic_bool over;

static void *compute(void *argument)
{
    while (!atomic_load(&over))
        ;
    return argument;
}

/* Two that compute on each core: one of them has to wait. */
Test(gil_calm, a_busy_machine_is_none, TIMEOUT)
{
    struct machine machine;
    char why[ERROR_MAX];
    int64_t patience_ns = 1;
    cr_assert_eq(machine_open(&machine, why, sizeof(why)), 0, "%s", why);
    unsigned count = 2 * machine.allowed_pus;
    pthread_t *others = calloc(count, sizeof(*others));
    cr_assert_not_null(others);
    for (unsigned i = 0; i < count; i++)
        cr_assert_eq(pthread_create(&others[i], NULL, compute, NULL), 0);
    bool calm = lab_wait_calm(&machine, &patience_ns);
    atomic_store(&over, true);
    for (unsigned i = 0; i < count; i++)
        pthread_join(others[i], NULL);
    free(others);
    cr_expect_not(calm);
    cr_expect_leq(patience_ns, 0);
    machine_close(&machine);
}

Test(gil_calm, nobody_knows_of_a_simulated_machine, TIMEOUT)
{
    struct machine machine = {.simulated = true};
    int64_t patience_ns = 1;
    cr_expect(lab_wait_calm(&machine, &patience_ns));
    cr_expect_eq(patience_ns, 1);
}

/* ---- validate ----------------------------------------------------------------------------- */

#define FAKE "exec $SPEEDUP gil validate --no-wait --runs 1 --python $ROOT/tests/data/fake-python "

Test(gil_validate, a_hard_law_that_is_missed_exits_3, TIMEOUT)
{
    struct outcome o =
        command("FAKE_REPORT='{\"samples\": {\"hold\": [1, 1, 1]}, \"numbers\": {}}' " FAKE
                "-f '^hold, 2 hogs: median' -o laws.json");
    cr_expect(o.status == 3, "exit %d: %s", o.status, o.err);
    cr_expect(strstr(o.out, "MISSED") != NULL, "%s", o.out);
    cr_expect(strstr(o.out, "0 of 1 hard laws met") != NULL, "%s", o.out);
    cr_expect(strstr(o.out, "CPython 3.11.0 and the simulator (new)") != NULL, "%s", o.out);
    cr_expect(strstr(program_file("laws.json"), "\"verdict\": \"MISSED\"") != NULL);
}

Test(gil_validate, a_law_without_a_demand_is_shown, TIMEOUT)
{
    struct outcome o = command(
        "FAKE_REPORT='{\"samples\": {}, \"numbers\": {\"pair_ns\": 50}}' " FAKE "-f ^release");
    cr_expect(o.status == 0, "exit %d: %s", o.status, o.err);
    cr_expect(strstr(o.out, "50 ns") != NULL && strstr(o.out, "none") != NULL, "%s", o.out);
}

Test(gil_validate, python_2_has_laws_of_its_own, TIMEOUT)
{
    struct outcome o = command("FAKE_VERSION=2.7.18 " FAKE "-f 'hold, 2 hogs: median'");
    cr_expect(o.status == 2 && strstr(o.err, "matches no law") != NULL, "%d: %s", o.status, o.err);
}

Test(gil_validate, a_filter_that_matches_nothing_gets_examples, TIMEOUT)
{
    struct outcome o = command("FAKE_VERSION=2.7.18 " FAKE "-f zzz");
    cr_expect(o.status == 2, "exit %d", o.status);
    cr_expect(strstr(o.err, "there are 'old: ") != NULL &&
                  strstr(o.err, "`speedup gil validate --help` lists all\n") != NULL,
              "%s", o.err);
}

Test(gil_validate, a_filter_may_name_an_experiment, TIMEOUT)
{
    struct outcome o =
        command("FAKE_REPORT='{\"samples\": {}, \"numbers\": {}}' " FAKE "-f ^kernel$");
    cr_expect(o.status == 0 || o.status == 3, "exit %d: %s", o.status, o.err);
    cr_expect(strstr(o.out, "64 KiB hash") != NULL && strstr(o.out, "2 hashing") == NULL, "%s",
              o.out);
}

Test(gil_validate, a_python_that_is_too_new_or_has_no_lock, TIMEOUT)
{
    struct outcome o = command("FAKE_VERSION=3.99.0 " FAKE "-f ^release");
    cr_expect(strstr(o.err, "CPython 3.99.0 is newer than") != NULL, "%s", o.err);
    o = command("FAKE_GIL=false " FAKE "-f ^release");
    cr_expect(o.status == 8 && strstr(o.err, "runs without a GIL") != NULL, "%d: %s", o.status,
              o.err);
}

Test(gil_validate, another_implementation_is_none, TIMEOUT)
{
    struct outcome o = command("FAKE_IMPLEMENTATION=pypy " FAKE "-f ^release");
    cr_expect(o.status == 8 && strstr(o.err, "is pypy, whose lock is another") != NULL, "%d: %s",
              o.status, o.err);
}

/* A Python that fails in the third run: the first two are shown and in the file. */
Test(gil_validate, a_failure_keeps_what_is_complete, TIMEOUT)
{
    struct outcome o =
        command("FAKE_LIVES=4 FAKE_COUNT=$PWD/lives FAKE_REPORT='{\"samples\": {}, \"numbers\": "
                "{\"pair_ns\": 50}}' exec $SPEEDUP gil validate --no-wait --runs 5 --python "
                "$ROOT/tests/data/fake-python -f ^release -o laws.json");
    cr_expect(o.status == 1, "exit %d: %s", o.status, o.err);
    cr_expect(strstr(o.err, "no answer that can be read: fake: ?[31mno life is left\n") != NULL,
              "no control characters: %s", o.err);
    cr_expect(strstr(o.out, "medians of 3 interleaved runs") != NULL, "%s", o.out);
    cr_expect(strstr(program_file("laws.json"), "\"runs\": 3") != NULL);
}

/* Two intervals at most, as in the order of asking, are a hard miss. */
Test(gil_validate, a_queue_is_no_gil, TIMEOUT)
{
    const struct law *found = NULL;
    for (unsigned i = 0; i < laws_count; i++) {
        if (strcmp(laws[i].text, "wake-up beside 2 hogs: 95 %, in intervals") == 0)
            found = &laws[i];
    }
    cr_assert_not_null(found);
    cr_expect(found->flags == HARD);
    cr_expect(!law_holds(found, 25e6, 10.4e6) && law_holds(found, 25e6, 30e6));
}

Test(gil_validate, an_interrupt_keeps_what_is_complete, TIMEOUT)
{
    struct outcome o = program_signal(SIGINT, "Ctrl-C keeps",
                                      "gil validate --no-wait --runs 15 -f 'hold, 4 hogs' "
                                      "--python $ROOT/tests/data/fake-python -o laws.json");
    cr_expect(o.status == 130, "exit %d: %s", o.status, o.err);
    cr_expect(strstr(o.err, "interrupted after") != NULL, "%s", o.err);
    /* A file is made with the first complete run. */
    bool none = strstr(o.err, "after 0 complete runs") != NULL;
    cr_expect((program_file("laws.json") == NULL) == none);
}

Test(gil_validate, a_python_without_a_law_that_is_asked_for, TIMEOUT)
{
    struct outcome o = command(
        "printf '#!/bin/sh\\nFAKE_VERSION=2.7.18 exec %%s/tests/data/fake-python\\n' $ROOT >old && "
        "chmod +x old && FAKE_REPORT='{\"samples\": {}, \"numbers\": {\"pair_ns\": 50}}' " FAKE
        "--python ./old -f ^release");
    cr_expect(o.status == 0, "exit %d: %s", o.status, o.err);
    cr_expect(strstr(o.out, "CPython 2.7.18: none of its laws was asked for") != NULL, "%s", o.out);
}

Test(gil_validate, laws_are_judged_by_their_demand, TIMEOUT)
{
    const struct law ratio = {.kind = LAW_RATIO, .low = 0.97, .high = 1.03, .unit = 1e6};
    const struct law within = {.kind = LAW_WITHIN, .low = 1.85, .high = INFINITY, .unit = 1e6};
    const struct law note = {.kind = LAW_NOTE};
    char text[32];
    cr_expect(law_holds(&ratio, 5e6, 5.14e6) && !law_holds(&ratio, 5e6, 5.16e6));
    cr_expect(!law_holds(&ratio, NAN, 5e6) && !law_holds(&ratio, 5e6, NAN));
    cr_expect(law_holds(&within, NAN, 1.86e6) && !law_holds(&within, 1.9e6, 1.84e6));
    cr_expect(law_holds(&note, NAN, NAN));
    law_demand(&ratio, text, sizeof(text));
    cr_expect_str_eq(text, "within 3 %");
    law_demand(&within, text, sizeof(text));
    cr_expect_str_eq(text, "at least 1.85");
}

/* Each law stands on a measurement whose experiment and settings exist. */
Test(gil_validate, laws_stand_on_experiments, TIMEOUT)
{
    char why[256];
    for (unsigned i = 0; i < laws_measurement_count; i++) {
        const struct measurement *m = &laws_measurements[i];
        const struct experiment_kind *kind = lab_find(m->experiment, why, sizeof(why));
        struct lab lab;
        bool used = false;
        cr_assert_not_null(kind, "%s", why);
        struct gil_options gil = gil_defaults(GIL_NEW);
        lab_open(&lab, kind, &gil, 1);
        cr_expect(lab.gil.variant == kind->lock, "%s", kind->name);
        cr_expect(lab_set(&lab, m->settings, why, sizeof(why)) == 0, "%s", why);
        for (unsigned k = 0; k < laws_count; k++)
            used = used || laws[k].measurement == i;
        cr_expect(used, "no law needs %s %s", m->experiment, m->settings);
        cr_expect(m->times >= 1 && m->times <= TIMES_MAX, "%s: %u times", m->experiment, m->times);
        cr_expect(m->cores >= 1, "%s: %u cores", m->experiment, m->cores);
    }
}
