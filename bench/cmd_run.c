// SPDX-License-Identifier: MIT
/* speedup run: measure. */
#include "bench/cli.h"
#include "bench/cmd.h"
#include "bench/measure_session.h"
#include "bench/result.h"
#include "bench/select.h"
#include "bench/selection_options.h"
#include "bench/table.h"
#include "bench/units.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* The options as typed. */
struct options {
    struct request request;
    struct selection_words words;
    char *mem, *output, *example, *timeout, *rounds, *seed, *order;
    int full, answers, dry_run, plot;
};

static poptContext parse(struct options *o, int argc, const char **argv, int *status)
{
    const struct poptOption table[] = {
        SELECTION_OPTIONS(&o->words),
        {"rounds", 'r', POPT_ARG_STRING, &o->rounds, 0,
         "recorded rounds after the warm-up (default 10; quick suite and examples 6)", "N"},
        {"mem", '\0', POPT_ARG_STRING, &o->mem, 0,
         "where the input lies: interleave (over all NUMA nodes, default) or first-touch",
         "POLICY"},
        {"output", 'o', POPT_ARG_STRING, &o->output, 0,
         "result file (default: a new one in results/)", "FILE"},
        {"seed", '\0', POPT_ARG_STRING, &o->seed, 0,
         "seed of inputs and of the order of cases (default: from the clock)", "N"},
        {"timeout", '\0', POPT_ARG_STRING, &o->timeout, 0,
         "longest time of one repetition (default 60s)", "TIME"},
        {"full", '\0', POPT_ARG_NONE, &o->full, 0, "the full suite: larger inputs", NULL},
        {"example", '\0', POPT_ARG_STRING, &o->example, 0,
         "run a tutorial's program with its own sizes; `speedup list --like python` names them",
         "NAME"},
        {"answers", '\0', POPT_ARG_NONE, &o->answers, 0, "print what the tasks returned", NULL},
        {"order", '\0', POPT_ARG_STRING, &o->order, 0,
         "print them by task or by completion, with when each was done", "task|completion"},
        {"dry-run", '\0', POPT_ARG_NONE, &o->dry_run, 0,
         "print the cases that would run, and why others would not", NULL},
        {"plot", '\0', POPT_ARG_NONE, &o->plot, 0, "draw the charts afterwards", NULL},
        POPT_AUTOHELP POPT_TABLEEND};
    return cli_open("run", "[OPTION...] [WORKLOAD...]", argc, argv, table, status);
}

/* Reads an option's value as a parameter's is read; leaves *n alone where it was not given. */
static int read_value(const struct param param, const char *text, int64_t *n)
{
    struct value value;
    char why[ERROR_MAX];
    if (text == NULL)
        return 0;
    if (units_parse(&param, text, &value, why, sizeof(why)) != 0)
        return cli_usage("run", "%s", why);
    *n = value.n;
    return 0;
}

/* Options into the session and the request. */
static int apply(struct options *o, struct session *s)
{
    struct request *r = &o->request;
    int64_t rounds = o->words.quick || o->example ? 6 : 10, timeout = INT64_C(60000000000),
            seed = time(NULL);
    if (o->words.quick && o->full)
        return cli_usage("run", "--quick and --full are two suites; choose one");
    if (o->example != NULL && (o->words.quick || o->full || (r->workloads && r->workloads[0])))
        return cli_usage("run", "--example names all that runs; leave the workload and suite out");
    r->suite = o->full ? "full" : o->words.quick ? "quick" : NULL;
    r->runners = o->words.runners;
    r->concurrency = o->words.concurrency;
    r->settings = o->words.settings;
    r->filter = o->words.filter;
    r->gils = o->words.gil;
    r->example = o->example;
    if (r->suite == NULL && r->example == NULL && (r->workloads == NULL || !r->workloads[0])) {
        r->suite = "quick";
        rounds = 6;
    }
    static const char *const memories[] = {"interleave", "first-touch", NULL};
    static const char *const orders[] = {"plain", "task", "completion", NULL};
    int64_t memory = MEMORY_INTERLEAVED, order = ANSWERS_PLAIN;
    int status = read_value((struct param){"--rounds", "", PARAM_COUNT, NULL, 1, 10000, NULL},
                            o->rounds, &rounds);
    if (status == 0)
        status = read_value((struct param){"--timeout", "", PARAM_TIME, NULL, 1e6, 86400e9, NULL},
                            o->timeout, &timeout);
    if (status == 0)
        status = read_value((struct param){"--seed", "", PARAM_COUNT, NULL, 0, 1e15, NULL}, o->seed,
                            &seed);
    if (status == 0)
        status = read_value((struct param){"--mem", "", PARAM_CHOICE, NULL, 0, 0, memories}, o->mem,
                            &memory);
    if (status == 0)
        status = read_value((struct param){"--order", "", PARAM_CHOICE, NULL, 0, 0, orders},
                            o->order, &order);
    s->memory = (enum memory)memory;
    s->rounds = (unsigned)rounds;
    s->stage.timeout_ns = timeout;
    s->seed = (uint64_t)seed;
    s->policy = o->words.pin != NULL ? o->words.pin : "cores";
    s->print_answers = o->answers || order != ANSWERS_PLAIN;
    s->stage.order = (enum answers_order)order;
    if (o->output != NULL && o->output[0] == '\0')
        return cli_usage("run", "-o: the path is empty; name a file, or leave -o out");
    if (o->output != NULL && strlen(o->output) >= sizeof(s->path))
        return cli_usage("run", "-o: the path is too long");
    snprintf(s->path, sizeof(s->path), "%s", o->output != NULL ? o->output : "");
    return status;
}

