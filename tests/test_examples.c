// SPDX-License-Identifier: MIT
/* The programs of the tutorials: each gives the answer that the original prints. */
#include <criterion/criterion.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "bench/registry.h"
#include "tests/program.h"

/* Every case of it was measured and its answer found right: what is printed stands for all. */
static void expect_all_checked(const char *words)
{
    json_error_t error;
    size_t j, c, cases = 0;
    json_t *result = json_loads(program_file("x.json"), 0, &error), *job, *one;
    json_array_foreach (json_object_get(json_object_get(result, "speedup"), "jobs"), j, job) {
        json_array_foreach (json_object_get(job, "cases"), c, one) {
            json_t *run = json_array_get(json_object_get(one, "runs"), 1);
            if (json_is_string(json_object_get(one, "refused")))
                continue;
            cr_expect(json_is_true(json_object_get(run, "checked")), "%s: case %zu", words, c);
            cases++;
        }
    }
    cr_expect_geq(cases, 1, "%s: %zu cases", words, cases);
    json_decref(result);
}

static struct outcome example(const char *words)
{
    struct outcome o = program("run --example %s --answers -r 1 -o x.json", words);
    cr_assert_eq(o.status, 0, "%s: exit %d\n%s", words, o.status, o.err);
    expect_all_checked(words);
    return o;
}

static void says(const struct outcome *o, const char *text)
{
    cr_expect_not_null(strstr(o->out, text), "'%s' is not in:\n%s", text, o->out);
}

Test(examples, pool_map)
{
    struct outcome o = example("pool-map");
    char line[64];
    for (int i = 0; i < 10; i++) {
        snprintf(line, sizeof(line), "task %d: %d\n", i, i * i);
        says(&o, line);
    }
}

Test(examples, counter_lock)
{
    struct outcome o = example("counter-lock");
    says(&o, "the counter is at 500000\n");
}

Test(examples, shared_value)
{
    struct outcome o = example("shared-value");
    says(&o, "the counter is at 400\n");
}

Test(examples, semaphore_of_2)
{
    struct outcome o = example("semaphore-of-2 -p stay=2ms");
    says(&o, "worker 4 is inside from ");
    says(&o, "15 uses, at most 2 at once\n");
}

Test(examples, two_printers)
{
    struct outcome o = example("two-printers");
    says(&o, "task 0: 5 values: 0 1 2 3 4\n");
    says(&o, "task 1: 5 values: 0 1 2 3 4\n");
}

Test(examples, two_sleeps)
{
    struct outcome o = example("two-sleeps -p time=20ms");
    says(&o, "task 1: 0.02");
}

Test(examples, sleep_pool)
{
    struct outcome o = example("sleep-pool -p time=10ms");
    says(&o, "in all: 5 values\n");
}

Test(examples, url_lengths)
{
    struct outcome o = example("url-lengths -p latency=1ms");
    says(&o, "task 2: 16384\n");
    says(&o, "in all: 3 values\n");
}

Test(examples, hello_server)
{
    struct outcome o = example("hello-server");
    says(&o, "Hello, c3-24!");
}

Test(examples, producer_consumer)
{
    struct outcome o = example("producer-consumer -p make=0 -p use=0");
    says(&o, " gets item 0\n");
    says(&o, " gets item 19\n");
    says(&o, "20 items\n");
}

Test(examples, priority_queue)
{
    struct outcome o = example("priority-queue -p use=0");
    says(&o, " of priority ");
    says(&o, "10 items\n");
}

Test(examples, many_files)
{
    struct outcome o = example("many-files");
    says(&o, "task 99: 64 bytes: ");
}

Test(examples, image_blur)
{
    struct outcome o = example("image-blur -p height=100");
    says(&o, " bytes: SHA-256 ");
    says(&o, "  the same\n");
}

Test(examples, dependent_tasks)
{
    example("dependent-tasks -p time=100us");
}

Test(examples, prime_ranges)
{
    struct outcome o = example("prime-ranges");
    says(&o, "in all: 9592 values\n");
}

Test(examples, chunk_means)
{
    struct outcome o = example("chunk-means");
    says(&o, "in all: 10 values\n");
}

Test(examples, are_listed_like_python)
{
    struct outcome o = program("list --like python");
    cr_assert_eq(o.status, 0);
    for (int i = 0; workloads[i] != NULL; i++) {
        for (const struct preset *p = workloads[i]->presets; p != NULL && p->name != NULL; p++) {
            if (strcmp(p->name, "quick") != 0 && strcmp(p->name, "full") != 0 &&
                strcmp(p->name, "map") != 0)
                says(&o, p->name);
        }
    }
    o = program("list --like fortran");
    cr_expect_eq(o.status, 2);
    cr_expect_not_null(strstr(o.err, "only --like python is"), "%s", o.err);
}

/* ---- orders ------------------------------------------------------------------------------- */

/* The numbers of the tasks in the order of the lines. */
static int read_order(const char *text, int *tasks, int most)
{
    int n = 0;
    for (const char *at = text; n < most && (at = strstr(at, "  task ")) != NULL; at++)
        sscanf(at, "  task %d", &tasks[n++]);
    return n;
}

/* Later tasks wait less: they are done in the opposite order. */
Test(order, of_tasks_and_of_completion)
{
    int tasks[5];
    struct outcome o = program("run fed -p tasks=5 -R serial -r 1 --order completion -o x.json");
    cr_assert_eq(o.status, 0, "%s", o.err);
    cr_assert_eq(read_order(o.out, tasks, 5), 5, "%s", o.out);
    for (int i = 0; i < 5; i++)
        cr_expect_eq(tasks[i], 4 - i, "%s", o.out);
    says(&o, "task 4 (number 1, done after ");
    o = program("run fed -p tasks=5 -R serial -r 1 --order task -o x.json");
    cr_assert_eq(read_order(o.out, tasks, 5), 5, "%s", o.out);
    for (int i = 0; i < 5; i++)
        cr_expect_eq(tasks[i], i, "%s", o.out);
    says(&o, "task 0 (number 5, done after ");
    o = program("run fed -r 1 --order backwards");
    cr_expect_eq(o.status, 2);
    cr_expect_not_null(strstr(o.err, "--order"), "%s", o.err);
}

/* Each task's latency is in the result file. */
Test(order, times_of_tasks_are_kept)
{
    struct outcome o = program("run sleep -p tasks=3 -p time=2ms -R threads -n 3 -r 1 -o x.json");
    cr_assert_eq(o.status, 0, "%s", o.err);
    json_error_t error;
    json_t *result = json_loads(program_file("x.json"), 0, &error), *c, *time;
    json_t *job = json_array_get(json_object_get(json_object_get(result, "speedup"), "jobs"), 0);
    size_t i, k;
    json_array_foreach (json_object_get(job, "cases"), i, c) {
        json_t *tasks = json_object_get(c, "tasks"), *took = json_object_get(tasks, "took_ns");
        cr_assert_eq(json_array_size(took), 3);
        json_array_foreach (took, k, time) {
            json_int_t done =
                json_integer_value(json_array_get(json_object_get(tasks, "done_ns"), k));
            cr_expect_geq(json_integer_value(time), 2000000);
            cr_expect_geq(done, json_integer_value(time));
        }
    }
    json_decref(result);
}
