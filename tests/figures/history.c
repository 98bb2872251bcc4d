// SPDX-License-Identifier: MIT
/* A history of 100,000 points is no slower to ask than a small one: a hundred series of a thousand
 * sessions, and one series of all. */
#include "bench/cmd.h"
#include "bench/history/store.h"
#include "bench/shuffle.h"
#include "tests/figures/bench.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS = 10, POINTS = 100000 };

static const double limit_ns = 1e9;

/* One question of a user. */
struct question {
    const char *argv[8];
    int argc;
};

static void must(bool good, const char *what)
{
    if (good)
        return;
    fprintf(stderr, "figures: history: %s\n", what);
    bench_leave(1);
}

/* The last three sessions are 10 % slower than the others, which are noise of 1 %. */
static void add_session(struct store *store, int series, int sessions, int number)
{
    uint64_t seed = (uint64_t)number;
    char name[64];
    snprintf(name, sizeof(name), "%d", number);
    int rc = store_do(store,
                      "INSERT INTO session (content, date, added, started, base, new, command)"
                      " VALUES (?, ?, 0, '', '', '', '[]')",
                      "ti", name, (int64_t)number * 86400);
    for (int i = 1; i <= series && rc == SQLITE_OK; i++) {
        double noise = ((double)(random_next(&seed) >> 11) / 9007199254740992.0 - 0.5) * 0.035;
        double change = noise + (number > sessions - 3 ? 0.1 : 0);
        rc = store_do(store,
                      "INSERT INTO point (series, date, session, change, low, high, base_ns,"
                      " new_ns, pairs, verdict)"
                      " VALUES (?, ?, ?, ?, ?, ?, 1e6, 1e6, 30, 'UNCHANGED')",
                      "iiifff", (int64_t)i, (int64_t)number * 86400, (int64_t)number, change,
                      change - 0.01, change + 0.01);
    }
    must(rc == SQLITE_OK, "a session could not be added");
}

static void fill(const char *path, int series)
{
    struct store store;
    char why[512], name[64];
    must(store_open(&store, path, true, why, sizeof(why)) == 0, why);
    must(store_run(&store, "BEGIN") == SQLITE_OK, "no transaction");
    for (int i = 1; i <= series; i++) {
        snprintf(name, sizeof(name), "case/n:%03d", i);
        must(store_do(&store,
                      "INSERT INTO series (name, fingerprint, reference, build, time)"
                      " VALUES (?, '0123456789abcdef', '0.1.0+1111111', '', '')",
                      "t", name) == SQLITE_OK,
             "a series could not be added");
    }
    for (int i = 1; i <= POINTS / series; i++)
        add_session(&store, series, POINTS / series, i);
    must(store_run(&store, "COMMIT") == SQLITE_OK, "it could not be written");
    store_close(&store);
}

/* In a process of its own, as a user would, until it has ended. */
static double ask(void *context)
{
    struct question *question = context;
    struct timespec from, to;
    int status;
    fflush(NULL);
    clock_gettime(CLOCK_MONOTONIC, &from);
    pid_t pid = fork();
    if (pid == 0) {
        int nothing = open("/dev/null", O_WRONLY);
        dup2(nothing, STDOUT_FILENO);
        status = cmd_history(question->argc, question->argv);
        fflush(NULL);
        _exit(status);
    }
    must(pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
             (WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == 4),
         "a question has no answer");
    clock_gettime(CLOCK_MONOTONIC, &to);
    return (double)(to.tv_sec - from.tv_sec) * 1e9 + (double)(to.tv_nsec - from.tv_nsec);
}

void figure_history(void)
{
    char directory[] = "/tmp/speedup-history-XXXXXX", many[64], one[64];
    double times[4][ROUNDS], limits[ROUNDS];
    must(mkdtemp(directory) != NULL, "there is no room in /tmp");
    snprintf(many, sizeof(many), "%s/many.db", directory);
    snprintf(one, sizeof(one), "%s/one.db", directory);
    fill(many, 100);
    fill(one, 1);
    struct question questions[] = {{{"history", "show", "--db", many, "-f", "n:050$"}, 6},
                                   {{"history", "check", "--db", many, "-f", "n:050$"}, 6},
                                   {{"history", "show", "--db", one}, 4},
                                   {{"history", "check", "--db", one}, 4}};
    static const char *const names[] = {"history: 100,000 points, show of one series of 100 / 1 s",
                                        "history: 100,000 points, check of one series of 100 / 1 s",
                                        "history: 100,000 points, show of the only series / 1 s",
                                        "history: 100,000 points, check of the only series / 1 s"};
    struct contender contenders[4];
    for (int i = 0; i < 4; i++)
        contenders[i] = (struct contender){ask, &questions[i], times[i]};
    bench_rounds(contenders, 4, ROUNDS);
    for (int i = 0; i < ROUNDS; i++)
        limits[i] = limit_ns;
    for (int i = 0; i < 4; i++)
        bench_at_most(names[i], times[i], limits, ROUNDS, 1);
    unlink(many);
    unlink(one);
    rmdir(directory);
}