static int dry_run(const struct session *s)
{
    size_t runnable = 0, refused = 0;
    for (size_t i = 0; i < s->experiment_count; i++) {
        const struct experiment *e = &s->experiments[i];
        for (size_t k = 0; k < e->case_count; k++) {
            const struct bench_case *c = &e->cases[k];
            bool can = c->refused[0] == '\0';
            printf("%s%s%s\n", c->name, can ? "" : "  refused: ", c->refused);
            runnable += can;
            refused += !can;
        }
    }
    printf("%zu case%s in %u round%s and a warm-up; %zu refused\n", runnable,
           runnable == 1 ? "" : "s", s->rounds, s->rounds == 1 ? "" : "s", refused);
    return EXIT_OK;
}

/* The table, read from the result as from any old file. */
static int show(const struct session *s)
{
    json_t *result = result_build(s);
    bool color = isatty(STDOUT_FILENO) && getenv("NO_COLOR") == NULL;
    if (result != NULL)
        table_print(stdout, result, table_width(stdout, 160), color);
    json_decref(result);
    if (fflush(stdout) == 0)
        return EXIT_OK;
    fprintf(stderr, "speedup: the table could not be written: %s\n", strerror(errno));
    return EXIT_RUN_TIME;
}

static int run_and_plot(struct options *o, struct session *s)
{
    int status = measure_session(s, show);
    struct stat info;
    bool saved = stat(s->path, &info) == 0 && S_ISREG(info.st_mode) && info.st_size > 0;
    if (o->plot && saved && status != EXIT_USAGE && status != EXIT_INTERRUPTED) {
        const char *argv[] = {"plot", "--", s->path, NULL};
        int drawn = cmd_plot(3, argv);
        if (status == EXIT_OK && drawn != EXIT_ABSENT) /* without gnuplot the rest is still right */
            status = drawn;
    }
    return status;
}

static void free_options(struct options *o)
{
    char *texts[] = {o->mem, o->output, o->example, o->timeout, o->rounds, o->seed, o->order};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        free(texts[i]);
    selection_words_free(&o->words);
}

int cmd_run(int argc, const char **argv)
{
    struct options o = {0};
    struct session s = {.argc = argc, .argv = argv};
    char why[4 * ERROR_MAX] = "";
    int status;
    poptContext context = parse(&o, argc, argv, &status);
    if (status == 0) {
        o.request.workloads = poptGetArgs(context);
        status = apply(&o, &s);
    }
    if (status == 0) {
        if (machine_open(&s.machine, why, sizeof(why)) != 0) {
            fprintf(stderr, "speedup: %s\n", why);
            status = EXIT_RUN_TIME;
        } else if (select_experiments(&o.request, &s, why, sizeof(why)) != 0) {
            status = cli_usage("run", "%s", why);
        } else {
            status = o.dry_run ? dry_run(&s) : run_and_plot(&o, &s);
        }
        session_free(&s);
    }
    poptFreeContext(context);
    free_options(&o);
    return status;
}
