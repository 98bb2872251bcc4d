// SPDX-License-Identifier: MIT
#include "bench/history/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static int start(pid_t *pid, const char *const argv[], int out, bool quiet,
                 const posix_spawnattr_t *attributes)
{
    posix_spawn_file_actions_t actions;
    int err = posix_spawn_file_actions_init(&actions);
    if (err != 0)
        return err;
    fflush(NULL); /* its words come after ours */
    err = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (err == 0)
        err = posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    if (err == 0 && quiet)
        err = posix_spawn_file_actions_adddup2(&actions, out, STDERR_FILENO);
    if (err == 0)
        err = posix_spawnp(pid, argv[0], &actions, attributes, (char *const *)argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    return err;
}

/* Ctrl-C is the other program's, which ends in its own way; then we go on. */
int spawn_wait(const char *const argv[], int out, bool quiet)
{
    const struct sigaction ignore = {.sa_handler = SIG_IGN};
    struct sigaction before;
    posix_spawnattr_t attributes;
    sigset_t interrupts;
    pid_t pid;
    int status = 0, err = posix_spawnattr_init(&attributes);
    if (err != 0)
        return -err;
    sigaction(SIGINT, &ignore, &before);
    sigemptyset(&interrupts);
    if (before.sa_handler != SIG_IGN)
        sigaddset(&interrupts, SIGINT);
    posix_spawnattr_setsigdefault(&attributes, &interrupts);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    err = start(&pid, argv, out, quiet, &attributes);
    posix_spawnattr_destroy(&attributes);
    while (err == 0 && waitpid(pid, &status, 0) < 0)
        err = errno == EINTR ? 0 : errno;
    sigaction(SIGINT, &before, NULL);
    if (err != 0)
        return -err;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
