// SPDX-License-Identifier: MIT
/* What a user types by mistake: one clear sentence on stderr, exit 2, and nothing done. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <string.h>

#include "tests/program.h"

struct mistake {
    char words[160], sentence[160];
};

static struct mistake mistakes[] = {
    {"", "Usage: speedup COMMAND"},
    {"rum", "there is no command 'rum'; did you mean 'run'?"},
    {"frobnicate", "there is no command 'frobnicate'; see `speedup --help`"},
    {"run prime", "there is no workload 'prime'; did you mean 'primes'?"},
    {"run xyzzy", "there is no workload 'xyzzy'; `speedup list` shows what there is"},
    {"run primes -R thread", "there is no runner 'thread'; did you mean 'threads'?"},
    {"run primes -R threads,,async", "-R 'threads,,async' has an empty name"},
    {"run primes -R ''", "-R '' has an empty name"},
    {"run primes -R processes:start=form",
     "start: 'form' is none of fork, spawn; did you mean 'fork'?"},
    {"run primes -R threads:start=fork", "there is no parameter 'start'"},
    {"run primes -p limt=5", "there is no parameter 'limt'; did you mean 'limit'?"},
    {"run primes -p limit", "'limit' is not name=value"},
    {"run primes -p limit=", "limit: '' is not a count; write for example 100000 or 100k"},
    {"run primes -p limit=abc", "limit: 'abc' is not a count"},
    {"run primes -p limit=10q", "limit: '10q' is not a count"},
    {"run primes -p limit=1.5", "limit: '1.5' is not a whole number"},
    {"run primes -p limit=0", "limit: 0 is out of bounds; it goes from 1 to 100M"},
    {"run primes -p limit=-3", "limit: -3 is out of bounds"},
    {"run primes -p limit=inf", "limit: 'inf' is not a count"},
    {"run primes -p limit=1e30", "limit: 1e30 is"},
    {"run sleep -p time=5min", "time: '5min' is not a time; write for example 50ms, 0.05 or 5m"},
    {"run sleep -p time=5M", "time: '5M' is not a time"},
    {"run sleep -p time=11m", "time: 11m is out of bounds; it goes from 0s to 600s"},
    {"run primes -p limit=5m", "limit: '5m' is not a count"},
    {"run mixed -p wait=1.5", "wait: 1.5 is out of bounds; it goes from 0 to 1"},
    {"run primes -p split=even", "split: 'even' is none of equal, balanced"},
    {"run primes -n 0", "-n: 0 is out of bounds; it goes from 1 to 100k"},
    {"run primes -n -1", "-n: -1 is out of bounds; it goes from 1 to 100k"},
    {"run primes -n two", "-n: 'two' is not a count; write for example 1\n"},
    {"run primes -n 8-1", "-n 8-1 goes backwards; write 1-8"},
    {"run primes -n 1,,2", "-n '1,,2' has an empty place"},
    {"run primes -n 2-", "-n 2- is a range without an end; write for example 1-8"},
    {"run primes -n ''", "-n '' has an empty place"},
    {"run primes -n 1-200", "-n names more than 64 numbers"},
    {"run primes -r 0", "--rounds: 0 is out of bounds"},
    {"run primes -r many", "--rounds: 'many' is not a count; write a count from 1 to 10k\n"},
    {"run primes --timeout 0", "--timeout: 0 is out of bounds; it goes from 1ms to 86400s"},
    {"run primes --mem near", "--mem: 'near' is none of interleave, first-touch"},
    {"run primes --pin everywhere", "primes: "},
    {"run primes --pin scater", "there is no policy 'scater' (did you mean scatter?)"},
    {"run primes -f '('", "-f '(':"},
    {"run primes -f nothing-like-it", "-f 'nothing-like-it' matches no case"},
    {"run primes --quick --full", "--quick and --full are two suites; choose one"},
    {"run primes --example sleep-pool", "--example names all that runs"},
    {"run --example sleep-pol", "there is no example 'sleep-pol'; did you mean 'sleep-pool'?"},
    {"run --roundz 3", "--roundz: unknown option; did you mean --rounds?"},
    {"run --rounds", "--rounds: missing argument"},
    {"run primes -R threads -n 2 -R async", "--runners is given twice, and one of the two would be "
                                            "lost; give it once"},
    {"history check --last 5 --last=7", "speedup history check: --last is given twice"},
    {"run primes --gil nwe", "variant: 'nwe' is none of new, old, old-condition"},
    {"run primes --gil nwe", "did you mean 'new'?"},
    {"run primes --gil ''", "variant: '' is none of new, old"},
    {"run primes --gil new,,old", "variant: '' is none of new, old"},
    {"run primes --gil new:interval=0", "interval: 0 is out of bounds; it goes from 1us to 1s"},
    {"run primes --gil new:interval=-5ms", "interval: -5ms is out of bounds"},
    {"run primes --gil new:interval=10", "interval: 10 is out of bounds"},
    {"run primes --gil new:intervl=1ms", "no parameter 'intervl'; did you mean 'interval'?"},
    {"run primes --gil new:variant=old",
     "no parameter 'variant'; there are interval, release, reaction\n"},
    {"run primes --gil old:bogus=1", "no parameter 'bogus'; there are release, check, tick\n"},
    {"run primes --gil none:bogus=1", "no parameter 'bogus'; there are slowdown, references\n"},
    {"run primes --gil new:release=maybe", "'maybe' is none of always, io, kernels, never"},
    {"run primes --gil none:slowdown=0.9", "slowdown: 0.9 is out of bounds; it goes from 1"},
    {"run primes --gil", "--gil: missing argument"},
    {"run gil --gil new", "gil brings an interpreter of its own; leave --gil out"},
    {"run gil -p body=prims", "there is no workload 'prims'; did you mean 'primes'?"},
    {"run gil -p body=gil", "gil has no tasks of its own"},
    {"run gil -p variant=nwe", "did you mean 'new'?"},
    {"run gil -p interval=0", "interval: 0 is out of bounds; it goes from 1us to 1s"},
    {"run gil -p variant=old -p interval=1ms", "`old` does not look at 'interval'; leave it out"},
    {"run gil -p reaction=1ms -p variant=none", "`none` does not look at 'reaction'"},
    {"run gil -p check=5", "`new` does not look at 'check'"},
    {"run gil -p limt=5", "there is no parameter 'limt'; did you mean 'limit'?"},
    {"run means -p size=4G -p chunk=1",
     "size / chunk makes 4000000000 tasks; a million are enough"},
    {"run download -p urls=missing.txt", "missing.txt"},
    {"list nosuch", "there is no workload and no runner 'nosuch'"},
    {"list --lnog", "did you mean --long?"},
    {"doctor now", "'now' is too much"},
    {"plan --pin compct", "compact"},
};

ParameterizedTestParameters(usage, mistake)
{
    return cr_make_param_array(struct mistake, mistakes, sizeof(mistakes) / sizeof(mistakes[0]));
}

ParameterizedTest(struct mistake *m, usage, mistake)
{
    struct outcome o = program("%s", m->words);
    cr_expect_eq(o.status, 2, "%s: exit %d\n%s", m->words, o.status, o.err);
    cr_expect_str_empty(o.out, "%s: it printed\n%s", m->words, o.out);
    cr_expect_not_null(strstr(o.err, m->sentence), "%s: '%s' is not in:\n%s", m->words, m->sentence,
                       o.err);
}

Test(usage, help_of_every_command)
{
    static const char *const commands[] = {"", "run", "list", "plan", "plot", "doctor"};
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        struct outcome o = program("%s --help", commands[i]);
        cr_expect_eq(o.status, 0, "%s: exit %d", commands[i], o.status);
        cr_expect_not_null(strstr(o.out, "Usage: speedup"), "%s: %s", commands[i], o.out);
    }
    struct outcome version = program("--version");
    cr_expect_eq(version.status, 0);
    cr_expect_eq(strncmp(version.out, "speedup 0.", 10), 0, "%s", version.out);
}

Test(usage, result_that_cannot_be_written)
{
    struct outcome o = program("run sleep -p time=1ms -r 1 -o /nowhere/x.json");
    cr_expect_eq(o.status, 1);
    cr_expect_not_null(strstr(o.err,
                              "cannot write /nowhere/x.json: No such file or directory; name "
                              "another file with -o"),
                       "%s", o.err);
    cr_expect_null(strstr(o.err, "and a warm-up"), "it measured all the same:\n%s", o.err);
}

/* Renaming a file over a device, a pipe or a link would destroy it. */
Test(usage, result_that_is_no_regular_file)
{
    struct outcome o =
        command("mkfifo pipe; exec $SPEEDUP run sleep -p time=1ms -R serial -r 1 -o pipe");
    cr_expect_eq(o.status, 1);
    cr_expect_not_null(strstr(o.err, "cannot write pipe: it is not a regular file"), "%s", o.err);
    cr_expect_eq(command("test -p pipe").status, 0);
    o = command("ln -s real.json link.json; exec $SPEEDUP run sleep -p time=1ms -R serial -r 1 -o "
                "link.json");
    cr_expect_eq(o.status, 0, "%s", o.err);
    cr_expect_eq(command("test -h link.json && test -s real.json").status, 0);
}

