// SPDX-License-Identifier: MIT
/* Every workload, sorted by name: WORKLOAD(NAME) stands for `const struct workload workload_NAME`.
 * The build compiles every .c file of this directory. */
WORKLOAD(blur)
WORKLOAD(counter)
WORKLOAD(download)
WORKLOAD(files)
WORKLOAD(gil)
WORKLOAD(graph)
WORKLOAD(means)
WORKLOAD(mixed)
WORKLOAD(primes)
WORKLOAD(queue)
WORKLOAD(semaphore)
WORKLOAD(serve)
WORKLOAD(sleep)
WORKLOAD(squares)
/* end of list */
