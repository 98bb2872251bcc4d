// SPDX-License-Identifier: MIT
/* The simulated interpreter computes. */
#include "bench/gil/scene.h"
#include "bench/chain.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* k hogs for a while: bursts per second, and the share of a core that they used. */
struct effort {
    double rate, cpu_per_wall;
};

static int compute(const struct lab *lab, unsigned k, struct effort *effort)
{
    struct scene scene;
    int err = scene_open(&scene, lab, k);
    if (err == 0)
        err = scene_start_hogs(&scene, k);
    int64_t begin = now_ns(), cpu_ns = 0;
    uint64_t done = 0;
    scene_sleep(&scene, lab_n(lab, LAB_DURATION));
    atomic_store(&scene.stop, true);
    double elapsed = (double)(now_ns() - begin);
    scene_stop(&scene);
    for (unsigned i = 0; i < scene.count; i++) {
        done += scene.actors[i].done;
        cpu_ns += scene.actors[i].me.cpu_ns;
    }
    *effort = (struct effort){(double)done / elapsed, (double)cpu_ns / elapsed};
    scene_close(&scene);
    return err;
}

static void sleep_until(int64_t at)
{
    struct timespec t = {at / 1000000000, at % 1000000000};
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
}

/* The same in k processes that begin together, when all have been made. */
static int compute_in_processes(const struct lab *lab, unsigned k, struct effort *effort)
{
    enum { START_NS = 2000000 };
    int64_t at = now_ns() + (k + 1) * (int64_t)START_NS;
    struct effort *efforts =
        mmap(NULL, k * sizeof(*efforts), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int err = efforts == MAP_FAILED ? -ENOMEM : 0;
    for (unsigned i = 0; i < k && err == 0; i++) {
        pid_t pid = fork();
        if (pid == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            sleep_until(at);
            _exit(compute(lab, 1, &efforts[i]) != 0);
        }
        err = pid < 0 ? -errno : 0;
    }
    *effort = (struct effort){0};
    for (int status; wait(&status) > 0;)
        err = status != 0 ? -ECHILD : err;
    for (unsigned i = 0; i < k && err == 0; i++)
        effort->rate += efforts[i].rate;
    if (efforts != MAP_FAILED)
        munmap(efforts, k * sizeof(*efforts));
    return err;
}

/* ---- experiments -------------------------------------------------------------------------- */

/* Holds are seen from inside, as scripts/gil.py sees them: what a thread needs to go on after it
 * has the lock is no part of them. Moments at which it began to run and was interrupted, in turn.
 */
struct edges {
    int64_t *at;
    size_t count, most;
    long sleeps; /* voluntary context switches of the thread, see getrusage(2) */
};

static long sleeps_so_far(void)
{
    struct rusage u;
    getrusage(RUSAGE_THREAD, &u);
    return u.ru_nvcsw;
}

static void add_edge(struct edges *e, int64_t at)
{
    if (e->count == e->most) {
        size_t most = e->most > 0 ? 2 * e->most : 1024;
        int64_t *more = realloc(e->at, most * sizeof(*more));
        if (more == NULL)
            return;
        e->at = more;
        e->most = most;
    }
    e->at[e->count++] = at;
}

static void tick(struct actor *actor)
{
    enum { PAUSE_NS = 20000 };
    struct scene *scene = actor->scene;
    struct edges *edges = actor->data;
    uint64_t x = (uintptr_t)actor;
    edges->sleeps -= sleeps_so_far();
    int64_t last = now_ns();
    add_edge(edges, last);
    while (!scene_stops(scene)) {
        x = chain_run(x, scene->burst);
        gil_checkpoint(actor->gil, &actor->me);
        int64_t now = now_ns();
        if (now - last > PAUSE_NS) {
            add_edge(edges, last);
            add_edge(edges, now);
        }
        last = now;
    }
    add_edge(edges, last);
    edges->sleeps += sleeps_so_far();
}

/* A stretch in which one thread ran. */
struct stretch {
    int64_t from, to;
    unsigned owner;
};

static int by_begin(const void *a, const void *b)
{
    const struct stretch *x = a, *y = b;
    return (x->from > y->from) - (x->from < y->from);
}

/* Stretches that follow each other belong to one hold: the kernel paused who had the lock. The
 * first hold and the last are cut short. */
static void report_holds(json_t *samples, struct stretch *all, size_t count)
{
    int64_t begin = 0;
    qsort(all, count, sizeof(*all), by_begin);
    for (size_t i = 0; i < count; i++) {
        bool first = i == 0 || all[i].owner != all[i - 1].owner;
        bool last = i + 1 == count || all[i].owner != all[i + 1].owner;
        if (first)
            begin = i > 0 ? all[i].from : 0;
        if (last && i + 1 < count && begin != 0)
            report_sample(samples, "hold", all[i].to - begin);
    }
}

/* What the threads saw until `end`. */
static void report_ticks(json_t *samples, const struct edges *edges, unsigned k, int64_t end)
{
    size_t count = 0, most = 0;
    for (unsigned i = 0; i < k; i++)
        most += edges[i].count / 2;
    struct stretch *all = calloc(most + 1, sizeof(*all));
    for (unsigned i = 0; i < k && all != NULL; i++) {
        for (size_t n = 0; n + 1 < edges[i].count; n += 2) {
            if (edges[i].at[n] < end)
                all[count++] = (struct stretch){edges[i].at[n], edges[i].at[n + 1], i};
        }
    }
    report_holds(samples, all, count);
    free(all);
}

static bool is_shared(const struct lab *lab)
{
    return lab->gil.variant != GIL_NONE && lab->gil.variant != GIL_PER_INTERPRETER;
}

int simulate_hold(struct lab *lab, json_t *samples, json_t *numbers)
{
    unsigned k = (unsigned)lab_n(lab, LAB_K);
    struct scene scene;
    struct gil_counters before, after;
    int64_t cpu_ns = 0;
    long sleeps = 0;
    struct edges *edges = calloc(k, sizeof(*edges));
    int err = scene_open(&scene, lab, k);
    for (unsigned i = 0; i < k && err == 0; i++)
        err = edges != NULL && scene_start(&scene, tick, &edges[i]) != NULL ? 0 : -EAGAIN;
    lab_ready(lab, 0);
    int64_t begin = now_ns();
    gil_read(&scene.gil, &before);
    gil_release(&scene.gil, &scene.main); /* to the end: it is no part of what is measured */
    sleep_until(begin + lab_n(lab, LAB_DURATION));
    gil_finish(&scene.gil, &scene.main);
    int64_t end = now_ns();
    double elapsed = (double)(end - begin);
    atomic_store(&scene.stop, true); /* before it waits for the lock, so that they stop, too */
    gil_acquire(&scene.gil, &scene.main);
    scene_stop(&scene);
    gil_read(&scene.gil, &after);
    for (unsigned i = 0; i < scene.count; i++) {
        cpu_ns += scene.actors[i].me.cpu_ns;
        sleeps += edges[i].sleeps;
    }
    if (is_shared(lab))
        report_ticks(samples, edges, scene.count, end);
    scene_report(&scene, samples, numbers);
    for (unsigned i = 0; i < scene.count; i++)
        free(edges[i].at);
    free(edges);
    uint64_t takers = after.switches - before.switches; /* the first follows the main thread */
    double switches = takers > 0 ? (double)(takers - 1) : 0;
    json_object_set_new(numbers, "switches_per_s", json_real(switches * 1e9 / elapsed));
    if (switches > 0)
        json_object_set_new(numbers, "sleeps_per_switch", json_real((double)sleeps / switches));
    json_object_set_new(numbers, "cpu_per_wall", json_real((double)cpu_ns / elapsed));
    scene_close(&scene);
    return err;
}

/* Pairs of one and of k, the one before and after. */
int simulate_ratio(struct lab *lab, json_t *samples, json_t *numbers)
{
    unsigned k = (unsigned)lab_n(lab, LAB_K);
    double cpu_per_wall = 0;
    int64_t pairs = lab_n(lab, LAB_PAIRS);
    int err = 0;
    lab_ready(lab, 0);
    for (int64_t i = 0; i < pairs && err == 0; i++) {
        struct effort before = {0}, many = {0}, after = {0};
        err = compute(lab, 1, &before);
        if (err == 0)
            err = lab_n(lab, LAB_PROCESSES) ? compute_in_processes(lab, k, &many)
                                            : compute(lab, k, &many);
        if (err == 0)
            err = compute(lab, 1, &after);
        if (err == 0)
            report_sample(samples, "ratio_ppm",
                          (int64_t)(2e6 * many.rate / (before.rate + after.rate)));
        cpu_per_wall += many.cpu_per_wall / (double)pairs;
    }
    if (!lab_n(lab, LAB_PROCESSES))
        json_object_set_new(numbers, "cpu_per_wall", json_real(cpu_per_wall));
    return err;
}

/* Counts bursts down. */
static void count_down(struct actor *actor)
{
    struct scene *scene = actor->scene;
    uint64_t x = (uintptr_t)actor;
    for (uint64_t left = *(uint64_t *)actor->data; left > 0; left--) {
        x = chain_run(x, scene->burst);
        gil_checkpoint(actor->gil, &actor->me);
    }
}

/* Wall time of k threads that count down their shares. */
static int count_in_threads(struct lab *lab, unsigned k, int64_t *ns)
{
    struct scene scene;
    uint64_t share = (uint64_t)lab_n(lab, LAB_COUNT) / k;
    int err = scene_open(&scene, lab, k);
    int64_t begin = now_ns();
    for (unsigned i = 0; i < k && err == 0; i++)
        err = scene_start(&scene, count_down, &share) != NULL ? 0 : -EAGAIN;
    scene_stop(&scene);
    *ns = now_ns() - begin;
    scene_close(&scene);
    return err;
}

int simulate_battle(struct lab *lab, json_t *samples, json_t *numbers)
{
    int err = 0;
    (void)numbers;
    lab_ready(lab, 0);
    for (int64_t i = 0; i < lab_n(lab, LAB_PAIRS) && err == 0; i++) {
        int64_t one, many;
        err = count_in_threads(lab, 1, &one);
        if (err == 0)
            err = count_in_threads(lab, (unsigned)lab_n(lab, LAB_K), &many);
        if (err == 0)
            report_sample(samples, "slowdown_ppm", (int64_t)(1e6 * (double)many / (double)one));
    }
    return err;
}

int simulate_release(struct lab *lab, json_t *samples, json_t *numbers)
{
    struct scene scene;
    int64_t count = lab_n(lab, LAB_COUNT);
    (void)samples;
    int err = scene_open(&scene, lab, 0);
    lab_ready(lab, 0);
    int64_t begin = now_ns();
    for (int64_t i = 0; i < count && err == 0; i++) {
        gil_release(&scene.gil, &scene.main);
        gil_acquire(&scene.gil, &scene.main);
    }
    double ns = (double)(now_ns() - begin) / (double)count;
    json_object_set_new(numbers, "pair_ns", json_real(ns));
    scene_close(&scene);
    return err;
}
