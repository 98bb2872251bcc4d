// SPDX-License-Identifier: MIT
#ifndef SPEEDUP_FILE_LIMIT_H
#define SPEEDUP_FILE_LIMIT_H

#include <stdint.h>

/* Raises this process's limit of open files as far as it may; returns how many it can have now. */
uint64_t file_limit_raise(void);

#endif
