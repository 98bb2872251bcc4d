// SPDX-License-Identifier: MIT
#include "bench/answers.h"
#include "bench/units.h"

#include <inttypes.h>
#include <stdlib.h>

enum { VALUES_SHOWN = 12, TEXT_SHOWN = 72 };

static size_t value_size(enum output_type type)
{
    return type == OUTPUT_BYTES ? 1 : type == OUTPUT_U32 ? 4 : 8;
}

static void print_value(FILE *out, enum output_type type, const void *output, size_t i)
{
    switch (type) {
    case OUTPUT_U32:
        fprintf(out, " %" PRIu32, ((const uint32_t *)output)[i]);
        break;
    case OUTPUT_U64:
        fprintf(out, " %" PRIu64, ((const uint64_t *)output)[i]);
        break;
    case OUTPUT_F64:
        fprintf(out, " %.9g", ((const double *)output)[i]);
        break;
    case OUTPUT_BYTES:
        break;
    }
}

static void print_text(FILE *out, const struct task *t)
{
    const unsigned char *text = t->output;
    fprintf(out, " %zu bytes: ", t->output_size);
    for (size_t i = 0; i < t->output_size && i < TEXT_SHOWN; i++)
        fputc(text[i] >= ' ' && text[i] < 127 ? text[i] : '.', out);
    fputs(t->output_size > TEXT_SHOWN ? "…\n" : "\n", out);
}

static void print_values(FILE *out, enum output_type type, const struct task *t)
{
    size_t values = t->output_size / value_size(type);
    if (values > 1)
        fprintf(out, " %zu values:", values);
    size_t head = values > VALUES_SHOWN ? VALUES_SHOWN / 2 : values;
    for (size_t k = 0; k < head; k++)
        print_value(out, type, t->output, k);
    if (head < values)
        fputs(" …", out);
    for (size_t k = values > VALUES_SHOWN ? values - VALUES_SHOWN / 2 : values; k < values; k++)
        print_value(out, type, t->output, k);
    fputc('\n', out);
}

/* ---- orders ------------------------------------------------------------------------------- */

static int by_completion(const void *a, const void *b)
{
    const struct task *x = a, *y = b;
    return x->end_ns != y->end_ns ? (x->end_ns > y->end_ns) - (x->end_ns < y->end_ns)
                                  : (x->index > y->index) - (x->index < y->index);
}

/* As which one each task was done, from 1 on; tasks are in the order of completion. */
static size_t *make_ranks(const struct task *tasks, size_t count)
{
    size_t *ranks = calloc(count + 1, sizeof(*ranks));
    for (size_t i = 0; ranks != NULL && i < count; i++)
        ranks[tasks[i].index] = i + 1;
    return ranks;
}

static void print_task(FILE *out, enum output_type type, const struct task *t, size_t rank,
                       int64_t go_begin_ns)
{
    char done[UNITS_MAX], took[UNITS_MAX];
    fprintf(out, "  task %zu", t->index);
    if (rank > 0)
        fprintf(out, " (number %zu, done after %s, took %s)", rank,
                units_time(done, (double)(t->end_ns - go_begin_ns)),
                units_time(took, (double)(t->end_ns - t->begin_ns)));
    fputc(':', out);
    if (type == OUTPUT_BYTES)
        print_text(out, t);
    else
        print_values(out, type, t);
}

void answers_print(FILE *out, const struct bench_case *c, enum answers_order order,
                   int64_t go_begin_ns)
{
    const struct experiment *e = c->experiment;
    enum output_type type = e->job.shape.output_type;
    size_t total = 0, count = e->job.shape.tasks, *ranks = NULL;
    struct task *by_task = experiment_tasks(e), *sorted = experiment_tasks(e);
    if (sorted != NULL && order != ANSWERS_PLAIN) {
        qsort(sorted, count, sizeof(*sorted), by_completion);
        ranks = make_ranks(sorted, count);
    }
    const struct task *tasks = order == ANSWERS_BY_COMPLETION ? sorted : by_task;
    fprintf(out, "%s\n", c->name);
    for (size_t i = 0; tasks != NULL && i < count; i++) {
        const struct task *t = &tasks[i];
        print_task(out, type, t, ranks != NULL ? ranks[t->index] : 0, go_begin_ns);
        total += t->output_size / value_size(type);
    }
    fprintf(out, "  in all: %zu %s\n", total, type == OUTPUT_BYTES ? "bytes" : "values");
    free(by_task);
    free(sorted);
    free(ranks);
}
