// SPDX-License-Identifier: MIT
#include "bench/answers.h"

#include <inttypes.h>
#include <stdlib.h>

enum { VALUES_SHOWN = 12, TEXT_SHOWN = 60 };

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

void answers_print(FILE *out, const struct bench_case *c)
{
    const struct experiment *e = c->experiment;
    enum output_type type = e->job.shape.output_type;
    struct task *tasks = experiment_tasks(e);
    size_t total = 0;
    fprintf(out, "%s\n", c->name);
    for (size_t i = 0; tasks != NULL && i < e->job.shape.tasks; i++) {
        const struct task *t = &tasks[i];
        size_t values = t->output_size / value_size(type);
        total += values;
        fprintf(out, "  task %zu:", i);
        if (type == OUTPUT_BYTES) {
            print_text(out, t);
            continue;
        }
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
    fprintf(out, "  in all: %zu %s\n", total, type == OUTPUT_BYTES ? "bytes" : "values");
    free(tasks);
}
