// SPDX-License-Identifier: MIT
/* Feeds all readers of files with mutated ones, in processes that may crash:
 *
 *     fuzz_main [--seed S] [--from N] [--count N] [--jobs N] [--print | --plain]
 *
 * Stops at the first input that crashes, hangs or is refused without saying where, and says how to
 * try that one alone. --print writes the inputs to stdout instead; --plain tries the files that
 * they are made of, without a mistake in them: one that is refused makes few that are read. */
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/fuzz/readers.h"

enum { JOBS_MAX = 64, HANG_S = 20, STEP = 10000 };

struct options {
    uint64_t seed, from, count, jobs;
    bool print, plain;
};

/* What a child has done; its parent reads it also after its crash. */
struct state {
    uint64_t number;             /* the input that it is at */
    uint64_t accepted, compared; /* those that were taken for files, and for comparisons */
    struct reading reading;
};

/* ---- the child ---------------------------------------------------------------------------- */

/* Of CPU time, as a busy machine is no bug. */
static void guard(void)
{
    struct itimerval most = {.it_value.tv_sec = HANG_S};
    setitimer(ITIMER_PROF, &most, NULL);
}

static int try_all(const struct options *o, uint64_t first, const struct seed *seeds, size_t count,
                   struct state *state, atomic_uint_fast64_t *done)
{
    static struct input input;
    for (uint64_t n = first; n < o->count; n += o->jobs) {
        state->number = o->from + n;
        guard();
        mutate(&input, seeds, count, o->seed, state->number);
        readers_try(&input, &state->reading);
        if (state->reading.complaint[0] != '\0')
            return EXIT_FAILURE;
        state->accepted += state->reading.accepted;
        state->compared += state->reading.compared;
        uint64_t all = atomic_fetch_add(done, 1) + 1;
        if (all % STEP == 0 && o->count > STEP)
            dprintf(STDERR_FILENO, "fuzz: %ju of %ju inputs\n", (uintmax_t)all,
                    (uintmax_t)o->count);
    }
    return EXIT_SUCCESS;
}

/* ---- the parent --------------------------------------------------------------------------- */

static void report(const struct options *o, const struct state *state, int status)
{
    const char *complaint = state->reading.complaint;
    fprintf(stderr, "fuzz: input %ju of seed %ju ", (uintmax_t)state->number, (uintmax_t)o->seed);
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGPROF)
        fprintf(stderr, "hangs: it took more than %d s of CPU time\n", HANG_S);
    else if (WIFSIGNALED(status))
        fprintf(stderr, "crashes: %s\n", strsignal(WTERMSIG(status)));
    else if (complaint[0] != '\0')
        fprintf(stderr, "is a mistake of ours: %s\n", complaint);
    else
        fprintf(stderr, "ends its process with %d\n", WEXITSTATUS(status));
    fprintf(stderr, "fuzz: alone: fuzz_main --seed %ju --from %ju --count 1\n", (uintmax_t)o->seed,
            (uintmax_t)state->number);
}

/* The first child that fails ends all. */
static int wait_for_all(const struct options *o, pid_t *pids, const struct state *states)
{
    int status, result = EXIT_SUCCESS;
    for (uint64_t left = o->jobs; left > 0; left--) {
        pid_t pid = wait(&status);
        for (uint64_t i = 0; i < o->jobs; i++) {
            if (pids[i] == pid) {
                pids[i] = 0; /* its number may be somebody else's from now on */
                if (status != 0 && result == EXIT_SUCCESS)
                    report(o, &states[i], status);
            } else if (pids[i] > 0 && status != 0 && result == EXIT_SUCCESS) {
                kill(pids[i], SIGKILL);
            }
        }
        if (status != 0)
            result = EXIT_FAILURE;
    }
    return result;
}

static int run(const struct options *o, const struct seed *seeds, size_t count)
{
    struct shared {
        atomic_uint_fast64_t done;
        struct state states[JOBS_MAX];
    } *shared =
        mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t pids[JOBS_MAX];
    if (shared == MAP_FAILED) {
        perror("fuzz: mmap");
        return EXIT_FAILURE;
    }
    for (uint64_t i = 0; i < o->jobs; i++) {
        pids[i] = fork();
        if (pids[i] == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            exit(try_all(o, i, seeds, count, &shared->states[i], &shared->done));
        }
        if (pids[i] < 0) {
            perror("fuzz: fork");
            return EXIT_FAILURE;
        }
    }
    int result = wait_for_all(o, pids, shared->states);
    uint64_t accepted = 0, compared = 0;
    for (uint64_t i = 0; i < o->jobs; i++) {
        accepted += shared->states[i].accepted;
        compared += shared->states[i].compared;
    }
    printf("%ju inputs: %ju read, %ju of them comparisons, %ju refused\n", (uintmax_t)shared->done,
           (uintmax_t)accepted, (uintmax_t)compared, (uintmax_t)(shared->done - accepted));
    return result;
}

/* ---- the command line --------------------------------------------------------------------- */

static int print_all(const struct options *o, const struct seed *seeds, size_t count)
{
    static struct input input;
    for (uint64_t n = o->from; n < o->from + o->count; n++) {
        mutate(&input, seeds, count, o->seed, n);
        fwrite(input.bytes, 1, input.size, stdout);
    }
    return EXIT_SUCCESS;
}

/* Before any mistake. */
static int try_plain(const struct seed *seeds, size_t count)
{
    static struct input input;
    struct reading reading;
    int result = EXIT_SUCCESS;
    for (size_t i = 0; i < count; i++) {
        memcpy(input.bytes, seeds[i].text, seeds[i].size);
        input.size = seeds[i].size;
        readers_try(&input, &reading);
        printf("%s: %zu bytes, %s\n", seeds[i].name, input.size,
               reading.compared   ? "a comparison"
               : reading.accepted ? "read"
                                  : "refused");
        if (reading.complaint[0] != '\0')
            fprintf(stderr, "fuzz: %s is a mistake of ours: %s\n", seeds[i].name,
                    reading.complaint);
        if (!reading.accepted || reading.complaint[0] != '\0')
            result = EXIT_FAILURE;
    }
    return result;
}

static int read_options(struct options *o, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        struct {
            const char *name;
            uint64_t *value;
        } all[] = {{"--seed", &o->seed},
                   {"--from", &o->from},
                   {"--count", &o->count},
                   {"--jobs", &o->jobs}};
        size_t k = 0;
        while (k < 4 && strcmp(argv[i], all[k].name) != 0)
            k++;
        if (k < 4 && i + 1 < argc)
            *all[k].value = strtoull(argv[++i], NULL, 10);
        else if (strcmp(argv[i], "--print") == 0)
            o->print = true;
        else if (strcmp(argv[i], "--plain") == 0)
            o->plain = true;
        else
            return -1;
    }
    return o->jobs >= 1 && o->jobs <= JOBS_MAX ? 0 : -1;
}

int main(int argc, char **argv)
{
    static struct seed seeds[SEEDS_MAX];
    struct options o = {.seed = 1, .count = 10000, .jobs = 1};
    const char *root = getenv("ROOT");
    if (read_options(&o, argc, argv) != 0) {
        fprintf(stderr,
                "usage: fuzz_main [--seed S] [--from N] [--count N] [--jobs 1..%d] "
                "[--print | --plain]\n",
                JOBS_MAX);
        return 2;
    }
    size_t count = seeds_read(seeds, root != NULL ? root : ".");
    if (count == 0)
        return EXIT_FAILURE;
    if (o.plain)
        return try_plain(seeds, count);
    return o.print ? print_all(&o, seeds, count) : run(&o, seeds, count);
}
