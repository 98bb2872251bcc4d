// SPDX-License-Identifier: MIT
/* The plug-ins of this program, by name, and the one function that validates their tables. */
#ifndef SPEEDUP_REGISTRY_H
#define SPEEDUP_REGISTRY_H

#include <stdio.h>

#include "runners/runner.h"

/* The runner that speed-ups are measured against. */
#define BASELINE "serial"

/* All plug-ins, in the order of their list.h; NULL-terminated. */
extern const struct workload *const workloads[];
extern const struct runner *const runners[];

/* The plug-in of that name, or NULL with a sentence in why[size] that suggests a near one. */
const struct workload *workload_find(const char *name, char *why, size_t size);
const struct runner *runner_find(const char *name, char *why, size_t size);

/* The first runner that has all of these capabilities, or NULL. */
const struct runner *runner_with(unsigned caps);

/* Holds every table against the contract: prints one sentence per fault, answers their number. */
int workload_validate(const struct workload *workload, FILE *faults);
int runner_validate(const struct runner *runner, FILE *faults);
int registry_validate(FILE *faults);

#endif
