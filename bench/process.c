// SPDX-License-Identifier: MIT
#include "bench/process.h"
#include "workloads/workload.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int process_await(pid_t pid, int64_t deadline_ns, int *status)
{
    struct pollfd end = {.fd = (int)syscall(SYS_pidfd_open, pid, 0), .events = POLLIN};
    int64_t left_ms = (deadline_ns - now_ns()) / 1000000;
    int timeout = left_ms <= 0 ? 0 : left_ms < INT_MAX ? (int)left_ms : INT_MAX;
    int n = end.fd < 0 ? 1 : poll(&end, 1, timeout); /* an old kernel: without a deadline */
    int err = n > 0 ? 0 : n == 0 ? -ETIMEDOUT : -errno;
    if (err != 0)
        kill(-pid, SIGKILL);
    while (waitpid(pid, status, 0) < 0 && errno == EINTR)
        ;
    if (end.fd >= 0)
        close(end.fd);
    return err;
}

void process_last_line(int fd, char *line, size_t size)
{
    off_t end = lseek(fd, 0, SEEK_END), most = (off_t)size - 1;
    ssize_t n = end > 0 ? pread(fd, line, (size_t)most, end > most ? end - most : 0) : 0;
    n = n > 0 ? n : 0;
    while (n > 0 && line[n - 1] == '\n')
        n--;
    line[n] = '\0';
    char *newline = strrchr(line, '\n');
    if (newline != NULL)
        memmove(line, newline + 1, strlen(newline + 1) + 1);
}
