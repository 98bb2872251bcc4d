// SPDX-License-Identifier: MIT
#include "tests/program.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/scratch.h"
#include "workloads/workload.h"

enum { GRACE_MS = 2000 }; /* for processes that die because the program ended */

/* One of the program's two streams, and what came out of it so far. */
struct stream {
    int fd;
    char *text;
    size_t size;
};

/* A running program. */
struct running {
    pid_t pid;
    int pidfd;
    struct stream out, err;
    int signal; /* to be sent when the sign appears; 0: none, or sent */
    const char *sign;
    int64_t deadline_ns;
};

const char *program_root(void)
{
    static char root[PATH_MAX];
    if (root[0] == '\0')
        cr_assert_not_null(getcwd(root, sizeof(root)));
    return root;
}

const char *program_directory(void)
{
    static char directory[PATH_MAX];
    if (directory[0] == '\0')
        cr_assert_eq(scratch_make(getenv("SPEEDUP_SCRATCH"), directory), 0);
    return directory;
}

char *program_file(const char *path)
{
    char *whole, *text = NULL;
    size_t room = 0;
    const char *directory = path[0] == '/' ? "" : program_directory();
    cr_assert_geq(asprintf(&whole, "%s/%s", directory, path), 0);
    FILE *file = fopen(whole, "r");
    free(whole);
    if (file == NULL)
        return NULL;
    if (getdelim(&text, &room, '\0', file) < 0)
        text = strdup("");
    fclose(file);
    return text;
}

/* ---- the child: a shell that becomes the program ------------------------------------------ */

static void set_environment(void)
{
    char path[PATH_MAX] = "", *temporary;
    const char *given = getenv("SPEEDUP_PROGRAM");
    if (given != NULL)
        cr_assert_not_null(realpath(given, path), "SPEEDUP_PROGRAM: there is no %s", given);
    else
        cr_assert_gt(readlink("/proc/self/exe", path, sizeof(path) - 1), 0);
    if (given == NULL) /* build/tests/run -> build/speedup-test */
        strcpy(strstr(path, "/tests/run"), "/speedup-test");
    cr_assert_geq(asprintf(&temporary, "%s/tmp", program_directory()), 0);
    mkdir(temporary, 0700);
    setenv("SPEEDUP", path, 1);
    setenv("ROOT", program_root(), 1);
    setenv("TMPDIR", temporary, 1);
    free(temporary);
}

static void become(const char *text, int out, int err)
{
    /* Only what is safe after a fork; an assertion here would confuse Criterion. */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setpgid(0, 0);
    /* Ignored in a shell's background, and a shell cannot trap what it was started to ignore. */
    signal(SIGHUP, SIG_DFL);
    signal(SIGINT, SIG_DFL);
    signal(SIGQUIT, SIG_DFL);
    int nothing = open("/dev/null", O_RDONLY);
    if (dup2(nothing, STDIN_FILENO) == 0 && dup2(out, STDOUT_FILENO) > 0 &&
        dup2(err, STDERR_FILENO) > 0 && close_range(3, ~0U, 0) == 0 &&
        chdir(program_directory()) == 0)
        execl("/bin/sh", "sh", "-c", text, NULL);
    _exit(127);
}

static void start(struct running *run, const char *text)
{
    int out[2], err[2];
    cr_assert_eq(pipe2(out, O_CLOEXEC), 0);
    cr_assert_eq(pipe2(err, O_CLOEXEC), 0);
    fflush(NULL);
    run->pid = fork();
    cr_assert_geq(run->pid, 0);
    if (run->pid == 0)
        become(text, out[1], err[1]);
    close(out[1]);
    close(err[1]);
    fcntl(out[0], F_SETFL, O_NONBLOCK);
    fcntl(err[0], F_SETFL, O_NONBLOCK);
    run->out = (struct stream){.fd = out[0], .text = calloc(1, 1)};
    run->err = (struct stream){.fd = err[0], .text = calloc(1, 1)};
    run->pidfd = pidfd_open(run->pid, 0);
    cr_assert_geq(run->pidfd, 0);
}

/* ---- while it runs ------------------------------------------------------------------------ */

static void finish(struct stream *stream)
{
    if (stream->fd >= 0)
        close(stream->fd);
    stream->fd = -1;
}

/* Takes what there is now; at its end the stream is closed and fd becomes -1, which poll skips. */
static void take(struct stream *stream)
{
    char piece[4096];
    ssize_t n = 0;
    while (stream->fd >= 0 && (n = read(stream->fd, piece, sizeof(piece))) > 0) {
        stream->text = realloc(stream->text, stream->size + (size_t)n + 1);
        memcpy(stream->text + stream->size, piece, (size_t)n);
        stream->size += (size_t)n;
        stream->text[stream->size] = '\0';
    }
    if (n == 0)
        finish(stream);
}

static int milliseconds_until(int64_t deadline_ns)
{
    int64_t left = (deadline_ns - now_ns()) / 1000000 + 1;
    return left <= 0 ? 0 : left < INT_MAX ? (int)left : INT_MAX;
}

/* Until the program has ended. */
static void watch(struct running *run)
{
    struct pollfd fds[3] = {{.events = POLLIN}, {.events = POLLIN}, {.events = POLLIN}};
    do {
        fds[0].fd = run->pidfd;
        fds[1].fd = run->out.fd;
        fds[2].fd = run->err.fd;
        if (poll(fds, 3, milliseconds_until(run->deadline_ns)) == 0) {
            cr_expect(false, "it did not end within %d s", LIMIT_S);
            kill(-run->pid, SIGKILL);
            run->deadline_ns = INT64_MAX;
        }
        take(&run->out);
        take(&run->err);
        if (run->signal != 0 &&
            (strstr(run->out.text, run->sign) || strstr(run->err.text, run->sign))) {
            kill(run->signal == SIGINT ? -run->pid : run->pid, run->signal);
            run->signal = 0;
        }
    } while ((fds[0].revents & POLLIN) == 0);
    cr_expect(run->signal == 0, "'%s' never appeared", run->sign);
}

