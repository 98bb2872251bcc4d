// SPDX-License-Identifier: MIT
/* speedup compare: which of two is slower? */
#include "bench/cli.h"
#include "bench/cmd.h"
#include "bench/compare/compare.h"
#include "bench/compare/fail_on.h"
#include "bench/units.h"

#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* The options as typed. */
struct options {
    struct selection_words words;
    char *fail_on, *margin, *min_effect, *max_time, *pairs, *seed, *output;
    int run, self_test, json, markdown;
};

static poptContext parse(struct options *o, int argc, const char **argv, int *status)
{
    const struct poptOption table[] = {
        {"run", '\0', POPT_ARG_NONE, &o->run, 0,
         "A and B are commands for the shell; their whole time is compared", NULL},
        {"self-test", '\0', POPT_ARG_NONE, &o->self_test, 0,
         "show how often it is wrong on this machine, and what it sees", NULL},
        SELECTION_OPTIONS(&o->words),
        {"fail-on", '\0', POPT_ARG_STRING, &o->fail_on, 0,
         "verdicts that are no success (default regression,broken,inconclusive; none)", "LIST"},
        {"margin", '\0', POPT_ARG_STRING, &o->margin, 0,
         "what fails: a slow-down certain to be larger (default 1%)", "PERCENT"},
        {"min-effect", '\0', POPT_ARG_STRING, &o->min_effect, 0,
         "what may pass as unchanged: one certain to be smaller (default 3%)", "PERCENT"},
        {"max-time", '\0', POPT_ARG_STRING, &o->max_time, 0,
         "measure no longer, such as 10m, and judge by what there is", "TIME"},
        {"pairs", '\0', POPT_ARG_STRING, &o->pairs, 0,
         "pairs that judge what the first 10 leave open (default 30)", "N"},
        {"seed", '\0', POPT_ARG_STRING, &o->seed, 0,
         "seed of the coin, of inputs and of orders (default: from the clock)", "N"},
        {"json", '\0', POPT_ARG_NONE, &o->json, 0, "print the comparison's file", NULL},
        {"markdown", '\0', POPT_ARG_NONE, &o->markdown, 0, "print a table for a pull request",
         NULL},
        {"output", 'o', POPT_ARG_STRING, &o->output, 0, "keep the comparison in a file", "FILE"},
        POPT_AUTOHELP POPT_TABLEEND};
    return cli_open("compare", "[OPTION...] A B [WORKLOAD...]", argc, argv, table, status);
}

/* ---- values ------------------------------------------------------------------------------- */

/* "1%", "1 %" or "0.01". */
static int read_share(const char *option, const char *text, double *share)
{
    char *end;
    if (text == NULL)
        return EXIT_OK;
    double x = strtod(text, &end);
    bool number = end != text && strspn(text, "+-.0123456789eE") == (size_t)(end - text);
    end += strspn(end, " ");
    bool percent = strcmp(end, "%") == 0;
    if (!number || (*end != '\0' && !percent))
        return cli_usage("compare", "%s: '%s' is not a share; write for example 1%% or 0.01",
                         option, text);
    x = percent ? x / 100 : x;
    if (!(x >= 0) || x > 0.5)
        return cli_usage("compare", "%s: %s is out of bounds; it goes from 0%% to 50%%%s", option,
                         text, percent ? "" : ", and 0.01 is 1%");
    *share = x;
    return EXIT_OK;
}

/* *n stays as it is where the option was not given. */
static int read_number(const struct param param, const char *text, int64_t *n)
{
    struct value value;
    char why[ERROR_MAX];
    if (text == NULL)
        return EXIT_OK;
    if (units_parse(&param, text, &value, why, sizeof(why)) != 0)
        return cli_usage("compare", "%s", why);
    *n = value.n;
    return EXIT_OK;
}

/* The options into what they mean. */
static int apply(const struct options *o, struct compare_options *c)
{
    int64_t seed = time(NULL), pairs = CONTEST_CONFIRM;
    c->rules = (struct judge_rules){.margin = 0.01, .min_effect = 0.03, .alpha = 0.01};
    c->json = o->json;
    c->markdown = o->markdown;
    c->output = o->output;
    c->words = &o->words;
    int status = read_share("--margin", o->margin, &c->rules.margin);
    if (status == EXIT_OK)
        status = read_share("--min-effect", o->min_effect, &c->rules.min_effect);
    if (status == EXIT_OK && c->rules.min_effect <= c->rules.margin)
        status = cli_usage("compare", "--min-effect must be above --margin: what is within the "
                                      "margin is no change");
    if (status == EXIT_OK)
        status =
            read_number((struct param){"--max-time", "", PARAM_TIME, NULL, 1e9, 7 * 86400e9, NULL},
                        o->max_time, &c->max_time_ns);
    if (status == EXIT_OK)
        status = read_number((struct param){"--pairs", "", PARAM_COUNT, NULL, JUDGE_PAIRS_MIN,
                                            CONTEST_PAIRS_MAX, NULL},
                             o->pairs, &pairs);
    if (status == EXIT_OK)
        status = read_number((struct param){"--seed", "", PARAM_COUNT, NULL, 0, 1e15, NULL},
                             o->seed, &seed);
    if (status == EXIT_OK && o->fail_on != NULL)
        status = fail_on_read("compare", o->fail_on, FAIL_ON_ALL, &c->fail_on);
    if (status == EXIT_OK && o->json && o->markdown)
        status = cli_usage("compare", "--json and --markdown are two outputs; choose one");
    if (status == EXIT_OK && o->output != NULL && o->output[0] == '\0')
        status = cli_usage("compare", "-o: the path is empty; name a file, or leave -o out");
    c->seed = c->rules.seed = (uint64_t)seed;
    c->confirm = (unsigned)pairs;
    return status;
}

