// SPDX-License-Identifier: MIT
#include "bench/helper.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

struct helper {
    int fd;
};

enum { READY = 'R', LONGEST_START_MS = 10000, LONGEST_END_MS = 2000 };

int helper_fd(const struct helper *helper)
{
    return helper->fd;
}

void helper_ready(struct helper *helper)
{
    char byte = READY;
    while (send(helper->fd, &byte, 1, MSG_NOSIGNAL) < 0 && errno == EINTR)
        ;
}

static _Noreturn void child_main(int fd, const struct machine *machine, struct experiment *e,
                                 pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1);
    signal(SIGINT, SIG_IGN); /* it ends when its parent does */
    signal(SIGTERM, SIG_DFL);
    place_bind(machine, &e->placement.helper);
    struct helper helper = {fd};
    int err = e->job.workload->helper(&e->job, &helper);
    if (err != 0)
        job_fail(&e->job, err, "the helper failed: %s", strerror(-err));
    _exit(err != 0);
}

/* Says so within the time. */
static bool is_ready(const struct helper_process *helper)
{
    struct pollfd ready = {.fd = helper->fd, .events = POLLIN};
    char byte = 0;
    return poll(&ready, 1, LONGEST_START_MS) == 1 && recv(helper->fd, &byte, 1, 0) == 1 &&
           byte == READY;
}

int helper_start(struct helper_process *helper, const struct machine *machine, struct experiment *e)
{
    *helper = (struct helper_process){0, -1};
    if (e->job.workload->helper == NULL || e->job.shape.report_size == 0)
        return 0;
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        return job_fail(&e->job, -errno, "could not make a socket pair: %s", strerror(errno));
    pid_t parent = getpid();
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        close(pair[0]);
        child_main(pair[1], machine, e, parent);
    }
    int err = pid < 0 ? -errno : 0;
    close(pair[1]);
    *helper = (struct helper_process){pid > 0 ? pid : 0, pair[0]};
    if (err != 0) {
        helper_stop(helper);
        return job_fail(&e->job, err, "could not start the helper: %s", strerror(-err));
    }
    if (is_ready(helper))
        return 0;
    helper_stop(helper);
    return job_fail(&e->job, -EIO, "the helper of %s did not get ready", e->job.workload->name);
}

void helper_tell(const struct helper_process *helper, char event)
{
    if (helper->pid > 0)
        send(helper->fd, &event, 1, MSG_NOSIGNAL | MSG_DONTWAIT);
}

void helper_await(struct helper_process *helper)
{
    if (helper->pid > 0 && !is_ready(helper))
        kill(helper->pid, SIGKILL);
}

bool helper_alive(const struct helper_process *helper)
{
    siginfo_t info = {0};
    return helper->pid == 0 ||
           (waitid(P_PID, (id_t)helper->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
            info.si_pid == 0);
}

void helper_stop(struct helper_process *helper)
{
    if (helper->fd >= 0) {
        struct pollfd end = {.fd = helper->fd, .events = POLLRDHUP};
        shutdown(helper->fd, SHUT_WR);
        if (helper->pid > 0 && poll(&end, 1, LONGEST_END_MS) != 1)
            kill(helper->pid, SIGKILL);
        close(helper->fd);
    }
    if (helper->pid > 0) {
        while (waitpid(helper->pid, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    *helper = (struct helper_process){0, -1};
}
