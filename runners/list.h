// SPDX-License-Identifier: MIT
/* Every runner, sorted by name: RUNNER(NAME) stands for `const struct runner runner_NAME`. The
 * build compiles every .c file of this directory. `serial` is the baseline of every speed-up. */
RUNNER(async)
RUNNER(async_processes)
RUNNER(async_threads)
RUNNER(openmp)
RUNNER(process_pool)
RUNNER(processes)
RUNNER(serial)
RUNNER(thread_pool)
RUNNER(threads)
/* end of list */
