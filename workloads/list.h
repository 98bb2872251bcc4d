// SPDX-License-Identifier: MIT
/* Every workload, sorted by name: WORKLOAD(NAME) stands for `const struct workload workload_NAME`.
 * The build compiles every .c file of this directory. */
WORKLOAD(download)
WORKLOAD(gil)
WORKLOAD(means)
WORKLOAD(mixed)
WORKLOAD(primes)
WORKLOAD(sleep)
/* end of list */
