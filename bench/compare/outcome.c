// SPDX-License-Identifier: MIT
#include "bench/compare/compare.h"
#include "bench/compare/fail_on.h"
#include "bench/compare/fingerprint.h"
#include "bench/compare/print.h"
#include "bench/exit_codes.h"
#include "bench/replace.h"
#include "bench/result.h"
#include "bench/table.h"
#include "bench/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- may they be compared? ---------------------------------------------------------------- */

static const char *word(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text != NULL ? text : "?";
}

bool compare_differ(const json_t *base, const json_t *news, char *why, size_t size)
{
    const json_t *machine = json_object_get(base, "machine"),
                 *other = json_object_get(news, "machine");
    const char *type = word(json_object_get(base, "build"), "type");
    const char *other_type = word(json_object_get(news, "build"), "type");
    const char *member = fingerprint_difference(machine, other);
    const char *time = word(json_object_get(base, "times"), "run_ns");
    const char *other_time = word(json_object_get(news, "times"), "run_ns");
    if (member != NULL)
        snprintf(why, size, "they were measured on machines that differ: %s", member);
    else if (strcmp(type, other_type) != 0)
        snprintf(why, size, "one is a %.40s build and the other a %.40s build", type, other_type);
    else if (strcmp(time, other_time) != 0)
        snprintf(why, size, "a time of one is not what a time of the other is: '%.100s', '%.100s'",
                 time, other_time);
    else
        return false;
    text_clean(why);
    return true;
}

/* ---- the file, and what is printed -------------------------------------------------------- */

static int say_unwritten(const struct compare_options *o, int err)
{
    if (err != 0)
        fprintf(stderr, "speedup compare: cannot write %s: %s; name another file with -o\n",
                o->output, err == -ENOTSUP ? "it is not a regular file" : strerror(-err));
    return err;
}

int compare_save(const struct compare_options *o, const json_t *file)
{
    return say_unwritten(o, o->output != NULL ? result_replace(o->output, file) : 0);
}

int compare_try_output(const struct compare_options *o, const char *base, const char *news)
{
    if (o->output == NULL)
        return EXIT_OK;
    const char *same = result_is_same(o->output, base)   ? base
                       : result_is_same(o->output, news) ? news
                                                         : NULL;
    if (same != NULL) {
        fprintf(stderr,
                "speedup compare: -o %s would replace '%s', which is to be compared; name another "
                "file with -o\n",
                o->output, same);
        return EXIT_USAGE;
    }
    int err = say_unwritten(o, replacement_try(o->output));
    bool full = err == -ENOSPC || err == -EDQUOT || err == -EIO;
    return err == 0 ? EXIT_OK : full ? EXIT_RUN_TIME : EXIT_USAGE;
}

/* Where several apply: what failed everywhere, then what the gate is for, then what it cannot say.
 * Two stored files advise: they fail by nothing but what --fail-on names. */
static int code_of(const struct compare_options *o, const struct comparison *c)
{
    bool failed = false, fails = false, unsure = false;
    for (size_t i = 0; i < c->case_count; i++) {
        enum verdict_kind verdict = c->cases[i].verdict;
        bool asked = o->fail_on >> verdict & 1;
        failed |= c->paired && verdict == VERDICT_FAILED;
        unsure |= asked && verdict == VERDICT_INCONCLUSIVE;
        fails |= asked && verdict != VERDICT_INCONCLUSIVE;
    }
    return failed ? EXIT_WRONG : fails ? EXIT_REGRESSION : unsure ? EXIT_INCONCLUSIVE : EXIT_OK;
}

static int show(const struct compare_options *o, const struct comparison *c)
{
    bool color = isatty(STDOUT_FILENO) && getenv("NO_COLOR") == NULL;
    int width = table_width(stdout, 100);
    if (o->json) {
        json_dumpf(c->file, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(12));
        fputc('\n', stdout);
    }
    if (o->markdown)
        print_markdown(stdout, c);
    if (!o->json && !o->markdown)
        print_comparison(stdout, c, width < 100 ? width : 100, color);
    return code_of(o, c);
}

int compare_finish(const struct compare_options *o, json_t *file)
{
    struct comparison comparison;
    char why[HALF_TEXT_MAX];
    int code = EXIT_RUN_TIME;
    if (comparison_build(&comparison, file, why, sizeof(why)) == 0) {
        code = show(o, &comparison); /* first: it is all there is where the file fails */
        fflush(stdout);
        comparison_close(&comparison);
    } else {
        fprintf(stderr, "speedup compare: what was measured cannot be used: %s\n", why);
    }
    return compare_save(o, file) == 0 ? code : EXIT_RUN_TIME;
}

/* It failed, or whoever measured it was killed. */
static int say_incomplete(const struct comparison *c, const char *path)
{
    fprintf(stderr,
            "speedup compare: %s: that comparison did not come to its end%s%s; measure it "
            "again\n",
            path, c->message != NULL ? ": " : "", c->message != NULL ? c->message : "");
    return EXIT_RUN_TIME;
}

int compare_kept(const struct compare_options *o, const char *path)
{
    struct comparison comparison;
    char why[2 * HALF_TEXT_MAX];
    if (comparison_open(&comparison, path, why, sizeof(why)) != 0) {
        fprintf(stderr, "speedup compare: %s; one file alone must be a comparison that was kept\n",
                why);
        return EXIT_USAGE;
    }
    struct compare_options own = *o;
    if (own.fail_on == FAIL_ON_UNSAID)
        own.fail_on = comparison.paired ? FAIL_ON_DEFAULT : 0;
    int code = show(&own, &comparison);
    if (strcmp(comparison.status, "interrupted") == 0)
        code = EXIT_INTERRUPTED;
    else if (strcmp(comparison.status, "complete") != 0)
        code = say_incomplete(&comparison, path);
    comparison_close(&comparison);
    return code;
}
