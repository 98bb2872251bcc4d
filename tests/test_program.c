// SPDX-License-Identifier: MIT
/* The helper that runs the program. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "tests/program.h"

Test(shell, keeps_the_streams_apart_and_the_exit_code)
{
    struct outcome done = command("echo data; echo trouble >&2; exit 7");
    cr_expect_str_eq(done.out, "data\n");
    cr_expect_str_eq(done.err, "trouble\n");
    cr_expect_eq(done.status, 7);
}

Test(shell, says_which_signal_ended_it)
{
    cr_expect_eq(command("kill -TERM $$").status, 128 + SIGTERM);
}

/* Far more than a pipe holds, first on one stream and then on the other. */
Test(shell, takes_much_output_without_standing_still)
{
    struct outcome done = command("head -c 1000000 /dev/zero | tr '\\0' e >&2;"
                                  "head -c 3000000 /dev/zero | tr '\\0' o");
    cr_expect_eq(done.status, 0);
    cr_expect_eq(strlen(done.err), 1000000);
    cr_expect_eq(strlen(done.out), 3000000);
}

Test(shell, starts_in_an_empty_directory_with_nothing_on_stdin)
{
    struct outcome done = command("pwd; ls; ls $TMPDIR; cat; echo saved > a.txt");
    cr_expect_eq(strncmp(done.out, program_directory(), strlen(program_directory())), 0);
    cr_expect_str_eq(done.out + strlen(program_directory()), "\ntmp\n", "it printed %s", done.out);
    cr_expect_str_eq(program_file("a.txt"), "saved\n");
    cr_expect_null(program_file("b.txt"));
    cr_expect_eq(command("test -f $ROOT/tests/test_program.c").status, 0);
}

Test(shell, waits_for_processes_that_die_with_the_program)
{
    cr_expect_eq(command("sleep 0.1 & exit 3").status, 3);
}

Test(shell, sends_a_signal_at_a_sign)
{
    setenv("SPEEDUP_PROGRAM", "/bin/sh", 1);
    struct outcome done = program_signal(
        SIGINT, "ready", "-c 'trap \"echo caught; exit 9\" INT; echo ready; while :; do :; done'");
    cr_expect_str_eq(done.out, "ready\ncaught\n");
    cr_expect_eq(done.status, 9);
}
