// SPDX-License-Identifier: MIT
/* make figures: every figure that the project claims, a line each: what, demand, median of the
 * ratios of paired rounds with the 95 % interval of their location, verdict. Exit 3 if a demand was
 * not met. */
#include "tests/figures/bench.h"
#include "bench/supervise.h"
#include "bench/units.h"
#include "workloads/helpers/download.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

extern const struct workload workload_primes, workload_primes_bare, workload_means, workload_sleep,
    workload_download;

enum { ROUNDS = 20, COPIES_MAX = 1024 };

/* ---- primes: pools against independent copies --------------------------------------------- */

/* As many serial jobs as cores, in a process each, pinned like the workers of a pool. */
struct copies {
    struct trial *trials;
    unsigned count;
    double *run_ns; /* shared */
    atomic_uint *waiting;
};

/* What one copy would have needed, had it had all their speed: 1 / (sum of 1 / each). */
static double run_copies(void *context)
{
    struct copies *copies = context;
    double rate = 0;
    atomic_store(copies->waiting, copies->count);
    fflush(NULL);
    for (unsigned i = 0; i < copies->count; i++) {
        pid_t pid = fork();
        if (pid < 0)
            bench_leave(1);
        if (pid > 0)
            continue;
        atomic_fetch_sub(copies->waiting, 1);
        while (atomic_load(copies->waiting) > 0)
            usleep(100);
        copies->run_ns[i] = trial_run(&copies->trials[i], 0);
        _exit(0);
    }
    for (unsigned i = 0; i < copies->count; i++) {
        int status;
        if (wait(&status) < 0 || status != 0)
            bench_leave(1);
    }
    for (unsigned i = 0; i < copies->count; i++)
        rate += 1 / copies->run_ns[i];
    return 1 / rate;
}

