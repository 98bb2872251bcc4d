// SPDX-License-Identifier: MIT
/* Running an experiment: the subject in one process, what loads it in another. The subject says on
 * its standard output first that it is ready, then what it has seen, one JSON object a line. */
#include "bench/gil/lab.h"
#include "bench/gil_params.h"
#include "bench/interrupt.h"
#include "bench/place.h"
#include "bench/process.h"
#include "bench/text.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* scripts/gil.py, which does the experiments in a real Python. */
__asm__(".pushsection .rodata\n"
        "lab_script:\n"
        ".incbin \"scripts/gil.py\"\n"
        ".byte 0\n"
        ".popsection\n");
extern const char lab_script[];

enum { ARGUMENTS_MAX = 32, COMPLAINT_MAX = 256, EXIT_UNBOUND = 126, EXIT_NO_PYTHON = 127 };

/* ---- in the subject ----------------------------------------------------------------------- */

void lab_ready(struct lab *lab, unsigned port)
{
    fprintf(lab->out, "{\"ready\": true, \"port\": %u}\n", port);
    fflush(lab->out);
}

/* An experiment that failed has no line to say: why is in `errors`. */
static int simulate(struct lab *lab, int errors)
{
    json_t *samples = json_object(), *numbers = json_object();
    lab->events = lab->wants_events ? json_array() : NULL;
    int err = lab->kind->simulate(lab, samples, numbers);
    json_t *report =
        json_pack("{s:o s:o s:o*}", "samples", samples, "numbers", numbers, "events", lab->events);
    if (err != 0) {
        dprintf(errors, "%s\n", strerror(-err));
        return 1;
    }
    json_dumpf(report, lab->out, JSON_COMPACT);
    fputc('\n', lab->out);
    return fflush(lab->out) != 0;
}

/* What only the process outside needs to know. */
static bool is_the_loads(const struct lab *lab, int param)
{
    if (lab->kind->load == LOAD_PINGS)
        return param == LAB_COUNT || param == LAB_GAP;
    return lab->kind->load == LOAD_ECHO && (param == LAB_DURATION || param == LAB_THINK);
}

static void execute(const struct lab *lab, const char *python, int errors)
{
    char texts[ARGUMENTS_MAX][64];
    const char *argv[ARGUMENTS_MAX + 8] = {python, "-E", "-s", "-c", lab_script, lab->kind->name};
    int n = 0;
    for (int i = 0; lab_params[i].name != NULL; i++) {
        if (i != LAB_PIN && !is_the_loads(lab, i) && lab_uses(lab->kind, lab_params[i].name))
            snprintf(texts[n++], sizeof(texts[0]), "%s=%lld", lab_params[i].name,
                     (long long)lab_n(lab, i));
    }
    if (lab->fd >= 0)
        snprintf(texts[n++], sizeof(texts[0]), "fd=%d", lab->fd);
    if (gil_looks_at(lab->gil.variant, "check"))
        snprintf(texts[n++], sizeof(texts[0]), "check=%u", lab->gil.check);
    for (int i = 0; i < n; i++)
        argv[6 + i] = texts[i];
    dup2(open("/dev/null", O_RDONLY | O_CLOEXEC), STDIN_FILENO);
    dup2(fileno(lab->out), STDOUT_FILENO);
    dup2(errors, STDERR_FILENO);
    if (lab->fd >= 0)
        fcntl(lab->fd, F_SETFD, 0);
    execvp(python, (char *const *)argv);
    _exit(EXIT_NO_PYTHON);
}

/* ---- in the laboratory -------------------------------------------------------------------- */

/* One run of an experiment. */
struct trial {
    struct lab lab;
    const struct machine *machine;
    const char *python; /* NULL: the simulator */
    pid_t subject, load;
    int64_t deadline; /* CLOCK_MONOTONIC */
    int out;          /* what the subject says, and in `said` what of that nobody has read */
    int errors;       /* what the subject complains of: a file */
    FILE *trips;      /* what the load has seen */
    int pings;        /* where the load writes */
    char *said;
    size_t size, room;
    bool over;   /* it says no more */
    bool killed; /* by the laboratory */
};

static int bind_to_one_core(const struct trial *s)
{
    if (lab_n(&s->lab, LAB_PIN) == 0)
        return 0;
    hwloc_bitmap_t one = hwloc_bitmap_dup(s->machine->allowed);
    hwloc_bitmap_singlify(one);
    struct place place = {.cpuset = one};
    int err = place_bind(s->machine, &place);
    hwloc_bitmap_free(one);
    return err;
}

