// SPDX-License-Identifier: MIT
/* The CPU quota that control groups (v1 and v2) set for this process. */
#ifndef SPEEDUP_QUOTA_H
#define SPEEDUP_QUOTA_H

/* The smallest quota of the process's control group and all groups above it, in CPUs: 1.5 means one
 * and a half CPU seconds per second. 0: none, or not to be found out.
 *
 * cgroup_file is the process's list of groups, "/proc/self/cgroup"; root is put before
 * "/sys/fs/cgroup" and is "" outside of tests. Groups are looked for where distributions mount
 * them; one that a container cannot see is skipped, as the container's own group is its mount's
 * root. */
double quota_cpus(const char *root, const char *cgroup_file);

#endif
