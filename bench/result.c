// SPDX-License-Identifier: MIT
#include "bench/result.h"
#include "bench/bound.h"
#include "bench/build_info.h"
#include "bench/gbench.h"
#include "bench/gil_params.h"
#include "bench/params.h"
#include "bench/replace.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { SCHEMA = 1 };

/* ---- parts -------------------------------------------------------------------------------- */

static json_t *text_or_null(const char *text)
{
    return text != NULL && text[0] != '\0' ? json_string(text) : json_null();
}

static json_t *number_or_null(double x)
{
    return x > 0 ? json_real(x) : json_null();
}

/* By name; null where the workload has none. */
static json_t *measures_json(const struct measure *measures, const double *values)
{
    json_t *object = measures != NULL ? json_object() : json_null();
    for (int i = 0; measures != NULL && measures[i].name != NULL; i++)
        json_object_set_new(object, measures[i].name,
                            isfinite(values[i]) ? json_real(values[i]) : json_null());
    return object;
}

static json_t *measure_list_json(const struct measure *measures)
{
    static const char *const units[] = {
        [PARAM_TIME] = "ns", [PARAM_COUNT] = "count", [PARAM_FRACTION] = "share"};
    json_t *list = json_array();
    for (int i = 0; measures != NULL && measures[i].name != NULL; i++)
        json_array_append_new(list, json_pack("{s:s s:s s:s}", "name", measures[i].name, "unit",
                                              units[measures[i].type], "help", measures[i].help));
    return list;
}

static json_t *notes_json(const struct experiment *e)
{
    json_t *list = json_array();
    for (int i = 0; i < NOTES_MAX && e->notes[i][0] != '\0'; i++)
        json_array_append_new(list, json_string(e->notes[i]));
    return list;
}

static json_t *sample_json(const struct experiment *e, const struct sample *s)
{
    bool used = s->round > 0 && s->round <= e->complete_rounds && s->checked;
    return json_pack(
        "{s:i s:i s:b s:I s:I s:I s:I s:I s:i s:I s:I s:I s:I s:I s:I s:I s:o s:o s:b}", "round",
        (int)s->round, "position", (int)s->position, "used", used, "create_ns",
        (json_int_t)s->create_ns, "run_ns", (json_int_t)s->run_ns, "destroy_ns",
        (json_int_t)s->destroy_ns, "cpu_ns", (json_int_t)s->cpu_ns, "queue_ns",
        (json_int_t)s->queue_ns, "peak_concurrency", (int)s->peak_concurrency, "voluntary_switches",
        (json_int_t)s->voluntary_switches, "involuntary_switches",
        (json_int_t)s->involuntary_switches, "max_rss_bytes", (json_int_t)s->max_rss_bytes,
        "lock_wait_ns", (json_int_t)s->lock_wait_ns, "task_p50_ns", (json_int_t)s->task_p50_ns,
        "task_p95_ns", (json_int_t)s->task_p95_ns, "task_max_ns", (json_int_t)s->task_max_ns,
        "measures", measures_json(e->job.workload->measures, s->measures), "gil",
        lock_json(&s->lock), "checked", s->checked);
}

static json_t *errors_json(const struct bench_case *c)
{
    json_t *errors = json_object();
    for (int k = 0; k < ERROR_KINDS_MAX && c->kinds[k].count > 0; k++)
        json_object_set_new(errors, strerror(-c->kinds[k].error),
                            json_integer((json_int_t)c->kinds[k].count));
    return errors;
}

/* How long each task took, and when it was done, in the last repetition; null where there are too
 * many. */
static json_t *tasks_json(const struct bench_case *c)
{
    if (c->tasks == NULL || c->sample_count == 0)
        return json_null();
    json_t *took = json_array(), *done = json_array();
    for (size_t i = 0; i < c->experiment->job.shape.tasks; i++) {
        json_array_append_new(took, json_integer((json_int_t)c->tasks[i].took_ns));
        json_array_append_new(done, json_integer((json_int_t)c->tasks[i].done_ns));
    }
    return json_pack("{s:o s:o}", "took_ns", took, "done_ns", done);
}

