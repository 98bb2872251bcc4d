// SPDX-License-Identifier: MIT
/* Builds whose times are known, for tests of `speedup compare`. */
#ifndef SPEEDUP_TESTS_FAKE_BUILD_H
#define SPEEDUP_TESTS_FAKE_BUILD_H

#include <criterion/criterion.h>

#include "tests/program.h"

/* The settings of one that does not vary: see tests/data/fake-build. */
#define QUIET "FAKE_NS=10200000 FAKE_NOISE=0.002"

/* A build of that name in this test's directory. */
static inline void make_build(const char *name, const char *settings)
{
    struct outcome o = command("printf '#!/bin/sh\\n%s exec %s/tests/data/fake-build \"$@\"\\n' > "
                               "%s && chmod +x %s",
                               settings, program_root(), name, name);
    cr_assert_eq(o.status, 0, "%s", o.err);
}

#endif
