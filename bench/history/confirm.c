// SPDX-License-Identifier: MIT
#include "bench/history/confirm.h"
#include "bench/compare/comparison.h"
#include "bench/exit_codes.h"
#include "bench/history/commit.h"
#include "bench/history/spawn.h"
#include "bench/interrupt.h"
#include "bench/pattern.h"
#include "bench/scratch.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PLACE "{commit}"

char *confirm_path(const char *builds, const char *commit)
{
    char *path = NULL;
    size_t n;
    FILE *out = commit != NULL ? open_memstream(&path, &n) : NULL;
    if (out == NULL)
        return NULL;
    for (const char *at; (at = strstr(builds, PLACE)) != NULL; builds = at + strlen(PLACE))
        fprintf(out, "%.*s%s", (int)(at - builds), builds, commit);
    fputs(builds, out);
    fclose(out);
    return path;
}

/* ---- what is to be run -------------------------------------------------------------------- */

static bool is_commands(const json_t *command)
{
    size_t i;
    const json_t *word;
    json_array_foreach (command, i, word)
        if (json_is_string(word) && strcmp(json_string_value(word), "--run") == 0)
            return true;
    return false;
}

/* How many words, from this one on, are about something that is not to be done again. */
static size_t count_left_out(const char *word)
{
    static const struct {
        const char *name;
        size_t words;
    } all[] = {{"-o", 2},         {"--output", 2}, {"--seed", 2}, {"--max-time", 2}, {"--json", 1},
               {"--markdown", 1}, {"--filter", 2}, {"-f", 2},     {"--fail-on", 2}};
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        size_t n = strlen(all[i].name);
        if (strncmp(word, all[i].name, n) != 0)
            continue;
        if (word[n] == '\0')
            return all[i].words;
        if (word[n] == '=' || all[i].name[1] != '-') /* --seed=1, -ofile */
            return 1;
    }
    return 0;
}

/* They stand before the words of once, which may end the options with "--". */
static size_t begin_words(const char **words, const struct confirm_parts *parts, bool commands)
{
    const char *const all[][2] = {{"/proc/self/exe", "compare"},
                                  {parts->builds[0], parts->builds[1]},
                                  {"-o", parts->output},
                                  {"-f", commands ? NULL : parts->pattern},
                                  {"--max-time", parts->max_time}};
    size_t n = 0;
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        if (all[i][1] == NULL)
            continue;
        words[n++] = all[i][0];
        words[n++] = all[i][1];
    }
    return n;
}

const char **confirm_words(const json_t *command, const struct confirm_parts *parts)
{
    enum { OURS = 11 }; /* with the end */
    const char *const *old = parts->old;
    bool seen[2] = {false, false};
    size_t count = json_array_size(command);
    const char **words = calloc(count + OURS, sizeof(*words));
    if (words == NULL)
        return NULL;
    size_t n = begin_words(words, parts, is_commands(command));
    for (size_t i = 1; i < count; i++) {
        const char *word = json_string_value(json_array_get(command, i));
        size_t left_out = word != NULL ? count_left_out(word) : 1;
        int side = word == NULL                                              ? -1
                   : !seen[0] && old[0] != NULL && strcmp(word, old[0]) == 0 ? 0
                   : !seen[1] && old[1] != NULL && strcmp(word, old[1]) == 0 ? 1
                                                                             : -1;
        if (side >= 0)
            seen[side] = true;
        else if (left_out > 0)
            i += left_out - 1;
        else
            words[n++] = word;
    }
    return words;
}

/* Something that can be started, or a sentence. */
static char *find_build(const struct point *p, const char *builds, bool command, char *why,
                        size_t size)
{
    char *path = builds != NULL     ? confirm_path(builds, p->commit)
                 : p->build != NULL ? strdup(p->build)
                                    : NULL;
    if (path != NULL && (command || access(path, X_OK) == 0))
        return path;
    if (path == NULL)
        snprintf(why, size, "session %lld does not say which build it was of",
                 (long long)p->session);
    else
        snprintf(why, size,
                 "the build of session %lld, %s, cannot be run: %s; build %s again and say with "
                 "--builds where it is",
                 (long long)p->session, path, strerror(errno),
                 p->commit != NULL ? p->commit : "its commit");
    free(path);
    return NULL;
}

static bool are_one(const char *const paths[2])
{
    struct stat of[2];
    return strcmp(paths[0], paths[1]) == 0 ||
           (stat(paths[0], &of[0]) == 0 && stat(paths[1], &of[1]) == 0 &&
            of[0].st_dev == of[1].st_dev && of[0].st_ino == of[1].st_ino);
}

#define SAY_WHERE "say with --builds where each is, such as --builds 'builds/{commit}/speedup'"

/* What is compared with itself is as fast, whatever it is. */
static bool expect_two(const struct point *const of[2], const char *const paths[2], char *why,
                       size_t size)
{
    if (!are_one(paths))
        return true;
    if (of[0]->commit != NULL && of[1]->commit != NULL && strcmp(of[0]->commit, of[1]->commit) == 0)
        snprintf(
            why, size,
            "it cannot be measured again: sessions %lld and %lld are both of %s, so that there "
            "are no two builds",
            (long long)of[0]->session, (long long)of[1]->session, of[0]->commit);
    else
        snprintf(why, size,
                 "it cannot be measured again: the builds of sessions %lld and %lld are both %s, "
                 "which would be compared with itself; " SAY_WHERE,
                 (long long)of[0]->session, (long long)of[1]->session, paths[1]);
    return false;
}

/* ---- running it --------------------------------------------------------------------------- */

