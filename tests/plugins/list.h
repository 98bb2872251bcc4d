// SPDX-License-Identifier: MIT
/* Plug-ins of the test program only: the examples of the README, and ones that do wrong. */
RUNNER(batch)
RUNNER(bad_drop)
RUNNER(bad_early)
RUNNER(bad_serialise)
RUNNER(bad_swallow)
RUNNER(bad_twice)
WORKLOAD(cubes)
WORKLOAD(fed)
WORKLOAD(fault)
WORKLOAD(locks)
/* end of list */
