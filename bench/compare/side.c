// SPDX-License-Identifier: MIT
#include "bench/compare/side.h"
#include "bench/compare/child.h"
#include "bench/compare/measured.h"
#include "bench/pattern.h"
#include "bench/result_view.h"
#include "bench/scratch.h"
#include "bench/shuffle.h"
#include "bench/text.h"
#include "bench/ticks.h"
#include "workloads/workload.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

enum { EXIT_OF_USAGE = 2 };
enum { ROOM = 1 << 20 }; /* bytes that result files may need */

/* ---- what a build measured ---------------------------------------------------------------- */

static void keep_first(struct side *side, const json_t *result)
{
    if (side->first == NULL)
        side->first = json_incref(json_object_get(result, "speedup"));
}

/* All of it failed: the side's label, which may be cut within a character, and what it did. */
static int fail_side(struct half *half, const struct side *side, const char *what)
{
    char reason[2 * HALF_TEXT_MAX];
    snprintf(reason, sizeof(reason), "%.300s %s", side->label, what);
    text_clean(reason);
    half->failed = strdup(reason);
    return half->failed != NULL ? 0 : -ENOMEM;
}

/* What became of the process, in words; NULL if it ended well. Where its file says what it was,
 * that tells more than its last line. */
static const char *failure_of(const struct child *child, const struct view *view, char *text,
                              size_t size)
{
    struct child told = *child;
    if (view != NULL && view->message != NULL) {
        snprintf(told.line, sizeof(told.line), "%s", view->message);
        text_clean(told.line); /* what is cut may end within a character */
    }
    return child_failure(&told, text, size);
}

/* The result file, or why there is none. A process that measured all there is and ended badly, as
 * in its cleanup, has failed: no case of it is to blame. */
static int read_result(struct side *side, const char *path, const struct child *child,
                       long repetitions, struct half *half)
{
    struct view view;
    char why[VIEW_TEXT_MAX], failure[HALF_TEXT_MAX];
    const char *failed = failure_of(child, NULL, failure, sizeof(failure));
    if (WIFEXITED(child->status) && WEXITSTATUS(child->status) == EXIT_OF_USAGE)
        side->usage = EXIT_OF_USAGE;
    if (side->usage != 0 || view_open(&view, path, why, sizeof(why)) != 0)
        return fail_side(half, side,
                         failed != NULL ? failed : "wrote no result file that can be read");
    keep_first(side, view.result);
    int err = failed != NULL && !measured_failure(&view, repetitions)
                  ? fail_side(half, side, failure_of(child, &view, failure, sizeof(failure)))
                  : measured_add(half, &view, repetitions);
    view_close(&view);
    return err;
}

/* ---- what a build is told ----------------------------------------------------------------- */

/* Fills argv; the texts that it points to are in `own`. */
static void fill_words(const struct sides *sides, const struct half_order *order, char own[2][32],
                       char *path, char *filter, char *argv[SIDE_WORDS_MAX + 16])
{
    const struct side *side = &sides->side[order->side];
    size_t n = 0;
    snprintf(own[0], sizeof(own[0]), "%ld", order->repetitions);
    snprintf(own[1], sizeof(own[1]), "%llu", (unsigned long long)order->seed);
    char *head[] = {side->program, "run", "-r", own[0], "--seed", own[1], "-o", path};
    for (size_t i = 0; i < sizeof(head) / sizeof(head[0]); i++)
        argv[n++] = head[i];
    char *more[][2] = {{"-p", side->extra}, {"-f", filter}};
    for (size_t i = 0; i < sizeof(more) / sizeof(more[0]); i++) {
        if (more[i][1] == NULL)
            continue;
        argv[n++] = more[i][0];
        argv[n++] = more[i][1];
    }
    for (size_t i = 0; sides->words[i] != NULL; i++) {
        if (filter != NULL && strcmp(sides->words[i], "-f") == 0)
            i++;
        else
            argv[n++] = (char *)sides->words[i];
    }
    argv[n] = NULL;
}

/* A limit of ours that ran out, and the user's end. */
static int64_t deadline_of(const struct sides *sides, const struct half_order *order, bool *ours)
{
    int64_t limit = now_ns() + sides->limit_ns;
    *ours = limit < order->deadline_ns;
    return *ours ? limit : order->deadline_ns;
}

static void note_time(struct half *half, const struct child *child, const struct ticks *before,
                      bool first)
{
    if (first) {
        half->when.pid = child->pid;
        half->when.started_ns = child->started_ns;
    }
    half->when.ended_ns = child->ended_ns;
    half->stolen =
        ticks_stolen_since(before, (double)(half->when.ended_ns - half->when.started_ns));
}