static void open_copies(struct copies *copies, const char *settings)
{
    unsigned cores = bench_machine()->allowed_cores;
    char *shared = mmap(NULL, COPIES_MAX * sizeof(double) + 64, PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    copies->count = cores < COPIES_MAX ? cores : COPIES_MAX;
    copies->trials = calloc(copies->count, sizeof(*copies->trials));
    if (shared == MAP_FAILED || copies->trials == NULL)
        bench_leave(1);
    copies->waiting = (atomic_uint *)(void *)shared;
    copies->run_ns = (double *)(void *)(shared + 64);
    for (unsigned i = 0; i < copies->count; i++) {
        struct trial *t = &copies->trials[i];
        trial_open(t, &workload_primes, settings);
        struct placement *p = &t->experiment.placement;
        struct place first = p->places[0];
        p->places[0] = p->places[i % p->count]; /* its own worker 0 sits where worker i would */
        p->places[i % p->count] = first;
        trial_add(t, "serial", 1);
        trial_begin(t);
    }
}

static void figure_primes(void)
{
    static const char settings[] = "limit=2M tasks=256";
    unsigned cores = bench_machine()->allowed_cores;
    struct copies copies = {0};
    struct trial pools;
    double threads[ROUNDS], processes[ROUNDS], alone[ROUNDS];
    char what[128];
    open_copies(&copies, settings);
    trial_open(&pools, &workload_primes, settings);
    struct entry a = {&pools, trial_add(&pools, "thread-pool", cores)};
    struct entry b = {&pools, trial_add(&pools, "process-pool", cores)};
    trial_begin(&pools);
    struct contender contenders[] = {
        {run_entry, &a, threads}, {run_entry, &b, processes}, {run_copies, &copies, alone}};
    bench_rounds(contenders, 3, ROUNDS);
    snprintf(what, sizeof(what), "primes: throughput, thread-pool at %u / %u serial copies", cores,
             cores);
    bench_at_least(what, alone, threads, ROUNDS, 0.97);
    snprintf(what, sizeof(what), "primes: throughput, process-pool at %u / %u serial copies", cores,
             cores);
    bench_at_least(what, alone, processes, ROUNDS, 0.97);
    trial_close(&pools);
    for (unsigned i = 0; i < copies.count; i++)
        trial_close(&copies.trials[i]);
    free(copies.trials);
}

/* ---- checkpoints -------------------------------------------------------------------------- */

static void figure_checkpoint(void)
{
    enum { MORE = 60 };
    struct trial with, without;
    double a[MORE], b[MORE];
    trial_open(&with, &workload_primes, "limit=300k tasks=16");
    trial_open(&without, &workload_primes_bare, "limit=300k tasks=16");
    struct entry first = {&with, trial_add(&with, "serial", 1)};
    struct entry second = {&without, trial_add(&without, "serial", 1)};
    trial_begin(&with);
    trial_begin(&without);
    struct contender contenders[] = {{run_entry, &first, a}, {run_entry, &second, b}};
    bench_rounds(contenders, 2, MORE);
    bench_at_most("primes: time with checkpoints and no interpreter / without them", a, b, MORE,
                  1.005);
    trial_close(&with);
    trial_close(&without);
}

/* ---- means: against OpenMP ---------------------------------------------------------------- */

double openmp_sum_ns(const double *numbers, size_t count, int threads);

static double run_openmp(void *context)
{
    const struct job *job = context;
    return openmp_sum_ns(job->input, job->shape.input_size / sizeof(double),
                         (int)bench_machine()->allowed_cores);
}

static void figure_means(void)
{
    unsigned cores = bench_machine()->allowed_cores;
    struct trial t;
    double threads[ROUNDS], processes[ROUNDS], openmp[ROUNDS];
    trial_open(&t, &workload_means, "size=128Mi chunk=1Mi");
    struct entry a = {&t, trial_add(&t, "thread-pool", cores)};
    struct entry b = {&t, trial_add(&t, "process-pool", cores)};
    trial_begin(&t);
    struct contender contenders[] = {{run_entry, &a, threads},
                                     {run_entry, &b, processes},
                                     {run_openmp, &t.experiment.job, openmp}};
    /* The processes fork, which OpenMP's idle threads must not see: they end after each region. */
    bench_rounds(contenders, 3, ROUNDS);
    bench_at_least("means: bandwidth over 1 GiB, thread-pool / OpenMP simd reduction", openmp,
                   threads, ROUNDS, 0.95);
    bench_at_least("means: bandwidth over 1 GiB, process-pool / OpenMP simd reduction", openmp,
                   processes, ROUNDS, 0.95);
    trial_close(&t);
}

/* ---- waiting ------------------------------------------------------------------------------ */

static void figure_sleep(void)
{
    struct trial t;
    double serial[ROUNDS], async[ROUNDS], threads[ROUNDS];
    trial_open(&t, &workload_sleep, "tasks=64 time=50ms");
    struct entry a = {&t, trial_add(&t, "serial", 1)}, b = {&t, trial_add(&t, "async", 64)},
                 c = {&t, trial_add(&t, "thread-pool", 64)};
    trial_begin(&t);
    struct contender contenders[] = {
        {run_entry, &a, serial}, {run_entry, &b, async}, {run_entry, &c, threads}};
    bench_rounds(contenders, 3, 10);
    bench_at_least("sleep: 64 waits of 50 ms, speed-up of async at 64", serial, async, 10, 60);
    bench_at_least("sleep: 64 waits of 50 ms, speed-up of thread-pool at 64", serial, threads, 10,
                   55);
    trial_close(&t);
}

/* In a process of its own, so that its memory is its own. */
static void figure_many_waits(void)
{
    char wall[UNITS_MAX], memory[UNITS_MAX];
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        struct trial t;
        struct rusage before, after;
        trial_open(&t, &workload_sleep, "tasks=10000 time=1s");
        trial_add(&t, "async", 10000);
        trial_begin(&t);
        getrusage(RUSAGE_SELF, &before);
        double ns = trial_run(&t, 0);
        getrusage(RUSAGE_SELF, &after);
        printf("sleep: 10,000 waits of 1 s at once under async took %s and %s of memory\n",
               units_time(wall, ns), units_bytes(memory, 1024.0 * (double)after.ru_maxrss));
        fflush(stdout);
        trial_close(&t);
        _exit(0);
    }
    int status = 1;
    if (pid < 0 || waitpid(pid, &status, 0) < 0 || status != 0)
        bench_leave(1);
}

