// SPDX-License-Identifier: MIT
/* Running an experiment of the laboratory where the system refuses what it needs. */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "bench/gil/lab.h"

#define TIMEOUT .timeout = 120

enum { DESCRIPTORS = 1024 };

static int open_descriptors(void)
{
    int n = 0;
    for (int fd = 0; fd < DESCRIPTORS; fd++)
        n += fcntl(fd, F_GETFD) >= 0;
    return n;
}

/* One descriptor more each time, until there are enough: whichever is the one that is missing. */
Test(gil_subject, without_descriptors_it_leaves_none_behind, TIMEOUT)
{
    struct lab lab;
    struct gil_options gil = gil_defaults(GIL_NEW);
    char why[512] = "";
    json_t *report = NULL;
    int before = open_descriptors(), err = -EMFILE, failures = 0;
    struct rlimit limit;
    lab_open(&lab, lab_find("wake", why, sizeof(why)), &gil, 1);
    cr_assert(lab_set(&lab, "k=0 count=1 gap=0", why, sizeof(why)) == 0, "%s", why);
    getrlimit(RLIMIT_NOFILE, &limit);
    for (limit.rlim_cur = 0; limit.rlim_cur < DESCRIPTORS && err == -EMFILE; limit.rlim_cur++) {
        cr_assert(setrlimit(RLIMIT_NOFILE, &limit) == 0);
        err = lab_run(&lab, NULL, NULL, &report, why, sizeof(why));
        failures += err != 0;
        cr_expect(open_descriptors() == before, "%d descriptors, not %d, with a limit of %d: %s",
                  open_descriptors(), before, (int)limit.rlim_cur, why);
    }
    cr_expect(err == 0 && failures >= 5, "after %d failures: %s", failures, why);
    json_decref(report);
}