static int too_slow(const struct sides *sides, const struct side *side, struct half *half)
{
    char what[64];
    snprintf(what, sizeof(what), "did not end within %.0f s", (double)sides->limit_ns * 1e-9);
    half->endless = true;
    return fail_side(half, side, what);
}

/* ---- halves ------------------------------------------------------------------------------- */

/* Whoever fails where nothing can be written is not to blame for it: -ENOSPC. */
static int blame(const struct sides *sides, const struct child *child)
{
    struct statvfs disk;
    bool failed = WIFSIGNALED(child->status) || WEXITSTATUS(child->status) != 0;
    if (!failed || statvfs(sides->scratch, &disk) != 0 || disk.f_blocks == 0) /* it has no bounds */
        return 0;
    return disk.f_bavail * disk.f_frsize < ROOM ? -ENOSPC : 0;
}

static int half_of_build(struct sides *sides, const struct half_order *order, struct half *half)
{
    struct side *side = &sides->side[order->side];
    char own[2][32], *argv[SIDE_WORDS_MAX + 16], path[PATH_MAX] = "", directory[PATH_MAX];
    char *filter = order->names != NULL ? pattern_exactly(order->names) : NULL;
    if (order->names != NULL && filter == NULL)
        return -ENOMEM;
    struct child child = {0};
    int err = scratch_make(sides->scratch, directory);
    if (err == 0 && (size_t)snprintf(path, sizeof(path), "%s.json", directory) >= sizeof(path))
        err = -ENAMETOOLONG;
    if (err == 0) {
        bool ours;
        struct ticks before = ticks_read();
        fill_words(sides, order, own, path, filter, argv);
        struct child_order run = {argv, order->padding % CHILD_PADDING_MAX, directory,
                                  deadline_of(sides, order, &ours)};
        err = child_run(&run, &child);
        note_time(half, &child, &before, true);
        if (err == 0)
            err = read_result(side, path, &child, order->repetitions, half);
        else if (err == -ETIMEDOUT && ours)
            err = too_slow(sides, side, half);
        unlink(path);
    }
    scratch_remove(directory);
    free(filter);
    return err == 0 ? blame(sides, &child) : err;
}

/* A command is its side as a whole. The shell's 126 and 127 are that there is no such command: the
 * base side must have one, while a new side without it is broken. */
static int command_failed(struct side *side, int which, const struct child *child,
                          const char *failure, struct half *half)
{
    if (which == BASE && WIFEXITED(child->status) &&
        (WEXITSTATUS(child->status) == 126 || WEXITSTATUS(child->status) == 127))
        side->usage = WEXITSTATUS(child->status);
    if (side->usage != 0)
        return fail_side(half, side, failure);
    half->failed = strdup(failure);
    return half->failed != NULL ? 0 : -ENOMEM;
}

/* Its whole time is what it is about: from its start to its end. */
static int half_of_command(struct sides *sides, const struct half_order *order, struct half *half)
{
    struct side *side = &sides->side[order->side];
    char *argv[] = {"/bin/sh", "-c", side->what, NULL}, failure[HALF_TEXT_MAX];
    struct ticks before = ticks_read();
    uint64_t state = order->padding;
    bool ours;
    int64_t deadline = deadline_of(sides, order, &ours);
    const char *name = sides->side[BASE].label;
    double sum = 0;
    for (long i = 0; i < order->repetitions; i++) {
        struct child child;
        struct child_order run = {argv, random_next(&state) % CHILD_PADDING_MAX, NULL, deadline};
        int err = child_run(&run, &child);
        note_time(half, &child, &before, i == 0);
        if (err == -ETIMEDOUT && ours)
            return too_slow(sides, side, half);
        if (err != 0)
            return err;
        if (child_failure(&child, failure, sizeof(failure)) != NULL)
            return command_failed(side, order->side, &child, failure, half);
        sum += (double)(child.ended_ns - child.started_ns);
        half->when.repetitions = i + 1;
    }
    return half_add(half, name, sum / (double)order->repetitions, NULL);
}

int sides_half(void *self, const struct half_order *order, struct half *half, char *why,
               size_t size)
{
    struct sides *sides = self;
    int err = sides->side[order->side].program != NULL ? half_of_build(sides, order, half)
                                                       : half_of_command(sides, order, half);
    if (err == -ENOSPC)
        snprintf(why, size,
                 "there is no room for what is measured in the temporary directory %.200s; make "
                 "some, or set TMPDIR to another",
                 sides->scratch);
    else if (err != 0)
        snprintf(why, size, "a process of %.200s cannot be run or watched: %s",
                 sides->side[order->side].label, strerror(-err));
    return err;
}

