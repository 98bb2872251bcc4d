// SPDX-License-Identifier: MIT
#include "bench/stop.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

/* Signal handlers have no argument to carry these, and run in whatever thread the kernel chooses.
 */
static struct control *_Atomic armed;
static atomic_bool interrupted, giving_up, asked_by_user;
static int stop_fd = -1;

static void set_timer(int64_t ns)
{
    struct itimerval t = {.it_value = {ns / 1000000000, ns % 1000000000 / 1000}};
    if (ns > 0 && t.it_value.tv_sec == 0 && t.it_value.tv_usec == 0)
        t.it_value.tv_usec = 1;
    setitimer(ITIMER_REAL, &t, NULL);
}

static void handle(int signal)
{
    struct control *control = atomic_load(&armed);
    bool again = signal == SIGALRM ? giving_up : signal == SIGINT && asked_by_user;
    int saved = errno;
    if (signal != SIGALRM)
        interrupted = 1;
    if (signal == SIGINT)
        asked_by_user = 1; /* who asks twice cannot wait */
    if (again) /* straight to the kernel: threads that hang are abandoned, nobody may look at them
                */
        syscall(SYS_exit_group, interrupted ? EXIT_GAVE_UP_INTERRUPTED : EXIT_GAVE_UP);
    giving_up = 1;
    if (control != NULL)
        control_stop(control, signal == SIGALRM ? STOP_TIMEOUT : STOP_INTERRUPTED);
    set_timer(STOP_GRACE_S * INT64_C(1000000000));
    errno = saved;
}

int stop_install(void)
{
    struct sigaction action = {.sa_handler = handle};
    sigfillset(&action.sa_mask);
    stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (stop_fd < 0)
        return -errno;
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    if (signal(SIGHUP, handle) == SIG_IGN) /* the terminal is gone; under nohup nobody cares */
        signal(SIGHUP, SIG_IGN);
    sigaction(SIGALRM, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
    return stop_fd;
}

void stop_arm(struct control *control, int64_t timeout_ns)
{
    uint64_t drained;
    while (read(stop_fd, &drained, sizeof(drained)) > 0)
        ;
    giving_up = 0;
    atomic_store(&armed, control);
    if (interrupted)
        control_stop(control, STOP_INTERRUPTED);
    set_timer(timeout_ns);
}

void stop_disarm(void)
{
    set_timer(0);
    atomic_store(&armed, NULL);
}

bool stop_interrupted(void)
{
    return interrupted;
}
