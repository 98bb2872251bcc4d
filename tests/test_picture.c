// SPDX-License-Identifier: MIT
/* How pictures come into their files: whole or not at all. tests/data/fake-gnuplot draws them. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "tests/program.h"

#define TIMEOUT .timeout = 120

#define RATIO   "-o d $ROOT/tests/data/gil-ratio.json"
#define SEVERAL "-o d $ROOT/results/reference/quick.json"

/* `before`: what the shell does first; `with`: what gnuplot's environment says. */
static struct outcome plot(const char *before, const char *with, const char *words)
{
    return command("%s; export PATH=$ROOT/tests/data/fake-gnuplot:$PATH; %s exec $SPEEDUP plot "
                   "--format svg %s",
                   before, with, words);
}

static void expect_text(const char *path, const char *expected)
{
    char *text = program_file(path);
    cr_assert_not_null(text, "there is no %s", path);
    cr_expect_str_eq(text, expected, "%s", path);
    free(text);
}

static void expect_files(const char *expected)
{
    cr_expect_str_eq(command("ls -A d").out, expected);
}

static void expect_failed(const struct outcome *o, int status, const char *sentence)
{
    cr_expect(o->status == status, "exit %d: %s", o->status, o->err);
    cr_expect(strstr(o->err, sentence) != NULL, "%s", o->err);
    cr_expect_str_empty(o->out);
}

Test(picture, a_new_one_has_the_rights_of_any_new_file, TIMEOUT)
{
    struct outcome o = plot("umask 027", "", RATIO);
    expect_done(&o);
    expect_text("d/gil-ratio.svg", "drawn\n");
    expect_files("gil-ratio.svg\n");
    cr_expect_str_eq(command("stat -c %%a d/gil-ratio.svg").out, "640\n");
}

Test(picture, half_of_one_is_removed, TIMEOUT)
{
    struct outcome o = plot("true", "FAKE_STATUS=1", RATIO);
    expect_failed(&o, 1, "gnuplot failed");
    expect_files("");
}

Test(picture, the_old_one_stays_where_the_new_one_fails, TIMEOUT)
{
    struct outcome o = plot("mkdir d; echo old >d/gil-ratio.svg", "FAKE_STATUS=1", RATIO);
    expect_failed(&o, 1, "gnuplot failed");
    expect_text("d/gil-ratio.svg", "old\n");
    expect_files("gil-ratio.svg\n");
    o = plot("true", "FAKE_SKIPS=1", RATIO);
    expect_failed(&o, 1, "gnuplot has not drawn d/gil-ratio.svg");
    expect_text("d/gil-ratio.svg", "old\n");
    expect_files("gil-ratio.svg\n");
}

/* Of a result there are several: all are new, or none is. */
Test(picture, so_do_all_of_a_result, TIMEOUT)
{
    static const char *const with[] = {"FAKE_STATUS=1", "FAKE_SKIPS=1"};
    for (int i = 0; i < 2; i++) {
        struct outcome o = plot("mkdir -p d; echo old >d/quick.svg", with[i], SEVERAL);
        expect_failed(&o, 1, i == 0 ? "gnuplot failed" : "gnuplot has not drawn d/quick.svg");
        expect_text("d/quick.svg", "old\n");
        expect_files("quick.svg\n");
    }
}

/* Ctrl-C reaches both: the program goes, but not before it has tidied up. */
Test(picture, nothing_is_left_after_an_interrupt, TIMEOUT)
{
    struct outcome o = plot("mkdir d; echo old >d/gil-ratio.svg", "FAKE_INTERRUPTS=1", RATIO);
    cr_expect(o.status == 130, "exit %d: %s", o.status, o.err);
    expect_text("d/gil-ratio.svg", "old\n");
    expect_files("gil-ratio.svg\n");
}

Test(picture, of_a_link_what_it_names_is_replaced, TIMEOUT)
{
    struct outcome o =
        plot("mkdir d; echo old >old.svg; ln -s ../old.svg d/gil-ratio.svg", "", RATIO);
    expect_done(&o);
    expect_text("old.svg", "drawn\n");
    cr_expect_str_eq(command("readlink d/gil-ratio.svg").out, "../old.svg\n");
    expect_files("gil-ratio.svg\n");
}

Test(picture, a_pipe_is_no_file_of_pictures, TIMEOUT)
{
    struct outcome o = plot("mkdir d; mkfifo d/gil-ratio.svg", "", RATIO);
    expect_failed(&o, 1, "cannot write d/gil-ratio.svg: it is not a regular file");
    cr_expect(command("test -p d/gil-ratio.svg").status == 0, "the pipe is gone");
    expect_files("gil-ratio.svg\n");
}
