// SPDX-License-Identifier: MIT
#include "tests/sizes.h"

#include <criterion/criterion.h>
#include <string.h>

/* Small sizes, five tasks, and none. A workload that is missing here fails the tests. */
static const struct {
    const char *workload, *five, *none;
} sizes[] = {
    {"cubes", "-p count=5", "-p count=0"},
    {"download", "-p files=5 -p size=3000 -p latency=1ms", "-p files=0"},
    {"fault", "-p tasks=5", "-p tasks=0"},
    {"fed", "-p tasks=5", "-p tasks=0"},
    {"locks", "-p tasks=5", "-p tasks=0"},
    {"gil", "-p body=primes -p limit=5000 -p tasks=5", "-p tasks=0"},
    {"means", "-p size=4500 -p chunk=1000", "-p size=0"},
    {"mixed", "-p tasks=5 -p time=1ms", "-p tasks=0"},
    {"primes", "-p limit=5000 -p tasks=5", "-p tasks=0"},
    {"sleep", "-p tasks=5 -p time=1ms", "-p tasks=0"},
};
enum { SIZES = sizeof(sizes) / sizeof(sizes[0]) };

const char *size_of(const char *workload, bool none)
{
    for (size_t i = 0; i < SIZES; i++) {
        if (strcmp(sizes[i].workload, workload) == 0)
            return none ? sizes[i].none : sizes[i].five;
    }
    cr_assert_fail("tests/sizes.c has no sizes for the workload %s", workload);
    return NULL;
}