static json_t *case_json(const struct bench_case *c)
{
    json_t *runs = json_array();
    for (size_t i = 0; i < c->sample_count; i++)
        json_array_append_new(runs, sample_json(c->experiment, &c->samples[i]));
    return json_pack(
        "{s:s s:s s:o s:i s:i s:b s:b s:o s:o s:s s:o s:o s:o s:o s:o}", "name", c->name, "runner",
        c->runner->name, "runner_params", params_json(c->runner->params, c->runner_values),
        "concurrency", (int)c->concurrency, "workers", (int)c->worker_count, "inline", c->inlined,
        "baseline", c->baseline, "python", text_or_null(c->runner->python), "places",
        placement_json(&c->experiment->placement, c->worker_count), "pin",
        c->experiment->placement.policy, "refused", text_or_null(c->refused), "failed",
        text_or_null(c->failed), "errors", errors_json(c), "tasks", tasks_json(c), "runs", runs);
}

static json_t *bound_json(const struct experiment *e)
{
    const struct bound_report *b = &e->bound;
    return json_pack("{s:s s:o s:b s:o s:o s:o s:o}", "claim", bound_name(e->job.shape.bound),
                     "measured", b->known ? json_string(bound_name(b->measured)) : json_null(),
                     "agrees", b->known && b->agrees, "cpu_per_wall",
                     number_or_null(b->cpu_per_wall), "read_bytes_per_s",
                     number_or_null(b->read_bytes_per_s), "task_ns", number_or_null(b->task_ns),
                     "why", text_or_null(b->why));
}

static const char *output_type_name(enum output_type type)
{
    static const char *const names[] = {"bytes", "u32", "u64", "f64"};
    return names[type];
}

static json_t *experiment_json(const struct experiment *e)
{
    const struct shape *s = &e->job.shape;
    json_t *cases = json_array();
    char settings[CASE_NAME_MAX];
    params_print_settings(e->job.workload->params, e->values, settings, sizeof(settings));
    for (size_t i = 0; i < e->case_count; i++)
        json_array_append_new(cases, case_json(&e->cases[i]));
    return json_pack("{s:s s:s s:o s:s s:o s:o s:o s:I s:f s:s s:I s:s s:I s:o s:o s:o s:o s:o}",
                     "name", e->name, "workload", e->job.workload->name, "params",
                     params_json(e->job.workload->params, e->values), "settings", settings,
                     "interpreter", e->interpreted ? gil_json(e->gil) : json_null(), "suite",
                     text_or_null(e->suite), "failed", text_or_null(e->failed), "tasks",
                     (json_int_t)s->tasks, "items", s->items, "unit", s->unit, "input_bytes",
                     (json_int_t)s->input_size, "output_type", output_type_name(s->output_type),
                     "together", (json_int_t)s->together, "notes", notes_json(e), "measures",
                     measure_list_json(e->job.workload->measures), "bound", bound_json(e), "helper",
                     placement_helper_json(&e->placement), "cases", cases);
}

static json_t *times_json(void)
{
    return json_pack(
        "{s:s s:s s:s s:s}", "create_ns",
        "wall: from before the first worker is made until all wait at the gate", "run_ns",
        "wall: from before the gate opens until after the last task is done; speed-ups are of this",
        "destroy_ns", "wall: until every worker is joined or reaped", "cpu_ns",
        "user and system time of create, run and destroy, children included, helper excluded");
}

static json_t *machine_part(const struct session *s)
{
    json_t *machine = machine_json(&s->machine);
    json_object_set_new(machine, "stream_read_bytes_per_s",
                        number_or_null(s->calibration.stream_read_bytes_per_s));
    json_object_set_new(machine, "empty_task_ns", number_or_null(s->calibration.empty_task_ns));
    return machine;
}

static const char *status_name(const struct session *s)
{
    if (s->finished[0] == '\0')
        return "running";
    return s->status == 0     ? "complete"
           : s->status == 130 ? "interrupted"
           : s->status == 3   ? "wrong"
                              : "failed";
}

