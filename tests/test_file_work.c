// SPDX-License-Identifier: MIT
/* File work that goes wrong or is given up: it says why, and leaves no descriptor open. */
#include <criterion/criterion.h>

#include <dirent.h>
#include <errno.h>
#include <ev.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/program.h"
#include "workloads/helpers/file_loop.h"

enum { WORKS = 50, SIZE = 10000 };

static struct file_work works[WORKS];
static unsigned done_count;

static void done(struct file_work *work)
{
    (void)work;
    done_count++;
}

static void make_works(const char *directory)
{
    done_count = 0;
    for (int i = 0; i < WORKS; i++) {
        works[i] = (struct file_work){.data = malloc(SIZE), .size = SIZE, .sync = true, .fd = -1};
        memset(works[i].data, i, SIZE);
        snprintf(works[i].path, sizeof(works[i].path), "%s/%d", directory, i);
    }
}

static void free_works(void)
{
    for (int i = 0; i < WORKS; i++)
        free(works[i].data);
}

static unsigned open_files(void)
{
    unsigned count = 0;
    DIR *directory = opendir("/proc/self/fd");
    cr_assert_not_null(directory);
    while (readdir(directory) != NULL)
        count++;
    closedir(directory);
    return count;
}

/* All of them on a loop that is closed before it has done them. */
static void begin_and_close(bool ring)
{
    struct ev_loop *loop = ev_loop_new(EVFLAG_NOENV);
    struct file_loop *files;
    cr_assert_eq(file_loop_open(&files, loop, ring, done), 0);
    for (int i = 0; i < WORKS; i++)
        file_loop_begin(files, &works[i]);
    file_loop_close(files);
    ev_loop_destroy(loop);
}

static void expect_given_up(bool ring)
{
    make_works(program_directory());
    unsigned before = open_files();
    begin_and_close(ring);
    cr_expect_eq(done_count, WORKS);
    cr_expect_eq(open_files(), before);
    for (int i = 0; i < WORKS; i++) {
        cr_expect_eq(works[i].step, FILE_DONE);
        cr_expect(works[i].error == -ECANCELED || (!ring && works[i].error == 0), "%d: %d", i,
                  works[i].error);
    }
    free_works();
}

Test(file_work, given_up_in_a_ring)
{
    if (file_loop_probe() != 0)
        cr_skip_test("there is no io_uring here");
    expect_given_up(true);
}

Test(file_work, given_up_by_a_thread)
{
    expect_given_up(false);
}

Test(file_work, nowhere_to_write)
{
    struct file_work work = {.data = malloc(SIZE), .size = SIZE, .fd = -1};
    snprintf(work.path, sizeof(work.path), "/nowhere/x");
    unsigned before = open_files();
    cr_expect_eq(file_work_finish(&work), -ENOENT);
    cr_expect_eq(open_files(), before);
    free(work.data);
}

/* After EINTR the descriptor of a close is gone: a second one might close somebody else's. */
Test(file_work, closes_once)
{
    struct file_work work = {.fd = 1000, .step = FILE_CLOSE};
    file_work_advance(&work, -EINTR);
    cr_expect_eq(work.step, FILE_OPEN);
    cr_expect_eq(work.fd, -1);
    work.step = FILE_READ;
    file_work_advance(&work, -EINTR);
    cr_expect_eq(work.step, FILE_READ, "a read is done again");
}
