// SPDX-License-Identifier: MIT
/* What free threading costs, in CPU time: the machine may be as busy as it likes. */
#include "runners/gil_variant.h"

#include <criterion/criterion.h>
#include <sched.h>

#define TIMEOUT .timeout = 120

static struct gil gil;

/* Computes for a while. Answers how long it did, in CPU time. */
static int64_t compute_for(int64_t ns)
{
    int64_t begin = gil_cpu_now(), now = begin;
    while (now < begin + ns)
        now = gil_cpu_now();
    return now - begin;
}

struct payer {
    struct gil_thread me;
    pthread_t thread;
    int64_t computed_ns;
};

static void *pay(void *argument)
{
    struct payer *p = argument;
    gil_enter(&gil, &p->me);
    for (int i = 0; i < 200; i++) {
        p->computed_ns += compute_for(100000);
        gil_checkpoint(&gil, &p->me);
    }
    gil_leave(&gil, &p->me);
    return NULL;
}

/* Three times the time on top: what is spent between checkpoints is spent again as asked, and what
 * others compute meanwhile on the same core costs nothing. */
Test(gil_none, free_threading_costs_what_it_is_said_to_cost, TIMEOUT)
{
    enum { PAYERS = 8 };
    static struct payer payers[PAYERS];
    struct gil_options options = gil_defaults(GIL_NONE);
    cpu_set_t one;
    options.slowdown = 4;
    options.checkpoint_ns = 100000;
    CPU_ZERO(&one);
    CPU_SET(sched_getcpu(), &one);
    cr_assert(sched_setaffinity(0, sizeof(one), &one) == 0);
    cr_assert(gil_open(&gil, &options) == 0);
    for (int i = 0; i < PAYERS; i++)
        pthread_create(&payers[i].thread, NULL, pay, &payers[i]);
    for (int i = 0; i < PAYERS; i++) {
        pthread_join(payers[i].thread, NULL);
        double cost = (double)payers[i].me.cpu_ns / (double)payers[i].computed_ns;
        cr_expect(cost >= 4 && cost < 5, "thread %d took %g times its time", i, cost);
    }
}
