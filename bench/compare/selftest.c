// SPDX-License-Identifier: MIT
/* Does the gate keep its word? First on noise that is known, then on this machine: this program
 * against a byte copy of itself, and against itself with a known share of more work. */
#include "bench/compare/compare.h"
#include "bench/compare/child.h"
#include "bench/compare/promise.h"
#include "bench/compare/simulate.h"
#include "bench/exit_codes.h"
#include "bench/interrupt.h"
#include "bench/params.h"
#include "bench/registry.h"
#include "bench/scratch.h"
#include "bench/shuffle.h"
#include "workloads/workload.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

/* The parameter of the workload that is tried: the share of its work that is done again. */
#define AGAIN "again"

enum { SEED = 1, SIMULATIONS = 2000, POWER_SIMULATIONS = 500, ALARMS_MAX = 35 };
enum { LIVE_S_MAX = 60, DEFAULT_S = 600 };
enum { EFFECTS = 5, FIVE = 3 }; /* FIVE: the one that is promised to be seen */

static const double effects[EFFECTS] = {0, 0.01, 0.02, [FIVE] = 0.05, 0.10};
static const double confidence = 0.95;

static size_t alarms_of(const struct simulated_counts *counts)
{
    return counts->verdicts[VERDICT_REGRESSION] + counts->verdicts[VERDICT_IMPROVEMENT];
}

static const char *verdict_of(bool holds)
{
    return holds ? "holds" : "MISSED";
}

/* ---- on noise that is known --------------------------------------------------------------- */

/* Answers how many demands were missed. */
static int show_power(double margin, double effect, double least, uint64_t seed)
{
    struct judge_rules rules = {margin, 0.03, 0.01, seed};
    struct simulated_counts counts;
    if (simulate(POWER_SIMULATIONS, effect, &rules, seed, &counts) != 0)
        return 1;
    double share = (double)counts.verdicts[VERDICT_REGRESSION] / POWER_SIMULATIONS;
    printf("  margin %.0f %%, slower by %.0f %%   found %5.1f %%   at least %.0f %%   %s\n",
           100 * margin, 100 * effect, 100 * share, 100 * least, verdict_of(share >= least));
    return share < least;
}

/* Likewise. Without a margin nothing but the test itself keeps an alarm away. */
static int show_alarms(double margin)
{
    struct judge_rules rules = {margin, 0.03, 0.01, SEED};
    struct simulated_counts counts;
    if (simulate(SIMULATIONS, 0, &rules, SEED, &counts) != 0)
        return 1;
    bool calm = alarms_of(&counts) <= ALARMS_MAX;
    printf("  margin %.0f %%, no change      %zu alarms in %d   at most %d   %s\n", 100 * margin,
           alarms_of(&counts), SIMULATIONS, ALARMS_MAX, verdict_of(calm));
    return !calm;
}

/* The same on every machine. */
static int show_simulated(void)
{
    int missed = 0;
    printf("Simulated noise (halves vary by 6 to 8 %%), the same procedure:\n");
    missed += show_alarms(0);
    missed += show_alarms(0.01);
    missed += show_power(0, 0.01, 0.60, SEED + 1);
    missed += show_power(0, 0.05, 0.95, SEED + 2);
    missed += show_power(0.01, 0.02, 0.60, SEED + 3);
    missed += show_power(0.01, 0.05, 0.95, SEED + 4);
    return missed;
}

/* ---- on this machine ---------------------------------------------------------------------- */

struct live {
    struct sides sides;
    const struct compare_options *options;
    int64_t deadline_ns;
    struct tally tallies[EFFECTS]; /* of each effect */
};

/* The two sides have other parameters, and so other names; here that is meant. */
static int half(void *self, const struct half_order *order, struct half *half, char *why,
                size_t size)
{
    struct half_order all = *order;
    all.names = NULL;
    int err = sides_half(self, &all, half, why, size);
    for (size_t i = 0; i < half->case_count && err == 0; i++) {
        free(half->cases[i].name);
        half->cases[i].name = strdup("case");
        err = half->cases[i].name != NULL ? 0 : -ENOMEM;
    }
    return err;
}

