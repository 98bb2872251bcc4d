// SPDX-License-Identifier: MIT
/* The workload primes once more, without its checkpoints: what they cost is the difference. */
#include "workloads/workload.h"

#define checkpoint(worker) ((void)(worker))
#define workload_primes    workload_primes_bare
#include "workloads/primes.c"