/* The median over the cases; 0: nothing was timed. */
static double usual_ns(const struct half *half)
{
    double *times = calloc(half->case_count + 1, sizeof(*times));
    size_t n = 0;
    for (size_t i = 0; times != NULL && i < half->case_count; i++)
        if (half->cases[i].ns > 0)
            times[n++] = half->cases[i].ns;
    double median = n > 0 ? stats_median(times, n) : 0;
    free(times);
    return median;
}

/* One try of so many repetitions. */
static int try_base(struct measurer *measurer, const struct half_order *order, struct half *half,
                    double *repetition_ns, char *why, size_t size)
{
    int64_t begun = now_ns();
    int err = measurer->half(measurer->self, order, half, why, size);
    if (err == 0 && half->failed == NULL)
        *repetition_ns = (double)(now_ns() - begun) / (double)order->repetitions;
    return err;
}

/* What a half may take: a share of its limit, as the other side may be slower, and no more than
 * lets the screening end in time. */
static double most_of_half(int64_t deadline_ns)
{
    double left = (double)(deadline_ns - now_ns());
    return fmin(SIDE_MOST_S * 1e9, left / (SIDES * (1 + CONTEST_SCREEN)));
}

int sides_calibrate(struct measurer *measurer, int64_t deadline_ns, long *repetitions,
                    double *repetition_ns, struct half *half, char *why, size_t size)
{
    struct half_order order = {.side = BASE, .repetitions = 1, .deadline_ns = deadline_ns};
    struct half more = {0};
    *repetition_ns = 0;
    int err = try_base(measurer, &order, half, repetition_ns, why, size);
    if (err == 0 && (half->failed != NULL || half->case_count == 0)) { /* by chance, perhaps */
        half_free(half);
        err = try_base(measurer, &order, half, repetition_ns, why, size);
    }
    double usual = usual_ns(half);
    if (err == 0 && usual > 0 && usual < HALF_NS) { /* the first time is a poor one, and cheap */
        order.repetitions = SIDE_TRIES;
        err = try_base(measurer, &order, &more, repetition_ns, why, size);
        usual = usual_ns(&more) > 0 ? usual_ns(&more) : usual;
        half_free(&more);
    }
    *repetitions = half_repetitions(usual, *repetition_ns, most_of_half(deadline_ns));
    return err;
}

/* ---- the sides ---------------------------------------------------------------------------- */

static int find_build(struct side *side, char *why, size_t size)
{
    struct stat info;
    const char *wrong = NULL;
    side->program = realpath(side->what, NULL);
    if (side->program == NULL || stat(side->program, &info) != 0)
        wrong = strerror(errno);
    else if (S_ISDIR(info.st_mode))
        wrong = "it is a directory";
    else if (!S_ISREG(info.st_mode))
        wrong = "it is no regular file, which a result file has to be, too";
    else if (access(side->program, X_OK) != 0)
        wrong = "it may not be executed";
    if (wrong == NULL)
        return 0;
    snprintf(why, size,
             "'%.300s' is no build of this program: %s; name an executable, or use --run",
             side->what, wrong);
    return -EINVAL;
}

static int name_side(struct side *side, const char *what, char *why, size_t size)
{
    side->what = strdup(what);
    side->label = strdup(what);
    if (side->what == NULL || side->label == NULL) {
        snprintf(why, size, "not enough memory");
        return -ENOMEM;
    }
    text_clean(side->label);
    return 0;
}

int sides_open(struct sides *sides, const char *base, const char *news, bool commands, char *why,
               size_t size)
{
    *sides = (struct sides){.limit_ns = (int64_t)SIDE_LIMIT_S * 1000000000};
    const char *const words[SIDES] = {base, news};
    int err = 0;
    for (int side = BASE; side <= NEW && err == 0; side++) {
        err = name_side(&sides->side[side], words[side], why, size);
        if (err != 0)
            break;
        if (!commands)
            err = find_build(&sides->side[side], why, size);
        else if (sides->side[side].what[strspn(sides->side[side].what, " \t\n")] == '\0') {
            snprintf(why, size, "--run: a command is empty; write such as --run './old' './new'");
            err = -EINVAL;
        }
    }
    if (err == 0) {
        err = scratch_make(NULL, sides->scratch);
        if (err != 0)
            snprintf(why, size,
                     "cannot make a temporary directory: %s; set TMPDIR to one that can be written",
                     strerror(-err));
    }
    if (err != 0)
        sides_close(sides);
    return err;
}

void sides_close(struct sides *sides)
{
    for (int side = BASE; side <= NEW; side++) {
        free(sides->side[side].what);
        free(sides->side[side].label);
        free(sides->side[side].program);
        free(sides->side[side].extra);
        json_decref(sides->side[side].first);
    }
    scratch_remove(sides->scratch);
    *sides = (struct sides){0};
}
