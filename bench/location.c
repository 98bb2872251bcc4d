// SPDX-License-Identifier: MIT
#include "bench/location.h"

#include <ctype.h>
#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

bool location_like(const char *text)
{
    return strpbrk(text, ":=") != NULL || isdigit((unsigned char)text[0]);
}

/* ---- core:LIST and pu:LIST ---------------------------------------------------------------- */

/* Reads "0-3,6" into set. -EINVAL if it is no such list, -ERANGE if a range goes backwards, -ENOENT
 * if it names *missing, which is not below count. */
static int read_list(const char *list, unsigned count, hwloc_bitmap_t set, unsigned long *missing)
{
    for (;; list++) {
        if (!isdigit((unsigned char)*list))
            return -EINVAL;
        char *end;
        unsigned long first = strtoul(list, &end, 10), last = first;
        if (end[0] == '-' && isdigit((unsigned char)end[1]))
            last = strtoul(end + 1, &end, 10);
        if (*end != ',' && *end != '\0')
            return -EINVAL;
        if (last < first)
            return -ERANGE;
        if (last >= count) {
            *missing = first < count ? count : first;
            return -ENOENT;
        }
        hwloc_bitmap_set_range(set, (unsigned)first, (int)last);
        if (*end == '\0')
            return 0;
        list = end;
    }
}

static void add_objects(const struct machine *machine, hwloc_obj_type_t type,
                        hwloc_const_bitmap_t numbers, hwloc_bitmap_t set)
{
    unsigned i;
    hwloc_bitmap_foreach_begin(i, numbers)
    {
        hwloc_obj_t object = hwloc_get_obj_by_type(machine->topology, type, i);
        hwloc_bitmap_or(set, set, object->cpuset);
    }
    hwloc_bitmap_foreach_end();
}

/* Puts what read_list() found wrong into words. */
static int list_error(int err, const char *text, const char *noun, unsigned count,
                      unsigned long missing, char *why, size_t size)
{
    if (err == -EINVAL)
        return -ENOTSUP;
    if (err == -ERANGE)
        snprintf(why, size, "--pin: '%s': a range goes from the smaller number to the larger",
                 text);
    else
        snprintf(why, size, "--pin: '%s': there is no %s %lu; lstopo shows 0 to %u", text, noun,
                 missing, count - 1);
    return -EINVAL;
}

/* -ENOTSUP if it is not of this form. */
static int resolve_list(const struct machine *machine, const char *text, hwloc_bitmap_t set,
                        char *why, size_t size)
{
    bool cores = strncmp(text, "core:", 5) == 0;
    if (!cores && strncmp(text, "pu:", 3) != 0)
        return -ENOTSUP;
    bool known = hwloc_get_nbobjs_by_type(machine->topology, HWLOC_OBJ_CORE) > 0;
    unsigned count = cores ? machine->cores : machine->pus;
    unsigned long missing = 0;
    hwloc_bitmap_t numbers = hwloc_bitmap_alloc();
    if (numbers == NULL)
        return -ENOMEM;
    int err = read_list(strchr(text, ':') + 1, count, numbers, &missing);
    if (err == 0)
        add_objects(machine, cores && known ? HWLOC_OBJ_CORE : HWLOC_OBJ_PU, numbers, set);
    hwloc_bitmap_free(numbers);
    const char *noun = cores ? "core" : "PU";
    return err == 0 ? 0 : list_error(err, text, noun, count, missing, why, size);
}

/* ---- all others: hwloc-calc --------------------------------------------------------------- */

enum { WORDS_MAX = 16, OUTPUT_MAX = 4096 };

/* What hwloc-calc reads and writes: memory, so that nobody waits for anybody. */
struct streams {
    int fd[3];
};

static void streams_close(struct streams *streams)
{
    for (int i = 0; i < 3; i++) {
        if (streams->fd[i] >= 0)
            close(streams->fd[i]);
    }
}

static int write_all(int fd, const char *text, size_t size)
{
    while (size > 0) {
        ssize_t n = write(fd, text, size);
        if (n < 0)
            return -errno;
        text += n;
        size -= (size_t)n;
    }
    return lseek(fd, 0, SEEK_SET) == 0 ? 0 : -errno;
}

