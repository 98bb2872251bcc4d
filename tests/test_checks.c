// SPDX-License-Identifier: MIT
/* No check that cannot fail: of every workload, answers that are right are taken, and answers that
 * are not are found out. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdlib.h>
#include <string.h>

#include "bench/chain.h"
#include "bench/helper.h"
#include "bench/registry.h"
#include "bench/repetition.h"
#include "bench/scratch.h"
#include "bench/settings.h"
#include "bench/stop.h"
#include "tests/sizes.h"

struct name {
    char text[64];
};

/* The ones that bring tasks of their own, without those for tests of the harness. */
ParameterizedTestParameters(checks, find_wrong_answers)
{
    static struct name names[64];
    size_t n = 0;
    for (int i = 0; workloads[i] != NULL; i++) {
        const char *name = workloads[i]->name;
        bool plugin =
            strcmp(name, "fault") == 0 || strcmp(name, "fed") == 0 || strcmp(name, "locks") == 0;
        if (workloads[i]->body == NULL && !plugin)
            snprintf(names[n++].text, sizeof(names[0].text), "%s", name);
    }
    return cr_make_param_array(struct name, names, n);
}

/* An experiment with one case, run once. */
struct once {
    struct machine machine;
    struct experiment experiment;
    struct bench_case *c;
    struct helper_process helper;
    struct stage stage;
    struct sample sample;
    char scratch[4096];
};

static void set_up(struct once *o, const char *name)
{
    char why[4 * ERROR_MAX] = "";
    const char *words[32];
    bool used[32];
    size_t n = 0;
    char *sizes = strdup(size_of(name, false)), *rest = sizes;
    for (char *word; (word = strsep(&rest, " ")) != NULL;) {
        if (strchr(word, '=') != NULL)
            words[n++] = word;
    }
    words[n] = NULL;
    struct settings settings = {words, used};
    struct subject subject;
    struct experiment *e = &o->experiment;
    cr_assert_eq(machine_open(&o->machine, why, sizeof(why)), 0, "%s", why);
    cr_assert_eq(subject_make(&subject, workload_find(name, why, sizeof(why)), NULL, &settings,
                              NULL, why, sizeof(why)),
                 0, "%s", why);
    free(sizes);
    e->job.workload = subject.workload;
    e->job.seed = 7;
    e->job.work_rate = chain_calibrate();
    memcpy(e->values, subject.values, sizeof(e->values));
    cr_assert_eq(experiment_shape(e), 0, "%s", e->failed);
    cr_assert_eq(experiment_place(e, &o->machine, "cores"), 0, "%s", e->failed);
    o->c = e->cases = calloc(1, sizeof(*e->cases));
    e->case_count = 1;
    *o->c = (struct bench_case){.experiment = e,
                                .runner = runner_with(RUNNER_FRESH | RUNNER_SHARED),
                                .concurrency = 5,
                                .worker_count = 5};
}

static void run_once(struct once *o)
{
    struct experiment *e = &o->experiment;
    cr_assert_eq(scratch_make(getenv("SPEEDUP_SCRATCH"), o->scratch), 0);
    cr_assert_eq(experiment_prepare(e, &o->machine, MEMORY_FIRST_TOUCH, stop_install()), 0, "%s",
                 e->failed);
    cr_assert_eq(helper_start(&o->helper, &o->machine, e), 0, "%s", e->error);
    o->stage = (struct stage){.machine = &o->machine,
                              .timeout_ns = INT64_C(30000000000),
                              .scratch = o->scratch,
                              .helper = &o->helper};
    cr_assert_eq(repetition_run(&o->stage, o->c, &o->sample), 0, "%s", o->c->failed);
}

/* ---- a check that tries the workload's own ------------------------------------------------ */

static const struct workload *original;
static unsigned tried;

/* Every byte of a task's output turned round. */
static void turn_round(struct task *task)
{
    unsigned char *bytes = task->output;
    for (size_t i = 0; i < task->output_size; i++)
        bytes[i] ^= 0xFF;
}

/* While everything that the workload may look at is still there. */
static int try_check(struct job *job, const struct task *tasks)
{
    struct task *changed = calloc(job->shape.tasks, sizeof(*changed));
    memcpy(changed, tasks, job->shape.tasks * sizeof(*changed));
    cr_expect_eq(original->check(job, changed), 0, "%s: %s", original->name, job->error);
    for (size_t i = 0; i < job->shape.tasks; i++, tried++) {
        turn_round(&changed[i]);
        cr_expect_neq(original->check(job, changed), 0, "%s: a wrong answer of task %zu passes",
                      original->name, i);
        turn_round(&changed[i]);
        changed[i].output_size = 0;
        cr_expect_neq(original->check(job, changed), 0, "%s: no answer of task %zu passes",
                      original->name, i);
        changed[i].output_size = tasks[i].output_size;
    }
    free(changed);
    return 0;
}

ParameterizedTest(struct name *name, checks, find_wrong_answers)
{
    struct once o = {.helper = {0, -1}};
    set_up(&o, name->text);
    original = o.experiment.job.workload;
    struct workload trying = *original;
    trying.check = try_check;
    o.experiment.job.workload = &trying;
    run_once(&o);
    cr_expect_gt(tried, 0, "%s: nothing was checked", name->text);
    helper_stop(&o.helper);
    experiment_free(&o.experiment);
    scratch_remove(o.scratch);
    machine_close(&o.machine);
}
