// SPDX-License-Identifier: MIT
#include "bench/interrupt.h"

#include <signal.h>
#include <stddef.h>

static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
enum { SIGNALS = sizeof(signals) / sizeof(signals[0]) };

static volatile sig_atomic_t asked;

static void note(int number)
{
    (void)number;
    asked = 1;
}

void interrupt_catch(void)
{
    struct sigaction action = {.sa_handler = note}, before; /* without SA_RESTART: waits end */
    for (size_t i = 0; i < SIGNALS; i++) {
        sigaction(signals[i], NULL, &before);
        if (signals[i] != SIGHUP || before.sa_handler != SIG_IGN)
            sigaction(signals[i], &action, NULL);
    }
}

bool interrupt_asked(void)
{
    return asked;
}

void interrupt_release(void)
{
    struct sigaction now;
    for (size_t i = 0; i < SIGNALS; i++) {
        sigaction(signals[i], NULL, &now);
        if (now.sa_handler == note)
            signal(signals[i], SIG_DFL);
    }
}
