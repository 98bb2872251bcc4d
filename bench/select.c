// SPDX-License-Identifier: MIT
#include "bench/select.h"
#include "bench/concurrency.h"
#include "bench/gil_params.h"
#include "bench/params.h"
#include "bench/registry.h"
#include "bench/settings.h"
#include "bench/suggest.h"

#include <errno.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GILS_MAX = 16 };

struct selection {
    const struct request *request;
    struct session *session;
    struct settings settings; /* -p */
    char *gil_words;          /* --gil, cut into gils */
    const char *gils[GILS_MAX];
    size_t gil_count;
    char *why;
    size_t why_size;
};

/* ---- interpreters ------------------------------------------------------------------------- */

static int add_gil(struct selection *sel, const char *word)
{
    struct value values[PARAMS_MAX];
    char name[GIL_TEXT_MAX], other[GIL_TEXT_MAX];
    int err = gil_parse(word, values, sel->why, sel->why_size);
    if (err != 0)
        return err;
    gil_print(values, name);
    for (size_t i = 0; i < sel->gil_count; i++) {
        gil_parse(sel->gils[i], values, sel->why, sel->why_size);
        gil_print(values, other);
        if (strcmp(name, other) == 0)
            return 0;
    }
    if (sel->gil_count == GILS_MAX) {
        snprintf(sel->why, sel->why_size, "--gil names more than %d interpreters", GILS_MAX);
        return -EINVAL;
    }
    sel->gils[sel->gil_count++] = word;
    return 0;
}

/* Each makes an experiment of its own, with its own baseline. */
static int choose_gils(struct selection *sel)
{
    if (sel->request->gils == NULL)
        return 0;
    char *rest = sel->gil_words = strdup(sel->request->gils);
    int err = rest != NULL ? 0 : -ENOMEM;
    for (char *word; err == 0 && (word = strsep(&rest, ",")) != NULL;)
        err = add_gil(sel, word);
    return err;
}

/* ---- cases -------------------------------------------------------------------------------- */

static void refuse(struct bench_case *c)
{
    const struct experiment *e = c->experiment;
    const struct workload *w = e->job.workload;
    if (c->concurrency < e->job.shape.together)
        snprintf(c->refused, sizeof(c->refused),
                 "%s needs %zu tasks in progress at once; choose -n %zu or more", w->name,
                 e->job.shape.together, e->job.shape.together);
    else if (c->runner->probe != NULL &&
             c->runner->probe(c->runner_values, &e->job, c->refused, sizeof(c->refused)) == 0)
        c->refused[0] = '\0';
}

static void fill_case(struct bench_case *c, struct experiment *e,
                      const struct runner_choice *choice, unsigned concurrency,
                      const struct machine *machine)
{
    char changed[CASE_NAME_MAX / 8];
    c->experiment = e;
    c->runner = choice->runner;
    memcpy(c->runner_values, choice->values, sizeof(c->runner_values));
    c->concurrency = concurrency;
    c->worker_count = runner_workers(choice, concurrency, placement_cores(&e->placement, machine));
    c->baseline = strcmp(choice->runner->name, BASELINE) == 0;
    c->inlined = (choice->runner->caps & RUNNER_EVENT_LOOP) && e->job.workload->start == NULL;
    params_print_changed(c->runner->params, choice->values, '/', ':', changed, sizeof(changed));
    snprintf(c->name, sizeof(c->name), "%.*s/%.*s%s/n:%u", EXPERIMENT_NAME_MAX, e->name, NAME_SIZE,
             c->runner->name, changed, concurrency);
    refuse(c);
}

/* What cannot run one by one is compared with fresh threads at the smallest n; such a case is added
 * where there is none. */
