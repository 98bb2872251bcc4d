// SPDX-License-Identifier: MIT
#include "bench/select.h"
#include "bench/concurrency.h"
#include "bench/params.h"
#include "bench/registry.h"
#include "bench/suggest.h"
#include "bench/units.h"

#include <errno.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RUNNERS_MAX = 64 };

/* A runner with parameters, as -R names it: "process-pool:transfer=pipe". */
struct runner_choice {
    const struct runner *runner;
    struct value values[PARAMS_MAX];
};

struct selection {
    const struct request *request;
    struct session *session;
    bool *setting_used; /* one per -p */
    char *why;
    size_t why_size;
};

/* ---- runners ------------------------------------------------------------------------------ */

/* -p settings that are the runner's. */
static int apply_to_runner(struct selection *sel, struct runner_choice *choice)
{
    const char **settings = sel->request->settings;
    for (size_t i = 0; settings != NULL && settings[i] != NULL; i++) {
        int err = params_apply(choice->runner->params, settings[i], choice->values, sel->why,
                               sel->why_size);
        if (err == 0)
            sel->setting_used[i] = true;
        else if (err != -ENOENT)
            return err;
    }
    return 0;
}

static int choose_runner(struct selection *sel, const char *word, struct runner_choice *choice)
{
    char *name = strdup(word);
    if (name == NULL)
        return -ENOMEM;
    char *settings = strchr(name, ':');
    if (settings != NULL)
        *settings++ = '\0';
    for (char *c = settings; c != NULL && *c != '\0'; c++)
        *c = *c == ':' ? ' ' : *c;
    choice->runner = runner_find(name, sel->why, sel->why_size);
    int err = choice->runner == NULL ? -EINVAL : 0;
    if (err == 0)
        err = params_defaults(choice->runner->params, choice->values, sel->why, sel->why_size);
    if (err == 0)
        err = apply_to_runner(sel, choice);
    if (err == 0 && settings != NULL)
        err = params_apply_list(choice->runner->params, settings, choice->values, sel->why,
                                sel->why_size);
    free(name);
    return err;
}

/* Named before, with the same parameters? */
static bool is_chosen(struct selection *sel, const char *word, const struct runner_choice *choices,
                      size_t count)
{
    struct runner_choice again = {0};
    bool chosen = false;
    if (choose_runner(sel, word, &again) != 0)
        return false; /* the caller finds the mistake */
    for (size_t i = 0; i < count && !chosen; i++)
        chosen = choices[i].runner == again.runner &&
                 memcmp(choices[i].values, again.values, sizeof(again.values)) == 0;
    return chosen;
}

/* The baseline first, then what the list names, or all. */
static int choose_runners(struct selection *sel, const char *list, struct runner_choice *choices,
                          size_t *count)
{
    *count = 0;
    int err = choose_runner(sel, BASELINE, &choices[(*count)++]);
    for (size_t i = 0; list == NULL && runners[i] != NULL && err == 0; i++) {
        if (strcmp(runners[i]->name, BASELINE) != 0 && *count < RUNNERS_MAX)
            err = choose_runner(sel, runners[i]->name, &choices[(*count)++]);
    }
    char *copy = list != NULL ? strdup(list) : NULL, *rest = copy;
    for (char *word; err == 0 && (word = strsep(&rest, ",")) != NULL;) {
        if (word[0] == '\0') {
            snprintf(sel->why, sel->why_size,
                     "-R '%s' has an empty name; write for example "
                     "-R threads,async",
                     list);
            err = -EINVAL;
        } else if (strcmp(word, BASELINE) != 0 && !is_chosen(sel, word, choices, *count)) {
            if (*count == RUNNERS_MAX) {
                snprintf(sel->why, sel->why_size, "-R names more than %d runners", RUNNERS_MAX);
                err = -EINVAL;
            } else {
                err = choose_runner(sel, word, &choices[(*count)++]);
            }
        }
    }
    free(copy);
    return err;
}

/* ---- cases -------------------------------------------------------------------------------- */

/* The runner as case names show it: with those parameters that are not the default. */
static void name_runner(const struct runner_choice *choice, char *text, size_t size)
{
    const struct param *params = choice->runner->params;
    size_t n = (size_t)snprintf(text, size, "%s", choice->runner->name);
    for (size_t i = 0; i < params_count(params) && n < size; i++) {
        struct value initial[PARAMS_MAX];
        char why[ERROR_MAX], value[VALUE_TEXT_MAX];
        params_defaults(params, initial, why, sizeof(why));
        units_print(&params[i], &choice->values[i], value, sizeof(value));
        if (memcmp(&initial[i], &choice->values[i], sizeof(initial[i])) != 0)
            n += (size_t)snprintf(text + n, size - n, "/%s:%s", params[i].name, value);
    }
}

