// SPDX-License-Identifier: MIT
#include "bench/compare/child.h"
#include "bench/interrupt.h"
#include "bench/process.h"
#include "bench/text.h"
#include "workloads/workload.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static void pad(size_t size)
{
    char padding[CHILD_PADDING_MAX];
    size = size < sizeof(padding) ? size : sizeof(padding) - 1;
    memset(padding, 'x', size);
    padding[size] = '\0';
    setenv("SPEEDUP_PADDING", padding, 1);
}

/* It does not outlive this process, and signals end it again. */
static _Noreturn void become(const struct child_order *order, int output, pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    interrupt_release();
    signal(SIGPIPE, SIG_DFL);
    setpgid(0, 0);
    int nothing = open("/dev/null", O_RDONLY);
    if (getppid() != parent || dup2(nothing, STDIN_FILENO) < 0 || dup2(output, STDOUT_FILENO) < 0 ||
        dup2(output, STDERR_FILENO) < 0)
        _exit(127);
    pad(order->padding);
    if (order->directory != NULL)
        setenv("TMPDIR", order->directory, 1);
    execv(order->argv[0], order->argv);
    dprintf(STDERR_FILENO, "%s cannot be started: %s\n", order->argv[0], strerror(errno));
    _exit(127);
}

int child_run(const struct child_order *order, struct child *child)
{
    *child = (struct child){0};
    int output = memfd_create("output", MFD_CLOEXEC);
    if (output < 0)
        return -errno;
    fflush(NULL);
    pid_t self = getpid();
    child->started_ns = now_ns();
    child->pid = fork();
    if (child->pid == 0)
        become(order, output, self);
    int err = child->pid < 0 ? -errno : 0;
    if (err == 0) {
        setpgid(child->pid, child->pid); /* whoever comes first */
        err = process_await(child->pid, order->deadline_ns, &child->status);
        child->ended_ns = now_ns();
        process_last_line(output, child->line, sizeof(child->line));
        text_clean(child->line);
    }
    close(output);
    return err;
}

const char *child_failure(const struct child *child, char *text, size_t size)
{
    const char *colon = child->line[0] != '\0' ? ": " : "";
    if (WIFSIGNALED(child->status))
        snprintf(text, size, "was killed by signal %d (%s)%s%s", WTERMSIG(child->status),
                 strsignal(WTERMSIG(child->status)), colon, child->line);
    else if (WEXITSTATUS(child->status) != 0)
        snprintf(text, size, "exited with %d%s%s", WEXITSTATUS(child->status), colon, child->line);
    else
        return NULL;
    return text;
}
