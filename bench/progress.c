// SPDX-License-Identifier: MIT
#include "bench/progress.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static size_t runnable(const struct experiment *e)
{
    size_t n = 0;
    for (size_t i = 0; i < e->case_count; i++)
        n += e->cases[i].refused[0] == '\0' && e->cases[i].failed[0] == '\0';
    return n;
}

static size_t planned(const struct session *s, const struct experiment *e)
{
    return runnable(e) * (e->job.shape.once ? 1 : s->rounds + 1);
}

static size_t repetitions(const struct session *s)
{
    size_t n = 0;
    for (size_t i = 0; i < s->experiment_count; i++)
        n += s->experiments[i].failed[0] != '\0' ? 0 : planned(s, &s->experiments[i]);
    return n;
}

/* Seconds still to go if repetitions stay as long as they were; -1 before the first. */
static double remaining(const struct session *s)
{
    size_t all = repetitions(s), done = s->repetitions_done;
    double spent = (double)(now_ns() - s->begin_ns) * 1e-9;
    return done == 0 || all < done ? -1 : spent / (double)done * (double)(all - done);
}

void progress_experiment(const struct session *s, const struct experiment *e)
{
    if (isatty(STDERR_FILENO))
        return;
    fprintf(stderr, "%s: %zu cases, ", e->name, runnable(e));
    if (e->job.shape.once)
        fprintf(stderr, "1 round");
    else
        fprintf(stderr, "%u round%s and a warm-up", s->rounds, s->rounds == 1 ? "" : "s");
    if (remaining(s) >= 0)
        fprintf(stderr, "; about %.0f s left in all", remaining(s));
    fputc('\n', stderr);
}

void progress_case(const struct session *s, const struct experiment *e, const char *name,
                   unsigned round)
{
    if (!isatty(STDERR_FILENO))
        return;
    size_t all = repetitions(s), shared = strlen(e->name);
    double rest = remaining(s);
    fprintf(stderr, "\r\033[K[%3zu %%] ", all > 0 ? 100 * s->repetitions_done / all : 100);
    if (round == 0)
        fprintf(stderr, "warm-up      ");
    else
        fprintf(stderr, "round %2u/%-2u  ", round, s->rounds);
    fprintf(stderr, "%s  %.40s", e->job.workload->name,
            strlen(name) > shared ? name + shared + 1 : name);
    if (rest >= 0)
        fprintf(stderr, "  ETA %d:%02d", (int)rest / 60, (int)rest % 60);
}

void progress_end(void)
{
    if (isatty(STDERR_FILENO))
        fputs("\r\033[K", stderr);
}

void progress_say(const char *sentence)
{
    progress_end();
    fprintf(stderr, "speedup: %s\n", sentence);
}
