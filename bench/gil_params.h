// SPDX-License-Identifier: MIT
/* The simulated interpreters as people ask for them: --gil VARIANT[:NAME=VALUE...]. */
#ifndef SPEEDUP_GIL_PARAMS_H
#define SPEEDUP_GIL_PARAMS_H

#include <jansson.h>
#include <stdbool.h>

#include "runners/gil.h"
#include "workloads/workload.h"

/* The variant first, then its parameters; everywhere below `values` is indexed like this. */
extern const struct param gil_params[];

enum { GIL_TEXT_MAX = 160 };

/* Does a lock of that kind look at the parameter of that name? */
bool gil_looks_at(enum gil_variant variant, const char *name);

/* Does it look at all that "interval=1ms release=io" sets? -EINVAL with one sentence in why[size]
 * where something would have no effect. */
int gil_expect_used(const char *settings, enum gil_variant variant, char *why, size_t size);

/* Reads "new:interval=1ms:release=io". 0, or -errno with one sentence in why[size]. */
int gil_parse(const char *text, struct value *values, char *why, size_t size);

/* The same where something else decides what some of the parameters are, `fixed` up to NULL: what
 * the sentence says there is to set is none of them. They are read all the same. */
int gil_parse_but(const char *text, const char *const *fixed, struct value *values, char *why,
                  size_t size);

/* What the lock is made from. */
struct gil_options gil_options_of(const struct value *values);

/* "new/interval:1ms" as case names show it: with what is not the default. */
void gil_print(const struct value *values, char text[GIL_TEXT_MAX]);

/* {"variant", "settings": "interval=1ms", "params": {..}}; new reference, NULL without memory. */
json_t *gil_json(const struct value *values);

#endif
