// SPDX-License-Identifier: MIT
/* When things go wrong: every failure has its sentence and its exit code, nothing hangs and nothing
 * is left behind (program() sees to the last two). */
#include <criterion/criterion.h>
#include <jansson.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "tests/program.h"

static void says(const struct outcome *o, const char *sentence)
{
    cr_assert_not_null(strstr(o->err, sentence), "'%s' is not in:\n%s", sentence, o->err);
}

static void ends(const struct outcome *o, int status, const char *sentence)
{
    cr_assert_eq(o->status, status, "exit %d, not %d\n%s", o->status, status, o->err);
    says(o, sentence);
}

/* The `speedup` object of a result file, which must be whole. */
static json_t *result_of(const char *path)
{
    char *text = program_file(path);
    json_error_t error;
    cr_assert_not_null(text, "%s is not there", path);
    json_t *result = json_loads(text, 0, &error);
    cr_assert_not_null(result, "%s: line %d: %s", path, error.line, error.text);
    return json_object_get(result, "speedup");
}

static const char *status_of(const char *path)
{
    return json_string_value(json_object_get(result_of(path), "status"));
}

/* ---- runners that do wrong ---------------------------------------------------------------- */

Test(runners, dropped_task)
{
    struct outcome o = program("run fault -R bad-drop -n 1 -r 1 -o x.json");
    ends(&o, 3, "bad-drop/n:1: task 2 was never done");
    cr_assert_str_eq(status_of("x.json"), "wrong");
}

Test(runners, task_done_twice)
{
    struct outcome o = program("run fault -R bad-twice -n 1 -r 1 -o x.json");
    ends(&o, 3, "bad-twice/n:1: task 2 was done 2 times");
}

Test(runners, return_before_the_end)
{
    struct outcome o = program("run fault -R bad-early -n 4 -r 1 -o x.json");
    ends(&o, 3, "bad-early/n:4: go returned before task");
}

Test(runners, swallowed_error)
{
    struct outcome o = program("run fault -p fault=fail -R bad-swallow -n 1 -r 1 -o x.json");
    ends(&o, 3, "bad-swallow/n:1: task 3 was never done");
}

Test(runners, serialised)
{
    struct outcome o = program("run fault -R bad-serialise,thread-pool -n 8 -r 1 -o x.json");
    json_t *job = json_array_get(json_object_get(result_of("x.json"), "jobs"), 0), *c;
    size_t i;
    cr_assert_eq(o.status, 0);
    json_array_foreach (json_object_get(job, "cases"), i, c) {
        const char *runner = json_string_value(json_object_get(c, "runner"));
        json_t *run = json_array_get(json_object_get(c, "runs"), 1);
        json_int_t peak = json_integer_value(json_object_get(run, "peak_concurrency"));
        cr_assert(strcmp(runner, "thread-pool") == 0 ? peak > 1 : peak == 1, "%s: %d", runner,
                  (int)peak);
    }
}

/* ---- workloads that fail ------------------------------------------------------------------ */

Test(workloads, wrong_answer)
{
    struct outcome o = program("run fault -p fault=wrong -R thread-pool -n 2 -r 1 -o x.json");
    ends(&o, 3, "wrong answer: task 3 answered 4");
}

Test(workloads, task_fails_and_the_others_still_run)
{
    struct outcome o = program("run fault -p fault=fail -R thread-pool -n 2 -r 1 -o x.json");
    ends(&o, 1, "thread-pool/n:2: 1 of 8 tasks failed: task 3 fails, as was asked for");
    json_t *job = json_array_get(json_object_get(result_of("x.json"), "jobs"), 0);
    json_t *errors = json_object_get(json_array_get(json_object_get(job, "cases"), 1), "errors");
    cr_assert_eq(json_integer_value(json_object_get(errors, "Input/output error")), 1);
}

Test(workloads, cannot_be_prepared)
{
    struct outcome o = program("run fault -p fault=prepare -R thread-pool -r 1 -o x.json");
    ends(&o, 1, "fault: this workload cannot be prepared");
}

Test(workloads, helper_cannot_start)
{
    struct outcome o = program("run fault -p fault=helper -R thread-pool -r 1 -o x.json");
    ends(&o, 1, "fault: this helper cannot start");
}

Test(workloads, worker_cannot_enter)
{
    struct outcome o = program(
        "run fault -p fault=enter -R threads,thread-pool,processes,process-pool,async -n 2 -r 1 "
        "-o x.json");
    ends(&o, 1, "serial/n:1: worker 0: this worker cannot enter, as was asked for");
    says(&o, "async/n:2: worker 0: this worker cannot enter");
    says(&o, "threads/n:2: worker");
    says(&o, "thread-pool/n:2: worker");
    says(&o, "processes/n:2: worker");
    says(&o, "process-pool/n:2: worker");
}

Test(workloads, false_claim_is_contradicted)
{
    struct outcome o = program("run fault -p claim=cpu -R thread-pool -n 2 -r 1 -o x.json");
    json_t *job = json_array_get(json_object_get(result_of("x.json"), "jobs"), 0);
    json_t *bound = json_object_get(job, "bound");
    cr_assert_eq(o.status, 0);
    cr_assert_str_eq(json_string_value(json_object_get(bound, "claim")), "CPU");
    cr_assert_str_eq(json_string_value(json_object_get(bound, "measured")), "IO");
    cr_assert(json_is_false(json_object_get(bound, "agrees")));
    cr_assert_not_null(strstr(o.out, "CONTRADICTED"), "%s", o.out);
}