/* A side that fails alone is told of at once, before it is compared. */
static int calibrate(struct contest *contest, char *why, size_t size)
{
    struct half first = {0};
    int err = sides_calibrate(&contest->measurer, contest->deadline_ns, &contest->repetitions,
                              &contest->repetition_ns[BASE], &first, why, size);
    if (err == 0 && first.failed != NULL) {
        snprintf(why, size, "%s", first.failed);
        err = -EIO;
    }
    half_free(&first);
    return err;
}

/* A failure of either side is one of this test, not a verdict. */
static int expect_judged(const struct contest *contest, char *why, size_t size)
{
    const struct contest_case *one = contest->case_count > 0 ? &contest->cases[0] : NULL;
    const char *failed = one == NULL                 ? contest->side_failed[BASE]
                         : one->failed[BASE] != NULL ? one->failed[BASE]
                                                     : one->failed[NEW];
    if (one != NULL && failed == NULL)
        return 0;
    snprintf(why, size, "%s", failed[0] != '\0' ? failed : "nothing was measured");
    return -EIO;
}

/* One comparison of an effect. -EINTR, or -ETIMEDOUT when there is no time left for a whole one. */
static int compare_live(struct live *live, int effect, uint64_t seed, char *why, size_t size)
{
    char extra[32];
    struct contest contest = {.measurer = {&live->sides, half, NULL},
                              .rules = live->options->rules,
                              .seed = seed,
                              .confirm = live->options->confirm};
    int64_t begin = now_ns(), limit = begin + (int64_t)LIVE_S_MAX * 1000000000;
    contest.deadline_ns = limit < live->deadline_ns ? limit : live->deadline_ns;
    snprintf(extra, sizeof(extra), AGAIN "=%g", effects[effect]);
    live->sides.side[NEW].extra = effect > 0 ? extra : NULL;
    int err = calibrate(&contest, why, size);
    if (err == 0)
        err = contest_run(&contest, why, size);
    if (err == 0 && contest.interrupted)
        err = -EINTR;
    if (err == 0 && contest.out_of_time && contest.deadline_ns == live->deadline_ns)
        err = -ETIMEDOUT;
    if (err == 0)
        err = expect_judged(&contest, why, size);
    if (err == 0) {
        enum verdict_kind verdict = contest.cases[0].said.verdict;
        live->tallies[effect].comparisons++;
        live->tallies[effect].slower += verdict == VERDICT_REGRESSION;
        live->tallies[effect].faster += verdict == VERDICT_IMPROVEMENT;
    }
    live->sides.side[NEW].extra = NULL;
    contest_free(&contest);
    return err;
}

/* Half of them without a change, a quarter with the 5 % that the promise is about. */
static int measure_live(struct live *live, char *why, size_t size)
{
    static const int order[] = {0, FIVE, 0, 1, 0, FIVE, 0, 2, 0, FIVE, 0, 4};
    enum { TURNS = sizeof(order) / sizeof(order[0]) };
    uint64_t state = live->options->seed;
    int err = 0;
    for (int i = 0; err == 0; i = (i + 1) % TURNS) {
        err = compare_live(live, order[i], random_next(&state), why, size);
        if (isatty(STDERR_FILENO) && err == 0)
            fprintf(stderr, "\r\033[K%zu comparisons without a change, %zu of 5 %%, %.0f s left",
                    live->tallies[0].comparisons, live->tallies[FIVE].comparisons,
                    (double)(live->deadline_ns - now_ns()) * 1e-9);
    }
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "\r\033[K");
    return err == -ETIMEDOUT ? 0 : err;
}

static void show_calm(const struct tally *none)
{
    size_t alarms = none->slower + none->faster;
    struct estimate share = stats_share(alarms, none->comparisons, confidence);
    if (none->comparisons == 0)
        printf("  false alarms: not known, as no comparison was done in time\n");
    else
        printf("  false alarms: %zu in %zu comparison%s (%.1f %%, exact interval of 95 %%: %.1f to "
               "%.1f %%)   %s\n",
               alarms, none->comparisons, none->comparisons == 1 ? "" : "s", 100 * share.value,
               100 * share.low, 100 * share.high, promise_words[promise_calm(none)]);
}

