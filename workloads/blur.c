// SPDX-License-Identifier: MIT
/*
 * Blurs an image: the example that every tutorial has for computing. A task blurs a band of rows,
 * for which it reads `radius` rows more on both sides, first along the rows, then along the
 * columns. The weights are binomial coefficients, so all sums are whole numbers, and rounding once
 * at the end gives bit for bit what the checker finds with one sum over the square around each
 * pixel.
 */
#include "workloads/workload.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { WIDTH, HEIGHT, RADIUS, ROWS };
enum { RADIUS_MAX = 8 };

static const struct param params[] = {
    [WIDTH] = {"width", "pixels in a row", PARAM_COUNT, "1024", 1, 100000, NULL},
    [HEIGHT] = {"height", "rows of the image", PARAM_COUNT, "768", 0, 100000, NULL},
    [RADIUS] = {"radius", "pixels to each side that flow in", PARAM_COUNT, "4", 0, RADIUS_MAX,
                NULL},
    [ROWS] = {"rows", "rows of a task", PARAM_COUNT, "16", 1, 100000, NULL},
    {0},
};

static const struct preset presets[] = {
    {"quick", "an image of 1,024 x 768 pixels in 48 bands", "width=1024 height=768",
     "thread-pool,process-pool,openmp,async", NULL},
    {"full", "an image of 4,096 x 3,072 pixels in 192 bands", "width=4096 height=3072", NULL, NULL},
    {"image-blur", "blur an image, band by band, over a pool", "width=1024 height=768",
     "thread-pool,process-pool", "1,2,4"},
    {0},
};

/* The weights of a line and of their sum, which is a power of two, its binary logarithm. */
struct weights {
    uint32_t at[2 * RADIUS_MAX + 1];
    unsigned shift;
};

static struct weights make_weights(unsigned radius)
{
    struct weights w = {.at = {1}, .shift = 2 * radius};
    for (unsigned n = 1; n <= 2 * radius; n++) {
        for (unsigned k = n; k > 0; k--)
            w.at[k] += w.at[k - 1]; /* Pascal's triangle, row by row */
    }
    return w;
}

static int shape(struct job *job, struct shape *shape)
{
    const struct value *v = job->values;
    size_t width = (size_t)v[WIDTH].n, height = (size_t)v[HEIGHT].n, rows = (size_t)v[ROWS].n;
    shape->tasks = (height + rows - 1) / rows;
    shape->input_size = width * height;
    shape->slice_size = width * rows;
    shape->halo_size = width * (size_t)v[RADIUS].n;
    shape->output_max = width * rows;
    shape->items = (double)width * (double)height;
    shape->unit = "pixels";
    return 0;
}

/* ---- the answer --------------------------------------------------------------------------- */

static long within(long x, long size)
{
    return x < 0 ? 0 : x >= size ? size - 1 : x;
}

/* One sum over the square around the pixel; the edge of the image goes on for ever. */
static unsigned char blurred(const struct job *job, const struct weights *w, long x, long y)
{
    const unsigned char *image = job->input;
    long width = job->values[WIDTH].n, height = job->values[HEIGHT].n, r = job->values[RADIUS].n;
    uint64_t sum = 0;
    for (long dy = -r; dy <= r; dy++) {
        const unsigned char *row = image + within(y + dy, height) * width;
        for (long dx = -r; dx <= r; dx++)
            sum += (uint64_t)w->at[dx + r] * w->at[dy + r] * row[within(x + dx, width)];
    }
    return (unsigned char)((sum + (UINT64_C(1) << 2 * w->shift >> 1)) >> 2 * w->shift);
}

/* Smooth slopes with hard edges and some noise, as in a photograph. */
static void draw(struct job *job)
{
    unsigned char *image = job->input;
    size_t width = (size_t)job->values[WIDTH].n, height = (size_t)job->values[HEIGHT].n;
    uint64_t noise = job->seed;
    for (size_t y = 0; y < height; y++) {
        for (size_t x = 0; x < width; x++) {
            noise =
                noise * 6364136223846793005u + 1442695040888963407u; /* Knuth's MMIX generator */
            size_t slope = 96 * x / width + 96 * y / height, edge = (x / 64 + y / 64) % 2 * 48;
            image[y * width + x] = (unsigned char)(slope + edge + (noise >> 60));
        }
    }
}

