// SPDX-License-Identifier: MIT
/* speedup list: what there is, from the plug-ins' tables alone. */
#include "bench/bound.h"
#include "bench/cli.h"
#include "bench/cmd.h"
#include "bench/gil_params.h"
#include "bench/registry.h"
#include "bench/units.h"

#include <stdlib.h>
#include <string.h>

static void print_params(const char *sign, const struct param *params)
{
    for (const struct param *p = params; p != NULL && p->name != NULL; p++) {
        printf("    %s%s=%s  %s", sign, p->name, p->initial[0] != '\0' ? p->initial : "''",
               p->help);
        for (int i = 0; p->choices != NULL && p->choices[i] != NULL; i++)
            printf("%s%s", i ? "|" : ": ", p->choices[i]);
        fputc('\n', stdout);
    }
}

static bool is_suite(const struct preset *p)
{
    return strcmp(p->name, "quick") == 0 || strcmp(p->name, "full") == 0 ||
           strcmp(p->name, "map") == 0;
}

static void print_presets(const struct workload *w)
{
    for (const struct preset *p = w->presets; p != NULL && p->name != NULL; p++) {
        if (strcmp(p->name, "map") != 0) /* its rows: `speedup map` */
            printf("    %s %s  %s\n", is_suite(p) ? "suite" : "--example", p->name, p->summary);
    }
}

static void print_workload(const struct workload *w, bool long_form)
{
    printf("  %-15s %s (%s)\n", w->name, w->summary, bound_name(w->bound));
    if (!long_form)
        return;
    if (w->python != NULL)
        printf("    in Python: %s\n", w->python);
    print_params("-p ", w->params);
    if (w->body != NULL)
        print_params("-p ", gil_params);
    print_presets(w);
}

static void print_runner(const struct runner *r, bool long_form)
{
    char why[ERROR_MAX] = "";
    bool can = r->probe == NULL || r->probe(NULL, NULL, why, sizeof(why)) == 0;
    printf("  %-15s %s%s%s\n", r->name, r->summary, can ? "" : "; not here: ", why);
    if (!long_form)
        return;
    if (r->python != NULL)
        printf("    in Python: %s\n", r->python);
    print_params("-p ", r->params);
}

static void print_interpreters(bool long_form)
{
    for (int i = 0; i < GIL_VARIANTS; i++)
        printf("  %-16s %s\n", gil_names[i], gil_summaries[i]);
    if (long_form)
        print_params(":", gil_params + 1);
}

static int list_named(const char *name)
{
    char why[ERROR_MAX], other[ERROR_MAX];
    const struct workload *w = workload_find(name, why, sizeof(why));
    const struct runner *r = runner_find(name, other, sizeof(other));
    if (w != NULL)
        print_workload(w, true);
    if (w != NULL && w->body != NULL) {
        printf("  `speedup run %s --quick` and `--full` measure its suites\n", name);
        puts("  its variants, which --gil VARIANT[:NAME=VALUE...] gives to any workload");
        print_interpreters(false);
    }
    if (r != NULL)
        print_runner(r, true);
    return w != NULL || r != NULL ? EXIT_OK
                                  : cli_usage("list",
                                              "there is no workload and no runner '%s'; "
                                              "`speedup list` names them",
                                              name);
}

/* The programs of the Python tutorials, and what each thing is called there. */
static void list_like_python(void)
{
    puts("programs of the Python tutorials: `speedup run --example NAME` runs the same here, and\n"
         "--answers prints what comes out");
    for (int i = 0; workloads[i] != NULL; i++) {
        for (const struct preset *p = workloads[i]->presets; p != NULL && p->name != NULL; p++) {
            if (!is_suite(p))
                printf("  %-18s %-10s %s\n", p->name, workloads[i]->name, p->summary);
        }
    }
    puts("workloads and their Python counterparts");
    for (int i = 0; workloads[i] != NULL; i++) {
        if (workloads[i]->python != NULL)
            printf("  %-18s %s\n", workloads[i]->name, workloads[i]->python);
    }
    puts("runners and their Python counterparts");
    for (int i = 0; runners[i] != NULL; i++)
        printf("  %-18s %s\n", runners[i]->name,
               runners[i]->python != NULL ? runners[i]->python : "(none)");
}

static void list_all(bool long_form)
{
    puts("workloads (and what they claim to be bound by)");
    for (int i = 0; workloads[i] != NULL; i++)
        print_workload(workloads[i], long_form);
    puts("runners");
    for (int i = 0; runners[i] != NULL; i++)
        print_runner(runners[i], long_form);
    puts("simulated interpreters, for --gil");
    print_interpreters(long_form);
    if (!long_form)
        puts("\n`speedup list NAME` or `speedup list --long` shows parameters and examples.");
}

int cmd_list(int argc, const char **argv)
{
    int long_form = 0;
    char *like = NULL;
    const struct poptOption table[] = {
        {"long", 'l', POPT_ARG_NONE, &long_form, 0, "show parameters, suites and examples", NULL},
        {"like", '\0', POPT_ARG_STRING, &like, 0,
         "show what there is as another language's users know it: python", "LANGUAGE"},
        POPT_AUTOHELP POPT_TABLEEND};
    int status;
    poptContext context = cli_open("list", "[OPTION...] [NAME...]", argc, argv, table, &status);
    const char **names = status == 0 ? poptGetArgs(context) : NULL;
    if (status == 0 && like != NULL && strcmp(like, "python") != 0)
        status = cli_usage("list", "--like '%s' is not known; only --like python is", like);
    else if (status == 0 && like != NULL)
        list_like_python();
    else if (status == 0 && names == NULL)
        list_all(long_form);
    for (; names != NULL && like == NULL && *names != NULL && status == 0; names++)
        status = list_named(*names);
    free(like);
    poptFreeContext(context);
    return status;
}
