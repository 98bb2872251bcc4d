// SPDX-License-Identifier: MIT
/* The simulated interpreter waits, calls C kernels and starts threads beside its hogs. */
#include "bench/gil/scene.h"
#include "bench/chain.h"

#include <arpa/inet.h>
#include <errno.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* A scene with k hogs, beside which the main thread or `others` more do something. */
static int open_beside_hogs(struct scene *scene, struct lab *lab, unsigned others)
{
    unsigned k = (unsigned)lab_n(lab, LAB_K);
    int err = scene_open(scene, lab, k + others);
    return err != 0 ? err : scene_start_hogs(scene, k);
}

static void close_with_report(struct scene *scene, json_t *samples, json_t *numbers)
{
    gil_finish(&scene->gil, &scene->main);
    scene_stop(scene);
    scene_report(scene, samples, numbers);
    scene_close(scene);
}

/* ---- waking up ---------------------------------------------------------------------------- */

int simulate_wake(struct lab *lab, json_t *samples, json_t *numbers)
{
    struct scene scene;
    int64_t stamp;
    int err = open_beside_hogs(&scene, lab, 0);
    lab_ready(lab, 0);
    while (err == 0) {
        gil_release(&scene.gil, &scene.main);
        ssize_t n = read(lab->fd, &stamp, sizeof(stamp));
        gil_acquire(&scene.gil, &scene.main);
        if (n != sizeof(stamp))
            break;
        report_sample(samples, "wake", now_ns() - stamp);
    }
    close_with_report(&scene, samples, numbers);
    return err;
}

/* ---- UDP echo ----------------------------------------------------------------------------- */

int echo_socket(unsigned *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(address);
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, size) != 0 ||
        getsockname(fd, (struct sockaddr *)&address, &size) != 0)
        return -errno;
    *port = ntohs(address.sin_port);
    return fd;
}

void report_requests(json_t *numbers, int64_t requests, int64_t begin)
{
    double elapsed = (double)(now_ns() - begin) * 1e-9;
    json_object_set_new(numbers, "answers", json_real((double)requests));
    json_object_set_new(numbers, "requests_per_s", json_real((double)requests / elapsed));
}

/* Every system call is made without the lock, also one that need not wait. */
static int64_t serve(struct scene *scene, int fd, int64_t *begin)
{
    struct sockaddr_in client;
    char data[256];
    int64_t requests = 0;
    for (;;) {
        socklen_t size = sizeof(client);
        gil_release(&scene->gil, &scene->main);
        ssize_t n = recvfrom(fd, data, sizeof(data), 0, (struct sockaddr *)&client, &size);
        gil_acquire(&scene->gil, &scene->main);
        if (*begin == 0)
            *begin = now_ns();
        if (n < 0 || (n == 3 && memcmp(data, "END", 3) == 0))
            return requests;
        gil_release(&scene->gil, &scene->main);
        sendto(fd, data, (size_t)n, 0, (struct sockaddr *)&client, size);
        gil_acquire(&scene->gil, &scene->main);
        requests++;
    }
}

int simulate_echo(struct lab *lab, json_t *samples, json_t *numbers)
{
    struct scene scene;
    unsigned port = 0;
    int64_t begin = 0;
    int err = open_beside_hogs(&scene, lab, 0);
    int fd = err == 0 ? echo_socket(&port) : err;
    lab_ready(lab, port);
    if (fd >= 0) {
        int64_t requests = serve(&scene, fd, &begin);
        report_requests(numbers, requests, begin);
        close(fd);
    }
    close_with_report(&scene, samples, numbers);
    return fd < 0 ? fd : 0;
}

/* ---- kernels ------------------------------------------------------------------------------ */

/* hashlib.sha3_512(buffer).digest(): the buffer is read without the lock; what goes before and
 * after is done with it. Which part that is decides who gets the lock after a short kernel. The
 * hash is a slow one, so that 64 KiB of it take longer than a hog needs to wake up. */
