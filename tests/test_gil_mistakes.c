// SPDX-License-Identifier: MIT
/* Sentences for what `speedup gil` is asked and does not do. */
#include <criterion/criterion.h>
#include <string.h>

#include "bench/gil/lab.h"
#include "tests/program.h"

#define TIMEOUT .timeout = 120

Test(gil_mistakes, mistakes_get_a_sentence, TIMEOUT)
{
    expect_mistake("gil", 2, "which experiment?");
    expect_mistake("gil hld", 2, "did you mean 'hold'?");
    expect_mistake("gil hold wake", 2, "'wake' is too much");
    expect_mistake("gil hold -k 1", 2, "hold needs 2 hogs at least");
    expect_mistake("gil ratio -k 0", 2,
                   "ratio needs 1 hog at least, a thread that computes; choose -k 1 or more");
    expect_mistake("gil hold -k 1000000", 2, "that is more than 100 hogs per core");
    expect_mistake("gil hold -p k=1000000", 2, "that is more than 100 hogs per core");
    expect_mistake("gil hold --interval 0", 2, "interval: 0 is out of bounds");
    expect_mistake("gil hold --interval=-5ms", 2, "interval: -5ms is out of bounds");
    expect_mistake("gil hold --interval 10s", 2, "interval: 10s is out of bounds");
    expect_mistake("gil hold -k -1", 2, "-k -1: nobody can have less than no hogs");
    expect_mistake("gil hold -p kk=1", 2,
                   "`hold` does not look at 'kk'; it does at k (2 to 100 for each core)");
    expect_mistake("gil hold -p =1", 2, "does not look at ''");
    expect_mistake("gil hold -p pin", 2, "'pin' is not name=value");
    expect_mistake("gil hold -p chunk=1ms", 2, "duration (1ms to 60s), pin (no, yes)");
    expect_mistake("gil async-echo -k 2", 2, "does not look at 'k'");
    expect_mistake("gil validate --gil new:interval=1ms", 2, "leave it out");
    expect_mistake("gil hold --gil nwe", 2, "did you mean 'new'?");
    expect_mistake("gil hold --gil new,old", 2, "--gil new,old names several locks; name one");
    expect_mistake("gil validate --runs 0", 2, "--runs: 0 is out of bounds");
    expect_mistake("gil hold --python /dev/null", 8, "'/dev/null' may not be executed");
    expect_mistake("gil validate --python /bin/true", 8,
                   "'/bin/true' does not answer as a CPython does");
    expect_mistake("gil release -o ''", 2, "-o '' names no file");
    expect_mistake("gil release -o /nowhere/x", 1, "name another file with -o");
    expect_mistake("gil hold --chart x.svg --timeline x.svg", 2,
                   "--chart and --timeline both name");
    expect_mistake("gil validate --chart x.svg -o x.svg", 2, "-o and --chart both name x.svg");
    expect_mistake("gil release -o /", 1, "cannot write /: Is a directory");
    expect_mistake("gil hold -k 3-1", 2, "-k 3-1 goes backwards; write 1-3");
    expect_mistake("gil hold -k 1,,2", 2, "has an empty place");
    expect_mistake("gil hold --gil old --interval 1ms", 2, "that lock knows no interval");
    expect_mistake("gil hold --gil old -p interval=1ms", 2, "that lock knows no interval");
    expect_mistake("gil hold --gil new:interval=1ms --interval 5ms", 2, "leave one of the two out");
    expect_mistake("gil sweep --gil old", 2, "that lock knows no interval; choose another");
    expect_mistake("gil hold --interval 1ms -p interval=5ms", 2, "leave one of the two out");
    expect_mistake("gil hold -k 2 -p k=2", 2, "-k and k=2 both name the hogs");
    expect_mistake("gil hold -p k=2,3", 2, "takes one value; write -k 2,3");
    expect_mistake("gil hold -p interval=1ms,2ms", 2, "write --interval 1ms,2ms");
    expect_mistake("gil battle -p count=1 -k 2", 2, "choose -p count=2 or more");
    expect_mistake("gil hold --gil none", 2, "hold: without a lock nobody holds one");
    expect_mistake("gil hold --gil per-interpreter", 2, "each hog has a lock of its own");
    expect_mistake("gil interpreters --gil fifo", 2, "is about the lock per-interpreter");
    expect_mistake("gil hold --gil old:interval=1ms", 2, "`old` does not look at 'interval'");
    expect_mistake("gil release --gil new:interval=1ms", 2,
                   "`release` does not look at 'interval'; it does at count");
    expect_mistake("gil async-echo --gil 'new:reaction=1us interval=1ms'", 2,
                   "`async-echo` does not look at 'interval'");
    expect_mistake("gil wake --gil new:release=never", 2, "leave release out");
    expect_mistake("gil validate --gil 'new:reaction=1us release=io'", 2, "leave release out");
    expect_mistake("gil hold --gil new:check=1", 2, "`new` does not look at 'check'");
}

