// SPDX-License-Identifier: MIT
#include "bench/gnuplot.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int start(FILE *script, pid_t *pid)
{
    char *const argv[] = {"gnuplot", "-d", "-", NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none;
    rewind(script); /* flushes, too */
    int err = posix_spawn_file_actions_init(&actions);
    if (err != 0)
        return err;
    posix_spawnattr_init(&attributes); /* Ctrl-C ends it, whatever waits for its end */
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    err = posix_spawn_file_actions_adddup2(&actions, fileno(script), STDIN_FILENO);
    if (err == 0) /* what it cannot write into its file it writes there, and ours may be JSON */
        err = posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
    if (err == 0)
        err = posix_spawnp(pid, "gnuplot", &actions, &attributes, argv, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return err;
}

int gnuplot_run(FILE *script, char *why, size_t size)
{
    pid_t pid;
    int status, err = start(script, &pid);
    if (err == ENOENT || err == EACCES || err == ENOTDIR) {
        snprintf(why, size,
                 "charts are drawn by gnuplot, which is not in PATH; install the package "
                 "gnuplot-nox");
        return -ENOENT;
    }
    if (err != 0) {
        snprintf(why, size, "gnuplot could not be started: %s", strerror(err));
        return -err;
    }
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return -errno;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return 0;
    if (WIFSIGNALED(status))
        snprintf(why, size, "gnuplot was ended by a signal: %s", strsignal(WTERMSIG(status)));
    else
        snprintf(
            why, size,
            "gnuplot failed with the message above; if that is about a command that it does not "
            "know, install version 5.4 or newer");
    return -EIO;
}

int gnuplot_check(char *why, size_t size)
{
    FILE *nothing = tmpfile();
    if (nothing == NULL) {
        int err = errno;
        snprintf(why, size, "no temporary file could be made: %s", strerror(err));
        return -err;
    }
    int err = gnuplot_run(nothing, why, size);
    fclose(nothing);
    return err;
}