Test(usage, standard_descriptors_that_are_closed)
{
    struct outcome o = command("$SPEEDUP run sleep primes -p time=1ms -n 2 -R process-pool,threads "
                               "-r 2 --answers -o x.json <&- >&- && $SPEEDUP run sleep -p time=1ms "
                               "-R process-pool:transfer=pipe -n 2 -r 1 -o x.json <&- 2>&-");
    cr_expect_eq(o.status, 0, "%s", o.err);
}

Test(usage, output_that_cannot_be_written)
{
    cr_expect_eq(command("exec $SPEEDUP list > /dev/full").status, 1);
    struct outcome o =
        command("exec $SPEEDUP run sleep -p time=1ms -R serial -r 1 -o x.json > /dev/full");
    cr_expect_eq(o.status, 1);
    cr_expect_not_null(strstr(o.err, "could not be written: No space left on device"), "%s", o.err);
}

Test(usage, long_words_are_cut)
{
    struct outcome o = command("A=$(head -c 4000 /dev/zero | tr '\\0' A); "
                               "$SPEEDUP run primes -p $A=3; $SPEEDUP run primes -p urls=$A; "
                               "exec $SPEEDUP run primes -R thread-pool:$A=3");
    cr_expect_eq(o.status, 2, "%s", o.err);
    cr_expect_not_null(strstr(o.err, "there is no parameter 'AAAA"), "%s", o.err);
}

