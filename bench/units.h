// SPDX-License-Identifier: MIT
/* Numbers with units, as people write and read them. */
#ifndef SPEEDUP_UNITS_H
#define SPEEDUP_UNITS_H

#include <stddef.h>
#include <stdint.h>

#include "workloads/workload.h"

/* Reads text as the parameter's type and checks bounds and choices. 0, or -EINVAL / -ERANGE with
 * one clear sentence in why[size] ("limit: '1x' is not a count; write a number such as 100000 or
 * 100k"). */
int units_parse(const struct param *param, const char *text, struct value *value, char *why,
                size_t size);

/* The value as a user would write it ("100k", "16Ki", "50ms"). */
void units_print(const struct param *param, const struct value *value, char *text, size_t size);

enum { UNITS_MAX = 32 }; /* enough for every text below */

/* Three significant digits and a unit: "1.23 ms", "12.3 µs", "2.05 s". Returns text. */
char *units_time(char text[UNITS_MAX], double ns);

/* Three significant digits and a decimal prefix: "8.66 M", "12.3 k", "950". Returns text. */
char *units_count(char text[UNITS_MAX], double n);

/* "16 KiB", "1.5 GiB", whole bytes below 1 KiB. Returns text. */
char *units_bytes(char text[UNITS_MAX], double bytes);

#endif