static void refuse(struct bench_case *c)
{
    const struct experiment *e = c->experiment;
    const struct workload *w = e->job.workload;
    if (c->concurrency < e->job.shape.together)
        snprintf(c->refused, sizeof(c->refused),
                 "%s needs %zu tasks in progress at once; choose -n %zu or more", w->name,
                 e->job.shape.together, e->job.shape.together);
    else if (c->runner->probe != NULL && c->runner->probe(c->refused, sizeof(c->refused)) == 0)
        c->refused[0] = '\0';
}

static void fill_case(struct bench_case *c, struct experiment *e,
                      const struct runner_choice *choice, unsigned concurrency)
{
    char runner[CASE_NAME_MAX / 4];
    c->experiment = e;
    c->runner = choice->runner;
    memcpy(c->runner_values, choice->values, sizeof(c->runner_values));
    c->concurrency = concurrency;
    c->worker_count = choice->runner->caps & RUNNER_ONE_WORKER ? 1 : concurrency;
    c->inlined = (choice->runner->caps & RUNNER_EVENT_LOOP) && e->job.workload->start == NULL;
    name_runner(choice, runner, sizeof(runner));
    snprintf(c->name, sizeof(c->name), "%.*s/%s/n:%u", CASE_NAME_MAX / 2, e->name, runner,
             concurrency);
    refuse(c);
}

static int fill_cases(struct selection *sel, struct experiment *e, const char *runner_list,
                      const char *n_list)
{
    struct runner_choice *choices = calloc(RUNNERS_MAX, sizeof(*choices));
    struct concurrencies ns;
    size_t count = 0;
    int err = choices == NULL ? -ENOMEM : choose_runners(sel, runner_list, choices, &count);
    if (err == 0)
        err = concurrencies_parse(&ns, n_list, &e->job.shape, &sel->session->machine, sel->why,
                                  sel->why_size);
    if (err == 0) {
        e->cases = calloc(count * ns.count + 1, sizeof(*e->cases));
        err = e->cases == NULL ? -ENOMEM : 0;
    }
    for (size_t i = 0; i < count && err == 0; i++) {
        bool baseline = strcmp(choices[i].runner->name, BASELINE) == 0;
        for (size_t k = 0; k < (baseline ? 1 : ns.count); k++)
            fill_case(&e->cases[e->case_count++], e, &choices[i], baseline ? 1 : ns.n[k]);
    }
    free(choices);
    return err;
}

/* ---- experiments -------------------------------------------------------------------------- */

static int apply_settings(struct selection *sel, struct experiment *e)
{
    const struct param *params = e->job.workload->params;
    const char **settings = sel->request->settings;
    int err = params_defaults(params, e->values, sel->why, sel->why_size);
    if (err == 0 && e->preset != NULL && e->preset->params != NULL)
        err = params_apply_list(params, e->preset->params, e->values, sel->why, sel->why_size);
    for (size_t i = 0; err == 0 && settings != NULL && settings[i] != NULL; i++) {
        err = params_apply(params, settings[i], e->values, sel->why, sel->why_size);
        sel->setting_used[i] |= err == 0;
        err = err == -ENOENT ? 0 : err;
    }
    return err;
}

static int add_experiment(struct selection *sel, const struct workload *w,
                          const struct preset *preset)
{
    struct session *s = sel->session;
    struct experiment *more =
        reallocarray(s->experiments, s->experiment_count + 1, sizeof(*s->experiments));
    if (more == NULL)
        return -ENOMEM;
    s->experiments = more;
    struct experiment *e = &more[s->experiment_count++];
    *e = (struct experiment){.job = {.workload = w, .seed = s->seed}, .preset = preset};
    e->suite = preset != NULL ? preset->name : NULL;
    return apply_settings(sel, e);
}

/* All presets of that name of the workload. */
static int add_presets(struct selection *sel, const struct workload *w, const char *name,
                       size_t *found)
{
    int err = 0;
    for (const struct preset *p = w->presets; p != NULL && p->name != NULL && err == 0; p++) {
        if (strcmp(p->name, name) == 0) {
            err = add_experiment(sel, w, p);
            ++*found;
        }
    }
    return err;
}

static int add_named(struct selection *sel, const char *name)
{
    const char *suite = sel->request->suite;
    const struct workload *w = workload_find(name, sel->why, sel->why_size);
    size_t found = 0;
    if (w == NULL)
        return -EINVAL;
    int err = suite != NULL ? add_presets(sel, w, suite, &found) : 0;
    return err != 0 || found > 0 ? err : add_experiment(sel, w, NULL);
}

static int add_example(struct selection *sel, const char *name)
{
    const char *names[256] = {NULL};
    size_t found = 0, n = 0;
    int err = 0;
    for (int i = 0; workloads[i] != NULL && err == 0; i++) {
        err = add_presets(sel, workloads[i], name, &found);
        for (const struct preset *p = workloads[i]->presets; p && p->name && n < 255; p++)
            names[n++] = p->name;
    }
    if (err != 0 || found > 0)
        return err;
    const char *near = suggest(name, names);
    snprintf(sel->why, sel->why_size, "there is no example '%s'; %s%s%s", name,
             near ? "did you mean '" : "`speedup list` shows them", near ? near : "",
             near ? "'?" : "");
    return -EINVAL;
}

