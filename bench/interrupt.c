// SPDX-License-Identifier: MIT
#include "bench/interrupt.h"
#include "workloads/workload.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <sys/eventfd.h>
#include <unistd.h>

static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
enum { SIGNALS = sizeof(signals) / sizeof(signals[0]) };

static volatile sig_atomic_t asked;

/* Can be read once somebody has asked: what came just before a wait ends that, too. */
static int bell = -1;

static void note(int number)
{
    int before = errno;
    (void)number;
    asked = 1;
    (void)!eventfd_write(bell, 1); /* a bell that could not be made: the wait itself ends */
    errno = before;
}

void interrupt_catch(void)
{
    struct sigaction action = {.sa_handler = note}, before; /* without SA_RESTART: waits end */
    if (bell < 0)
        bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    for (size_t i = 0; i < SIGNALS; i++) {
        sigaction(signals[i], NULL, &before);
        if (signals[i] != SIGHUP || before.sa_handler != SIG_IGN)
            sigaction(signals[i], &action, NULL);
    }
}

bool interrupt_asked(void)
{
    return asked;
}

int interrupt_await(int fd, int64_t deadline_ns)
{
    struct pollfd fds[] = {{.fd = fd, .events = POLLIN}, {.fd = bell, .events = POLLIN}};
    int n;
    do {
        int64_t left_ms = (deadline_ns - now_ns()) / 1000000;
        n = poll(fds, 2, left_ms <= 0 ? 0 : left_ms < INT_MAX ? (int)left_ms : INT_MAX);
    } while (n < 0 && errno == EINTR && !asked);
    if (n == 0)
        return -ETIMEDOUT;
    return asked ? -EINTR : n < 0 ? -errno : 0;
}

void interrupt_release(void)
{
    struct sigaction now;
    for (size_t i = 0; i < SIGNALS; i++) {
        sigaction(signals[i], NULL, &now);
        if (now.sa_handler == note)
            signal(signals[i], SIG_DFL);
    }
}
