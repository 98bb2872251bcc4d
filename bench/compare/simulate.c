// SPDX-License-Identifier: MIT
#include "bench/compare/simulate.h"
#include "bench/shuffle.h"

#include <math.h>
#include <string.h>

enum { USUAL_NS = 10000000, REPETITIONS = 15 };

static const double own = 0.009;       /* what is new in each half: standard deviation */
static const double plateaus = 0.048;  /* of the levels that the machine stays on */
static const double leaves = 0.03;     /* the chance that it leaves one */
static const double bursts = 0.035;    /* the chance that one begins */
static const double burst_mean = 0.15; /* how much slower it makes a half */

static double uniform(struct simulated *m)
{
    return ((double)(random_next(&m->state) >> 11) + 0.5) * 0x1p-53;
}

/* Box and Muller 1958. */
static double normal(struct simulated *m)
{
    double radius = sqrt(-2 * log(uniform(m)));
    return radius * cos(2 * M_PI * uniform(m));
}

void simulated_open(struct simulated *m, uint64_t seed, double effect)
{
    *m = (struct simulated){.state = seed, .effect = effect, .now_ns = 1000000000, .pid = 1000};
    m->plateau = plateaus * normal(m);
}

double simulated_noise(struct simulated *m)
{
    if (uniform(m) < leaves)
        m->plateau = plateaus * normal(m);
    double burst = uniform(m) < bursts ? -burst_mean * log(uniform(m)) : 0;
    return m->plateau + burst + own * normal(m);
}

int simulated_half(void *self, const struct half_order *order, struct half *half, char *why,
                   size_t size)
{
    struct simulated *m = self;
    double effect = order->side == NEW ? log1p(m->effect) : 0;
    double ns = USUAL_NS * exp(simulated_noise(m) + effect);
    (void)why, (void)size;
    half->when.pid = m->pid++;
    half->when.started_ns = m->now_ns;
    half->when.ended_ns = m->now_ns += (json_int_t)(ns * (double)order->repetitions);
    half->when.repetitions = order->repetitions;
    return half_add(half, "simulated", ns, NULL);
}

int simulate(size_t comparisons, double effect, const struct judge_rules *rules, uint64_t seed,
             struct simulated_counts *counts)
{
    int err = 0;
    memset(counts, 0, sizeof(*counts));
    for (size_t i = 0; i < comparisons && err == 0; i++) {
        struct simulated machine;
        char why[HALF_TEXT_MAX];
        struct contest contest = {.measurer = {&machine, simulated_half, NULL},
                                  .rules = *rules,
                                  .seed = random_next(&seed),
                                  .repetitions = REPETITIONS,
                                  .confirm = CONTEST_CONFIRM,
                                  .deadline_ns = INT64_MAX};
        simulated_open(&machine, random_next(&seed), effect);
        err = contest_run(&contest, why, sizeof(why));
        for (size_t k = 0; k < contest.case_count && err == 0; k++)
            counts->verdicts[contest.cases[k].said.verdict]++;
        counts->comparisons += err == 0;
        contest_free(&contest);
    }
    return err;
}
