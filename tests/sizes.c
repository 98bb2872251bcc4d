// SPDX-License-Identifier: MIT
#include "tests/sizes.h"

#include <criterion/criterion.h>
#include <string.h>

/* Small sizes, five tasks, and none. A workload that is missing here fails the tests. */
static const struct {
    const char *workload, *five, *none;
} sizes[] = {
    {"blur", "-p width=40 -p height=50 -p rows=10", "-p height=0"},
    {"counter", "-p tasks=5 -p increments=100", "-p tasks=0"},
    {"cubes", "-p count=5", "-p count=0"},
    {"download", "-p files=5 -p size=3000 -p latency=1ms", "-p files=0"},
    {"fault", "-p tasks=5", "-p tasks=0"},
    {"fed", "-p tasks=5", "-p tasks=0"},
    {"locks", "-p tasks=5", "-p tasks=0"},
    {"files", "-p files=5 -p size=3000", "-p files=0"},
    {"gil", "-p body=primes -p limit=5000 -p tasks=5", "-p tasks=0"},
    {"graph", "-p form=random -p size=5 -p time=10us", "-p size=0"},
    {"means", "-p size=4500 -p chunk=1000", "-p size=0"},
    {"mixed", "-p tasks=5 -p time=1ms", "-p tasks=0"},
    {"primes", "-p limit=5000 -p tasks=5", "-p tasks=0"},
    {"queue", "-p producers=2 -p consumers=3 -p items=50", "-p items=0"},
    {"semaphore", "-p tasks=5 -p uses=2 -p stay=1ms", "-p tasks=0"},
    {"serve", "-p connections=5 -p requests=20", "-p connections=0"},
    {"sleep", "-p tasks=5 -p time=1ms", "-p tasks=0"},
    {"squares", "-p numbers=5", "-p numbers=0"},
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