static int prepare(struct job *job)
{
    long width = job->values[WIDTH].n, height = job->values[HEIGHT].n;
    struct weights w = make_weights((unsigned)job->values[RADIUS].n);
    unsigned char *right = job->state = malloc(job->shape.input_size + 1);
    if (right == NULL)
        return job_fail(job, -ENOMEM, "no memory for the right image; try a smaller one");
    draw(job);
    for (long y = 0; y < height; y++) {
        for (long x = 0; x < width; x++)
            right[y * width + x] = blurred(job, &w, x, y);
    }
    return 0;
}

/* ---- in the worker ------------------------------------------------------------------------ */

/* Room for the rows of a task and its halo, blurred along the row. */
static int enter(struct worker *worker)
{
    const struct shape *s = &worker->job->shape;
    worker->state = malloc((s->slice_size + 2 * s->halo_size) * sizeof(uint32_t));
    return worker->state != NULL ? 0 : -ENOMEM;
}

static void leave(struct worker *worker)
{
    free(worker->state);
    worker->state = NULL;
}

/* Along the row. In the middle no neighbour is beyond the edge, so the compiler can use vectors. */
static void blur_row(const struct weights *w, long r, const unsigned char *row, uint32_t *out,
                     long width)
{
    memset(out, 0, (size_t)width * sizeof(*out));
    for (long d = -r; d <= r; d++) {
        long from = d < 0 ? -d : 0, to = d > 0 ? width - d : width;
        uint32_t weight = w->at[d + r];
        for (long x = 0; x < from && x < width; x++)
            out[x] += weight * row[0];
        for (long x = from; x < to; x++)
            out[x] += weight * row[x + d];
        for (long x = to > from ? to : from; x < width; x++)
            out[x] += weight * row[width - 1];
    }
}

/* Down the columns: row y of `lines`, of which there are `count`. */
static void blur_down(const struct weights *w, long r, const uint32_t *lines, long count, long y,
                      unsigned char *out, long width)
{
    unsigned shift = 2 * w->shift;
    for (long x = 0; x < width; x++) {
        uint64_t sum = UINT64_C(1) << shift >> 1;
        for (long d = -r; d <= r; d++)
            sum += (uint64_t)w->at[d + r] * lines[within(y + d, count) * width + x];
        out[x] = (unsigned char)(sum >> shift);
    }
}

static int run(struct worker *worker, struct task *task)
{
    const struct value *v = worker->job->values;
    long width = v[WIDTH].n, height = v[HEIGHT].n, r = v[RADIUS].n;
    long first = (long)task->index * v[ROWS].n, above = first < r ? first : r;
    long lines = (long)task->input_size / width;
    long rows = first + v[ROWS].n < height ? v[ROWS].n : height - first;
    struct weights w = make_weights((unsigned)r);
    const unsigned char *image = task->input;
    unsigned char *out = task->output;
    uint32_t *along = worker->state;
    blocking_begin(worker, BLOCKING_KERNEL); /* as Pillow's filters do */
    for (long y = 0; y < lines; y++) {
        blur_row(&w, r, image + y * width, along + y * width, width);
        checkpoint(worker);
    }
    for (long y = 0; y < rows && !worker_stopped(worker); y++) {
        blur_down(&w, r, along, lines, y + above, out + y * width, width);
        checkpoint(worker);
    }
    blocking_end(worker, BLOCKING_KERNEL);
    task->output_size = (size_t)(rows * width);
    return worker_stopped(worker) ? -ECANCELED : 0;
}

static int check(struct job *job, const struct task *tasks)
{
    const unsigned char *right = job->state;
    size_t band = job->shape.slice_size, left = job->shape.input_size;
    for (size_t i = 0; i < job->shape.tasks; i++, left -= band < left ? band : left) {
        size_t size = band < left ? band : left;
        if (tasks[i].output_size != size || memcmp(tasks[i].output, right + i * band, size) != 0)
            return job_fail(job, -EILSEQ, "band %zu is not the same bit for bit", i);
    }
    return 0;
}

static void cleanup(struct job *job)
{
    free(job->state);
    job->state = NULL;
}

const struct workload workload_blur = {
    .name = "blur",
    .summary = "blur an image, a band of rows in each task",
    .python = "an image filter of Pillow over a pool",
    .bound = BOUND_CPU,
    .params = params,
    .presets = presets,
    .shape = shape,
    .prepare = prepare,
    .enter = enter,
    .leave = leave,
    .run = run,
    .check = check,
    .cleanup = cleanup,
};
