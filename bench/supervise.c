// SPDX-License-Identifier: MIT
#include "bench/supervise.h"
#include "bench/cli.h"
#include "bench/result.h"
#include "bench/scratch.h"
#include "bench/stop.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static _Noreturn void harness_main(int (*harness)(struct watch *, void *), struct watch *watch,
                                   void *argument, const sigset_t *mask, pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    sigprocmask(SIG_SETMASK, mask, NULL);
    int status = getppid() == parent ? harness(watch, argument) : EXIT_RUN_TIME;
    watch->returned = true;
    scratch_remove(watch->scratch); /* the supervisor's task, but it may be gone */
    fflush(NULL);
    _exit(status);
}

/* Waits for the harness. Whatever asks us to end is passed on, as SIGTERM: a Ctrl-C has reached the
 * harness already and must not count twice; a terminal that closes tells only its session's leader.
 */
static int await_harness(pid_t pid, const sigset_t *signals)
{
    siginfo_t info;
    int status;
    while (waitpid(pid, &status, WNOHANG) == 0) {
        if (sigwaitinfo(signals, &info) > 0 && info.si_signo != SIGCHLD)
            kill(pid, SIGTERM);
    }
    return status;
}

/* Writes what became of the harness into the result file that it left. */
static void amend_result(const char *path, const char *status, const char *sentence)
{
    json_error_t error;
    json_t *result = path[0] != '\0' ? json_load_file(path, 0, &error) : NULL;
    json_t *ours = json_object_get(result, "speedup");
    char stamp[32];
    if (ours != NULL) {
        result_stamp(stamp);
        json_object_set_new(ours, "status", json_string(status));
        json_object_set_new(ours, "message", json_string(sentence));
        json_object_set_new(ours, "finished", json_string(stamp));
        result_replace(path, result);
    }
    json_decref(result);
}

/* Exit code and words for the way in which the harness ended. */
static int explain(const struct watch *watch, int status)
{
    char sentence[2048];
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    const char *what = "failed";
    if (code == EXIT_GAVE_UP_INTERRUPTED) {
        snprintf(sentence, sizeof(sentence), "interrupted; %s did not stop by itself",
                 watch->current);
        what = "interrupted";
    } else if (code == EXIT_GAVE_UP) {
        snprintf(sentence, sizeof(sentence),
                 "%s: over its time limit, and %d s later it still hung; given up", watch->current,
                 STOP_GRACE_S);
    } else if (watch->returned && code >= 0) {
        return code;
    } else if (code >= 0) {
        snprintf(sentence, sizeof(sentence), "%s: the program exited with %d in mid-run",
                 watch->current[0] ? watch->current : "start", code);
    } else {
        snprintf(sentence, sizeof(sentence), "%s: the program was killed by signal %d (%s)",
                 watch->current[0] ? watch->current : "start", WTERMSIG(status),
                 strsignal(WTERMSIG(status)));
    }
    fprintf(stderr, "speedup: %s\n", sentence);
    amend_result(watch->result, what, sentence);
    if (watch->result[0] != '\0')
        fprintf(stderr, "speedup: the complete rounds are in %s\n", watch->result);
    return code == EXIT_GAVE_UP_INTERRUPTED ? EXIT_INTERRUPTED : EXIT_RUN_TIME;
}

int supervise(int (*harness)(struct watch *, void *), void *argument)
{
    struct watch *watch =
        mmap(NULL, sizeof(*watch), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    sigset_t signals, before;
    signal(SIGPIPE, SIG_IGN); /* a reader that went away is an error of the write */
    if (watch == MAP_FAILED || scratch_make(NULL, watch->scratch) != 0) {
        fprintf(stderr,
                "speedup: cannot make a temporary directory: %s; set TMPDIR to one that "
                "can be written\n",
                strerror(errno));
        return EXIT_RUN_TIME;
    }
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGHUP);
    sigaddset(&signals, SIGCHLD);
    sigprocmask(SIG_BLOCK, &signals, &before);
    prctl(PR_SET_CHILD_SUBREAPER, 1); /* orphans of a harness that died come to us */
    pid_t self = getpid();
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0)
        harness_main(harness, watch, argument, &before, self);
    int code = EXIT_RUN_TIME;
    if (pid > 0)
        code = explain(watch, await_harness(pid, &signals));
    else
        fprintf(stderr, "speedup: cannot start a process: %s\n", strerror(errno));
    while (waitpid(-1, NULL, 0) > 0) /* they were killed when the harness ended */
        ;
    scratch_remove(watch->scratch);
    munmap(watch, sizeof(*watch));
    sigprocmask(SIG_SETMASK, &before, NULL);
    return code;
}
