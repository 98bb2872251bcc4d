// SPDX-License-Identifier: MIT
#include "bench/history/confirm.h"
#include "bench/exit_codes.h"
#include "bench/history/spawn.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

char *confirm_pattern(const char *name)
{
    char *pattern = NULL;
    size_t n;
    FILE *out = open_memstream(&pattern, &n);
    if (out == NULL)
        return NULL;
    fputc('^', out);
    for (; *name != '\0'; name++) {
        if (strchr("\\^$.[]|()?*+{}", *name) != NULL)
            fputc('\\', out);
        fputc(*name, out);
    }
    fputc('$', out);
    fclose(out);
    return pattern;
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

const char **confirm_words(const json_t *command, const char *const old[2],
                           const char *const builds[2], const char *pattern)
{
    bool seen[2] = {false, false};
    size_t n = 0, count = json_array_size(command);
    const char **words = calloc(count + 8, sizeof(*words));
    if (words == NULL)
        return NULL;
    words[n++] = "/proc/self/exe";
    words[n++] = "compare";
    words[n++] = builds[0];
    words[n++] = builds[1];
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
    if (!is_commands(command)) {
        words[n++] = "-f";
        words[n++] = pattern;
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

/* ---- running it --------------------------------------------------------------------------- */

static enum confirmation compare(const char *const *words, char *why, size_t size)
{
    int status = spawn_wait(words, STDERR_FILENO, false);
    switch (status) {
    case EXIT_REGRESSION:
        snprintf(why, size, "measured again: it is slower");
        return CONFIRM_SLOWER;
    case EXIT_OK:
        snprintf(why, size, "measured again: it is not slower");
        return CONFIRM_NOT;
    case EXIT_INCONCLUSIVE:
        snprintf(why, size, "measured again: too noisy to say");
        return CONFIRM_UNCLEAR;
    default:
        if (status < 0)
            snprintf(why, size, "it could not be measured again: %s", strerror(-status));
        else
            snprintf(why, size, "it could not be measured again: `speedup compare` ended with %d",
                     status);
        return CONFIRM_GONE;
    }
}

enum confirmation confirm(const struct series *series, const struct suspect *suspect,
                          const char *builds, char *why, size_t size)
{
    const struct point *before = &series->points[suspect->before];
    const struct point *after = &series->points[suspect->after];
    json_t *command = json_loads(after->command != NULL ? after->command : "[]", 0, NULL);
    bool whole = is_commands(command);
    char *pattern = confirm_pattern(series->name), *found[2] = {NULL, NULL};
    const char **words = NULL;
    enum confirmation said = CONFIRM_GONE;
    found[0] = find_build(before, builds, whole, why, size);
    if (found[0] != NULL)
        found[1] = find_build(after, builds, whole, why, size);
    if (found[1] != NULL && pattern != NULL)
        words = confirm_words(command, (const char *const[]){after->base, after->build},
                              (const char *const *)found, pattern);
    if (words != NULL)
        said = compare(words, why, size);
    free(words);
    free(found[0]);
    free(found[1]);
    free(pattern);
    json_decref(command);
    return said;
}