/* ---- what A and B are --------------------------------------------------------------------- */

/* A result file begins with a brace; no executable does. What is no regular file is not opened: a
 * pipe would wait, and lose what is read. */
static bool is_result(const char *path)
{
    struct stat info;
    bool regular = stat(path, &info) == 0 && S_ISREG(info.st_mode);
    FILE *file = regular ? fopen(path, "re") : NULL;
    int c = file != NULL ? fgetc(file) : EOF;
    while (c != EOF && isspace(c))
        c = fgetc(file);
    if (file != NULL)
        fclose(file);
    return c == '{';
}

static bool is_selected(const struct compare_options *c)
{
    const struct selection_words *w = c->words;
    return c->workloads != NULL || w->runners || w->concurrency || w->pin || w->filter || w->gil ||
           w->settings || w->quick;
}

/* What would be ignored is refused. */
static int self_test(const struct options *o, const struct compare_options *c, size_t named)
{
    if (named > 0 || o->run)
        return cli_usage("compare", "--self-test compares this program with itself; leave A, B and "
                                    "--run out");
    if (is_selected(c))
        return cli_usage("compare", "--self-test chooses what it measures; leave out what selects "
                                    "cases");
    if (o->json || o->markdown || o->output != NULL)
        return cli_usage("compare", "--self-test makes no comparison to keep; leave --json, "
                                    "--markdown and -o out");
    if (o->fail_on != NULL)
        return cli_usage("compare", "--self-test has no verdict to fail on; leave --fail-on out");
    if (o->margin != NULL || o->min_effect != NULL || o->pairs != NULL)
        return cli_usage("compare", "--self-test tries what is promised of the defaults; leave "
                                    "--margin, --min-effect and --pairs out");
    return compare_self_test(c);
}

/* One file alone: what it holds was measured long ago. */
static int kept(const struct options *o, struct compare_options *c, const char *path)
{
    if (is_selected(c) || o->margin != NULL || o->min_effect != NULL || o->max_time != NULL ||
        o->pairs != NULL || o->seed != NULL || o->output != NULL)
        return cli_usage("compare", "a comparison that was kept is shown as it is; leave all but "
                                    "--fail-on, --json and --markdown out, or name B");
    if (o->fail_on == NULL)
        c->fail_on = FAIL_ON_UNSAID;
    return compare_kept(c, path);
}

static int compare(const struct options *o, struct compare_options *c, const char **arguments)
{
    size_t n = 0;
    while (arguments != NULL && arguments[n] != NULL)
        n++;
    c->workloads = n > 2 ? arguments + 2 : NULL;
    if (o->self_test)
        return self_test(o, c, n);
    if (n == 1 && !o->run && access(arguments[0], X_OK) != 0)
        return kept(o, c, arguments[0]);
    if (n < 2)
        return cli_usage("compare", "%s; see `speedup compare --help`",
                         n == 0 ? "name two builds, or two commands with --run, or two result files"
                                : "B is missing: name what A is compared with");
    const char *base = arguments[0], *news = arguments[1];
    if (o->run && is_selected(c))
        return cli_usage("compare", "--run compares two whole commands; leave workloads and what "
                                    "selects cases out, and quote commands of several words");
    bool stored = !o->run && is_result(base);
    if (!o->run && stored != is_result(news))
        return cli_usage("compare", "'%s' is a result file and '%s' is none; name two of a kind",
                         stored ? base : news, stored ? news : base);
    if (stored && (o->margin != NULL || o->min_effect != NULL))
        return cli_usage("compare", "two result files are judged by their own spread; leave "
                                    "--margin and --min-effect out");
    if (stored && (is_selected(c) || o->max_time != NULL || o->pairs != NULL || o->seed != NULL))
        return cli_usage("compare", "two result files are compared as they are; leave workloads "
                                    "and what is about measuring out");
    if (o->fail_on == NULL)
        c->fail_on = stored ? 0 : FAIL_ON_DEFAULT;
    signal(SIGPIPE, SIG_IGN); /* whoever no longer reads does not take the file with them */
    int status = compare_try_output(c, base, news);
    if (status != EXIT_OK)
        return status;
    return stored ? compare_stored(c, base, news) : compare_paired(c, base, news, o->run);
}

static void free_options(struct options *o)
{
    char *texts[] = {o->fail_on, o->margin, o->min_effect, o->max_time,
                     o->pairs,   o->seed,   o->output};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        free(texts[i]);
    selection_words_free(&o->words);
}

int cmd_compare(int argc, const char **argv)
{
    struct options o = {0};
    struct compare_options c = {.argc = argc, .argv = argv};
    int status;
    poptContext context = parse(&o, argc, argv, &status);
    if (status == EXIT_OK)
        status = apply(&o, &c);
    if (status == EXIT_OK)
        status = compare(&o, &c, poptGetArgs(context));
    poptFreeContext(context);
    free_options(&o);
    return status;
}
