// SPDX-License-Identifier: MIT
/* What `speedup compare` does once its options are read. Each function prints what it found, or one
 * sentence on stderr, and answers the program's exit code. */
#ifndef SPEEDUP_COMPARE_H
#define SPEEDUP_COMPARE_H

#include "bench/compare/side.h"
#include "bench/selection_options.h"

struct compare_options {
    int argc;
    const char **argv;
    const struct selection_words *words;
    const char *const *workloads; /* NULL-ended; NULL: none named */
    struct judge_rules rules;
    uint64_t seed;
    unsigned confirm;    /* pairs of the second stage */
    int64_t max_time_ns; /* 0: as long as it takes */
    unsigned fail_on;    /* 1 << enum verdict_kind, for each that is not to pass; for compare_kept()
                          * alone also FAIL_ON_UNSAID: see bench/compare/fail_on.h */
    bool json, markdown;
    const char *output; /* the comparison's file; NULL: none */
};

/* Two builds or, with `commands`, two commands. */
int compare_paired(const struct compare_options *options, const char *base, const char *news,
                   bool commands);

/* Two result files: advice, no gate. */
int compare_stored(const struct compare_options *options, const char *base, const char *news);

/* A comparison that was kept: is it to be believed? Prints it again; the exit code is that of its
 * verdicts, EXIT_INTERRUPTED for one that was interrupted, EXIT_RUN_TIME for one that failed. */
int compare_kept(const struct compare_options *options, const char *path);

/* Does the gate keep its word on this machine? */
int compare_self_test(const struct compare_options *options);

/* ---- what the first two share ------------------------------------------------------------- */

/* Before anything is measured: can the file that is asked for be written, and is it none of those
 * that are compared? EXIT_OK, or another code after a sentence on stderr. */
int compare_try_output(const struct compare_options *options, const char *base, const char *news);

/* Prints, as the options say, and writes the file, if one was asked for. Answers the exit code that
 * the verdicts give, or EXIT_RUN_TIME after a sentence on stderr. */
int compare_finish(const struct compare_options *options, json_t *file);

/* Writes the file, if one was asked for. 0, or -errno after a sentence on stderr. */
int compare_save(const struct compare_options *options, const json_t *file);

/* Why two sides cannot be compared, from `speedup` of a result file of each: in why[size], and
 * true. */
bool compare_differ(const json_t *base, const json_t *news, char *why, size_t size);

#endif
