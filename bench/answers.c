// SPDX-License-Identifier: MIT
#include "bench/answers.h"
#include "bench/units.h"

#include <ctype.h>
#include <inttypes.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

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

static void print_digest(FILE *out, const struct task *t)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    if (EVP_Digest(t->output, t->output_size, digest, &n, EVP_sha256(), NULL) != 1)
        n = 0;
    fputs("SHA-256 ", out);
    for (unsigned i = 0; i < n; i++)
        fprintf(out, "%02x", digest[i]);
    fputc('\n', out);
}

/* Text as it is, whatever else by its digest. */
static void print_bytes(FILE *out, const struct task *t)
{
    const unsigned char *text = t->output;
    size_t shown = t->output_size < TEXT_SHOWN ? t->output_size : TEXT_SHOWN, readable = 0;
    fprintf(out, " %zu bytes: ", t->output_size);
    while (readable < shown && (isprint(text[readable]) || isspace(text[readable])))
        readable++;
    if (readable < shown) {
        print_digest(out, t);
        return;
    }
    for (size_t i = 0; i < shown; i++)
        fputc(isprint(text[i]) ? text[i] : '.', out);
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
        print_bytes(out, t);
    else
        print_values(out, type, t);
}

/* ---- the answers of a case ---------------------------------------------------------------- */

/* As the tutorial's program says them. */
static void tell(FILE *out, const struct experiment *e, const struct task *tasks)
{
    char line[ERROR_MAX];
    for (size_t i = 0; e->job.workload->tell(&e->job, tasks, i, line) != 0; i++)
        fprintf(out, "  %s\n", line);
}

static void print_tasks(FILE *out, const struct experiment *e, const struct task *tasks,
                        const size_t *ranks, int64_t go_begin_ns)
{
    enum output_type type = e->job.shape.output_type;
    size_t total = 0;
    for (size_t i = 0; i < e->job.shape.tasks; i++) {
        const struct task *t = &tasks[i];
        print_task(out, type, t, ranks != NULL ? ranks[t->index] : 0, go_begin_ns);
        total += t->output_size / value_size(type);
    }
    fprintf(out, "  in all: %zu %s\n", total, type == OUTPUT_BYTES ? "bytes" : "values");
}

/* Without times all cases that are right mostly say the same, which is printed once. */
static void print_plain(FILE *out, struct experiment *e, const struct task *tasks)
{
    char *text = NULL;
    size_t size;
    FILE *memory = open_memstream(&text, &size);
    if (memory == NULL)
        return;
    if (e->job.workload->tell != NULL)
        tell(memory, e, tasks);
    else
        print_tasks(memory, e, tasks, NULL, 0);
    if (fclose(memory) == 0)
        fputs(e->told != NULL && strcmp(e->told, text) == 0 ? "  the same\n" : text, out);
    if (e->told == NULL)
        e->told = text;
    else
        free(text);
}

static void print_ordered(FILE *out, const struct experiment *e, struct task *tasks,
                          enum answers_order order, int64_t go_begin_ns)
{
    struct task *sorted = experiment_tasks(e);
    size_t *ranks = NULL;
    if (sorted != NULL) {
        qsort(sorted, e->job.shape.tasks, sizeof(*sorted), by_completion);
        ranks = make_ranks(sorted, e->job.shape.tasks);
    }
    if (ranks != NULL)
        print_tasks(out, e, order == ANSWERS_BY_COMPLETION ? sorted : tasks, ranks, go_begin_ns);
    free(ranks);
    free(sorted);
}

void answers_print(FILE *out, const struct bench_case *c, enum answers_order order,
                   int64_t go_begin_ns)
{
    struct task *tasks = experiment_tasks(c->experiment);
    fprintf(out, "%s\n", c->name);
    if (tasks != NULL && order == ANSWERS_PLAIN)
        print_plain(out, c->experiment, tasks);
    else if (tasks != NULL)
        print_ordered(out, c->experiment, tasks, order, go_begin_ns);
    free(tasks);
}
