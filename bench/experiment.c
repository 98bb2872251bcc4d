// SPDX-License-Identifier: MIT
#include "bench/experiment.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int fail(struct experiment *e, int err)
{
    if (e->failed[0] == '\0')
        snprintf(e->failed, sizeof(e->failed), "%s",
                 e->job.error[0] ? e->job.error : strerror(-err));
    return err;
}

int experiment_shape(struct experiment *e)
{
    struct job *job = &e->job;
    job->values = e->values;
    job->error = e->error;
    job->notes = e->notes[0];
    memset(&job->shape, 0, sizeof(job->shape));
    job->shape.bound = job->workload->bound;
    int err = job->workload->shape(job, &job->shape);
    if (err != 0)
        return fail(e, err);
    struct shape *s = &job->shape;
    s->together = s->together > 0 ? s->together : 1;
    s->bytes = s->bytes > 0 ? s->bytes : (double)s->input_size;
    if (s->items == 0)
        s->items = (double)s->tasks;
    if (s->unit == NULL)
        s->unit = "tasks";
    return 0;
}

int experiment_place(struct experiment *e, const struct machine *machine, const char *policy)
{
    bool helper = e->job.workload->helper != NULL && e->job.shape.report_size > 0;
    char why[ERROR_MAX];
    int err = placement_make(&e->placement, machine, policy, helper, why, sizeof(why));
    if (err != 0)
        snprintf(e->failed, sizeof(e->failed), "%s", why);
    return err;
}

/* Spreads the input over the NUMA nodes, so that no worker has all of it near. Without effect on
 * one node; where it is not allowed, pages lie where they are first touched. */
static void interleave(struct experiment *e, const struct machine *machine)
{
    if (machine->numa_nodes > 1 && !machine->simulated && e->job.shape.input_size > 0)
        hwloc_set_area_membind(machine->topology, e->job.input, e->job.shape.input_size,
                               hwloc_topology_get_allowed_nodeset(machine->topology),
                               HWLOC_MEMBIND_INTERLEAVE, HWLOC_MEMBIND_BYNODESET);
}

int experiment_prepare(struct experiment *e, const struct machine *machine, enum memory memory,
                       int stop_fd)
{
    unsigned workers = 1;
    for (size_t i = 0; i < e->case_count; i++) {
        if (e->cases[i].refused[0] == '\0' && e->cases[i].worker_count > workers)
            workers = e->cases[i].worker_count;
    }
    int err = arena_create(&e->arena, &e->job, workers, machine->memory_bytes, stop_fd, e->failed,
                           sizeof(e->failed));
    if (err != 0)
        return err;
    if (memory == MEMORY_INTERLEAVED)
        interleave(e, machine);
    e->prepared = true;
    err = e->job.workload->prepare != NULL ? e->job.workload->prepare(&e->job) : 0;
    return err != 0 ? fail(e, err) : 0;
}

struct task *experiment_tasks(const struct experiment *e)
{
    size_t count = e->job.shape.tasks;
    struct run run = {.job = (struct job *)&e->job};
    struct task *tasks = calloc(count + 1, sizeof(*tasks));
    for (size_t i = 0; tasks != NULL && i < count; i++) {
        task_locate(&run, i, &tasks[i]);
        tasks[i].output_size = e->arena.slots[i].output_size;
        tasks[i].begin_ns = e->arena.slots[i].begin_ns;
        tasks[i].end_ns = e->arena.slots[i].end_ns;
    }
    return tasks;
}

void experiment_cleanup(struct experiment *e)
{
    if (e->prepared && e->job.workload->cleanup != NULL)
        e->job.workload->cleanup(&e->job);
    e->prepared = false;
    arena_destroy(&e->arena);
    e->job.values = e->values;
    e->job.error = e->error;
}

void experiment_free(struct experiment *e)
{
    experiment_cleanup(e);
    placement_free(&e->placement);
    for (size_t i = 0; i < e->case_count; i++) {
        free(e->cases[i].samples);
        free(e->cases[i].tasks);
    }
    free(e->cases);
    free(e->told);
    memset(e, 0, sizeof(*e));
}
