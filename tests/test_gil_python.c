// SPDX-License-Identifier: MIT
/* The laboratory on a real Python, where there is one. */
#include <criterion/criterion.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/gil/laws.h"
#include "tests/experiments.h"

#define TIMEOUT .timeout = 120

/* Where there is one, it speaks the same language: every experiment gives the samples and numbers
 * that the laws read. */
static void expect_real(const struct experiment_kind *kind)
{
    struct outcome o = program("gil %s %s --python python3 --json", kind->name, small(kind));
    json_t *all = parse(&o), *simulated = cell(all, 0), *real = cell(all, 1);
    cr_expect(strncmp(json_string_value(json_object_get(real, "subject")), "CPython 3", 9) == 0);
    for (unsigned k = 0; k < laws_count; k++) {
        const struct measurement *m = &laws_measurements[laws[k].measurement];
        if (strcmp(m->experiment, kind->name) != 0 || m->era != ERA_NEW)
            continue;
        /* Processes do not tell what they used. */
        if (strcmp(laws[k].quantity, "cpu_per_wall") == 0 && strstr(m->settings, "processes"))
            continue;
        cr_expect(!isnan(lab_quantity(simulated, laws[k].quantity)),
                  "%s: the simulator gives no %s", m->experiment, laws[k].quantity);
        cr_expect(!isnan(lab_quantity(real, laws[k].quantity)), "%s: Python gives no %s",
                  m->experiment, laws[k].quantity);
    }
    if (strcmp(kind->name, "hold") == 0)
        cr_expect(lab_quantity(real, "sleeps_per_switch") >= 0.9,
                  "a hog waits for the lock asleep");
    json_decref(all);
}

/* Every third experiment, as all take longer than a test may on a busy machine. */
static void expect_real_thirds(int first)
{
    if (system("python3 -c '' 2>/dev/null") != 0)
        cr_skip_test("there is no python3 here");
    for (int i = 0; lab_kinds[i].name != NULL; i++) {
        if (i % 3 == first)
            expect_real(&lab_kinds[i]);
    }
}

Test(gil_python, a_real_python_gives_what_the_laws_read_1, TIMEOUT)
{
    expect_real_thirds(0);
}

Test(gil_python, a_real_python_gives_what_the_laws_read_2, TIMEOUT)
{
    expect_real_thirds(1);
}

Test(gil_python, a_real_python_gives_what_the_laws_read_3, TIMEOUT)
{
    expect_real_thirds(2);
}