/* A process that does not outlive this one, and that signals end; 0 in it. */
static pid_t fork_child(const struct trial *s)
{
    pid_t parent = getpid();
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        interrupt_release();
        if (getppid() != parent)
            _exit(1);
        if (bind_to_one_core(s) != 0)
            _exit(EXIT_UNBOUND);
    }
    return pid;
}

static int start_subject(struct trial *s)
{
    int out[2], pings[2] = {-1, -1};
    if (pipe2(out, O_CLOEXEC) != 0)
        return -errno;
    if (s->lab.kind->load == LOAD_PINGS && pipe2(pings, O_CLOEXEC) != 0) {
        int err = -errno;
        close(out[0]);
        close(out[1]);
        return err;
    }
    s->subject = fork_child(s);
    if (s->subject == 0) {
        setpgid(0, 0); /* a Python may be a script that starts others */
        close(out[0]);
        if (pings[1] >= 0)
            close(pings[1]);
        s->lab.out = fdopen(out[1], "w");
        s->lab.fd = pings[0];
        if (s->python != NULL)
            execute(&s->lab, s->python, s->errors);
        _exit(simulate(&s->lab, s->errors));
    }
    if (s->subject > 0)
        setpgid(s->subject, s->subject); /* whoever comes first */
    close(out[1]);
    if (pings[0] >= 0)
        close(pings[0]);
    s->pings = pings[1];
    s->out = out[0];
    return s->subject < 0 ? -errno : 0;
}

static int start_load(struct trial *s, unsigned port)
{
    int trips[2];
    if (s->lab.kind->load == LOAD_NONE)
        return 0;
    if (pipe2(trips, O_CLOEXEC) != 0)
        return -errno;
    s->load = fork_child(s);
    if (s->load == 0) {
        FILE *out = fdopen(trips[1], "w");
        if (s->lab.kind->load == LOAD_PINGS)
            load_pings(s->pings, lab_n(&s->lab, LAB_COUNT), lab_n(&s->lab, LAB_GAP));
        else if (load_echo(port, lab_n(&s->lab, LAB_DURATION), lab_n(&s->lab, LAB_THINK), out) != 0)
            kill(s->subject, SIGTERM); /* it would wait for requests that do not come */
        fclose(out);
        _exit(0);
    }
    close(trips[1]);
    s->trips = fdopen(trips[0], "r");
    if (s->pings >= 0)
        close(s->pings);
    s->pings = -1;
    return s->load < 0 ? -errno : 0;
}

/* More of what the subject says; -EPROTO at its end. */
static int hear(struct trial *s)
{
    enum { MORE = 65536 };
    int err = interrupt_await(s->out, s->deadline);
    if (err != 0)
        return err;
    if (s->room - s->size < MORE) {
        char *more = realloc(s->said, 2 * s->room + MORE);
        if (more == NULL)
            return -ENOMEM;
        s->said = more;
        s->room = 2 * s->room + MORE;
    }
    ssize_t heard = read(s->out, s->said + s->size, MORE);
    s->size += heard > 0 ? (size_t)heard : 0;
    s->over = heard == 0;
    return heard > 0 ? 0 : heard == 0 ? -EPROTO : -errno;
}

/* The next line of the subject as JSON; -EPROTO at its end or where it is none. */
static int read_line(struct trial *s, json_t **line)
{
    json_error_t error;
    char *newline = NULL;
    for (size_t seen = 0; newline == NULL;) {
        if (s->size > seen)
            newline = memchr(s->said + seen, '\n', s->size - seen);
        seen = s->size;
        int err = newline == NULL ? hear(s) : 0;
        if (err != 0)
            return err;
    }
    *line = json_loadb(s->said, (size_t)(newline - s->said), 0, &error);
    s->size -= (size_t)(newline + 1 - s->said);
    memmove(s->said, newline + 1, s->size);
    return *line != NULL ? 0 : -EPROTO;
}

static void read_trips(struct trial *s, json_t *report)
{
    json_t *array = json_array();
    int64_t trip;
    while (fread(&trip, sizeof(trip), 1, s->trips) == 1)
        json_array_append_new(array, json_integer(trip));
    json_object_set_new(json_object_get(report, "samples"), "trip", array);
}

