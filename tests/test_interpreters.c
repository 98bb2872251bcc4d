// SPDX-License-Identifier: MIT
/* Cases under simulated interpreters: whose lock it is, who lets go of it when, and that it keeps
 * nobody waiting for ever. What a lock did is known from its counters, not from the time it took.
 */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "bench/gil_params.h"
#include "bench/registry.h"
#include "tests/program.h"
#include "tests/sizes.h"

/* ---- results ------------------------------------------------------------------------------ */

static json_t *jobs_of(const char *path)
{
    char *text = program_file(path);
    json_error_t error;
    json_t *result = json_loads(text ? text : "", 0, &error);
    cr_assert_not_null(result, "no result: %s", error.text);
    return json_object_get(json_object_get(result, "speedup"), "jobs");
}

static json_int_t number(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    cr_assert(json_is_integer(value), "there is no number '%s'", key);
    return json_integer_value(value);
}

/* The first recorded run of the first case of a runner; its answer was checked. */
static json_t *run_of(const json_t *job, const char *runner)
{
    json_t *c;
    size_t i;
    json_array_foreach (json_object_get(job, "cases"), i, c) {
        if (strcmp(json_string_value(json_object_get(c, "runner")), runner) != 0)
            continue;
        json_t *run = json_array_get(json_object_get(c, "runs"), 1);
        cr_assert(json_is_true(json_object_get(run, "checked")), "%s was not checked", runner);
        return run;
    }
    cr_assert_fail("there is no case of %s", runner);
    return NULL;
}

static json_t *lock_of(const json_t *job, const char *runner)
{
    return json_object_get(run_of(job, runner), "gil");
}

/* Times that the lock was let go of for a region outside. */
static json_int_t let_go(const json_t *job, const char *runner)
{
    const json_t *lock = lock_of(job, runner);
    return number(lock, "kept") + number(lock, "lost");
}

static void expect_identities(const char *name, const json_t *run)
{
    const json_t *lock = json_object_get(run, "gil");
    cr_assert(json_is_object(lock), "%s: nothing is said of its lock", name);
    cr_expect_eq(number(lock, "takes"), number(lock, "uncontended") + number(lock, "waits"), "%s",
                 name);
    cr_expect_eq(number(lock, "timeouts"),
                 number(lock, "requests") + number(lock, "rearms") + number(lock, "late"), "%s",
                 name);
    cr_expect_leq(number(lock, "forced_waits"), number(lock, "requests"), "%s", name);
    cr_expect_leq(number(lock, "switches"), number(lock, "takes"), "%s", name);
    cr_expect_leq(number(lock, "kept") + number(lock, "lost"), number(lock, "takes"), "%s", name);
    cr_expect(json_is_object(json_object_get(lock, "wait")) || number(lock, "waits") == 0 ||
                  json_is_null(json_object_get(lock, "hold")),
              "%s: waits without times", name);
}

/* Every run of every case was checked, and its counters agree with each other. */
static void check_all(const char *path)
{
    json_t *job, *c, *run;
    size_t j, i, k;
    json_array_foreach (jobs_of(path), j, job) {
        cr_assert(json_is_object(json_object_get(job, "interpreter")));
        json_array_foreach (json_object_get(job, "cases"), i, c) {
            const char *name = json_string_value(json_object_get(c, "name"));
            cr_assert(json_is_null(json_object_get(c, "failed")), "%s failed", name);
            if (json_is_string(json_object_get(c, "refused")))
                continue;
            cr_assert_eq(json_array_size(json_object_get(c, "runs")), 2, "%s: rounds", name);
            json_array_foreach (json_object_get(c, "runs"), k, run) {
                cr_assert(json_is_true(json_object_get(run, "checked")), "%s: no answer", name);
                expect_identities(name, run);
            }
        }
    }
}

/* ---- every workload ----------------------------------------------------------------------- */

struct name {
    char text[64];
};
enum { NAMES_MAX = 64 };
static struct name names[NAMES_MAX];

ParameterizedTestParameters(interpreters, every_workload)
{
    size_t n = 0;
    for (int w = 0; workloads[w] != NULL; w++) {
        if (workloads[w]->body == NULL)
            snprintf(names[n++].text, sizeof(names[0].text), "%s", workloads[w]->name);
    }
    return cr_make_param_array(struct name, names, n);
}

static void run_all(const char *workload, const char *gils, const char *runner_list)
{
    struct outcome o = program("run %s --gil %s -R %s -n 3 -r 1 %s -o x.json", workload, gils,
                               runner_list, size_of(workload, false));
    cr_assert_eq(o.status, 0, "%s --gil %s: exit %d\n%s", workload, gils, o.status, o.err);
    check_all("x.json");
}

