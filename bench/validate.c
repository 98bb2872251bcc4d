// SPDX-License-Identifier: MIT
/* One function per table that says every fault in a sentence (the habit of fio's check_engine_ops).
 */
#include "bench/params.h"
#include "bench/registry.h"
#include "bench/settings.h"

#include <string.h>

struct faults {
    FILE *out;
    const char *kind, *name;
    int count;
};

static void demand(struct faults *f, bool good, const char *sentence, const char *detail)
{
    if (good)
        return;
    f->count++;
    fprintf(f->out, "%s %s: %s%s%s\n", f->kind, f->name ? f->name : "(no name)", sentence,
            detail ? ": " : "", detail ? detail : "");
}

static bool is_name(const char *name)
{
    return name != NULL && name[0] >= 'a' && name[0] <= 'z' &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(name);
}

static void check_params(struct faults *f, const struct param *params)
{
    int n = 0;
    for (const struct param *p = params; p != NULL && p->name != NULL; p++, n++) {
        demand(f, is_name(p->name), "a parameter's name is lower case", p->name);
        demand(f, p->help != NULL && p->help[0] != '\0', "a parameter needs help", p->name);
        demand(f, p->initial != NULL, "a parameter needs a default", p->name);
        demand(f, (p->type == PARAM_CHOICE) == (p->choices != NULL),
               "choices belong to PARAM_CHOICE and to no other type", p->name);
        demand(f, p->min <= p->max, "min is above max", p->name);
        for (const struct param *q = params; q < p; q++)
            demand(f, strcmp(p->name, q->name) != 0, "a parameter is there twice", p->name);
    }
    demand(f, n < PARAMS_MAX, "too many parameters", NULL);
    struct value values[PARAMS_MAX];
    char why[ERROR_MAX];
    if (f->count == 0 && params != NULL)
        demand(f, params_defaults(params, values, why, sizeof(why)) == 0, "a default is bad", why);
}

static void check_presets(struct faults *f, const struct workload *w)
{
    const struct settings none = {NULL, NULL};
    for (const struct preset *p = w->presets; p != NULL && p->name != NULL; p++) {
        struct subject subject;
        char why[ERROR_MAX] = "";
        demand(f, is_name(p->name), "a preset's name is lower case", p->name);
        demand(f, p->summary != NULL && p->summary[0] != '\0', "a preset needs a summary", p->name);
        int err = subject_make(&subject, w, p->params, &none, NULL, why, sizeof(why));
        demand(f, err == 0, "a preset's parameters are bad", why);
    }
}

int workload_validate(const struct workload *w, FILE *out)
{
    struct faults f = {out, "workload", w->name, 0};
    demand(&f, is_name(w->name), "its name is lower case, words joined by '-'", NULL);
    demand(&f, w->summary != NULL && w->summary[0] != '\0', "it needs a summary", NULL);
    bool own = w->body == NULL;
    demand(&f, !own || w->shape != NULL, "shape is required", NULL);
    demand(&f, !own || w->run != NULL, "run is required", NULL);
    demand(&f, !own || w->check != NULL, "check is required", NULL);
    demand(&f, own || (w->shape == NULL && w->run == NULL && w->check == NULL),
           "shape, run and check are its body's", NULL);
    demand(&f, w->enter != NULL || w->leave == NULL, "leave without enter", NULL);
    demand(&f, w->bound <= BOUND_DISPATCH, "bound is none of BOUND_", NULL);
    check_params(&f, w->params);
    check_presets(&f, w);
    return f.count;
}

int runner_validate(const struct runner *r, FILE *out)
{
    struct faults f = {out, "runner", r->name, 0};
    unsigned way = r->caps & (RUNNER_BLOCKING | RUNNER_EVENT_LOOP);
    unsigned space = r->caps & (RUNNER_SHARED | RUNNER_ISOLATED);
    demand(&f, is_name(r->name), "its name is lower case, words joined by '-'", NULL);
    demand(&f, r->summary != NULL && r->summary[0] != '\0', "it needs a summary", NULL);
    demand(&f, r->create != NULL, "create is required", NULL);
    demand(&f, r->go != NULL, "go is required", NULL);
    demand(&f, r->destroy != NULL, "destroy is required", NULL);
    demand(&f, way == RUNNER_BLOCKING || way == RUNNER_EVENT_LOOP,
           "caps: exactly one of RUNNER_BLOCKING and RUNNER_EVENT_LOOP", NULL);
    demand(&f, space == RUNNER_SHARED || space == RUNNER_ISOLATED,
           "caps: exactly one of RUNNER_SHARED and RUNNER_ISOLATED", NULL);
    check_params(&f, r->params);
    return f.count;
}

int registry_validate(FILE *faults)
{
    int count = 0;
    for (int i = 0; workloads[i] != NULL; i++)
        count += workload_validate(workloads[i], faults);
    for (int i = 0; runners[i] != NULL; i++)
        count += runner_validate(runners[i], faults);
    return count;
}