static int choose_together(struct selection *sel, struct experiment *e)
{
    const struct settings none = {NULL, NULL};
    const struct runner *threads = runner_with(RUNNER_FRESH | RUNNER_SHARED);
    struct bench_case *best = NULL;
    struct runner_choice *choice = calloc(1, sizeof(*choice));
    int err = choice == NULL ? -ENOMEM
              : threads == NULL
                  ? -ENOENT
                  : runner_choose(threads->name, &none, choice, sel->why, sel->why_size);
    for (size_t i = 0; i < e->case_count && err == 0; i++) {
        struct bench_case *c = &e->cases[i];
        if (c->runner == choice->runner && c->refused[0] == '\0' &&
            (best == NULL || c->concurrency < best->concurrency))
            best = c;
    }
    if (best == NULL && err == 0) {
        best = &e->cases[e->case_count++];
        fill_case(best, e, choice, (unsigned)e->job.shape.together, &sel->session->machine);
    }
    if (err == 0)
        best->baseline = true;
    free(choice);
    return err;
}

static int fill_cases(struct selection *sel, struct experiment *e, const char *runner_list,
                      const char *n_list)
{
    struct runner_choice *choices = calloc(RUNNERS_MAX, sizeof(*choices));
    struct concurrencies ns;
    size_t count = 0;
    int err = choices == NULL ? -ENOMEM
                              : runners_choose(runner_list, &sel->settings, choices, &count,
                                               sel->why, sel->why_size);
    if (err == 0)
        err = concurrencies_parse(&ns, n_list, &e->job.shape, &sel->session->machine, sel->why,
                                  sel->why_size);
    if (err == 0) {
        e->cases = calloc(count * ns.count + 2, sizeof(*e->cases));
        err = e->cases == NULL ? -ENOMEM : 0;
    }
    for (size_t i = 0; i < count && err == 0; i++) {
        bool baseline = strcmp(choices[i].runner->name, BASELINE) == 0;
        for (size_t k = 0; k < (baseline ? 1 : ns.count); k++)
            fill_case(&e->cases[e->case_count++], e, &choices[i], baseline ? 1 : ns.n[k],
                      &sel->session->machine);
    }
    free(choices);
    return err == 0 && e->job.shape.together > 1 ? choose_together(sel, e) : err;
}

/* ---- experiments -------------------------------------------------------------------------- */

static bool has_names(const struct request *request)
{
    return request->workloads != NULL && request->workloads[0] != NULL;
}

static int add_under(struct selection *sel, const struct workload *w, const struct preset *preset,
                     const char *gil)
{
    struct session *s = sel->session;
    struct subject subject;
    int err = subject_make(&subject, w, preset != NULL ? preset->params : NULL, &sel->settings, gil,
                           sel->why, sel->why_size);
    if (err != 0)
        return err;
    struct experiment *more =
        reallocarray(s->experiments, s->experiment_count + 1, sizeof(*s->experiments));
    if (more == NULL)
        return -ENOMEM;
    s->experiments = more;
    struct experiment *e = &more[s->experiment_count++];
    *e = (struct experiment){.job = {.workload = subject.workload, .seed = s->seed},
                             .preset = preset,
                             .interpreted = subject.interpreted};
    memcpy(e->values, subject.values, sizeof(e->values));
    memcpy(e->gil, subject.gil, sizeof(e->gil));
    e->suite = preset != NULL ? preset->name : NULL;
    return 0;
}

/* What brings an interpreter of its own is left out of a suite under --gil. */
static int add_experiment(struct selection *sel, const struct workload *w,
                          const struct preset *preset)
{
    bool named = sel->request->example != NULL || has_names(sel->request);
    if (sel->gil_count == 0)
        return add_under(sel, w, preset, NULL);
    if (w->body != NULL && named) {
        snprintf(sel->why, sel->why_size,
                 "%s brings an interpreter of its own; leave --gil out and set its variant with -p",
                 w->name);
        return -EINVAL;
    }
    int err = 0;
    for (size_t i = 0; w->body == NULL && i < sel->gil_count && err == 0; i++)
        err = add_under(sel, w, preset, sel->gils[i]);
    return err;
}