ParameterizedTest(struct name *workload, interpreters, every_workload)
{
    char list[1024] = "", gils[256] = "";
    for (int r = 0; runners[r] != NULL; r++) {
        if (strncmp(runners[r]->name, "bad-", 4) != 0)
            snprintf(list + strlen(list), sizeof(list) - strlen(list), "%s%s", r > 0 ? "," : "",
                     runners[r]->name);
    }
    run_all(workload->text, "new", list);
    for (int v = 0; v < GIL_VARIANTS; v++)
        snprintf(gils + strlen(gils), sizeof(gils) - strlen(gils), "%s%s", v > 0 ? "," : "",
                 gil_names[v]);
    run_all(workload->text, gils, "thread-pool");
}

/* ---- whose lock it is --------------------------------------------------------------------- */

Test(interpreters, threads_share_one_and_processes_have_their_own)
{
    struct outcome o = program("run primes --gil new -p limit=20k -p tasks=6 -n 3 -r 1 -o x.json "
                               "-R thread-pool,threads,async,process-pool,processes");
    cr_assert_eq(o.status, 0, "%s", o.err);
    const json_t *job = json_array_get(jobs_of("x.json"), 0);
    static const struct {
        const char *runner;
        json_int_t locks;
    } wanted[] = {{"serial", 1},  {"async", 1},        {"thread-pool", 1},
                  {"threads", 1}, {"process-pool", 3}, {"processes", 6}};
    for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
        const json_t *lock = lock_of(job, wanted[i].runner);
        cr_expect_eq(number(lock, "interpreters"), wanted[i].locks, "%s", wanted[i].runner);
        if (wanted[i].locks == 1)
            continue;
        /* Nobody else is there: the first take of each is the only one by another thread. */
        cr_expect_eq(number(lock, "waits"), 0, "%s", wanted[i].runner);
        cr_expect_eq(number(lock, "switches"), wanted[i].locks, "%s", wanted[i].runner);
        cr_expect(json_is_null(json_object_get(lock, "hold")), "%s", wanted[i].runner);
    }
    cr_expect_geq(number(lock_of(job, "thread-pool"), "switches"), 3);
    /* Six and who starts them: each takes it from him, and he back. */
    cr_expect_geq(number(lock_of(job, "threads"), "switches"), 7);
    cr_expect_leq(number(lock_of(job, "threads"), "takes"), 40, "counted more than once");
}

Test(interpreters, one_each_under_per_interpreter)
{
    struct outcome o = program("run primes --gil per-interpreter -p limit=20k -p tasks=6 -n 3 -r 1 "
                               "-R thread-pool -o x.json");
    cr_assert_eq(o.status, 0, "%s", o.err);
    const json_t *lock = lock_of(json_array_get(jobs_of("x.json"), 0), "thread-pool");
    cr_expect_eq(number(lock, "interpreters"), 3);
    cr_expect_eq(number(lock, "waits"), 0);
}

Test(interpreters, none_where_none_is_asked_for)
{
    struct outcome o = program("run primes -p limit=2000 -n 2 -r 1 -R thread-pool -o x.json");
    cr_assert_eq(o.status, 0, "%s", o.err);
    const json_t *job = json_array_get(jobs_of("x.json"), 0);
    cr_expect(json_is_null(json_object_get(job, "interpreter")));
    cr_expect(json_is_null(lock_of(job, "thread-pool")));
    cr_expect_null(strstr(o.out, "GIL"), "%s", o.out);
}

/* ---- who lets go of it -------------------------------------------------------------------- */

#define EACH_RELEASE "new,new:release=io,new:release=kernels,new:release=never"

/* Five tasks with a region each. At the gate each of two threads lets go of it, whatever release
 * says. */
static void expect_releases(const char *workload, const json_int_t wanted[4])
{
    struct outcome o = program("run %s %s --gil " EACH_RELEASE " -n 2 -r 1 -o x.json "
                               "-R thread-pool,process-pool",
                               workload, size_of(workload, false));
    cr_assert_eq(o.status, 0, "%s", o.err);
    for (size_t i = 0; i < 4; i++) {
        const json_t *job = json_array_get(jobs_of("x.json"), i);
        cr_expect_eq(let_go(job, "serial"), wanted[i], "%s, release %zu", workload, i);
        cr_expect_eq(let_go(job, "thread-pool"), wanted[i] + 2, "%s, release %zu", workload, i);
        cr_expect_eq(let_go(job, "process-pool"), wanted[i] + 2, "%s, release %zu", workload, i);
    }
}

Test(releases, of_waits)
{
    expect_releases("sleep", (json_int_t[]){5, 5, 0, 0});
}

Test(releases, of_kernels)
{
    expect_releases("means", (json_int_t[]){5, 0, 5, 0});
}

Test(releases, of_computing)
{
    expect_releases("primes", (json_int_t[]){0, 0, 0, 0});
}