static int talk(struct trial *s, json_t **report)
{
    json_t *ready = NULL;
    int err = read_line(s, &ready);
    if (err == 0 && !json_is_true(json_object_get(ready, "ready")))
        err = -EPROTO;
    if (err == 0)
        err = start_load(s, (unsigned)json_integer_value(json_object_get(ready, "port")));
    if (err == 0)
        err = read_line(s, report);
    if (err == 0 && !json_is_object(*report))
        err = -EPROTO;
    if (err == 0 && s->lab.kind->load == LOAD_ECHO)
        read_trips(s, *report);
    if (err == 0 && json_object_get(ready, "version") != NULL) {
        json_object_set(*report, "version", json_object_get(ready, "version"));
        json_object_set(*report, "gil", json_object_get(ready, "gil"));
        json_object_set(*report, "implementation", json_object_get(ready, "implementation"));
    }
    json_decref(ready);
    return err;
}

/* Ends a subject that failed. Who has closed its output is about to end, and how is worth to know:
 * it gets a second for it. */
static void give_up(struct trial *s)
{
    enum { GRACE_NS = 1000000000 };
    int64_t soon = now_ns() + GRACE_NS;
    s->killed = !s->over;
    if (s->killed)
        kill(-s->subject, SIGKILL);
    else if (soon < s->deadline)
        s->deadline = soon;
}

/* Ends what is left of it; *status is the subject's. */
static int finish(struct trial *s, int *status)
{
    const int fds[] = {s->out, s->pings};
    int err = 0;
    for (size_t i = 0; i < 2; i++) {
        if (fds[i] >= 0)
            close(fds[i]);
    }
    if (s->trips != NULL)
        fclose(s->trips);
    free(s->said);
    if (s->load > 0) {
        kill(s->load, SIGKILL); /* it has said all, or its subject is gone */
        while (waitpid(s->load, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    *status = 0;
    if (s->subject > 0)
        err = process_await(s->subject, s->deadline, status);
    s->killed = s->killed || err != 0;
    return err;
}

/* ": " and what the subject complained of last, or "". */
static void put_complaint(const struct trial *s, char text[COMPLAINT_MAX])
{
    char line[COMPLAINT_MAX - 2];
    process_last_line(s->errors, line, sizeof(line));
    text_clean(line);
    snprintf(text, COMPLAINT_MAX, "%s%s", line[0] != '\0' ? ": " : "", line);
}

static int explain(const struct trial *s, int err, int status, char *why, size_t size)
{
    const char *who = s->python != NULL ? s->python : "the simulated interpreter";
    char complaint[COMPLAINT_MAX];
    put_complaint(s, complaint);
    if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_NO_PYTHON && s->python != NULL) {
        snprintf(why, size, "%s cannot be executed; name a CPython with --python PATH", who);
        return -ENOENT;
    }
    if (err == -ETIMEDOUT)
        snprintf(why, size, "%s: %s was not finished after %d s", who, s->lab.kind->name,
                 s->lab.limit_s);
    else if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_UNBOUND && lab_n(&s->lab, LAB_PIN))
        snprintf(why, size, "%s: %s cannot be bound to one core; leave pin=yes out", who,
                 s->lab.kind->name);
    else if (WIFSIGNALED(status) && !(s->killed && WTERMSIG(status) == SIGKILL))
        snprintf(why, size, "%s: %s ended by signal %d (%s)", who, s->lab.kind->name,
                 WTERMSIG(status), strsignal(WTERMSIG(status)));
    else if (err == -EPROTO || err == 0)
        snprintf(why, size, "%s: %s %s%s", who, s->lab.kind->name,
                 s->python != NULL ? "gave no answer that can be read" : "could not be done",
                 complaint);
    else
        snprintf(why, size, "%s: %s: %s", who, s->lab.kind->name, strerror(-err));
    return err != 0 ? err : -ECHILD;
}

int lab_run(const struct lab *lab, const struct machine *machine, const char *python,
            json_t **report, char *why, size_t size)
{
    struct trial s = {.lab = *lab, .machine = machine, .python = python, .out = -1, .pings = -1};
    int status;
    *report = NULL;
    s.deadline = now_ns() + (int64_t)lab->limit_s * 1000000000;
    s.errors = memfd_create("errors", MFD_CLOEXEC);
    int err = s.errors < 0 ? -errno : start_subject(&s);
    if (err == 0)
        err = talk(&s, report);
    if (err != 0 && s.subject > 0)
        give_up(&s);
    int ended = finish(&s, &status);
    err = err != 0 ? err : ended;
    if (err != 0 || status != 0) {
        json_decref(*report);
        *report = NULL;
        err = explain(&s, err, status, why, size);
    }
    if (s.errors >= 0)
        close(s.errors);
    return err;
}