static void show_live(const struct live *live)
{
    const struct tally *five = &live->tallies[FIVE];
    printf("\nThis machine, this program against a byte copy of itself:\n");
    show_calm(&live->tallies[0]);
    printf("and against itself with more work:\n");
    for (int i = 1; i < EFFECTS; i++) {
        const struct tally *t = &live->tallies[i];
        struct estimate share = stats_share(t->slower, t->comparisons, confidence);
        if (t->comparisons > 0)
            printf("  slower by %2.0f %%: found %zu of %zu (%.0f %%, %.0f to %.0f %%)%s%s\n",
                   100 * effects[i], t->slower, t->comparisons, 100 * share.value, 100 * share.low,
                   100 * share.high, t == five ? "   " : "",
                   t == five ? promise_words[promise_sees(t)] : "");
    }
    if (five->comparisons == 0)
        printf("  slower by  5 %%: not known, as no comparison was done in time\n");
}

/* ---- the two sides ------------------------------------------------------------------------ */

/* The workload whose work can be done again. */
static const char *find_workload(void)
{
    for (int i = 0; workloads[i] != NULL; i++)
        if (params_find(workloads[i]->params, AGAIN) >= 0)
            return workloads[i]->name;
    return NULL;
}

static int copy_self(const char *path)
{
    struct stat info;
    int from = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    int to = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0700);
    int err = from < 0 || to < 0 || fstat(from, &info) != 0 ? -errno : 0;
    for (off_t left = err == 0 ? info.st_size : 0; left > 0 && err == 0;) {
        ssize_t n = sendfile(to, from, NULL, (size_t)left);
        err = n > 0 ? 0 : n < 0 ? -errno : -EIO;
        left -= n > 0 ? n : 0;
    }
    if (from >= 0)
        close(from);
    if (to >= 0 && close(to) != 0 && err == 0)
        err = -errno;
    return err;
}

static int open_sides(struct live *live, const char *directory, char *why, size_t size)
{
    char copy[PATH_MAX], self[PATH_MAX];
    const char *workload = find_workload();
    const char *const words[] = {"-R", BASELINE, "--", workload, NULL};
    ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
    int err = workload == NULL ? -ENOENT : n < 0 ? -errno : 0;
    snprintf(why, size, "this program cannot be copied for its test");
    if (err == 0) {
        self[n] = '\0';
        int length = snprintf(copy, sizeof(copy), "%s/speedup-copy", directory);
        err = length < (int)sizeof(copy) ? copy_self(copy) : -ENAMETOOLONG;
    }
    if (err == 0)
        err = sides_open(&live->sides, self, copy, false, why, size);
    for (size_t i = 0; err == 0 && words[i] != NULL; i++)
        live->sides.words[i] = words[i];
    return err;
}

/* *tried: were both promises tried? */
static int test_live(const struct compare_options *options, int64_t deadline_ns, int *missed,
                     bool *tried, char *why, size_t size)
{
    struct live live = {.options = options, .deadline_ns = deadline_ns};
    char directory[PATH_MAX];
    int err = scratch_make(NULL, directory);
    snprintf(why, size, "cannot make a temporary directory");
    if (err == 0)
        err = open_sides(&live, directory, why, size);
    if (err == 0) {
        err = measure_live(&live, why, size);
        show_live(&live);
        const enum promise kept[] = {promise_calm(&live.tallies[0]),
                                     promise_sees(&live.tallies[FIVE])};
        *missed += (kept[0] == PROMISE_MISSED) + (kept[1] == PROMISE_MISSED);
        *tried = kept[0] != PROMISE_UNTRIED && kept[1] != PROMISE_UNTRIED;
        sides_close(&live.sides);
    }
    scratch_remove(directory);
    return err;
}

int compare_self_test(const struct compare_options *options)
{
    char why[HALF_TEXT_MAX] = "";
    bool tried = false;
    int64_t time =
        options->max_time_ns > 0 ? options->max_time_ns : DEFAULT_S * INT64_C(1000000000);
    int64_t deadline_ns = now_ns() + time;
    interrupt_catch();
    signal(SIGPIPE, SIG_IGN); /* or nobody would take the copies away */
    int missed = show_simulated();
    fflush(stdout);
    int err = test_live(options, deadline_ns, &missed, &tried, why, sizeof(why));
    if (err == -EINTR)
        return EXIT_INTERRUPTED;
    if (err != 0) {
        fprintf(stderr, "speedup compare: the test cannot go on: %s\n", why);
        return EXIT_RUN_TIME;
    }
    return promise_conclude(stdout, missed, tried);
}
