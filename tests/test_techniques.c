// SPDX-License-Identifier: MIT
/* What the workloads and runners of the tutorials do besides their answers, which the matrix sees
 * to: what they refuse, what they fall back to, what they say. */
#include <criterion/criterion.h>
#include <jansson.h>
#include <string.h>

#include "tests/program.h"
#include "workloads/helpers/file_loop.h"

static struct outcome succeeds(const char *words)
{
    struct outcome o = program("run %s -r 1 -o x.json", words);
    cr_assert_eq(o.status, 0, "%s: exit %d\n%s", words, o.status, o.err);
    return o;
}

static void refuses(const char *words, const char *sentence)
{
    struct outcome o = program("run %s -r 1 -o x.json", words);
    cr_expect_eq(o.status, 2, "%s: exit %d\n%s", words, o.status, o.err);
    cr_expect_not_null(strstr(o.err, sentence), "%s: %s", words, o.err);
}

static void says(const struct outcome *o, const char *text)
{
    cr_expect_not_null(strstr(o->out, text), "'%s' is not in:\n%s", text, o->out);
}

static json_t *cases_of(const char *path)
{
    json_error_t error;
    json_t *result = json_loads(program_file(path), 0, &error);
    json_t *job = json_array_get(json_object_get(json_object_get(result, "speedup"), "jobs"), 0);
    return json_object_get(job, "cases");
}

/* ---- queue: all at once, and another baseline --------------------------------------------- */

Test(queue, is_compared_with_fresh_threads)
{
    struct outcome o = succeeds("queue -p items=20 -R async,process-pool -n 2,4,5");
    says(&o, "speed-ups are over threads at 4, as serial cannot run it");
    says(&o, "as fast as threads at 4");
    says(&o, "refused: async at n = 2: queue needs 4 tasks in progress at once; choose -n 4 or "
             "more");
    says(&o, "refused: serial at n = 1: queue needs 4 tasks");
    json_t *cases = cases_of("x.json"), *c;
    size_t i, baselines = 0;
    json_array_foreach (cases, i, c) {
        const char *runner = json_string_value(json_object_get(c, "runner"));
        bool ran = json_is_null(json_object_get(c, "refused"));
        baselines += ran && json_is_true(json_object_get(c, "baseline"));
        if (strcmp(runner, "threads") == 0)
            cr_expect_eq(json_integer_value(json_object_get(c, "concurrency")), 4);
    }
    cr_expect_eq(baselines, 1);
}

Test(queue, filter_keeps_the_baseline)
{
    succeeds("queue -p items=20 -R threads,async -n 4,6 -f async");
    cr_expect_eq(json_array_size(cases_of("x.json")), 4); /* serial, threads at 4, async twice */
}

Test(queue, both_orders_with_little_room)
{
    static const char *const orders[] = {"fifo", "priority"};
    for (int i = 0; i < 2; i++) {
        char words[256];
        snprintf(words, sizeof(words),
                 "queue -p order=%s -p items=300 -p capacity=2 -p producers=3 -p consumers=2 -n 5 "
                 "-R threads,process-pool,async,async-processes",
                 orders[i]);
        succeeds(words);
    }
    /* most have nothing to do */
    succeeds("queue -p items=1 -p producers=3 -p consumers=3 -n 6 -R thread-pool,async");
}

/* ---- counter ------------------------------------------------------------------------------ */

Test(counter, every_lock)
{
    static const char *const locks[] = {"mutex", "spin", "atomic", "merged"};
    for (int i = 0; i < 4; i++) {
        char words[256];
        snprintf(words, sizeof(words),
                 "counter -p lock=%s -p tasks=4 -p increments=2000 -p hold=100ns -p pause=100ns "
                 "-R thread-pool,process-pool,processes:start=spawn -n 4 --answers",
                 locks[i]);
        struct outcome o = succeeds(words);
        says(&o, " 8000\n");
    }
}

/* ---- graph -------------------------------------------------------------------------------- */

Test(graph, every_form)
{
    static const struct {
        const char *form;
        int size;
    } cases[] = {{"tree", 1}, {"tree", 6}, {"wavefront", 5}, {"random", 60}};
    for (int i = 0; i < 4; i++) {
        char words[256];
        snprintf(words, sizeof(words),
                 "graph -p form=%s -p size=%d -p time=20us -n 1,3 -R threads,thread-pool,"
                 "processes,process-pool:transfer=pipe,async-processes",
                 cases[i].form, cases[i].size);
        succeeds(words);
    }
}

