// SPDX-License-Identifier: MIT
#include "bench/process.h"
#include "bench/interrupt.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int process_await(pid_t pid, int64_t deadline_ns, int *status)
{
    int end = (int)syscall(SYS_pidfd_open, pid, 0);
    int err = end >= 0 ? interrupt_await(end, deadline_ns) : 0; /* an old kernel: no deadline */
    if (end >= 0)
        kill(-pid, SIGKILL); /* it, or what it has left behind */
    while (waitpid(pid, status, 0) < 0 && errno == EINTR)
        ;
    if (end >= 0)
        close(end);
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
