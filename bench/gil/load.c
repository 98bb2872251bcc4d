// SPDX-License-Identifier: MIT
/* What talks to a subject from outside. Pauses are jittered: arrivals at a fixed distance would
 * lock in phase with the interval. */
#include "bench/gil/lab.h"

#include <errno.h>
#include <netinet/in.h>
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* Half to one and a half times ns. */
static void pause_about(int64_t ns)
{
    int64_t jittered = (int64_t)((double)ns * (0.5 + drand48()));
    struct timespec t = {jittered / 1000000000, jittered % 1000000000};
    if (ns > 0)
        clock_nanosleep(CLOCK_MONOTONIC, 0, &t, NULL);
}

/* Each run has pauses of its own: the same ones would make the same error each time. */
static void seed(void)
{
    srand48((long)now_ns());
}

void load_pings(int fd, int64_t count, int64_t gap_ns)
{
    ssize_t n = 1;
    seed();
    for (int64_t i = 0; i < count && n > 0; i++) {
        pause_about(gap_ns);
        int64_t stamp = now_ns();
        n = write(fd, &stamp, sizeof(stamp));
    }
}

/* A time of CLOCK_REALTIME on CLOCK_MONOTONIC: both are read until one follows the other at once,
 * as whoever is preempted in between would take that for time that has passed. */
static int64_t monotonic_of(const struct timespec *stamp)
{
    enum { LOOKS = 5 };
    int64_t shortest = INT64_MAX, answer = 0;
    for (int i = 0; i < LOOKS; i++) {
        struct timespec now;
        int64_t before = now_ns();
        clock_gettime(CLOCK_REALTIME, &now);
        int64_t after = now_ns();
        if (after - before >= shortest)
            continue;
        shortest = after - before;
        answer =
            before - (now.tv_sec - stamp->tv_sec) * 1000000000 - (now.tv_nsec - stamp->tv_nsec);
    }
    return answer;
}

/* Receives a reply. Answers when it came to the socket, of which the system keeps a stamp: how long
 * this process then waited for a core is nothing that the server did. */
static int64_t receive(int fd, char *data, size_t size)
{
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(struct timespec))];
    struct iovec part = {data, size};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = control,
                             .msg_controllen = sizeof(control)};
    struct timespec stamp;
    if (recvmsg(fd, &message, 0) < 0)
        return -errno;
    int64_t ns = now_ns();
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (header == NULL || header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_TIMESTAMPNS)
        return ns;
    memcpy(&stamp, CMSG_DATA(header), sizeof(stamp));
    return monotonic_of(&stamp);
}

int load_echo(unsigned port, int64_t duration_ns, int64_t think_ns, FILE *out)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    char data[64] = "x", *kept = NULL;
    size_t size = 0;
    /* Nobody reads `out` before the end: what is more than a pipe holds would wait for ever. */
    FILE *trips = open_memstream(&kept, &size);
    seed();
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), on = 1;
    if (trips == NULL || fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0)
        return -errno;
    setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on));
    int64_t begin = now_ns(), end = begin + duration_ns;
    while (begin < end) {
        int64_t arrival =
            send(fd, data, sizeof(data), 0) < 0 ? -errno : receive(fd, data, sizeof(data));
        if (arrival < 0)
            return (int)arrival;
        int64_t trip = arrival - begin;
        fwrite(&trip, sizeof(trip), 1, trips);
        pause_about(think_ns);
        begin = now_ns();
    }
    send(fd, "END", 3, 0);
    close(fd);
    fclose(trips);
    fwrite(kept, 1, size, out);
    free(kept);
    return 0;
}
