// SPDX-License-Identifier: MIT
/*
 * The harness with a mock runner and a clock that only it moves: the order of phases, what each
 * clock holds, rounds, their order and the statistics are exact. The test binary is linked with
 * --wrap=clock_gettime. Each reading of the fake clock takes one nanosecond.
 */
#include <criterion/criterion.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "bench/result_view.h"
#include "bench/result.h"
#include "bench/session.h"
#include "bench/stop.h"
#include "tests/program.h"

int __real_clock_gettime(clockid_t clock, struct timespec *t);
int __wrap_clock_gettime(clockid_t clock, struct timespec *t);

static bool faked;
static int64_t fake_now = 1000000000;

int __wrap_clock_gettime(clockid_t clock, struct timespec *t)
{
    if (!faked || clock != CLOCK_MONOTONIC)
        return __real_clock_gettime(clock, t);
    fake_now++;
    t->tv_sec = fake_now / 1000000000;
    t->tv_nsec = fake_now % 1000000000;
    return 0;
}

/* ---- the mocks ---------------------------------------------------------------------------- */

enum { TASKS = 3, CREATE = 1000, TASK = 100, DESTROY = 50, READINGS = 1 + 2 * TASKS };

static char diary[4096]; /* a letter per event, a space per repetition */

static void note(const char *event)
{
    strncat(diary, event, sizeof(diary) - strlen(diary) - 1);
}

static int shape(struct job *job, struct shape *shape)
{
    (void)job;
    shape->tasks = TASKS;
    shape->output_max = 4;
    return 0;
}

static int prepare(struct job *job)
{
    (void)job;
    note("P");
    return 0;
}

static int run(struct worker *worker, struct task *task)
{
    (void)worker;
    cr_expect_eq(*(unsigned char *)task->output, 0xA5, "the output of task %zu is not poisoned",
                 task->index);
    memset(task->output, 0, 4);
    task->output_size = 4;
    fake_now += TASK;
    note("t");
    return 0;
}

/* The diary tells experiments apart by their seed. */
static int check(struct job *job, const struct task *tasks)
{
    for (size_t i = 0; i < TASKS; i++)
        cr_expect_eq(tasks[i].end_ns - tasks[i].begin_ns, TASK + 1);
    note(job->seed == 0 ? "k " : "K ");
    return 0;
}

static void cleanup(struct job *job)
{
    (void)job;
    note("X");
}

static const struct workload workload = {.name = "mock",
                                         .summary = "a mock",
                                         .shape = shape,
                                         .prepare = prepare,
                                         .run = run,
                                         .check = check,
                                         .cleanup = cleanup};

static int create(struct run *run)
{
    note("c");
    fake_now += CREATE;
    return worker_start(&run->workers[0], WORKER_HERE);
}

/* A go that takes so much longer than its tasks. */
static int go(struct run *run, int64_t more)
{
    note("g");
    fake_now += more;
    return work_tasks(&run->workers[0]);
}

static int go_slow(struct run *run)
{
    return go(run, 4 * (TASKS * TASK + READINGS) - TASKS * TASK - READINGS);
}

static int go_fast(struct run *run)
{
    return go(run, 0);
}

static int destroy(struct run *run)
{
    note("d");
    fake_now += DESTROY;
    return worker_stop(&run->workers[0]);
}

static const struct runner slow = {.name = "serial",
                                   .summary = "a slow baseline",
                                   .caps = RUNNER_BLOCKING | RUNNER_SHARED,
                                   .workers = workers_one,
                                   .create = create,
                                   .go = go_slow,
                                   .destroy = destroy};
static const struct runner fast = {.name = "fast",
                                   .summary = "four times as fast",
                                   .caps = RUNNER_BLOCKING | RUNNER_SHARED,
                                   .workers = workers_one,
                                   .create = create,
                                   .go = go_fast,
                                   .destroy = destroy};

/* ---- a session of them -------------------------------------------------------------------- */

enum { ROUNDS = 8, CASES = 3 };

static struct watch watch;
static struct session session;

static struct experiment *experiment(void)
{
    return &session.experiments[0];
}

/* serial, and the fast runner twice. */
static void make_experiment(struct experiment *e, uint64_t number)
{
    e->job.workload = &workload;
    e->job.seed = number;
    snprintf(e->name, sizeof(e->name), "mock");
    cr_assert_eq(experiment_shape(e), 0);
    cr_assert_eq(experiment_place(e, &session.machine, "cores"), 0);
    e->cases = calloc(CASES, sizeof(struct bench_case));
    e->case_count = CASES;
    for (unsigned i = 0; i < CASES; i++) {
        e->cases[i] = (struct bench_case){.experiment = e,
                                          .runner = i == 0 ? &slow : &fast,
                                          .baseline = i == 0,
                                          .concurrency = i == 0 ? 1 : i,
                                          .worker_count = 1};
        snprintf(e->cases[i].name, sizeof(e->cases[i].name), "mock/%u", i);
    }
}

static void measure_some(uint64_t seed, size_t count, bool in_turn)
{
    char why[ERROR_MAX];
    snprintf(watch.scratch, sizeof(watch.scratch), "%s", program_directory());
    session = (struct session){
        .rounds = ROUNDS, .in_turn = in_turn, .seed = seed, .policy = "cores", .watch = &watch};
    snprintf(session.path, sizeof(session.path), "%s/x.json", program_directory());
    cr_assert_eq(machine_open(&session.machine, why, sizeof(why)), 0, "%s", why);
    session.stage.machine = &session.machine;
    session.stage.scratch = watch.scratch;
    session.stage.timeout_ns = INT64_C(60000000000);
    session.stop_fd = stop_install();
    session.experiments = calloc(count, sizeof(struct experiment));
    session.experiment_count = count;
    for (size_t i = 0; i < count; i++)
        make_experiment(&session.experiments[i], i);
    faked = true;
    cr_assert_eq(session_run(&session), 0, "%s", session.message);
    faked = false;
}

