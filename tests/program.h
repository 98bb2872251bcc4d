// SPDX-License-Identifier: MIT
/*
 * Runs the program from a test, as a person runs it in a shell, and looks at what it did.
 *
 * Every run starts in this test's own empty directory with an empty TMPDIR below it and nothing on
 * stdin. After it, whatever it was, a test fails if a process, a temporary file or an entry in
 * /dev/shm is left, if a sanitizer reported an error, or if it did not end within LIMIT_S.
 *
 * The program is build/speedup-test beside the test binary, or what SPEEDUP_PROGRAM names.
 */
#ifndef SPEEDUP_TESTS_PROGRAM_H
#define SPEEDUP_TESTS_PROGRAM_H

enum { LIMIT_S = 110 }; /* for what hangs: sanitizers on a busy machine take minutes */

struct outcome {
    int status; /* the exit code, or 128 + the signal that ended it */
    char *out;  /* what it wrote to stdout, and to stderr; both end with the test's process */
    char *err;
};

/* Runs the program with these words: program("run primes -n 1,2 -o %s", path). The shell reads
 * them: quotes, redirections and variables mean what they always do, and $ROOT is the repository.
 */
struct outcome program(const char *words, ...) __attribute__((format(printf, 1, 2)));

/* Runs a whole command, in which $SPEEDUP is the program:
 * command("ulimit -n 64; HWLOC_SYNTHETIC='core:4 pu:2' exec $SPEEDUP plan"). */
struct outcome command(const char *text, ...) __attribute__((format(printf, 1, 2)));

/* Like program, and sends the signal once `sign` has appeared on its stdout or stderr; SIGINT goes
 * to all of its processes, as Ctrl-C does. It is a failure if the sign never comes. */
struct outcome program_signal(int signal, const char *sign, const char *words, ...)
    __attribute__((format(printf, 3, 4)));

/* It has to have succeeded. */
void expect_done(const struct outcome *o);

/* Runs the program with these words, which it has to refuse: with that exit code, one line on
 * stderr that has the sentence in it, and nothing on stdout. */
void expect_mistake(const char *words, int status, const char *sentence);

/* This test's own directory, where its runs start; the same for the whole test. */
const char *program_directory(void);

/* The absolute path of the repository. */
const char *program_root(void);

/* The whole file, ended by a zero byte; NULL if there is none. A relative path starts in
 * program_directory(). */
char *program_file(const char *path);

#endif
