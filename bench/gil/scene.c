// SPDX-License-Identifier: MIT
#include "bench/gil/scene.h"
#include "bench/chain.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* A switch is at least 4 events; those of the old lock come every few microseconds. */
enum { EVENTS_MAX = 1 << 15 };

/* ---- threads ------------------------------------------------------------------------------ */

/* Room for the steps of a thread, if anybody wants to see them. */
static void give_room(const struct scene *scene, struct gil_thread *thread)
{
    if (scene->lab->events == NULL)
        return;
    thread->events = calloc(EVENTS_MAX, sizeof(*thread->events));
    thread->event_max = thread->events != NULL ? EVENTS_MAX : 0;
}

static void *actor_main(void *argument)
{
    struct actor *actor = argument;
    gil_enter(actor->gil, &actor->me);
    actor->body(actor);
    gil_leave(actor->gil, &actor->me);
    return NULL;
}

struct actor *scene_start(struct scene *scene, void (*body)(struct actor *), void *data)
{
    if (scene->count == scene->most)
        return NULL;
    struct actor *actor = &scene->actors[scene->count];
    *actor = (struct actor){.scene = scene, .gil = &scene->gil, .body = body, .data = data};
    if (scene->gil.options.variant == GIL_PER_INTERPRETER) {
        actor->gil = &actor->own;
        if (gil_open(actor->gil, &scene->gil.options) != 0)
            return NULL;
    }
    give_room(scene, &actor->me);
    if (pthread_create(&actor->thread, NULL, actor_main, actor) != 0)
        return NULL;
    scene->count++;
    return actor;
}

bool scene_stops(const struct scene *scene)
{
    return atomic_load_explicit(&scene->stop, memory_order_relaxed);
}

static void hog(struct actor *actor)
{
    struct scene *scene = actor->scene;
    uint64_t x = (uintptr_t)actor;
    while (!scene_stops(scene)) {
        x = chain_run(x, scene->burst);
        actor->done++;
        gil_checkpoint(actor->gil, &actor->me);
    }
}

int scene_start_hogs(struct scene *scene, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        if (scene_start(scene, hog, NULL) == NULL)
            return -EAGAIN;
    }
    return 0;
}

/* ---- its life ----------------------------------------------------------------------------- */

int scene_open(struct scene *scene, const struct lab *lab, unsigned most)
{
    memset(scene, 0, sizeof(*scene));
    scene->lab = lab;
    scene->burst = (uint64_t)(lab->work_rate * LAB_BURST_NS) + 1;
    scene->actors = aligned_alloc(_Alignof(struct actor), (most + 1) * sizeof(*scene->actors));
    if (scene->actors != NULL) {
        memset(scene->actors, 0, (most + 1) * sizeof(*scene->actors));
        scene->most = most;
    }
    struct gil_options options = lab->gil;
    options.checkpoint_ns = LAB_BURST_NS;
    int err = gil_open(&scene->gil, &options);
    give_room(scene, &scene->main);
    if (err == 0)
        gil_enter(&scene->gil, &scene->main);
    return err == 0 && scene->actors == NULL ? -ENOMEM : err;
}

void scene_sleep(struct scene *scene, int64_t ns)
{
    struct timespec t = {ns / 1000000000, ns % 1000000000};
    gil_release(&scene->gil, &scene->main);
    clock_nanosleep(CLOCK_MONOTONIC, 0, &t, NULL);
    gil_acquire(&scene->gil, &scene->main);
}

/* Keeps what a thread that was joined has seen. */
static void keep(struct scene *scene, struct actor *actor)
{
    histogram_merge(&scene->hold, &actor->me.hold);
    histogram_merge(&scene->wait, &actor->me.wait);
    if (actor->gil != &actor->own)
        return;
    struct gil_counters own;
    gil_read(actor->gil, &own);
    gil_counters_add(&scene->others, &own);
    gil_close(actor->gil);
}

