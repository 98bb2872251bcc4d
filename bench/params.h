// SPDX-License-Identifier: MIT
/* Tables of parameters: from text to values and back. */
#ifndef SPEEDUP_PARAMS_H
#define SPEEDUP_PARAMS_H

#include <jansson.h>

#include "workloads/workload.h"

/* Everywhere: params ends with {0} and may be NULL; values has PARAMS_MAX entries in the same
 * order; a failure leaves one sentence in why[size]. */

/* Number of parameters. */
size_t params_count(const struct param *params);

/* Index of the parameter of that name, or -1. */
int params_find(const struct param *params, const char *name);

/* Sets every value to its default. */
int params_defaults(const struct param *params, struct value *values, char *why, size_t size);

/* Sets one value from "name=text". -ENOENT if there is no such parameter. */
int params_apply(const struct param *params, const char *setting, struct value *values, char *why,
                 size_t size);

/* Sets values from "name=text name=text", as presets write them. */
int params_apply_list(const struct param *params, const char *settings, struct value *values,
                      char *why, size_t size);

/* "limit:100000/tasks:4" into text, as case names show them. */
void params_print(const struct param *params, const struct value *values, char *text, size_t size);

/* "limit=600k tasks=64": those that differ from their defaults, for people; all if none does. */
void params_print_settings(const struct param *params, const struct value *values, char *text,
                           size_t size);

/* "/limit:600k" or " limit=600k": those that differ from their defaults, each after `before` and
 * with `sign` between name and value; "" if none does. */
void params_print_changed(const struct param *params, const struct value *values, char before,
                          char sign, char *text, size_t size);

/* {"limit": 100000, "split": "equal"} in base units; new reference, NULL without memory. */
json_t *params_json(const struct param *params, const struct value *values);

#endif
