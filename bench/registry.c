// SPDX-License-Identifier: MIT
#include "bench/registry.h"
#include "bench/suggest.h"

#include <string.h>

#define WORKLOAD(name) extern const struct workload workload_##name;
#define RUNNER(name)   extern const struct runner runner_##name;
#include "bench/lists.h"
#undef WORKLOAD
#undef RUNNER

#define RUNNER(name)
#define WORKLOAD(name) &workload_##name,
const struct workload *const workloads[] = {
#include "bench/lists.h"
    NULL};
#undef WORKLOAD
#undef RUNNER

#define WORKLOAD(name)
#define RUNNER(name) &runner_##name,
const struct runner *const runners[] = {
#include "bench/lists.h"
    NULL};

enum { NAMES_MAX = 64 };

static void not_found(const char *what, const char *name, const char *const *names, char *why,
                      size_t size)
{
    const char *near = suggest(name, names);
    if (near != NULL)
        snprintf(why, size, "there is no %s '%s'; did you mean '%s'?", what, name, near);
    else
        snprintf(why, size, "there is no %s '%s'; `speedup list` shows what there is", what, name);
}

const struct workload *workload_find(const char *name, char *why, size_t size)
{
    const char *names[NAMES_MAX] = {NULL};
    for (int i = 0; workloads[i] != NULL && i < NAMES_MAX - 1; i++) {
        names[i] = workloads[i]->name;
        if (strcmp(names[i], name) == 0)
            return workloads[i];
    }
    not_found("workload", name, names, why, size);
    return NULL;
}

const struct runner *runner_find(const char *name, char *why, size_t size)
{
    const char *names[NAMES_MAX] = {NULL};
    for (int i = 0; runners[i] != NULL && i < NAMES_MAX - 1; i++) {
        names[i] = runners[i]->name;
        if (strcmp(names[i], name) == 0)
            return runners[i];
    }
    not_found("runner", name, names, why, size);
    return NULL;
}

const struct runner *runner_with(unsigned caps)
{
    int i = 0;
    while (runners[i] != NULL && (runners[i]->caps & caps) != caps)
        i++;
    return runners[i];
}