static void hash(struct actor *actor, size_t size)
{
    enum { SHORT = 2048 }; /* HASHLIB_GIL_MINSIZE: less is not worth it */
    unsigned char digest[EVP_MAX_MD_SIZE];
    EVP_MD_CTX *context = EVP_MD_CTX_new(), *copy = EVP_MD_CTX_new();
    EVP_DigestInit_ex(context, EVP_sha3_512(), NULL);
    if (size >= SHORT)
        gil_release(actor->gil, &actor->me);
    EVP_DigestUpdate(context, actor->data, size);
    if (size >= SHORT)
        gil_acquire(actor->gil, &actor->me);
    EVP_MD_CTX_copy(copy, context);
    EVP_DigestFinal(copy, digest, NULL);
    EVP_MD_CTX_free(copy);
    EVP_MD_CTX_free(context);
}

/* Until told to stop, but once at least. */
static void call_kernels(struct actor *actor)
{
    struct scene *scene = actor->scene;
    size_t size = (size_t)lab_n(scene->lab, LAB_SIZE);
    do {
        hash(actor, size);
        actor->done++;
        gil_checkpoint(actor->gil, &actor->me);
    } while (!scene_stops(scene));
    actor->end_ns = now_ns();
}

/* Calls per second of that many threads beside k hogs. A call that has begun is finished, and
 * counts; so does the time until the last one ends, as in scripts/gil.py. */
static int call_for_a_while(struct lab *lab, unsigned threads, unsigned k, int64_t duration_ns,
                            double *rate)
{
    struct scene scene;
    unsigned char *buffer = calloc(1, (size_t)lab_n(lab, LAB_SIZE) + 1);
    int err = scene_open(&scene, lab, k + threads);
    if (err == 0)
        err = buffer != NULL ? scene_start_hogs(&scene, k) : -ENOMEM;
    for (unsigned i = 0; i < threads && err == 0; i++)
        err = scene_start(&scene, call_kernels, buffer) != NULL ? 0 : -EAGAIN;
    int64_t begin = now_ns(), end = begin;
    uint64_t done = 0;
    scene_sleep(&scene, duration_ns);
    scene_stop(&scene);
    for (unsigned i = k; i < scene.count; i++) {
        done += scene.actors[i].done;
        end = scene.actors[i].end_ns > end ? scene.actors[i].end_ns : end;
    }
    *rate = end > begin ? (double)done * 1e9 / (double)(end - begin) : 0;
    scene_close(&scene);
    free(buffer);
    return err;
}

int simulate_kernel(struct lab *lab, json_t *samples, json_t *numbers)
{
    enum { ALONE_NS = 100000000 };
    unsigned threads = (unsigned)lab_n(lab, LAB_THREADS), k = (unsigned)lab_n(lab, LAB_K);
    double before, rate = 0, after = 0;
    (void)samples;
    lab_ready(lab, 0);
    int err = call_for_a_while(lab, 1, 0, ALONE_NS, &before);
    if (err == 0)
        err = call_for_a_while(lab, threads, k, lab_n(lab, LAB_DURATION), &rate);
    if (err == 0)
        err = call_for_a_while(lab, 1, 0, ALONE_NS, &after);
    json_object_set_new(numbers, "alone_ns", json_real((1e9 / before + 1e9 / after) / 2));
    json_object_set_new(numbers, "per_call_ns", json_real(1e9 * threads / rate));
    json_object_set_new(numbers, "calls_per_s", json_real(rate));
    return err;
}

