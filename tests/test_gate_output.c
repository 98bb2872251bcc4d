// SPDX-License-Identifier: MIT
/* The file that `speedup compare -o` is asked for. */
#include "tests/fake_build.h"

#include <string.h>

/* Replacing A or B, under whatever name, would destroy it. */
Test(gate_output, what_is_compared_is_not_replaced)
{
    make_build("a", QUIET);
    make_build("b", QUIET);
    cr_assert_eq(command("ln -s b link && ./a run -r 5 -o a.json && mkdir copies "
                         "&& cp a b a.json copies")
                     .status,
                 0);
    static const char *const words[] = {"./a ./b -o a", "./a ./b -o ./b", "./a ./b -o link",
                                        "a.json a.json -o a.json"};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        struct outcome o = program("compare %s", words[i]);
        cr_expect_eq(o.status, 2, "%s: %d: %s", words[i], o.status, o.err);
        cr_expect_not_null(strstr(o.err, "which is to be compared"), "%s", o.err);
    }
    cr_expect_eq(command("cmp a copies/a && cmp b copies/b && cmp a.json copies/a.json").status, 0);
}

/* No side is started, and nothing is left beside the file. */
Test(gate_output, a_file_that_cannot_be_written_is_told_of_first)
{
    make_build("a", QUIET);
    cr_assert_eq(command("echo 'touch started' >> a && sed -i 's/ exec / /' a").status, 0);
    struct outcome o = program("compare ./a ./a -o nowhere/x.json");
    cr_expect_eq(o.status, 2, "%d: %s", o.status, o.err);
    cr_expect_not_null(strstr(o.err, "cannot write nowhere/x.json: No such file"), "%s", o.err);
    o = program("compare ./a ./a -o /dev/null");
    cr_expect_eq(o.status, 2, "%d: %s", o.status, o.err);
    o = command("ls");
    cr_expect_null(strstr(o.out, "started"), "%s", o.out);
    o = program("compare ./a ./a -o x.json");
    cr_expect_eq(o.status, 0, "%d: %s", o.status, o.err);
    o = command("test -e started && ls x.json*");
    cr_expect_str_eq(o.out, "x.json\n");
}

/* Neither side is to blame. */
Test(gate_output, a_full_temporary_directory_is_told_of)
{
    struct outcome o = command("unshare -rm sh -c 'mkdir full && mount -t tmpfs none full'");
    if (o.status != 0)
        cr_skip_test("no file system can be mounted here");
    o = command("exec unshare -rm sh -c 'mount -t tmpfs -o size=100k none full &&"
                " { cat /dev/zero >full/zeros 2>/dev/null; TMPDIR=$PWD/full exec $SPEEDUP compare"
                " $SPEEDUP $SPEEDUP primes -p limit=1k -R serial; }'");
    cr_expect_eq(o.status, 1, "%d: %s", o.status, o.err);
    cr_expect_not_null(strstr(o.err, "there is no room for what is measured in the temporary"),
                       "%s", o.err);
    cr_expect_null(strstr(o.err, "both sides fail"), "%s", o.err);
}

/* With its exit code; but not if it cannot be believed. */
Test(gate_output, what_was_kept_is_checked_and_shown_again)
{
    make_build("a", QUIET);
    make_build("b", "FAKE_NS=11220000 FAKE_NOISE=0.002");
    struct outcome first = program("compare --seed 1 ./a ./b -o x.json");
    cr_assert_eq(first.status, 4, "%d: %s", first.status, first.err);
    struct outcome o = program("compare x.json");
    cr_expect_eq(o.status, 4, "%d: %s", o.status, o.err);
    cr_expect_str_eq(o.out, first.out);
    cr_expect_eq(program("compare --fail-on none x.json").status, 0);
    cr_expect_eq(
        command("sed -i 's/\"status\": \"complete\"/\"status\": \"interrupted\"/' x.json").status,
        0);
    cr_expect_eq(program("compare x.json").status, 130);
    cr_expect_eq(command("sed -i 's/\"interrupted\"/\"running\"/' x.json").status, 0);
    o = program("compare x.json");
    cr_expect_eq(o.status, 1, "%d: %s", o.status, o.err);
    cr_expect_not_null(strstr(o.err, "x.json: that comparison did not come to its end; measure"),
                       "%s", o.err);
    cr_expect_eq(command("sed -i 's/\"seed\": 1,/\"seed\": 2,/' x.json").status, 0);
    o = program("compare x.json");
    cr_expect_eq(o.status, 2, "%d: %s", o.status, o.err);
    cr_expect_not_null(strstr(o.err, "cannot be believed"), "%s", o.err);
    o = program("compare --seed 3 x.json");
    cr_expect_eq(o.status, 2, "%d: %s", o.status, o.err);
    cr_expect_not_null(strstr(o.err, "shown as it is"), "%s", o.err);
    o = program("compare $ROOT/tests/data/result-small.json");
    cr_expect_not_null(strstr(o.err, "one file alone must be a comparison"), "%s", o.err);
    o = program("compare x.json x.json");
    cr_expect_eq(o.status, 2, "%d: %s", o.status, o.err);
    cr_expect_not_null(strstr(o.err, "it is a 'comparison'; `speedup compare FILE`"), "%s", o.err);
}

/* The directory goes while it is measured. */
Test(gate_output, what_was_measured_is_printed_where_it_cannot_be_kept)
{
    make_build("a", QUIET);
    make_build("b", "rm -rf gone;" QUIET);
    cr_assert_eq(command("mkdir gone").status, 0);
    struct outcome o = program("compare --seed 1 ./a ./b -o gone/x.json");
    cr_expect_eq(o.status, 1, "%d: %s", o.status, o.err);
    cr_expect_not_null(strstr(o.out, "UNCHANGED"), "%s", o.out);
    cr_expect_not_null(strstr(o.err, "cannot write gone/x.json"), "%s", o.err);
}

/* Nobody reads what is printed, from the beginning: descriptor 4 is a pipe without a reader. */
static struct outcome unread(const char *words)
{
    return command("trap - PIPE; rm -f p; mkfifo p; exec 3<>p 4>p 3<&-; "
                   "$SPEEDUP compare %s; echo $?",
                   words);
}

/* The file is complete, and says so; no temporary file is left. */
Test(gate_output, a_reader_that_goes_away_costs_no_comparison)
{
    static const char *const words[] = {"--seed 1 -o x.json ./a ./b >&4",
                                        "--seed 1 -o x.json ./a ./b >&4 2>&4"};
    make_build("a", QUIET);
    make_build("b", "FAKE_NS=11220000 FAKE_NOISE=0.002");
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        struct outcome o = unread(words[i]);
        cr_expect_str_eq(o.out, "4\n", "%s: %s", words[i], o.err);
        o = program("compare x.json");
        cr_expect_eq(o.status, 4, "%s: %d: %s", words[i], o.status, o.err);
        cr_expect_eq(command("rm x.json").status, 0);
    }
    make_build("b", QUIET);
    struct outcome o = unread("--seed 1 ./a ./b >&4");
    cr_expect_str_eq(o.out, "1\n", "%s", o.err);
    cr_expect_not_null(strstr(o.err, "the output could not be written"), "%s", o.err);
    cr_assert_eq(command("./a run -r 5 -o a.json").status, 0);
    o = unread("-o x.json a.json a.json >&4");
    cr_expect_str_eq(o.out, "1\n", "%s", o.err);
    cr_expect_eq(program("compare x.json").status, 0);
}
