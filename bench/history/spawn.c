// SPDX-License-Identifier: MIT
#include "bench/history/spawn.h"
#include "bench/interrupt.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* It does not outlive this process, and signals end it again. */
static _Noreturn void become(const char *const argv[], int out, bool quiet, pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    interrupt_release();
    int nothing = open("/dev/null", O_RDONLY);
    if (getppid() != parent || dup2(nothing, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0 ||
        (quiet && dup2(out, STDERR_FILENO) < 0))
        _exit(SPAWN_FAILED);
    execvp(argv[0], (char *const *)argv);
    _exit(SPAWN_FAILED);
}

int spawn_wait(const char *const argv[], int out, bool quiet)
{
    int status;
    fflush(NULL); /* its words come after ours */
    pid_t self = getpid(), pid = fork();
    if (pid < 0)
        return -errno;
    if (pid == 0)
        become(argv, out, quiet, self);
    int end = (int)syscall(SYS_pidfd_open, pid, 0); /* an old kernel has none: it ends by itself */
    if (end >= 0 && interrupt_await(end, INT64_MAX) == -EINTR)
        kill(pid, SIGTERM);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (end >= 0)
        close(end);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