/* ---- downloading -------------------------------------------------------------------------- */

static void figure_download(void)
{
    struct trial t, quick;
    double serial[ROUNDS], async[ROUNDS], threads[ROUNDS], zero[ROUNDS], bound[ROUNDS];
    trial_open(&t, &workload_download, "files=64 size=16Ki latency=20ms save=memory reuse=no");
    trial_open(&quick, &workload_download, "files=64 size=16Ki latency=0 save=memory reuse=no");
    struct entry a = {&t, trial_add(&t, "serial", 1)}, b = {&t, trial_add(&t, "async", 64)},
                 c = {&t, trial_add(&t, "thread-pool", 64)},
                 d = {&quick, trial_add(&quick, "serial", 1)};
    trial_begin(&t);
    trial_begin(&quick);
    struct contender contenders[] = {{run_entry, &a, serial},
                                     {run_entry, &b, async},
                                     {run_entry, &c, threads},
                                     {run_entry, &d, zero}};
    bench_rounds(contenders, 4, ROUNDS);
    for (int i = 0; i < ROUNDS; i++)
        bound[i] = 64 * 20e6 + zero[i];
    bench_at_least("download: 64 files, 20 ms latency, speed-up of async at 64", serial, async,
                   ROUNDS, 40);
    bench_at_least("download: 64 files, 20 ms latency, speed-up of thread-pool at 64", serial,
                   threads, ROUNDS, 35);
    bench_at_most("download: serial / tasks x (latency + a task without latency)", serial, bound,
                  ROUNDS, 1.05);
    trial_close(&t);
    trial_close(&quick);
}

/* ---- the built-in server ------------------------------------------------------------------ */

static double run_wrk(const struct trial *t)
{
    const struct download_report *report = t->experiment.job.report;
    char url[64];
    snprintf(url, sizeof(url), "http://127.0.0.1:%u/file/0", report->port);
    return bench_wrk(&t->experiment.placement.places[0], 64, url);
}

static void figure_server(void)
{
    enum { TRIES = 6 };
    struct trial t;
    double rates[TRIES], demands[TRIES];
    trial_open(&t, &workload_download, "size=100 latency=0");
    trial_begin(&t);
    for (int i = 0; i < TRIES; i++) {
        rates[i] = run_wrk(&t);
        demands[i] = 30000;
    }
    if (rates[0] > 0)
        bench_at_least("server: small responses a second on one core, by wrk / 30,000", rates,
                       demands, TRIES, 1);
    else
        printf("server: not measured, there is no wrk; install the package wrk\n");
    trial_close(&t);
}

/* ---- all ---------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    void (*measure)(void);
} figures[] = {
    {"primes", figure_primes},
    {"checkpoint", figure_checkpoint},
    {"means", figure_means},
    {"sleep", figure_sleep},
    {"many-waits", figure_many_waits},
    {"download", figure_download},
    {"server", figure_server},
    {"gil", figure_gil},
    {"counter", figure_counter},
    {"serve", figure_serve},
    {"gate", figure_gate},
    {"history", figure_history},
};

static bool is_figure(const char *name)
{
    for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++) {
        if (strcmp(figures[i].name, name) == 0)
            return true;
    }
    return false;
}

/* Measures those that are named, or all. */
static int measure(struct watch *watch, void *argument)
{
    const char **names = argument;
    bench_open(watch);
    for (const char **name = names; *name != NULL; name++) {
        if (!is_figure(*name)) {
            fprintf(stderr, "figures: there is no figure '%s'\n", *name);
            return 2;
        }
    }
    printf("%-66s %-9s %8s  %s\n", "figure", "demand", "median", "95 % of the location");
    for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++) {
        bool wanted = names[0] == NULL;
        for (const char **name = names; *name != NULL; name++)
            wanted |= strcmp(*name, figures[i].name) == 0;
        if (wanted)
            figures[i].measure();
    }
    return bench_missed() > 0 ? 3 : 0;
}

int main(int argc, char **argv)
{
    (void)argc;
    return supervise(measure, argv + 1);
}
