// SPDX-License-Identifier: MIT
/* Settings with which every workload is small, for tests that run all of them. */
#ifndef SPEEDUP_TESTS_SIZES_H
#define SPEEDUP_TESTS_SIZES_H

#include <stdbool.h>

/* -p settings for five tasks, or for none. A workload without any fails the test. */
const char *size_of(const char *workload, bool none);

#endif
