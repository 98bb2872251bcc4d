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

/* Repetitions that were or will be: a case that has failed gets no more. */
static size_t planned(const struct session *s, const struct experiment *e)
{
    size_t n = 0;
    for (size_t i = 0; i < e->case_count; i++) {
        const struct bench_case *c = &e->cases[i];
        if (c->failed[0] != '\0')
            n += c->sample_count;
        else if (c->refused[0] == '\0')
            n += e->job.shape.once ? 1 : s->rounds + 1;
    }
    return n;
}

static size_t repetitions(const struct session *s)
{
    size_t n = 0;
    for (size_t i = 0; i < s->experiment_count; i++)
        n += s->experiments[i].failed[0] != '\0' ? 0 : planned(s, &s->experiments[i]);
    return n;
}

/* Seconds still to go: this experiment's repetitions as long as they were, the others' as the mean
 * of all; -1 before the first. */
static double remaining(const struct session *s, const struct experiment *e)
{
    int64_t now = now_ns();
    size_t all = repetitions(s), here = planned(s, e);
    size_t done_here = s->repetitions_done - s->done_before;
    if (done_here == 0 || all < s->repetitions_done)
        return -1;
    double mean_here = (double)(now - s->experiment_begin_ns) * 1e-9 / (double)done_here;
    double mean = (double)(now - s->begin_ns) * 1e-9 / (double)s->repetitions_done;
    size_t left_here = here > done_here ? here - done_here : 0;
    size_t left = all - s->repetitions_done;
    return mean_here * (double)left_here + mean * (double)(left > left_here ? left - left_here : 0);
}

void progress_experiment(const struct session *s, const struct experiment *e)
{
    if (isatty(STDERR_FILENO))
        return;
    size_t cases = runnable(e);
    fprintf(stderr, "%s: %zu case%s, ", e->name, cases, cases == 1 ? "" : "s");
    if (e->job.shape.once)
        fprintf(stderr, "1 round");
    else
        fprintf(stderr, "%u round%s and a warm-up", s->rounds, s->rounds == 1 ? "" : "s");
    fputc('\n', stderr);
}

void progress_warm(const struct session *s, const struct experiment *e)
{
    if (!isatty(STDERR_FILENO) && remaining(s, e) >= 1)
        fprintf(stderr, "%s: warm; about %.0f s left in all\n", e->job.workload->name,
                remaining(s, e));
}

void progress_case(const struct session *s, const struct experiment *e, const char *name,
                   unsigned round)
{
    if (!isatty(STDERR_FILENO))
        return;
    size_t all = repetitions(s), shared = strlen(e->name);
    double rest = remaining(s, e);
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