Test(graph, says_how_long_its_chain_is)
{
    struct outcome o = succeeds("graph -p form=wavefront -p size=4 -p time=1us -R threads -n 1");
    says(&o, "its longest chain has 7 of the 16 tasks, so no more than 2.29 times as fast as");
}

/* ---- files -------------------------------------------------------------------------------- */

Test(files, by_a_thread_where_there_is_no_io_uring)
{
    struct outcome o = succeeds("files -p files=20 -p size=5000 -p via=thread -n 7 "
                                "-R async,async-threads,async-processes");
    cr_expect_null(strstr(o.out, "io_uring"), "who asks for a thread needs no note:\n%s", o.out);
    succeeds("files -p files=20 -p size=0 -n 3 -R async,threads");
    succeeds("files -p files=5 -p size=5000 -p sync=yes -n 3 -R async,threads");
}

Test(files, by_io_uring)
{
    if (file_loop_probe() != 0)
        cr_skip_test("there is no io_uring here");
    succeeds("files -p files=20 -p size=5000 -p via=io-uring -n 7 -R async,async-processes");
    succeeds("files -p files=600 -p size=10 -p via=io-uring -n 600 -R async"); /* a full ring */
}

/* ---- blur, squares, sleep ----------------------------------------------------------------- */

Test(blur, images_of_odd_sizes)
{
    succeeds("blur -p width=1 -p height=9 -p rows=2 -p radius=8 -R threads -n 3");
    succeeds("blur -p width=7 -p height=3 -p rows=1 -p radius=0 -R threads -n 3");
    succeeds("blur -p width=13 -p height=40 -p rows=3 -p radius=5 -R process-pool:transfer=pipe "
             "-n 2");
}

Test(squares, in_shares_and_all_by_each)
{
    succeeds("squares -p numbers=11 -p tasks=4 -R threads,async -n 2");
    succeeds("squares -p numbers=3 -p tasks=7 -R threads -n 2");
    succeeds("squares -p numbers=5 -p tasks=3 -p all=yes -p power=0 -R threads -n 2");
    refuses("squares -p numbers=10M", "choose at most a million tasks");
}

Test(sleep, waits_that_differ)
{
    succeeds("sleep -p tasks=20 -p time=1ms -p jitter=1 -p tail=1.5 -R async,threads -n 20");
    refuses("sleep -p tail=0.5", "the waits have no mean; choose more than 1");
}

/* ---- runners ------------------------------------------------------------------------------ */

Test(loops, as_many_as_asked_and_never_more_than_tasks)
{
    succeeds(
        "sleep -p tasks=6 -p time=1ms -R async-threads:loops=3,async-processes:loops=3 -n 2,6");
    json_t *c;
    size_t i;
    json_array_foreach (cases_of("x.json"), i, c) {
        json_int_t n = json_integer_value(json_object_get(c, "concurrency"));
        json_int_t workers = json_integer_value(json_object_get(c, "workers"));
        cr_expect_eq(workers, n < 3 ? n : 3);
    }
}

Test(openmp, too_few_threads)
{
    if (strstr(program("list openmp").out, "not here:") != NULL)
        return;
    struct outcome o = command("OMP_THREAD_LIMIT=2 exec $SPEEDUP run primes -p limit=1000 "
                               "-R openmp -n 4 -r 1 -o x.json");
    cr_expect_eq(o.status, 1, "exit %d\n%s", o.status, o.err);
    cr_expect_not_null(
        strstr(o.err, "OpenMP gave 2 threads instead of 4; is OMP_THREAD_LIMIT set?"), "%s", o.err);
}

/* One interpreter for all threads, whoever made them; one for each child. */
Test(interpreters_of, loops_and_teams)
{
    succeeds("primes -p limit=20k -p tasks=8 --gil new -R openmp,async-threads,async-processes "
             "-n 1,3");
    json_t *c;
    size_t i;
    json_array_foreach (cases_of("x.json"), i, c) {
        const char *runner = json_string_value(json_object_get(c, "runner"));
        json_t *run = json_array_get(json_object_get(c, "runs"), 1);
        if (!json_is_null(json_object_get(c, "refused")))
            continue;
        json_int_t interpreters =
            json_integer_value(json_object_get(json_object_get(run, "gil"), "interpreters"));
        json_int_t workers = json_integer_value(json_object_get(c, "workers"));
        bool children = strcmp(runner, "async-processes") == 0;
        cr_expect_eq(interpreters, children ? workers : 1, "%s", runner);
    }
}
