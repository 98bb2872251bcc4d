// SPDX-License-Identifier: MIT
/* A session: all experiments of one command, their rounds, and the result file that grows with
 * them. */
#ifndef SPEEDUP_SESSION_H
#define SPEEDUP_SESSION_H

#include "bench/calibrate.h"
#include "bench/supervise.h"

struct session {
    /* what was asked for */
    int argc;
    const char **argv;
    const char *policy; /* of --pin */
    enum memory memory; /* --mem */
    bool print_answers; /* --answers */
    unsigned rounds;    /* recorded ones; a warm-up comes before them */
    bool in_turn;       /* a round of each experiment, then the next of each */
    uint64_t seed;
    char path[PATH_MAX]; /* of the result file */
    struct experiment *experiments;
    size_t experiment_count;

    /* what it stands on */
    struct machine machine;
    struct stage stage;
    struct calibration calibration;
    int stop_fd;
    struct watch *watch; /* the supervisor's */

    /* how it went */
    char started[32], finished[32];       /* UTC */
    int status;                           /* exit code so far */
    char message[SENTENCE_MAX];           /* the sentence of that status */
    bool saved;                           /* the result file is there */
    int64_t next_save_ns;                 /* not before */
    size_t repetitions_done, done_before; /* in all; before the current experiment */
    int64_t experiment_begin_ns;
    int64_t begin_ns;
    int64_t took_ns; /* until it was saved for the last time */
    double stolen_before_ns,
        stolen_ns; /* CPU time that the hypervisor took until begin_ns; since */
};

/* Measures everything, saving the result file after each round. Answers the exit code; failures of
 * cases are in the cases. */
int session_run(struct session *session);

/* Frees the experiments and closes the machine. */
void session_free(struct session *session);

#endif