/* A kernel runs no bytecode that would look whether the lock is wanted, with the lock or without.
 * The lock of Python 2 is dropped at every look, so that its takes count them: one for the start,
 * one before each task, one after each region that lets go. */
Test(releases, nobody_looks_inside_a_region)
{
    struct outcome o = program("run means -p size=200k -p chunk=100k -n 1 -r 1 -R thread-pool "
                               "--gil old:check=1:release=io,old:check=1 -o x.json");
    cr_assert_eq(o.status, 0, "%s", o.err);
    cr_expect_eq(number(lock_of(json_array_get(jobs_of("x.json"), 0), "serial"), "takes"), 1 + 2);
    cr_expect_eq(number(lock_of(json_array_get(jobs_of("x.json"), 1), "serial"), "takes"),
                 1 + 2 + 2);
}

/* A task that waits with the lock lets nobody else begin one. */
Test(releases, never_serialises_waiting)
{
    struct outcome o = program("run sleep --gil new:release=never -p tasks=8 -p time=2ms -n 4 -r 1 "
                               "-R thread-pool,threads -o x.json");
    cr_assert_eq(o.status, 0, "%s", o.err);
    const json_t *job = json_array_get(jobs_of("x.json"), 0);
    cr_expect_eq(number(run_of(job, "thread-pool"), "peak_concurrency"), 1);
    cr_expect_eq(number(run_of(job, "threads"), "peak_concurrency"), 1);
}

/* Each of two tasks waits until the other has begun. */
Test(releases, io_lets_waiting_overlap)
{
    struct outcome o = program("run fed --gil new:release=io -p tasks=2 -p together=2 -n 2 -r 1 "
                               "-R thread-pool,threads -o x.json");
    cr_assert_eq(o.status, 0, "%s", o.err);
    const json_t *job = json_array_get(jobs_of("x.json"), 0);
    cr_expect_eq(number(run_of(job, "thread-pool"), "peak_concurrency"), 2);
    cr_expect_eq(number(run_of(job, "threads"), "peak_concurrency"), 2);
}

/* One waits with the lock for the other, who waits for the lock: only the time limit ends it. */
Test(releases, a_deadlock_ends_at_the_time_limit)
{
    struct outcome o = program("run fed --gil new:release=never -p tasks=2 -p together=2 -n 2 -r 1 "
                               "-R thread-pool,threads --timeout 200ms -o x.json");
    cr_assert_eq(o.status, 1, "exit %d\n%s", o.status, o.err);
    cr_expect_not_null(strstr(o.err, "/thread-pool/n:2: not finished after 200 ms"), "%s", o.err);
    cr_expect_not_null(strstr(o.err, "/threads/n:2: not finished after 200 ms"), "%s", o.err);
}

/* ---- a convoy ----------------------------------------------------------------------------- */

Test(mixed, apart_waits_and_computes_in_different_tasks)
{
    struct outcome o = program("run mixed -p apart=yes -p tasks=4 -p time=3ms -p wait=0.5 "
                               "-p waits=3 -n 2 -r 1 -R async,thread-pool --gil new -o x.json");
    cr_assert_eq(o.status, 0, "%s", o.err);
    check_all("x.json");
    const json_t *job = json_array_get(jobs_of("x.json"), 0);
    cr_expect_eq(let_go(job, "serial"), 6, "two tasks wait three times each");
    cr_expect_eq(let_go(job, "thread-pool"), 6 + 2);
}

/* ---- two ways to say the same ------------------------------------------------------------- */

static char *cases_of(const char *words)
{
    struct outcome o = program("run %s -R thread-pool,async -n 2 --dry-run", words);
    cr_assert_eq(o.status, 0, "%s: %s", words, o.err);
    return o.out;
}

Test(interpreters, the_workload_and_the_option_are_the_same)
{
    char *as_option = cases_of("primes --gil new -p limit=5000 -p tasks=5");
    cr_expect_str_eq(cases_of("gil -p variant=new -p tasks=5 -p limit=5000"), as_option);
    cr_expect_not_null(strstr(as_option, "primes/limit:5k/tasks:5/split:equal/gil:new/thread-pool/"
                                         "n:2\n"),
                       "%s", as_option);
    as_option = cases_of("sleep --gil old:check=50:release=io");
    cr_expect_str_eq(cases_of("gil -p body=sleep -p check=50 -p release=io -p variant=old"),
                     as_option);
    cr_expect_not_null(strstr(as_option, "/gil:old/release:io/check:50/async/n:2\n"), "%s",
                       as_option);
    cr_expect_str_eq(cases_of("sleep --gil new,new:interval=5ms"), cases_of("sleep --gil new"),
                     "the same interpreter twice");
}

