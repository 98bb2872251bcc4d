// SPDX-License-Identifier: MIT
/* What is read from a result file: numbers, and what is said of them. */
#include "bench/result_view.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#define SMALL   "tests/data/result-small.json"
#define TROUBLE "tests/data/result-trouble.json"

#define TIMEOUT .timeout = 120

static struct view open_view(const char *path)
{
    struct view view;
    char why[512];
    int err = view_open(&view, path, why, sizeof(why));
    cr_assert(err == 0, "%s", why);
    return view;
}

static void expect_near(double found, double expected)
{
    cr_expect(fabs(found - expected) < 1e-9, "found %.12g, expected %.12g", found, expected);
}

/* ---- numbers ------------------------------------------------------------------------------ */

Test(view, medians_and_rates, TIMEOUT)
{
    struct view view = open_view(SMALL);
    const struct view_case *pool = &view.jobs[0].cases[2];
    cr_expect_str_eq(pool->label, "process-pool shm");
    cr_expect(pool->run_count == 6, "the warm-up must not count, found %zu", pool->run_count);
    expect_near(pool->median[VIEW_RUN], 50e6);
    expect_near(pool->median[VIEW_WHOLE], 53e6);
    expect_near(pool->median[VIEW_CREATE], 2e6);
    expect_near(pool->median[VIEW_CPU], 100e6);
    expect_near(pool->rate, 2e6);
    expect_near(pool->peak_max, 2);
    view_close(&view);
}

/* Rounds of 48..52 ms against 100 ms: with 6 rounds the interval is that of the extremes. */
Test(view, speedup_and_its_interval, TIMEOUT)
{
    struct view view = open_view(SMALL);
    const struct view_case *pool = &view.jobs[0].cases[2], *pipe = &view.jobs[0].cases[3];
    expect_near(pool->speedup.low, 100.0 / 52);
    expect_near(pool->speedup.high, 100.0 / 48);
    cr_expect(fabs(pool->speedup.value - 2) < 0.001, "found %.12g", pool->speedup.value);
    expect_near(pool->whole.low, 100.0 / 55);
    expect_near(pipe->speedup.value, 1.6);
    expect_near(pipe->efficiency, 0.8);
    view_close(&view);
}

Test(view, parameters_are_told_apart_by_their_names, TIMEOUT)
{
    struct view view = open_view(TROUBLE);
    cr_expect_str_eq(view.jobs[2].params, "urls=http://a/b:c keep=memory");
    cr_expect_str_eq(view.settings, "processes start=fork");
    view_close(&view);
}

/* A name that only begins like a parameter that is longer than any of ours. */
Test(view, a_parameter_too_long_is_no_sign, TIMEOUT)
{
    struct view view;
    char key[301], name[403] = "w/", why[VIEW_TEXT_MAX];
    memset(key, 'k', sizeof(key) - 1);
    memset(name + 2, 'k', sizeof(name) - 3);
    key[sizeof(key) - 1] = name[sizeof(name) - 1] = '\0';
    json_t *result = json_pack("{s:{s:i s:{} s:[{s:s s:s s:i s:{s:i} s:[]}]}}", "speedup", "schema",
                               1, "machine", "jobs", "name", name, "workload", "w", "tasks", 1,
                               "params", key, 1, "cases");
    cr_assert(view_build(&view, result, why, sizeof(why)) == 0, "%s", why);
    cr_expect_str_eq(view.jobs[0].params, name + 2);
    view_close(&view);
    json_decref(result);
}

Test(view, what_failed_has_no_numbers, TIMEOUT)
{
    struct view view = open_view(TROUBLE);
    const struct view_case *failed = &view.jobs[0].cases[2];
    cr_expect_str_eq(failed->failed, "task 3 was done twice");
    cr_expect(failed->run_count == 0 && isnan(failed->speedup.value) && isnan(failed->rate));
    cr_expect(isnan(view.jobs[1].cases[1].speedup.value), "zero tasks have no speed-up");
    cr_expect(isnan(view.jobs[2].cases[0].speedup.value), "without serial there is none");
    expect_near(view.jobs[2].cases[0].rate, 1e9);
    view_close(&view);
}

Test(view, ideal, TIMEOUT)
{
    struct view_job job = {.tasks = 64, .cores = 4, .cpu_share = 0.99};
    expect_near(view_ideal(&job, 2), 2);
    expect_near(view_ideal(&job, 8), 4);
    job.cpu_share = 0.5; /* half of the time it waits: each core serves two */
    expect_near(view_ideal(&job, 16), 8);
    job.cpu_share = 0.001;
    expect_near(view_ideal(&job, 16), 16);
    expect_near(view_ideal(&job, 128), 64);
    job.cpu_share = 0;
    expect_near(view_ideal(&job, 16), 16);
    job.cores = NAN;
    expect_near(view_ideal(&job, 16), 16);
    job.cores = 0.5; /* a quota that slows serial down as well */
    job.cpu_share = 0.99;
    expect_near(view_ideal(&job, 16), 1);
}

/* The helper's core is not the workers'. */
Test(view, cores_without_the_helpers, TIMEOUT)
{
    struct view view = open_view(TROUBLE);
    expect_near(view.jobs[0].cores, 1);
    expect_near(view.jobs[1].cores, 2);
    view_close(&view);
}

Test(view, winner_only_beyond_the_noise, TIMEOUT)
{
    struct view view = open_view(SMALL);
    struct view_job *job = &view.jobs[0];
    cr_expect(view_winner(job) == &job->cases[4]);
    job->cases[2].speedup.high = job->cases[4].speedup.low;
    cr_expect_null(view_winner(job), "intervals that touch make no winner");
    view_close(&view);
    view = open_view(SMALL);
    job = &view.jobs[0];
    job->case_count = 1;
    cr_expect(job->cases[0].serial);
    cr_expect_null(view_winner(job), "who runs alone does not win");
    view_close(&view);
    view = open_view(TROUBLE);
    cr_expect_null(view_winner(&view.jobs[0]), "no interval, no winner");
    view_close(&view);
}

Test(view, old_files_know_no_interpreter, TIMEOUT)
{
    struct view view = open_view("tests/data/result-small.json");
    for (size_t j = 0; j < view.job_count; j++) {
        cr_expect_null(view.jobs[j].interpreter);
        cr_expect_str_eq(view.jobs[j].under, "");
        cr_expect_null(view_waited_most(&view.jobs[j]));
    }
    view_close(&view);
}