Test(usage, nothing_saved_nothing_left)
{
    struct outcome o = command("TMPDIR=/nowhere $SPEEDUP run sleep -R serial -r 1; ls results");
    cr_expect_str_empty(o.out);
    cr_expect_not_null(strstr(o.err, "set TMPDIR to one that can be written"), "%s", o.err);
}

Test(usage, filter_leaves_other_workloads_out)
{
    struct outcome o = program("run primes means -f primes -R serial -r 1 -o x.json");
    cr_expect_eq(o.status, 0);
    cr_expect_null(strstr(o.out, "means"), "%s", o.out);
}

Test(usage, runner_named_twice_is_one)
{
    struct outcome o = program("run sleep -R threads,threads,processes,processes:start=fork -n 2,2 "
                               "--dry-run");
    cr_expect_not_null(strstr(o.out, "3 cases in"), "%s", o.out);
}

Test(usage, names_of_results_are_never_used_twice)
{
    for (int i = 0; i < 3; i++)
        cr_expect_eq(program("run sleep -p time=1ms -p tasks=2 -R serial -r 1").status, 0);
    struct outcome o = command("ls results | wc -l");
    cr_expect_str_eq(o.out, "3\n");
}

Test(usage, dry_run_measures_nothing)
{
    struct outcome o = program("run primes -R async -n 1,2 --dry-run");
    cr_expect_eq(o.status, 0);
    cr_expect_str_eq(o.out, "primes/limit:100k/tasks:4/split:equal/serial/n:1\n"
                            "primes/limit:100k/tasks:4/split:equal/async/n:1\n"
                            "primes/limit:100k/tasks:4/split:equal/async/n:2\n"
                            "3 cases in 10 rounds and a warm-up; 0 refused\n");
    cr_expect_eq(command("test -e results").status, 1);
}

/* `gil` runs another one's tasks, which may be measured beside it. */
Test(usage, a_workload_named_twice)
{
    struct outcome o = program("run primes sleep primes --dry-run");
    cr_expect_eq(o.status, 2, "exit %d", o.status);
    cr_expect_not_null(strstr(o.err, "primes is named twice"), "%s", o.err);
    o = program("run gil primes --dry-run");
    cr_expect_eq(o.status, 0, "%s", o.err);
    o = program("run primes -o ''");
    cr_expect_eq(o.status, 2, "exit %d", o.status);
    cr_expect_not_null(strstr(o.err, "-o: the path is empty"), "%s", o.err);
}

Test(usage, answers_of_the_tutorials)
{
    struct outcome o =
        program("run --example prime-ranges -R thread-pool -n 4 -r 1 --answers -o x");
    cr_expect_not_null(strstr(o.out, "in all: 9592 values"), "%s", o.out);
    cr_expect_not_null(strstr(o.out, "task 0: 2762 values: 2 3 5 7 11 13 … "), "%s", o.out);
    o = program("run --example chunk-means -R process-pool -n 2 -r 1 --seed 7 --answers -o x");
    cr_expect_eq(o.status, 0);
    cr_expect_not_null(strstr(o.out, "in all: 10 values"), "%s", o.out);
}