json_t *result_build(const struct session *s)
{
    char *text = gbench_json();
    json_error_t error;
    json_t *result = text != NULL ? json_loads(text, 0, &error) : NULL;
    free(text);
    if (result == NULL)
        return NULL;
    json_t *command = json_array(), *jobs = json_array();
    for (int i = 0; i < s->argc; i++)
        json_array_append_new(command, json_string(s->argv[i]));
    for (size_t i = 0; i < s->experiment_count; i++) {
        if (s->experiments[i].case_count > 0)
            json_array_append_new(jobs, experiment_json(&s->experiments[i]));
    }
    json_t *ours = json_pack(
        "{s:i s:s s:o s:s s:o s:I s:f s:s s:o s:I s:i s:s s:o s:o s:o s:o}", "schema", SCHEMA,
        "version", build_version(), "command", command, "started", s->started, "finished",
        text_or_null(s->finished), "took_ns", (json_int_t)s->took_ns, "stolen_ns", s->stolen_ns,
        "status", status_name(s), "message", text_or_null(s->message), "seed", (json_int_t)s->seed,
        "rounds", (int)s->rounds, "clock", "CLOCK_MONOTONIC", "times", times_json(), "build",
        build_json(), "machine", machine_part(s), "jobs", jobs);
    json_object_set_new(result, "speedup", ours);
    return result;
}

/* ---- the file ----------------------------------------------------------------------------- */

static int write_all(int fd, const char *text, size_t size)
{
    while (size > 0) {
        ssize_t n = write(fd, text, size);
        if (n < 0 && errno != EINTR)
            return -errno;
        text += n > 0 ? n : 0;
        size -= n > 0 ? (size_t)n : 0;
    }
    return 0;
}

static int close_written(int fd, int err)
{
    return close(fd) != 0 && err == 0 ? -errno : err;
}

bool result_is_same(const char *path, const char *other)
{
    struct stat info, of_other;
    return stat(path, &info) == 0 && stat(other, &of_other) == 0 &&
           info.st_dev == of_other.st_dev && info.st_ino == of_other.st_ino;
}

/* As a shell's > does. */
static int write_into(const char *path, const char *text, size_t size)
{
    int fd = open(path, O_WRONLY | O_NOCTTY | O_CLOEXEC);
    return fd >= 0 ? close_written(fd, write_all(fd, text, size)) : -errno;
}

int result_replace_text(const char *path, const char *text, size_t size)
{
    struct replacement r;
    int fd = replacement_begin(&r, path);
    if (fd == -ENOTSUP)
        return write_into(path, text, size);
    return fd < 0 ? fd : replacement_end(&r, close_written(fd, write_all(fd, text, size)));
}

int result_replace(const char *path, const json_t *result)
{
    struct stat info;
    if (stat(path, &info) == 0 && !S_ISREG(info.st_mode))
        return -ENOTSUP; /* a result grows: it is written again and again */
    char *text = json_dumps(result, JSON_INDENT(1) | JSON_REAL_PRECISION(12));
    if (text == NULL)
        return -ENOMEM;
    size_t n = strlen(text);
    text[n] = '\n'; /* in the place of the zero byte that ended it */
    int err = result_replace_text(path, text, n + 1);
    free(text);
    return err;
}

int result_save(struct session *s)
{
    json_t *result = result_build(s);
    int err = result != NULL ? result_replace(s->path, result) : -ENOMEM;
    json_decref(result);
    malloc_trim(0); /* or each fork would copy what the largest result has ever needed */
    if (err != 0)
        fprintf(stderr, "speedup: cannot write %s: %s; name another file with -o\n", s->path,
                err == -ENOTSUP ? "it is not a regular file" : strerror(-err));
    s->saved = s->saved || err == 0;
    return err;
}

int result_new_path(char path[PATH_MAX])
{
    char stamp[32];
    time_t now = time(NULL);
    struct tm t;
    strftime(stamp, sizeof(stamp), "%Y%m%d-%H%M%S", localtime_r(&now, &t));
    if (mkdir("results", 0777) != 0 && errno != EEXIST)
        return -errno;
    for (int i = 1; i < 1000; i++) {
        if (i == 1)
            snprintf(path, PATH_MAX, "results/%s.json", stamp);
        else
            snprintf(path, PATH_MAX, "results/%s-%d.json", stamp, i);
        int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd >= 0)
            return close(fd);
        if (errno != EEXIST)
            return -errno;
    }
    return -EEXIST;
}

void result_stamp(char text[32])
{
    time_t now = time(NULL);
    struct tm t;
    strftime(text, 32, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &t));
}