int simulate_kernel_ratio(struct lab *lab, json_t *samples, json_t *numbers)
{
    int64_t duration = lab_n(lab, LAB_DURATION);
    unsigned threads = (unsigned)lab_n(lab, LAB_THREADS);
    int err = 0;
    (void)numbers;
    lab_ready(lab, 0);
    for (int64_t i = 0; i < lab_n(lab, LAB_PAIRS) && err == 0; i++) {
        double before, many, after;
        err = call_for_a_while(lab, 1, 0, duration, &before);
        if (err == 0)
            err = call_for_a_while(lab, threads, 0, duration, &many);
        if (err == 0)
            err = call_for_a_while(lab, 1, 0, duration, &after);
        if (err == 0)
            report_sample(samples, "ratio_ppm", (int64_t)(2e6 * many / (before + after)));
    }
    return err;
}

/* ---- sleeping ----------------------------------------------------------------------------- */

static void sleep_often(struct actor *actor)
{
    const struct lab *lab = actor->scene->lab;
    int64_t ns = lab_n(lab, LAB_TIME), *overshoot = actor->data;
    struct timespec t = {ns / 1000000000, ns % 1000000000};
    for (int64_t i = 0; i < lab_n(lab, LAB_REPEAT); i++) {
        int64_t begin = now_ns();
        gil_release(actor->gil, &actor->me);
        clock_nanosleep(CLOCK_MONOTONIC, 0, &t, NULL);
        gil_acquire(actor->gil, &actor->me);
        overshoot[i] = now_ns() - begin - ns;
    }
}

int simulate_sleep(struct lab *lab, json_t *samples, json_t *numbers)
{
    struct scene scene;
    unsigned threads = (unsigned)lab_n(lab, LAB_THREADS), k = (unsigned)lab_n(lab, LAB_K);
    size_t repeat = (size_t)lab_n(lab, LAB_REPEAT);
    int64_t *overshoot = calloc(threads * repeat + 1, sizeof(*overshoot));
    int err = open_beside_hogs(&scene, lab, threads);
    if (overshoot == NULL)
        err = -ENOMEM;
    lab_ready(lab, 0);
    for (unsigned i = 0; i < threads && err == 0; i++)
        err = scene_start(&scene, sleep_often, overshoot + i * repeat) != NULL ? 0 : -EAGAIN;
    while (scene.count > k)
        scene_join_last(&scene); /* a sleeper */
    for (size_t i = 0; i < threads * repeat && err == 0; i++)
        report_sample(samples, "overshoot", overshoot[i]);
    close_with_report(&scene, samples, numbers);
    free(overshoot);
    return err;
}

/* ---- starting threads --------------------------------------------------------------------- */

/* What the module threading runs in a new thread before it sets the event that start() waits for,
 * and after that: time enough for a hog to be back among those who wait for the lock. */
enum { BOOTSTRAP_NS = 30000 };

static void interpret(struct actor *actor, int64_t ns)
{
    uint64_t x = (uintptr_t)actor;
    for (int64_t end = now_ns() + ns; now_ns() < end;) {
        x = chain_run(x, actor->scene->burst);
        gil_checkpoint(actor->gil, &actor->me);
    }
}

static void set_started(struct actor *actor)
{
    interpret(actor, BOOTSTRAP_NS);
    sem_post(actor->data);
    interpret(actor, BOOTSTRAP_NS);
}

int simulate_spawn(struct lab *lab, json_t *samples, json_t *numbers)
{
    struct scene scene;
    sem_t started;
    int err = open_beside_hogs(&scene, lab, 1);
    sem_init(&started, 0, 0);
    lab_ready(lab, 0);
    for (int64_t i = 0; i < lab_n(lab, LAB_COUNT) && err == 0; i++) {
        int64_t begin = now_ns();
        struct actor *actor = scene_start(&scene, set_started, &started);
        if (actor == NULL) {
            err = -EAGAIN;
            break;
        }
        gil_release(&scene.gil, &scene.main);
        sem_wait(&started);
        gil_acquire(&scene.gil, &scene.main);
        report_sample(samples, "spawn", scene_join_last(&scene) - begin);
    }
    close_with_report(&scene, samples, numbers);
    sem_destroy(&started);
    return err;
}