int64_t scene_join_last(struct scene *scene)
{
    struct actor *actor = &scene->actors[--scene->count];
    if (pthread_tryjoin_np(actor->thread, NULL) != 0) {
        gil_release(&scene->gil, &scene->main);
        pthread_join(actor->thread, NULL);
        gil_acquire(&scene->gil, &scene->main);
    }
    int64_t end = now_ns();
    keep(scene, actor);
    return end;
}

void scene_stop(struct scene *scene)
{
    atomic_store(&scene->stop, true);
    gil_release(&scene->gil, &scene->main);
    for (unsigned i = 0; i < scene->count; i++) {
        pthread_join(scene->actors[i].thread, NULL);
        keep(scene, &scene->actors[i]);
    }
    gil_acquire(&scene->gil, &scene->main);
}

void scene_close(struct scene *scene)
{
    gil_leave(&scene->gil, &scene->main);
    gil_close(&scene->gil);
    for (unsigned i = 0; i < scene->most; i++)
        free(scene->actors[i].me.events);
    free(scene->main.events);
    free(scene->actors);
}

/* ---- reports ------------------------------------------------------------------------------ */

void report_sample(json_t *samples, const char *name, int64_t ns)
{
    json_t *array = json_object_get(samples, name);
    if (array == NULL) {
        array = json_array();
        json_object_set_new(samples, name, array);
    }
    json_array_append_new(array, json_integer(ns));
}

/* The middle of a bucket stands for what fell into it. */
static void report_histogram(json_t *samples, const char *name, const struct histogram *h)
{
    for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
        for (uint32_t n = 0; n < h->buckets[i]; n++)
            report_sample(samples, name, (histogram_edge(i) + histogram_edge(i + 1)) / 2);
    }
}

static void report_counters(json_t *numbers, const struct gil_counters *c)
{
    const struct {
        const char *name;
        double value;
    } all[] = {{"takes", (double)c->takes},
               {"uncontended", (double)c->uncontended},
               {"waits", (double)c->waits},
               {"timeouts", (double)c->timeouts},
               {"requests", (double)c->requests},
               {"rearms", (double)c->rearms},
               {"late", (double)c->late},
               {"switches", (double)c->switches},
               {"forced_waits", (double)c->forced_waits},
               {"regrants", (double)c->regrants},
               {"kept", (double)c->kept},
               {"lost", (double)c->lost},
               {"hold_s", (double)c->hold_ns * 1e-9},
               {"idle_s", (double)c->idle_ns * 1e-9}};
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
        json_object_set_new(numbers, all[i].name, json_real(all[i].value));
}

static void report_events(json_t *events, const char *name, const struct gil_thread *thread)
{
    json_t *steps = json_array();
    for (size_t i = 0; i < thread->event_count; i++)
        json_array_append_new(steps, json_pack("[I, i]", (json_int_t)thread->events[i].ns,
                                               (int)thread->events[i].step));
    json_array_append_new(events,
                          json_pack("{s:s s:b s:o}", "thread", name, "full",
                                    thread->event_count == thread->event_max, "steps", steps));
}

/* Or does it only start the others? */
static bool main_takes_part(const struct scene *scene)
{
    return scene->lab->kind->load != LOAD_NONE;
}

static void report_all_events(const struct scene *scene)
{
    if (main_takes_part(scene))
        report_events(scene->lab->events, "main thread", &scene->main);
    for (unsigned i = 0; i < scene->count; i++) {
        char name[32];
        snprintf(name, sizeof(name), "hog %u", i + 1);
        report_events(scene->lab->events, name, &scene->actors[i].me);
    }
}

void scene_report(struct scene *scene, json_t *samples, json_t *numbers)
{
    struct gil_counters counters;
    if (main_takes_part(scene)) {
        histogram_merge(&scene->hold, &scene->main.hold);
        histogram_merge(&scene->wait, &scene->main.wait);
    }
    if (json_object_get(samples, "hold") == NULL)
        report_histogram(samples, "hold", &scene->hold);
    report_histogram(samples, "wait", &scene->wait);
    gil_read(&scene->gil, &counters);
    gil_counters_add(&counters, &scene->others);
    report_counters(numbers, &counters);
    if (scene->lab->events != NULL)
        report_all_events(scene);
}
