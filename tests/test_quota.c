// SPDX-License-Identifier: MIT
/* Quotas of made-up control groups in a temporary directory. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bench/quota.h"

static char root[64];

static void make_root(void)
{
    strcpy(root, "/tmp/speedup-quota-XXXXXX");
    cr_assert(mkdtemp(root) != NULL);
}

static int remove_one(const char *path, const struct stat *stat, int type, struct FTW *at)
{
    (void)stat, (void)type, (void)at;
    return remove(path);
}

static void remove_root(void)
{
    cr_assert(nftw(root, remove_one, 8, FTW_DEPTH | FTW_PHYS) == 0);
}

TestSuite(quota, .init = make_root, .fini = remove_root, .timeout = 10);

/* Writes a file below the root, and the directories above it. */
static void put(const char *name, const char *text)
{
    char path[PATH_MAX];
    snprintf(path, sizeof(path), "%s/%s", root, name);
    for (char *slash = path + strlen(root) + 1; (slash = strchr(slash, '/')) != NULL; slash++) {
        *slash = '\0';
        mkdir(path, 0700);
        *slash = '/';
    }
    FILE *file = fopen(path, "w");
    cr_assert(file != NULL, "%s", path);
    fputs(text, file);
    fclose(file);
}

static double quota(const char *groups)
{
    char path[PATH_MAX];
    put("cgroup", groups);
    snprintf(path, sizeof(path), "%s/cgroup", root);
    return quota_cpus(root, path);
}

Test(quota, none_without_groups)
{
    cr_assert(eq(dbl, quota("0::/user.slice\n"), 0));
    cr_assert(eq(dbl, quota(""), 0));
    cr_assert(eq(dbl, quota("nonsense\n"), 0));
    cr_assert(eq(dbl, quota_cpus(root, "/nonexistent"), 0));
}

Test(quota, v2_is_a_fraction)
{
    put("sys/fs/cgroup/job/cpu.max", "150000 100000\n");
    cr_assert(eq(dbl, quota("0::/job\n"), 1.5));
    put("sys/fs/cgroup/job/cpu.max", "100000 300000\n");
    cr_assert(ieee_ulp_eq(dbl, quota("0::/job\n"), 1. / 3, 1));
}

Test(quota, v2_max_is_none)
{
    put("sys/fs/cgroup/job/cpu.max", "max 100000\n");
    cr_assert(eq(dbl, quota("0::/job\n"), 0));
}

Test(quota, v2_smallest_of_all_levels)
{
    put("sys/fs/cgroup/a/b/c/cpu.max", "300000 100000\n");
    put("sys/fs/cgroup/a/b/cpu.max", "max 100000\n");
    put("sys/fs/cgroup/a/cpu.max", "50000 100000\n");
    put("sys/fs/cgroup/a/sibling/cpu.max", "1000 100000\n");
    cr_assert(eq(dbl, quota("0::/a/b/c\n"), 0.5));
    put("sys/fs/cgroup/a/cpu.max", "400000 100000\n");
    cr_assert(eq(dbl, quota("0::/a/b/c\n"), 3));
}

Test(quota, v2_container_sees_its_group_as_root)
{
    put("sys/fs/cgroup/cpu.max", "200000 100000\n");
    cr_assert(eq(dbl, quota("0::/\n"), 2));
    cr_assert(eq(dbl, quota("0::/docker/not/to/be/seen\n"), 2));
    cr_assert(eq(dbl, quota("0::/../outside\n"), 2));
}

Test(quota, v1_under_both_names)
{
    put("sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_quota_us", "250000\n");
    put("sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_period_us", "100000\n");
    cr_assert(eq(dbl, quota("4:cpu,cpuacct:/job\n"), 2.5));
    put("sys/fs/cgroup/cpu/job/cpu.cfs_quota_us", "25000\n");
    put("sys/fs/cgroup/cpu/job/cpu.cfs_period_us", "50000\n");
    cr_assert(eq(dbl, quota("1:cpu:/job\n"), 0.5));
}

Test(quota, v1_minus_one_is_none)
{
    put("sys/fs/cgroup/cpu/job/cpu.cfs_quota_us", "-1\n");
    put("sys/fs/cgroup/cpu/job/cpu.cfs_period_us", "100000\n");
    cr_assert(eq(dbl, quota("1:cpu:/job\n"), 0));
    put("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "75000\n");
    put("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
    cr_assert(eq(dbl, quota("1:cpu:/job\n"), 0.75));
}

Test(quota, v1_other_controllers_do_not_count)
{
    put("sys/fs/cgroup/cpu/job/cpu.cfs_quota_us", "25000\n");
    put("sys/fs/cgroup/cpu/job/cpu.cfs_period_us", "100000\n");
    cr_assert(eq(dbl, quota("3:cpuset:/job\n2:cpuacct:/job\n9:name=systemd:/job\n1:cpu:/\n"), 0));
}

Test(quota, hybrid_takes_the_smallest)
{
    put("sys/fs/cgroup/cpu/job/cpu.cfs_quota_us", "200000\n");
    put("sys/fs/cgroup/cpu/job/cpu.cfs_period_us", "100000\n");
    put("sys/fs/cgroup/unified/job/cpu.max", "125000 100000\n");
    cr_assert(eq(dbl, quota("1:cpu:/job\n0::/job\n"), 1.25));
    cr_assert(eq(dbl, quota("1:cpu:/job\n0::/\n"), 2));
}

Test(quota, nonsense_is_none)
{
    put("sys/fs/cgroup/a/cpu.max", "many few\n");
    put("sys/fs/cgroup/b/cpu.max", "");
    put("sys/fs/cgroup/c/cpu.max", "100000 0\n");
    cr_assert(eq(dbl, quota("0::/a\n"), 0));
    cr_assert(eq(dbl, quota("0::/b\n"), 0));
    cr_assert(eq(dbl, quota("0::/c\n"), 0));
}