/* ---- what it left ------------------------------------------------------------------------- */

/* A living child of this process, orphans of the program included; 0 if none can be found. */
static pid_t living_child(void)
{
    glob_t files;
    int pid = 0;
    if (glob("/proc/self/task/*/children", 0, NULL, &files) != 0)
        return 0;
    for (size_t i = 0; i < files.gl_pathc && pid == 0; i++) {
        FILE *file = fopen(files.gl_pathv[i], "r");
        if (file != NULL && fscanf(file, "%d", &pid) != 1)
            pid = 0;
        if (file != NULL)
            fclose(file);
    }
    globfree(&files);
    return pid;
}

/* Processes die a moment after the one that held them; those that do not are left over. */
static void expect_no_process(void)
{
    int64_t deadline_ns = now_ns() + GRACE_MS * INT64_C(1000000);
    pid_t reaped;
    while ((reaped = waitpid(-1, NULL, WNOHANG)) >= 0) {
        if (reaped > 0)
            continue;
        pid_t pid = living_child();
        struct pollfd end = {.fd = pidfd_open(pid, 0), .events = POLLIN};
        bool ended = end.fd >= 0 && poll(&end, 1, milliseconds_until(deadline_ns)) == 1;
        close(end.fd);
        if (!ended) {
            cr_expect(false, "process %d is left", pid);
            if (pid == 0 || kill(pid, SIGKILL) != 0 || waitpid(pid, NULL, 0) != pid)
                return;
        }
    }
}

static int is_foreign(const struct dirent *entry)
{
    return entry->d_name[0] != '.' && strncmp(entry->d_name, "bxf", 3) != 0;
}

/* The names in a directory, a line each, but for hidden ones and those of Criterion's sandbox. */
static char *names_in(const char *path)
{
    struct dirent **entries;
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);
    int n = scandir(path, &entries, is_foreign, alphasort);
    for (int i = 0; i < n; i++) {
        fprintf(stream, "%s\n", entries[i]->d_name);
        free(entries[i]);
    }
    if (n >= 0)
        free(entries);
    fclose(stream);
    return text;
}

static void expect_nothing_left(const char *shared_before, const char *errors)
{
    expect_no_process();
    char *temporary = names_in(getenv("TMPDIR")), *shared = names_in("/dev/shm");
    cr_expect_str_empty(temporary, "left in TMPDIR: %s", temporary);
    cr_expect_str_eq(shared, shared_before, "/dev/shm: before:\n%safter:\n%s", shared_before,
                     shared);
    cr_expect(strstr(errors, "Sanitizer") == NULL && strstr(errors, "runtime error:") == NULL,
              "a sanitizer found an error:\n%s", errors);
    free(temporary);
    free(shared);
}

/* ---- all of it ---------------------------------------------------------------------------- */

static struct outcome run_text(char *text, int signal, const char *sign)
{
    struct running run = {
        .signal = signal, .sign = sign, .deadline_ns = now_ns() + LIMIT_S * INT64_C(1000000000)};
    int status = 0;
    set_environment();
    char *shared_before = names_in("/dev/shm");
    cr_assert_eq(prctl(PR_SET_CHILD_SUBREAPER, 1), 0); /* orphans become our children */
    start(&run, text);
    watch(&run);
    cr_assert_eq(waitpid(run.pid, &status, 0), run.pid);
    close(run.pidfd);
    expect_nothing_left(shared_before, run.err.text);
    finish(&run.out);
    finish(&run.err);
    free(shared_before);
    free(text);
    return (struct outcome){.status =
                                WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
                            .out = run.out.text,
                            .err = run.err.text};
}

static char *format_text(const char *before, const char *format, va_list arguments)
{
    char *words, *text;
    cr_assert_geq(vasprintf(&words, format, arguments), 0);
    cr_assert_geq(asprintf(&text, "%s%s", before, words), 0);
    free(words);
    return text;
}

struct outcome program(const char *words, ...)
{
    va_list arguments;
    va_start(arguments, words);
    char *text = format_text("exec \"$SPEEDUP\" ", words, arguments);
    va_end(arguments);
    return run_text(text, 0, NULL);
}

struct outcome command(const char *text, ...)
{
    va_list arguments;
    va_start(arguments, text);
    char *whole = format_text("", text, arguments);
    va_end(arguments);
    return run_text(whole, 0, NULL);
}

struct outcome program_signal(int signal, const char *sign, const char *words, ...)
{
    va_list arguments;
    va_start(arguments, words);
    char *text = format_text("exec \"$SPEEDUP\" ", words, arguments);
    va_end(arguments);
    return run_text(text, signal, sign);
}

void expect_done(const struct outcome *o)
{
    cr_assert(o->status == 0, "exit %d: %s", o->status, o->err);
}

void expect_mistake(const char *words, int status, const char *sentence)
{
    struct outcome o = program("%s", words);
    cr_expect(o.status == status, "%s: exit %d, not %d", words, o.status, status);
    cr_expect(strstr(o.err, sentence) != NULL, "%s: '%s' is not in: %s", words, sentence, o.err);
    cr_expect(strchr(o.err, '\n') == o.err + strlen(o.err) - 1, "%s: more than one line: %s", words,
              o.err);
    cr_expect(o.out[0] == '\0', "%s: %s", words, o.out);
}