/* What they name would be taken there: `run` alone may say what lets go of the lock. */
Test(gil_mistakes, an_unknown_parameter_of_a_lock_gets_those_that_can_be_set, TIMEOUT)
{
    expect_mistake("gil hold --gil new:bogus=1", 2,
                   "there is no parameter 'bogus'; there are interval, reaction\n");
    expect_mistake("gil hold --gil new:relase=io", 2,
                   "there is no parameter 'relase'; there are interval, reaction\n");
    expect_mistake("gil async-echo --gil new:bogus=1", 2,
                   "there is no parameter 'bogus'; there are reaction\n");
    expect_mistake("gil validate --gil new:bogus=1", 2,
                   "there is no parameter 'bogus'; there are reaction\n");
    expect_mistake("gil wake --gil old:bogus=1", 2, "there are check, tick\n");
    expect_mistake("gil hold --gil new:release=", 2, "leave release out");
    expect_mistake("gil hold --gil new:release=bogus", 2, "leave release out");
    expect_mistake("run primes --gil new:bogus=1", 2, "there are interval, release, reaction\n");
}

/* What it proposes would be taken. */
Test(gil_mistakes, mistakes_in_lists_get_an_example, TIMEOUT)
{
    expect_mistake("gil hold -k x", 2, "-k: 'x' is not a count; write for example 2\n");
    expect_mistake("gil hold -k 2-", 2, "-k 2- is a range without an end; write for example 1-8");
    expect_mistake("gil hold --interval x", 2, "'x' is not a time; write for example 5ms\n");
    expect_mistake("gil hold --interval 5ms,", 2,
                   "--interval '5ms,' has an empty place; write for example 5ms,1ms");
    expect_mistake("gil hold --interval ''", 2, "--interval '' has an empty place");
    expect_mistake("gil validate --runs x", 2, "'x' is not a count; write for example 5\n");
}

/* Nothing is measured that the limit would end. */
Test(gil_mistakes, what_cannot_end_in_time_is_refused, TIMEOUT)
{
    expect_mistake("gil ratio -p duration=60s", 2,
                   "ratio: duration=60s and pairs=4 take 720 s, and what takes 180 s is given up");
    expect_mistake("gil ratio -p duration=60s -p pairs=1", 2, "take 180 s, and what");
    expect_mistake("gil kernel-ratio -p duration=60s", 2, "duration=60s and pairs=4 take 720 s");
    expect_mistake("gil interpreters -p duration=60s", 2, "duration=60s and pairs=4 take 720 s");
    expect_mistake("gil sleep -p time=10s -p repeat=30", 2, "time=10s and repeat=30 take 300 s");
    expect_mistake("gil wake -p gap=10s -p count=1G", 2, "count=1G and gap=10s take 10000000000 s");
    expect_mistake("gil battle -p count=1G", 2, "pairs=4 and count=1G take 400 s");
}

/* The parameters mean what they ask for: what is short is not refused. */
Test(gil_mistakes, every_default_can_end_in_time)
{
    char why[256] = "";
    for (int i = 0; lab_kinds[i].name != NULL; i++) {
        struct lab lab;
        struct gil_options gil = gil_defaults(lab_kinds[i].lock);
        lab_open(&lab, &lab_kinds[i], &gil, 1);
        cr_expect(lab_check_time(&lab, why, sizeof(why)) == 0, "%s", why);
        cr_expect(!lab_uses(lab.kind, "pairs") || lab_set(&lab, "pairs=1", why, sizeof(why)) == 0);
        cr_expect(!lab_uses(lab.kind, "duration") ||
                  lab_set(&lab, "duration=59s", why, sizeof(why)) == 0);
        cr_expect(lab_check_time(&lab, why, sizeof(why)) == 0, "%s", why);
    }
}

Test(gil_mistakes, more_hogs_than_a_hundred_a_core, TIMEOUT)
{
    struct outcome o = command("HWLOC_SYNTHETIC='core:4 pu:1' exec $SPEEDUP gil hold -k 401");
    cr_expect(o.status == 2 && strstr(o.err, "at most 400") != NULL, "%d: %s", o.status, o.err);
}

Test(gil_mistakes, without_any_python, TIMEOUT)
{
    struct outcome o = command("PATH=/nowhere exec $SPEEDUP gil validate");
    cr_expect(o.status == 8 && strstr(o.err, "'python3' is not in PATH") != NULL, "%d: %s",
              o.status, o.err);
}
