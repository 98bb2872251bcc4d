// SPDX-License-Identifier: MIT
/* speedup gil EXPERIMENT --help: what it can be told; of `validate` the laws. */
#include "bench/gil/laws.h"
#include "bench/gil/request.h"
#include "bench/text.h"
#include "bench/units.h"

#include <string.h>

enum { WIDTH = 80, NAMES = 17, LAWS = 14 };

static void print_head(const char *name, const char *summary, const char *more)
{
    printf("Usage: speedup gil %s [OPTION...]\n\n", name);
    text_wrap(stdout, summary, 0, 0, WIDTH);
    text_wrap(stdout, more, 0, 0, WIDTH);
}

/* "  k=2              threads that compute, hogs: 2 to 100 for each core" */
static void print_param(const struct lab *lab, int param)
{
    const struct param *p = &lab_params[param];
    char value[UNITS_MAX], values[3 * UNITS_MAX], text[WHY_MAX];
    units_print(p, &lab->values[param], value, sizeof(value));
    snprintf(text, sizeof(text), "%s=%s", p->name, value);
    printf("  %-*s", NAMES, text);
    lab_print_values(lab->kind, param, values, sizeof(values));
    snprintf(text, sizeof(text), "%s: %s", p->help, values);
    text_wrap(stdout, text, 2 + NAMES, 2 + NAMES, WIDTH);
}

static void print_experiment(const struct experiment_kind *kind, bool sweep)
{
    struct lab lab;
    char why[ERROR_MAX];
    struct gil_options gil = gil_defaults(kind->lock);
    lab_open(&lab, kind, &gil, 1);
    if (sweep)
        lab_set(&lab, "think=0", why, sizeof(why));
    print_head(sweep ? "sweep" : kind->name,
               sweep ? "requests a second of `echo` in a closed loop, for 0, 1, 2 and 4 hogs and "
                       "three intervals"
                     : kind->summary,
               kind->measures);
    puts("\nWhat -p NAME=VALUE sets, with the values that it has otherwise:");
    for (int i = 0; lab_params[i].name != NULL; i++) {
        bool swept = sweep && (i == LAB_K || i == LAB_INTERVAL);
        if (lab_uses(kind, lab_params[i].name) && !swept)
            print_param(&lab, i);
    }
    putchar('\n');
    if (sweep)
        puts("It is measured for -k 0,1,2,4 and --interval 5ms,1ms,100us, or for those given.");
    else if (lab_uses(kind, "k"))
        puts("-k 2,4 measures it for several k, --interval 5ms,1ms for several intervals.");
    if (kind->lock != GIL_NEW)
        printf("Its lock is %s; `speedup list gil` says what that is.\n", gil_names[kind->lock]);
    puts("`speedup gil --help` shows the options of all experiments.");
}

/* Those of an experiment beside its name. */
static void print_laws(const struct experiment_kind *kind)
{
    bool first = true;
    for (unsigned i = 0; i < laws_count; i++) {
        if (strcmp(laws_measurements[laws[i].measurement].experiment, kind->name) != 0)
            continue;
        printf("  %-*s%s%s\n", LAWS, first ? kind->name : "", laws[i].text,
               laws[i].flags & MORE ? " (--more)" : "");
        first = false;
    }
}

static void print_validation(void)
{
    print_head("validate", "every law of the lock, on real interpreters and simulated",
               "-f REGEX takes those whose text or whose experiment it matches: -f 'beside 2', -f "
               "^wake$");
    puts("\nThe laws of each experiment, I being an interval and c a chunk:");
    for (int i = 0; lab_kinds[i].name != NULL; i++)
        print_laws(&lab_kinds[i]);
    puts("\n`speedup gil --help` shows the options.");
}

bool request_help(int argc, const char **argv)
{
    char why[WHY_MAX];
    const char *name = NULL;
    bool asked = false;
    for (int i = 1; i < argc; i++) {
        asked = asked || strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-?") == 0;
        bool known = strcmp(argv[i], "validate") == 0 || strcmp(argv[i], "sweep") == 0 ||
                     lab_find(argv[i], why, sizeof(why)) != NULL;
        if (name == NULL && known)
            name = argv[i];
    }
    if (!asked || name == NULL)
        return false;
    bool sweep = strcmp(name, "sweep") == 0;
    if (strcmp(name, "validate") == 0)
        print_validation();
    else
        print_experiment(lab_find(sweep ? "echo" : name, why, sizeof(why)), sweep);
    return true;
}
