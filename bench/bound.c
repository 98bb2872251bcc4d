// SPDX-License-Identifier: MIT
#include "bench/bound.h"
#include "bench/registry.h"
#include "bench/stats.h"
#include "bench/units.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *bound_name(enum bound bound)
{
    static const char *const names[] = {"CPU", "MEMORY", "IO", "LOCK", "DISPATCH"};
    return names[bound];
}

enum figure { RUN_NS, CPU_PER_WALL, LOCK_SHARE };

static double figure_of(const struct bench_case *c, const struct sample *s, enum figure figure)
{
    double whole = (double)(s->create_ns + s->run_ns + s->destroy_ns);
    switch (figure) {
    case CPU_PER_WALL:
        /* what the kernel counts for a very short run may be more than the run took */
        return fmin(1, (double)s->cpu_ns / (whole - (double)s->queue_ns));
    case LOCK_SHARE:
        return (double)s->lock_wait_ns / ((double)s->run_ns * c->worker_count);
    case RUN_NS:
        break;
    }
    return (double)s->run_ns;
}

/* Median over the checked, recorded repetitions; -1 without any. */
static double median_of(const struct bench_case *c, enum figure figure)
{
    double *x = malloc((c->sample_count + 1) * sizeof(*x)), median = -1;
    size_t n = 0;
    for (size_t i = 0; x != NULL && i < c->sample_count; i++) {
        const struct sample *s = &c->samples[i];
        if (s->checked && s->round > 0 && s->round <= c->experiment->complete_rounds)
            x[n++] = figure_of(c, &c->samples[i], figure);
    }
    if (n > 0)
        median = stats_median(x, n);
    free(x);
    return median;
}

static void decide(struct bound_report *b, double stream, double empty_task_ns, double lock_share)
{
    char a[UNITS_MAX], c[UNITS_MAX];
    if (b->cpu_per_wall < 0.5) {
        b->measured = BOUND_IO;
        snprintf(b->why, sizeof(b->why), "serial CPU time is %.0f %% of wall time",
                 100 * b->cpu_per_wall);
    } else if (stream > 0 && b->read_bytes_per_s >= 0.6 * stream) {
        b->measured = BOUND_MEMORY;
        snprintf(b->why, sizeof(b->why), "it reads %sB/s; one core streams %sB/s",
                 units_count(a, b->read_bytes_per_s), units_count(c, stream));
    } else if (empty_task_ns >= 0.5 * b->task_ns) {
        b->measured = BOUND_DISPATCH;
        snprintf(b->why, sizeof(b->why), "a task takes %s, an empty one %s",
                 units_time(a, b->task_ns), units_time(c, empty_task_ns));
    } else if (lock_share >= 0.3) {
        b->measured = BOUND_LOCK;
        snprintf(b->why, sizeof(b->why), "workers wait for locks for %.0f %% of their time",
                 100 * lock_share);
    } else {
        b->measured = BOUND_CPU;
        snprintf(b->why, sizeof(b->why), "serial CPU time is %.0f %% of wall time",
                 100 * b->cpu_per_wall);
    }
}

void bound_measure(struct experiment *e, const struct calibration *calibration)
{
    struct bound_report *b = &e->bound;
    double run_ns = -1, lock_share = 0;
    for (size_t i = 0; i < e->case_count; i++) {
        const struct bench_case *c = &e->cases[i];
        double share = median_of(c, LOCK_SHARE);
        lock_share = share > lock_share ? share : lock_share;
        if (strcmp(c->runner->name, BASELINE) == 0) {
            run_ns = median_of(c, RUN_NS);
            b->cpu_per_wall = median_of(c, CPU_PER_WALL);
        }
    }
    b->known = run_ns > 0 && e->job.shape.tasks > 0;
    if (!b->known)
        return;
    b->read_bytes_per_s = e->job.shape.bytes / run_ns * 1e9;
    b->task_ns = run_ns / (double)e->job.shape.tasks;
    decide(b, calibration->stream_read_bytes_per_s, calibration->empty_task_ns, lock_share);
    b->agrees = b->measured == e->job.shape.bound;
}