/* As it was recorded, or built again from the same commit, whose hash may be cut elsewhere. */
static bool is_build_of(const struct point *p, const char *version)
{
    enum { SHORTEST = 7 };
    if (version == NULL || p->version == NULL)
        return version == p->version;
    char commit[COMMIT_MAX];
    if (strcmp(version, p->version) == 0)
        return true;
    if (p->commit == NULL || strstr(p->version, "-dirty") != NULL ||
        strstr(version, "-dirty") != NULL || !commit_of_version(version, commit))
        return false;
    size_t n = strlen(commit), most = strlen(p->commit);
    n = n < most ? n : most;
    return n >= SHORTEST && strncmp(commit, p->commit, n) == 0;
}

/* Another commit's build may be there by now. */
static bool expect_builds(const struct comparison *c, const struct point *const of[2], char *why,
                          size_t size)
{
    const char *const versions[2] = {c->base_version, c->new_version};
    const char *const paths[2] = {c->base, c->news};
    for (int side = 0; side < 2; side++) {
        const struct point *p = of[side];
        if (c->commands || is_build_of(p, versions[side]))
            continue;
        snprintf(why, size,
                 "what was measured again says nothing: %s is %s by now, and session %lld was of "
                 "%s; " SAY_WHERE,
                 paths[side], versions[side] != NULL ? versions[side] : "of no version",
                 (long long)p->session,
                 p->version != NULL  ? p->version
                 : p->commit != NULL ? p->commit
                                     : "no version");
        return false;
    }
    return true;
}

/* What it says of this case; the baseline was measured beside it. Of two commands it has one case,
 * which has another's name. */
static enum confirmation read_verdict(const char *path, const char *name,
                                      const struct point *const of[2], char *why, size_t size)
{
    struct comparison c;
    enum confirmation said = CONFIRM_GONE;
    if (comparison_open(&c, path, why, size) != 0)
        return said;
    if (!expect_builds(&c, of, why, size)) {
        comparison_close(&c);
        return said;
    }
    snprintf(why, size, "it could not be measured again: the builds do not have that case");
    for (size_t i = 0; i < c.case_count; i++) {
        if (!c.commands && strcmp(c.cases[i].name, name) != 0)
            continue;
        switch (c.cases[i].verdict) {
        case VERDICT_REGRESSION:
        case VERDICT_BROKEN:
            said = CONFIRM_SLOWER;
            break;
        case VERDICT_IMPROVEMENT:
        case VERDICT_UNCHANGED:
            said = CONFIRM_NOT;
            break;
        default:
            said = CONFIRM_UNCLEAR;
        }
        snprintf(why, size, "measured again: %s, %+.1f %%", verdict_names[c.cases[i].verdict],
                 100 * c.cases[i].change.value);
        if (isnan(c.cases[i].change.value))
            snprintf(why, size, "measured again: %s", verdict_names[c.cases[i].verdict]);
    }
    comparison_close(&c);
    return said;
}

/* By its exit codes: 0, 4 and 5 have a comparison. */
static enum confirmation compare(const char *const *words, const char *output, const char *name,
                                 const struct point *const of[2], char *why, size_t size)
{
    int status = spawn_wait(words, STDERR_FILENO, false);
    if (status == EXIT_INTERRUPTED || interrupt_asked())
        return CONFIRM_INTERRUPTED;
    if (status == EXIT_OK || status == EXIT_REGRESSION || status == EXIT_INCONCLUSIVE)
        return read_verdict(output, name, of, why, size);
    if (status < 0)
        snprintf(why, size, "it could not be measured again: %s", strerror(-status));
    else
        snprintf(why, size, "it could not be measured again: `speedup compare` ended with %d",
                 status);
    return CONFIRM_GONE;
}

/* In a directory that is removed whatever comes of it. */
static enum confirmation measure(const struct series *series, const struct point *const of[2],
                                 const json_t *command, struct confirm_parts *parts, char *why,
                                 size_t size)
{
    char directory[PATH_MAX], output[PATH_MAX + 32];
    char *pattern = pattern_exactly((const char *const[]){series->name, NULL});
    const char **words = NULL;
    enum confirmation said = CONFIRM_GONE;
    if (scratch_make(NULL, directory) != 0) {
        snprintf(why, size,
                 "it could not be measured again: no temporary directory can be made; set TMPDIR "
                 "to one that can be written");
        free(pattern);
        return said;
    }
    snprintf(output, sizeof(output), "%s/comparison.json", directory);
    parts->old[0] = of[1]->base;
    parts->old[1] = of[1]->build;
    parts->pattern = pattern;
    parts->output = output;
    if (pattern != NULL)
        words = confirm_words(command, parts);
    if (words != NULL)
        said = compare(words, output, series->name, of, why, size);
    else
        snprintf(why, size, "it could not be measured again: not enough memory");
    scratch_remove(directory);
    free(words);
    free(pattern);
    return said;
}

enum confirmation confirm(const struct series *series, const struct suspect *suspect,
                          const struct confirm_options *options, char *why, size_t size)
{
    const struct point *const of[2] = {&series->points[suspect->before],
                                       &series->points[suspect->after]};
    const char *was = of[1]->command;
    json_t *command = json_loads(was != NULL ? was : "[]", 0, NULL);
    bool whole = is_commands(command);
    char *found[2] = {NULL, NULL};
    enum confirmation said = CONFIRM_GONE;
    found[0] = find_build(of[0], options->builds, whole, why, size);
    if (found[0] != NULL)
        found[1] = find_build(of[1], options->builds, whole, why, size);
    struct confirm_parts parts = {.builds = {found[0], found[1]}, .max_time = options->max_time};
    if (found[1] != NULL && expect_two(of, parts.builds, why, size))
        said = measure(series, of, command, &parts, why, size);
    free(found[0]);
    free(found[1]);
    json_decref(command);
    return said;
}
