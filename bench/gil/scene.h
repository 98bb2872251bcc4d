// SPDX-License-Identifier: MIT
/* A simulated interpreter with threads: its main one, hogs that compute, and others. */
#ifndef SPEEDUP_SCENE_H
#define SPEEDUP_SCENE_H

#include "bench/gil/lab.h"

struct scene;

/* One thread; body runs with the lock held. */
struct actor {
    struct scene *scene;
    struct gil *gil; /* the scene's, or with sub-interpreters its own */
    struct gil own;
    struct gil_thread me;
    pthread_t thread;
    void (*body)(struct actor *actor);
    uint64_t done;  /* what the body has done: a hog's bursts, calls */
    int64_t end_ns; /* when it had done it, by now_ns(): of a body that says so */
    void *data;     /* the body's */
};

struct scene {
    const struct lab *lab;
    struct gil gil;
    struct gil_thread main; /* the caller, inside from open to close */
    struct actor *actors;
    unsigned count, most;
    struct histogram hold, wait; /* of actors that have ended */
    struct gil_counters others;  /* of their own locks */
    uint64_t burst;              /* steps of a hog between checkpoints */
    atomic_bool stop;
};

/* An interpreter with room for that many threads; the caller is inside it. 0, or -ENOMEM: then it
 * has no threads, but is to be closed as well. */
int scene_open(struct scene *scene, const struct lab *lab, unsigned most);

/* A new thread, which has to take the lock before it begins. The caller keeps the lock. NULL where
 * none can be made. */
struct actor *scene_start(struct scene *scene, void (*body)(struct actor *), void *data);

/* Starts that many hogs: they compute and check for requests until the scene stops. */
int scene_start_hogs(struct scene *scene, unsigned count);

/* The scene is to stop; hogs look at it. */
bool scene_stops(const struct scene *scene);

/* Joins the thread that was started last, without the lock unless it has ended. Answers when that
 * was done. */
int64_t scene_join_last(struct scene *scene);

/* Waits without the lock. */
void scene_sleep(struct scene *scene, int64_t ns);

/* Tells all to stop and joins them. How they end is counted, unless gil_finish() came before. */
void scene_stop(struct scene *scene);
void scene_close(struct scene *scene);

/* Adds the merged holds (unless there are such samples) and waits of all threads, but for the main
 * one where it only starts the others, as samples, the counters as numbers, and the steps of the
 * threads to the lab's events. When all have stopped. */
void scene_report(struct scene *scene, json_t *samples, json_t *numbers);

/* Appends a sample to the array of that name, which is made where it is not there. */
void report_sample(json_t *samples, const char *name, int64_t ns);

/* A bound UDP socket of the loopback interface, and its port. -errno. */
int echo_socket(unsigned *port);

/* What a server of echoes counts, and from the first request on its rate. */
void report_requests(json_t *numbers, int64_t requests, int64_t begin);

#endif