/* The standard input holds the topology as XML. */
static int streams_open(struct streams *streams, const struct machine *machine)
{
    int err = 0;
    for (int i = 0; i < 3; i++) {
        streams->fd[i] = memfd_create("hwloc-calc", MFD_CLOEXEC);
        if (streams->fd[i] < 0)
            err = -errno;
    }
    char *xml = NULL;
    int length = 0;
    if (err == 0 && hwloc_topology_export_xmlbuffer(machine->topology, &xml, &length, 0) != 0)
        err = -EIO;
    if (err == 0)
        err = write_all(streams->fd[0], xml, strlen(xml));
    if (xml != NULL)
        hwloc_free_xmlbuffer(machine->topology, xml);
    if (err != 0)
        streams_close(streams);
    return err;
}

/* -ENOENT if there is no such program. */
static int run(char *const argv[], const struct streams *streams, int *status)
{
    posix_spawn_file_actions_t actions;
    int err = posix_spawn_file_actions_init(&actions);
    if (err != 0)
        return -err;
    for (int i = 0; i < 3 && err == 0; i++)
        err = posix_spawn_file_actions_adddup2(&actions, streams->fd[i], i);
    pid_t child;
    if (err == 0)
        err = posix_spawnp(&child, argv[0], &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (err != 0)
        return -err;
    while (waitpid(child, status, 0) < 0) {
        if (errno != EINTR)
            return -errno;
    }
    return 0;
}

/* The first line that was written there. */
static void read_line(int fd, char text[OUTPUT_MAX])
{
    ssize_t n = pread(fd, text, OUTPUT_MAX - 1, 0);
    text[n > 0 ? n : 0] = '\0';
    text[strcspn(text, "\n")] = '\0';
}

/* hwloc-calc exits 0 even if it ignored a part of the location: what counts is whether it
 * complained. */
static int read_answer(const char *text, const struct streams *streams, int status,
                       hwloc_bitmap_t set, char *why, size_t size)
{
    char answer[OUTPUT_MAX], complaint[OUTPUT_MAX];
    read_line(streams->fd[1], answer);
    read_line(streams->fd[2], complaint);
    if (status == 0 && complaint[0] == '\0' && hwloc_bitmap_sscanf(set, answer) == 0)
        return 0;
    snprintf(why, size, "--pin: '%.64s' is no location of this machine: %.100s; lstopo shows them",
             text, complaint[0] != '\0' ? complaint : "hwloc-calc failed");
    return -EINVAL;
}

static int resolve_calc(const struct machine *machine, char *words, const char *text,
                        hwloc_bitmap_t set, char *why, size_t size)
{
    char *argv[WORDS_MAX] = {"hwloc-calc", "--input", "-", "--if", "xml"};
    size_t argc = 5;
    char *rest = NULL;
    for (char *word = strtok_r(words, " ", &rest); word != NULL;
         word = strtok_r(NULL, " ", &rest)) {
        if (word[0] == '-' || argc == WORDS_MAX - 1) {
            snprintf(why, size, "--pin: '%s' is no location; write such as core:0-3", text);
            return -EINVAL;
        }
        argv[argc++] = word;
    }
    struct streams streams;
    int status = 0, err = streams_open(&streams, machine);
    if (err == 0) {
        err = run(argv, &streams, &status);
        if (err == 0)
            err = read_answer(text, &streams, status, set, why, size);
        streams_close(&streams);
    }
    if (err == -ENOENT) {
        snprintf(why, size,
                 "--pin: '%s' needs hwloc-calc, which is not installed; without it only "
                 "core:LIST and pu:LIST are understood",
                 text);
        return -EINVAL;
    }
    return err;
}

int location_resolve(const struct machine *machine, const char *text, hwloc_bitmap_t set, char *why,
                     size_t size)
{
    snprintf(why, size, "--pin: '%s' cannot be resolved: no memory or no descriptors left", text);
    hwloc_bitmap_zero(set);
    int err = resolve_list(machine, text, set, why, size);
    if (err == -ENOTSUP) {
        char *words = strdup(text);
        err = words != NULL ? resolve_calc(machine, words, text, set, why, size) : -ENOMEM;
        free(words);
    }
    if (err == 0 && hwloc_bitmap_iszero(set)) {
        snprintf(why, size, "--pin: '%s' has no PU; lstopo shows what has", text);
        err = -EINVAL;
    }
    return err;
}
