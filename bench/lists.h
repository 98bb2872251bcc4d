// SPDX-License-Identifier: MIT
/* Both lists, for registry.c. The test program adds plug-ins of its own. Included several times, so
 * it has no guard. */
#include "workloads/list.h"
#include "runners/list.h"
#ifdef SPEEDUP_TEST_PLUGINS
#include "tests/plugins/list.h"
#endif
