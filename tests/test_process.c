// SPDX-License-Identifier: MIT
/* Waiting for others, and hearing an interrupt meanwhile. */
#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/interrupt.h"
#include "bench/process.h"
#include "workloads/workload.h"

#define TIMEOUT .timeout = 120

/* Longer than any test may take. */
static int64_t far(void)
{
    return now_ns() + INT64_C(3600) * 1000000000;
}

static pid_t start(const char *command)
{
    pid_t pid = fork();
    cr_assert(pid >= 0);
    if (pid == 0) {
        setpgid(0, 0);
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
    setpgid(pid, pid);
    return pid;
}

Test(process, ends_in_its_time, TIMEOUT)
{
    int status = 0;
    cr_expect_eq(process_await(start("exit 7"), far(), &status), 0);
    cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 7, "status %d", status);
}

Test(process, is_killed_after_its_time, TIMEOUT)
{
    int status = 0;
    cr_expect_eq(process_await(start("sleep 1000"), now_ns(), &status), -ETIMEDOUT);
    cr_expect(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL, "status %d", status);
}

/* An interrupt counts also if it came before the wait: nobody can know when it comes. */
Test(process, an_interrupt_before_the_wait_ends_it, TIMEOUT)
{
    int status = 0;
    pid_t pid = start("sleep 1000");
    interrupt_catch();
    cr_expect(!interrupt_asked());
    raise(SIGINT);
    cr_expect(interrupt_asked());
    cr_expect_eq(process_await(pid, far(), &status), -EINTR);
    cr_expect(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL, "status %d", status);
}

Test(process, an_interrupt_ends_the_wait, TIMEOUT)
{
    int status = 0;
    interrupt_catch();
    cr_expect_eq(process_await(start("kill -INT $PPID; exec sleep 1000"), far(), &status), -EINTR);
    cr_expect(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL, "status %d", status);
}

/* What it started in the background does not disturb what is measured next. */
Test(process, leaves_nobody_behind, TIMEOUT)
{
    int pipes[2], status = 0;
    char byte;
    cr_assert(pipe(pipes) == 0);
    cr_expect_eq(process_await(start("sleep 1000 & exit 0"), far(), &status), 0);
    cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 0, "status %d", status);
    close(pipes[1]);
    cr_expect(read(pipes[0], &byte, 1) == 0, "the sleeper holds its end of the pipe open");
}