static void measure(uint64_t seed)
{
    measure_some(seed, 1, false);
}

Test(rounds, phases_come_in_order)
{
    measure(1);
    char wanted[4096] = "P";
    for (int i = 0; i < (ROUNDS + 1) * CASES; i++)
        strcat(wanted, "cgtttdk ");
    strcat(wanted, "X");
    cr_assert_str_eq(diary, wanted);
    session_free(&session);
}

/* All rounds of the one and then of the other, or a round of each in turn. */
Test(rounds, experiments_take_turns_where_asked)
{
    char one[256] = "", other[256] = "", wanted[4096];
    for (int i = 0; i < CASES; i++) {
        strcat(one, "cgtttdk ");
        strcat(other, "cgtttdK ");
    }
    for (int in_turn = 0; in_turn < 2; in_turn++) {
        strcpy(wanted, in_turn ? "PP" : "P");
        for (int r = 0; r <= ROUNDS; r++)
            strcat(strcat(wanted, one), in_turn ? other : "");
        strcat(wanted, in_turn ? "XX" : "XP");
        for (int r = 0; r <= ROUNDS && !in_turn; r++)
            strcat(wanted, other);
        strcat(wanted, in_turn ? "" : "X");
        diary[0] = '\0';
        measure_some(1, 2, in_turn);
        cr_expect_str_eq(diary, wanted);
        session_free(&session);
    }
}

Test(rounds, clocks_hold_what_they_should)
{
    measure(1);
    for (unsigned i = 0; i < CASES; i++) {
        const struct bench_case *c = &experiment()->cases[i];
        cr_assert_eq(c->sample_count, ROUNDS + 1);
        for (size_t r = 0; r < c->sample_count; r++) {
            const struct sample *s = &c->samples[r];
            int64_t work = TASKS * TASK + READINGS;
            cr_expect_eq(s->create_ns, CREATE + 1);
            cr_expect_eq(s->run_ns, i == 0 ? 4 * work : work);
            cr_expect_eq(s->destroy_ns, DESTROY + 1);
            cr_expect_eq(s->peak_concurrency, 1);
            cr_expect(s->checked);
        }
    }
    session_free(&session);
}

/* Position of every case in every round, as text. */
static void order_of(char text[256])
{
    text[0] = '\0';
    for (unsigned r = 0; r <= ROUNDS; r++) {
        unsigned seen = 0;
        for (unsigned i = 0; i < CASES; i++) {
            const struct sample *s = &experiment()->cases[i].samples[r];
            cr_expect_eq(s->round, r);
            seen |= 1u << s->position;
            sprintf(text + strlen(text), "%u", s->position);
        }
        cr_expect_eq(seen, (1u << CASES) - 1, "round %u has not every case once", r);
        strcat(text, " ");
    }
}

Test(rounds, are_shuffled_afresh_by_the_seed)
{
    char first[256], again[256], other[256];
    measure(1);
    order_of(first);
    session_free(&session);
    measure(1);
    order_of(again);
    session_free(&session);
    measure(2);
    order_of(other);
    session_free(&session);
    cr_expect_str_eq(first, again);
    cr_expect_str_neq(first, other);
    int changes = 0;
    for (int r = 1; r <= ROUNDS; r++)
        changes += strncmp(first, first + 4 * r, 3) != 0;
    cr_expect_geq(changes, ROUNDS / 2, "the rounds have one order: %s", first);
}

Test(rounds, statistics_are_exact)
{
    struct view view;
    char why[1024];
    measure(1);
    session_free(&session);
    cr_assert_eq(view_open(&view, session.path, why, sizeof(why)), 0, "%s", why);
    const struct view_job *job = &view.jobs[0];
    cr_assert_eq(job->case_count, CASES);
    for (size_t i = 1; i < CASES; i++) {
        const struct view_case *c = &job->cases[i];
        double work = TASKS * TASK + READINGS, around = CREATE + DESTROY + 2;
        cr_expect_eq(c->run_count, ROUNDS, "the warm-up was used");
        cr_expect_float_eq(c->speedup.value, 4, 1e-12);
        cr_expect_float_eq(c->speedup.low, 4, 1e-12);
        cr_expect_float_eq(c->speedup.high, 4, 1e-12);
        cr_expect_float_eq(c->whole.value, (4 * work + around) / (work + around), 1e-12);
        cr_expect_float_eq(c->median[VIEW_RUN], work, 1e-9);
    }
    view_close(&view);
}

/* What Google Benchmark wrote: the recorded rounds of every case, in milliseconds of manual time.
 */
Test(rounds, google_benchmark_has_them_too)
{
    measure(1);
    session_free(&session);
    json_error_t error;
    json_t *result = json_loads(program_file("x.json"), 0, &error), *b;
    json_t *benchmarks = json_object_get(result, "benchmarks");
    size_t i;
    cr_assert_eq(json_array_size(benchmarks), ROUNDS * CASES);
    json_array_foreach (benchmarks, i, b) {
        double work = TASKS * TASK + READINGS;
        bool serial = strcmp(json_string_value(json_object_get(b, "name")), "mock/0") == 0;
        cr_expect_float_eq(json_number_value(json_object_get(b, "real_time")),
                           (serial ? 4 * work : work) * 1e-6, 1e-12);
        cr_expect_eq(json_integer_value(json_object_get(b, "repetitions")), ROUNDS);
        cr_expect_eq(json_integer_value(json_object_get(b, "repetition_index")),
                     1 + (json_int_t)(i / CASES));
    }
    json_decref(result);
}