/* A preset of a workload that does another's tasks is for that one: its parameters are, too. */
static bool is_for_body(const struct selection *sel, const struct workload *w,
                        const struct preset *preset)
{
    static const char body[] = "body=";
    const char *const *words = w->body != NULL ? sel->settings.words : NULL;
    for (size_t i = 0; words != NULL && words[i] != NULL; i++) {
        const char *at = preset->params != NULL ? strstr(preset->params, words[i]) : NULL;
        if (strncmp(words[i], body, strlen(body)) == 0 &&
            (at == NULL || strchr(" ", at[strlen(words[i])]) == NULL))
            return false;
    }
    return true;
}

/* All presets of that name of the workload that -p leaves as they are meant. */
static int add_presets(struct selection *sel, const struct workload *w, const char *name,
                       size_t *found)
{
    int err = 0;
    for (const struct preset *p = w->presets; p != NULL && p->name != NULL && err == 0; p++) {
        if (strcmp(p->name, name) == 0 && is_for_body(sel, w, p)) {
            err = add_experiment(sel, w, p);
            ++*found;
        }
    }
    return err;
}

/* Names alone: `gil` and its body are one workload in the end, and two wishes. */
static int expect_once(struct selection *sel, const char *const *names)
{
    for (size_t i = 0; names[i] != NULL; i++) {
        for (size_t k = 0; k < i; k++) {
            if (strcmp(names[i], names[k]) != 0)
                continue;
            snprintf(sel->why, sel->why_size, "%s is named twice", names[i]);
            return -EINVAL;
        }
    }
    return 0;
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
             near ? "did you mean '" : "`speedup list --like python` shows them", near ? near : "",
             near ? "'?" : "");
    return -EINVAL;
}

static int add_all(struct selection *sel)
{
    const struct request *r = sel->request;
    int err = 0;
    if (r->example != NULL)
        return add_example(sel, r->example);
    if (r->workloads != NULL)
        err = expect_once(sel, r->workloads);
    for (size_t i = 0; r->workloads != NULL && r->workloads[i] != NULL && err == 0; i++)
        err = add_named(sel, r->workloads[i]);
    size_t found = 0;
    for (size_t i = 0; !has_names(r) && workloads[i] != NULL && err == 0; i++)
        err = add_presets(sel, workloads[i], r->suite != NULL ? r->suite : "quick", &found);
    return err;
}

/* Experiments are in their final memory only now: cases point back to them. */
static int complete(struct selection *sel, struct experiment *e)
{
    const struct request *r = sel->request;
    const struct preset *p = e->preset;
    char params[EXPERIMENT_NAME_MAX - NAME_SIZE - GIL_TEXT_MAX - 8], gil[GIL_TEXT_MAX] = "";
    params_print(e->job.workload->params, e->values, params, sizeof(params));
    if (e->interpreted)
        gil_print(e->gil, gil);
    snprintf(e->name, sizeof(e->name), "%.*s%s%s%s%s", NAME_SIZE, e->job.workload->name,
             params[0] ? "/" : "", params, e->interpreted ? "/gil:" : "", gil);
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
        matches += match;
        if (match || e->cases[i].baseline)
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
    const char **settings = sel->settings.words;
    for (size_t i = 0; settings != NULL && settings[i] != NULL; i++) {
        if (sel->settings.used[i])
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
    struct selection sel = {.request = request, .session = session, .why = why, .why_size = size};
    sel.settings = (struct settings){request->settings, calloc(settings + 1, sizeof(bool))};
    int err = sel.settings.used == NULL ? -ENOMEM : choose_gils(&sel);
    if (err == 0)
        err = add_all(&sel);
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
    free(sel.settings.used);
    free(sel.gil_words);
    return err == 0 ? 0 : -EINVAL;
}