Test(interpreters, the_list_says_how_to_run_the_lessons)
{
    struct outcome o = program("list gil");
    cr_expect_not_null(strstr(o.out, "`speedup run gil --quick` and `--full`"), "%s", o.out);
}

/* The parameters of the others would be unknown to it. */
Test(interpreters, a_body_chooses_its_own_of_a_suite)
{
    char *both = cases_of("gil --full -p body=means");
    cr_expect_not_null(strstr(both, "means/size:128Mi/chunk:1Mi/gil:new/thread-pool/"), "%s", both);
    cr_expect_not_null(strstr(both, "/gil:new/release:io/thread-pool/"), "%s", both);
    cr_expect_null(strstr(both, "primes"), "%s", both);
    char *own = cases_of("gil --quick -p body=graph"); /* the suite has none of it */
    cr_expect_not_null(strstr(own, "/gil:new/thread-pool/n:2\n"), "%s", own);
    cr_expect_str_eq(strstr(own, "graph/"), own);
}

Test(interpreters, a_suite_under_one_leaves_out_what_brings_its_own)
{
    struct outcome o = program("run --quick --gil old --dry-run");
    cr_assert_eq(o.status, 0, "%s", o.err);
    cr_expect_not_null(strstr(o.out, "primes/limit:600k/tasks:64/split:equal/gil:old/"), "%s",
                       o.out);
    cr_expect_null(strstr(o.out, "gil:new"), "%s", o.out);
}

/* One table of defaults for people, one in the lock: they are the same. */
Test(interpreters, defaults_are_those_of_the_lock)
{
    for (int v = 0; v < GIL_VARIANTS; v++) {
        struct value values[PARAMS_MAX];
        char why[ERROR_MAX];
        cr_assert_eq(gil_parse(gil_names[v], values, why, sizeof(why)), 0, "%s", why);
        struct gil_options own = gil_defaults((enum gil_variant)v), ours = gil_options_of(values);
        cr_expect_eq(ours.variant, own.variant);
        cr_expect_eq(ours.interval_ns, own.interval_ns);
        cr_expect_eq(ours.reaction_ns, own.reaction_ns);
        cr_expect_eq(ours.check, own.check);
        cr_expect_eq(ours.tick_ns, own.tick_ns);
        cr_expect_eq(ours.slowdown, own.slowdown);
        cr_expect_eq(ours.references, own.references);
        cr_expect_eq(ours.releases & 3, own.releases & 3);
    }
}

/* ---- when things go wrong ----------------------------------------------------------------- */

Test(interpreters, a_worker_that_cannot_enter_keeps_nobody)
{
    struct outcome o = program("run fault -p fault=enter --gil new -n 2 -r 1 -o x.json "
                               "-R threads,thread-pool,processes,process-pool,async");
    cr_assert_eq(o.status, 1, "exit %d\n%s", o.status, o.err);
    cr_expect_not_null(strstr(o.err, "/threads/n:2: worker"), "%s", o.err);
    cr_expect_not_null(strstr(o.err, "/thread-pool/n:2: worker"), "%s", o.err);
    cr_expect_not_null(strstr(o.err, "/process-pool/n:2: worker"), "%s", o.err);
    cr_expect_not_null(strstr(o.err, "/async/n:2: worker"), "%s", o.err);
}

Test(interpreters, a_killed_process_is_noticed)
{
    struct outcome o = program("run fault -p fault=kill -p where=workers --gil new -n 3 -r 1 "
                               "-R process-pool,processes -o x.json");
    cr_assert_eq(o.status, 1, "exit %d\n%s", o.status, o.err);
    cr_expect_not_null(strstr(o.err, "was killed by signal 9"), "%s", o.err);
}

Test(interpreters, a_time_limit_reaches_who_waits_for_the_lock)
{
    struct outcome o = program("run fault -p fault=slow --gil new:release=never,old:release=never "
                               "-n 3 -r 1 -R threads,thread-pool,async --timeout 200ms -o x.json");
    cr_assert_eq(o.status, 1, "exit %d\n%s", o.status, o.err);
    cr_expect_not_null(strstr(o.err, "/gil:new/release:never/threads/n:3: not finished"), "%s",
                       o.err);
    cr_expect_not_null(strstr(o.err, "/gil:old/release:never/thread-pool/n:3: not finished"), "%s",
                       o.err);
}

Test(interpreters, an_interrupt_leaves_the_complete_rounds)
{
    struct outcome o = program_signal(SIGINT, "and a warm-up",
                                      "run primes --gil new -p limit=200k -p tasks=64 -n 4 "
                                      "-R threads,thread-pool,async -r 10000 -o x.json");
    cr_assert_eq(o.status, 130, "exit %d\n%s", o.status, o.err);
    cr_expect_not_null(jobs_of("x.json"));
}