static int add_all(struct selection *sel)
{
    const struct request *r = sel->request;
    int err = 0;
    if (r->example != NULL)
        return add_example(sel, r->example);
    for (size_t i = 0; r->workloads != NULL && r->workloads[i] != NULL && err == 0; i++)
        err = add_named(sel, r->workloads[i]);
    size_t found = 0;
    bool none = r->workloads == NULL || r->workloads[0] == NULL;
    for (size_t i = 0; none && workloads[i] != NULL && err == 0; i++)
        err = add_presets(sel, workloads[i], r->suite != NULL ? r->suite : "quick", &found);
    return err;
}

/* Experiments are in their final memory only now: cases point back to them. */
static int complete(struct selection *sel, struct experiment *e)
{
    const struct request *r = sel->request;
    const struct preset *p = e->preset;
    char params[CASE_NAME_MAX / 2];
    params_print(e->job.workload->params, e->values, params, sizeof(params));
    snprintf(e->name, sizeof(e->name), "%s%s%s", e->job.workload->name, params[0] ? "/" : "",
             params);
    if (experiment_shape(e) != 0 ||
        experiment_place(e, &sel->session->machine, sel->session->policy) != 0) {
        snprintf(sel->why, sel->why_size, "%s: %s", e->job.workload->name, e->failed);
        return -EINVAL;
    }
    return fill_cases(sel, e,
                      r->runners != NULL ? r->runners
                      : p != NULL        ? p->runners
                                         : NULL,
                      r->concurrency != NULL ? r->concurrency
                      : p != NULL && p->n    ? p->n
                                             : "auto");
}

/* ---- the filter --------------------------------------------------------------------------- */

/* Keeps the cases whose name matches, and the baseline of any that is kept. */
static void filter_cases(struct experiment *e, const regex_t *regex)
{
    size_t kept = 0, matches = 0;
    for (size_t i = 0; i < e->case_count; i++) {
        bool match = regexec(regex, e->cases[i].name, 0, NULL, 0) == 0;
        bool baseline = strcmp(e->cases[i].runner->name, BASELINE) == 0;
        matches += match;
        if (match || baseline)
            e->cases[kept++] = e->cases[i];
    }
    e->case_count = matches > 0 ? kept : 0;
}

static int apply_filter(struct selection *sel, const char *pattern)
{
    struct session *s = sel->session;
    regex_t regex;
    size_t kept = 0;
    int err = regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB);
    if (err != 0) {
        size_t n = (size_t)snprintf(sel->why, sel->why_size, "-f '%s': ", pattern);
        regerror(err, &regex, sel->why + n, n < sel->why_size ? sel->why_size - n : 0);
        return -EINVAL;
    }
    for (size_t i = 0; i < s->experiment_count; i++) {
        filter_cases(&s->experiments[i], &regex);
        kept += s->experiments[i].case_count;
    }
    regfree(&regex);
    if (kept > 0)
        return 0;
    snprintf(sel->why, sel->why_size, "-f '%s' matches no case; --dry-run shows their names",
             pattern);
    return -EINVAL;
}

/* ---- all of it ---------------------------------------------------------------------------- */

static int check_settings(struct selection *sel)
{
    const char **settings = sel->request->settings;
    for (size_t i = 0; settings != NULL && settings[i] != NULL; i++) {
        if (sel->setting_used[i])
            continue;
        const struct workload *w = sel->session->experiments[0].job.workload;
        struct value scratch[PARAMS_MAX];
        size_t n =
            (size_t)snprintf(sel->why, sel->why_size, "-p %.100s: %s: ", settings[i], w->name);
        params_apply(w->params, settings[i], scratch, sel->why + n, sel->why_size - n);
        return -EINVAL;
    }
    return 0;
}

int select_experiments(const struct request *request, struct session *session, char *why,
                       size_t size)
{
    size_t settings = 0;
    while (request->settings != NULL && request->settings[settings] != NULL)
        settings++;
    struct selection sel = {request, session, calloc(settings + 1, sizeof(bool)), why, size};
    int err = sel.setting_used == NULL ? -ENOMEM : add_all(&sel);
    for (size_t i = 0; i < session->experiment_count && err == 0; i++)
        err = complete(&sel, &session->experiments[i]);
    if (err == 0 && session->experiment_count == 0) {
        snprintf(why, size, "nothing to run; `speedup list` shows what there is");
        err = -EINVAL;
    }
    if (err == 0)
        err = check_settings(&sel);
    if (err == 0 && request->filter != NULL)
        err = apply_filter(&sel, request->filter);
    free(sel.setting_used);
    return err == 0 ? 0 : -EINVAL;
}