Test(workloads, more_than_the_memory_of_the_machine)
{
    long pages = sysconf(_SC_PHYS_PAGES), numbers_per_page = sysconf(_SC_PAGESIZE) / 8;
    struct outcome o = program("run means -p size=%ld -p chunk=%ld -r 1 -o x.json",
                               2 * pages * numbers_per_page, 2 * pages * numbers_per_page);
    ends(&o, 1, "MiB of shared memory: Cannot allocate memory; try smaller parameters");
}

Test(workloads, too_few_in_progress_is_refused)
{
    struct outcome o = program("run fed -p together=2 -R thread-pool -n 1,2 -r 1 -o x.json");
    cr_assert_eq(o.status, 0, "%s", o.err);
    cr_assert_not_null(strstr(o.out, "fed needs 2 tasks in progress at once"), "%s", o.out);
}

/* ---- killed, hung, interrupted ------------------------------------------------------------ */

/* Only the workers, or serial would take the harness with it. */
static void kill_in(const char *runner)
{
    struct outcome o =
        program("run fault -p fault=kill -p where=workers -R %s -n 3 -r 1 -o x.json", runner);
    ends(&o, 1, "was killed by signal 9 (Killed)");
    says(&o, "worker ");
    cr_assert_str_eq(status_of("x.json"), "failed");
}

Test(kills, pool_by_shared_memory)
{
    kill_in("process-pool");
}

Test(kills, pool_by_pipe)
{
    kill_in("process-pool:transfer=pipe");
}

Test(kills, fresh_process)
{
    kill_in("processes");
}

Test(kills, spawned_process)
{
    kill_in("processes:start=spawn");
}

/* What the others wait for would have been made ready by the one that was killed. */
Test(kills, while_others_wait_for_its_tasks)
{
    static const char *const all[] = {"processes", "processes:start=spawn", "process-pool",
                                      "process-pool:transfer=pipe"};
    for (int i = 0; i < 4; i++) {
        struct outcome o = program("run fed -p dies=yes -R %s -n 3 -r 1 -o x.json", all[i]);
        ends(&o, 1, "was killed by signal 9 (Killed)");
    }
}

Test(kills, exit_of_a_worker)
{
    struct outcome o = program("run fault -p fault=exit -p where=workers -R process-pool -n 3 -r 1 "
                               "-o x.json");
    ends(&o, 1, "exited with 9 in mid-run");
}

Test(kills, harness_itself)
{
    struct outcome o = program("run fault -p fault=kill -p where=workers -R thread-pool -n 3 -r 1 "
                               "-o x.json");
    ends(&o, 1, "thread-pool/n:3: the program was killed by signal 9");
    cr_assert_str_eq(status_of("x.json"), "failed");
}

Test(kills, supervisor_is_killed)
{
    struct outcome o = program_signal(SIGKILL, "and a warm-up",
                                      "run sleep -p time=20ms -R process-pool -r 10000 -o x.json");
    cr_assert_eq(o.status, 128 + SIGKILL);
    cr_assert_not_null(result_of("x.json"));
}

Test(time_limit, slow_task_fails_its_case_only)
{
    struct outcome o = program("run fault -p fault=slow --timeout 200ms -n 3 -r 1 -o x.json "
                               "-R threads,thread-pool,processes,process-pool,async");
    ends(&o, 1, "serial/n:1: not finished after 200 ms");
    says(&o, "/threads/n:3: not finished");
    says(&o, "/thread-pool/n:3: not finished");
    says(&o, "/processes/n:3: not finished");
    says(&o, "/process-pool/n:3: not finished");
    says(&o, "/async/n:3: not finished");
}

static void hang_in(const char *runner, const char *where)
{
    struct outcome o =
        program("run fault -p fault=hang -p where=%s --timeout 200ms -R %s -n 2 -r 1 "
                "-o x.json",
                where, runner);
    ends(&o, 1, "it still hung; given up");
    cr_assert_str_eq(status_of("x.json"), "failed");
}

Test(time_limit, hung_thread)
{
    hang_in("thread-pool", "workers");
}

Test(time_limit, hung_process)
{
    hang_in("process-pool", "workers");
}

Test(time_limit, hung_loop)
{
    hang_in("async", "any");
}

Test(interrupt, leaves_the_complete_rounds)
{
    struct outcome o = program_signal(SIGINT, "and a warm-up",
                                      "run sleep -p time=20ms -R process-pool,async -r 10000 "
                                      "-o x.json");
    ends(&o, 130, "the result is in x.json");
    cr_assert_str_eq(status_of("x.json"), "interrupted");
}

Test(interrupt, by_sigterm)
{
    struct outcome o = program_signal(SIGTERM, "and a warm-up",
                                      "run sleep -p time=20ms -R threads -r 10000 -o x.json");
    ends(&o, 130, "the result is in x.json");
}

Test(interrupt, by_a_terminal_that_closes)
{
    struct outcome o = program_signal(SIGHUP, "and a warm-up",
                                      "run sleep -p time=20ms -R process-pool -r 10000 -o x.json");
    ends(&o, 130, "the result is in x.json");
}

Test(interrupt, of_a_hung_task)
{
    struct outcome o = program_signal(SIGINT, "this task hangs now",
                                      "run fault -p fault=hang -R thread-pool -r 1 -o x.json");
    ends(&o, 130, "did not stop by itself");
    cr_assert_str_eq(status_of("x.json"), "interrupted");
}
