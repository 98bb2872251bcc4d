// SPDX-License-Identifier: MIT
#include "bench/quota.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One file of one group, "" if it cannot be read. */
static const char *read_file(const char *group, const char *name, char *text, size_t size)
{
    char path[PATH_MAX + 32];
    snprintf(path, sizeof(path), "%s/%s", group, name);
    text[0] = '\0';
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return text;
    if (fgets(text, (int)size, file) == NULL)
        text[0] = '\0';
    fclose(file);
    return text;
}

/* "max 100000" and a quota of -1 mean that there is none. */
static double group_quota(const char *group)
{
    char text[128];
    double quota = 0, period = 0;
    if (sscanf(read_file(group, "cpu.max", text, sizeof(text)), "%lf %lf", &quota, &period) != 2) {
        quota = strtod(read_file(group, "cpu.cfs_quota_us", text, sizeof(text)), NULL);
        period = strtod(read_file(group, "cpu.cfs_period_us", text, sizeof(text)), NULL);
    }
    return quota > 0 && period > 0 ? quota / period : 0;
}

static double smaller(double a, double b)
{
    if (a <= 0 || b <= 0)
        return a > b ? a : b;
    return a < b ? a : b;
}

/* The smallest quota from mount + group up to the mount itself. */
static double walk_up(const char *mount, const char *group)
{
    char path[PATH_MAX];
    int length = snprintf(path, sizeof(path), "%s%s", mount, group);
    size_t mount_length = strlen(mount);
    if (length < 0 || (size_t)length >= sizeof(path))
        return 0;
    double least = 0;
    for (;;) {
        least = smaller(least, group_quota(path));
        char *slash = strrchr(path, '/');
        if (strlen(path) <= mount_length || slash == NULL)
            return least;
        *slash = '\0';
    }
}

static bool has_controller(const char *list, const char *name)
{
    size_t length = strlen(name);
    for (const char *at = list; *at != '\0'; at += strcspn(at, ","), at += *at == ',') {
        if (strcspn(at, ",") == length && strncmp(at, name, length) == 0)
            return true;
    }
    return false;
}

/* One line of /proc/self/cgroup: "0::/group" is v2, "4:cpu,cpuacct:/group" is v1. */
static double line_quota(const char *root, char *line)
{
    line[strcspn(line, "\n")] = '\0';
    char *controllers = strchr(line, ':');
    char *group = controllers != NULL ? strchr(controllers + 1, ':') : NULL;
    if (group == NULL)
        return 0;
    *group++ = '\0';
    controllers++;
    const char *mounts[2] = {"", "unified"};
    if (controllers[0] != '\0') {
        if (!has_controller(controllers, "cpu"))
            return 0;
        mounts[0] = controllers;
        mounts[1] = "cpu";
    }
    double least = 0;
    for (size_t i = 0; i < 2; i++) {
        char mount[PATH_MAX];
        const char *slash = mounts[i][0] != '\0' ? "/" : "";
        snprintf(mount, sizeof(mount), "%s/sys/fs/cgroup%s%s", root, slash, mounts[i]);
        least = smaller(least, walk_up(mount, group));
    }
    return least;
}

double quota_cpus(const char *root, const char *cgroup_file)
{
    FILE *file = fopen(cgroup_file, "re");
    if (file == NULL)
        return 0;
    char *line = NULL;
    size_t size = 0;
    double least = 0;
    while (getline(&line, &size, file) > 0)
        least = smaller(least, line_quota(root, line));
    free(line);
    fclose(file);
    return least;
}
