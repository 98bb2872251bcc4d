// SPDX-License-Identifier: MIT
#include "bench/measure_session.h"
#include "bench/exit_codes.h"
#include "bench/result.h"
#include "bench/stop.h"
#include "bench/supervise.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct measuring {
    struct session *session;
    int (*show)(const struct session *);
};

static int harness(struct watch *watch, void *argument)
{
    const struct measuring *m = argument;
    struct session *s = m->session;
    int fd = stop_install();
    if (fd < 0) {
        fprintf(stderr, "speedup: cannot make an eventfd: %s\n", strerror(-fd));
        return EXIT_RUN_TIME;
    }
    s->stop_fd = fd;
    s->watch = watch;
    s->stage.machine = &s->machine;
    s->stage.scratch = watch->scratch;
    snprintf(watch->result, sizeof(watch->result), "%s", s->path);
    int status = session_run(s);
    if (!s->saved)
        return status;
    int shown = m->show != NULL ? m->show(s) : EXIT_OK;
    fprintf(stderr, "speedup: the result is in %s\n", s->path);
    return status != EXIT_OK ? status : shown;
}

static bool is_saved(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISREG(info.st_mode) && info.st_size > 0;
}

int measure_session(struct session *s, int (*show)(const struct session *))
{
    struct measuring measuring = {s, show};
    bool made = s->path[0] == '\0';
    int err = made ? result_new_path(s->path) : 0;
    if (err != 0) {
        fprintf(stderr, "speedup: cannot make a result file in results/: %s; name one with -o\n",
                strerror(-err));
        return EXIT_RUN_TIME;
    }
    int status = supervise(harness, &measuring);
    if (made && !is_saved(s->path))
        unlink(s->path);
    return status;
}
