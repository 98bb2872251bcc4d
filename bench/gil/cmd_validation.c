// SPDX-License-Identifier: MIT
/* speedup gil validate: runs until all are complete, or somebody interrupts. */
#include "bench/chain.h"
#include "bench/cli.h"
#include "bench/gil/request.h"
#include "bench/gil/validate.h"
#include "bench/interrupt.h"
#include "bench/picture.h"
#include "bench/units.h"

#include <errno.h>
#include <stdlib.h>

static int read_runs(const struct lab_request *r, unsigned *runs)
{
    const struct param param = {"--runs", "", PARAM_COUNT, "5", 1, RUNS_MAX, NULL};
    struct value value;
    char why[WHY_MAX];
    if (units_parse(&param, r->runs != NULL ? r->runs : "5", &value, why, sizeof(why)) != 0)
        return cli_usage("gil", "%s", why);
    *runs = (unsigned)value.n;
    return EXIT_OK;
}

/* Every mistake is found before anything is measured. */
static int prepare(const struct lab_request *r, struct validation *v)
{
    char why[WHY_MAX] = "";
    int status = request_lock(r, NULL, &v->gil, &v->lock);
    if (status == EXIT_OK && v->gil.interval_ns != gil_defaults(GIL_NEW).interval_ns)
        status = cli_usage("gil", "--gil: each law says which interval it is about; leave it out");
    if (status == EXIT_OK && r->chart != NULL) {
        int err = picture_allowed(r->chart, "--chart", why, sizeof(why));
        status = err != 0 ? request_fail(err, why) : EXIT_OK;
    }
    if (status == EXIT_OK)
        status = request_can_save(r);
    if (status == EXIT_OK)
        status = read_runs(r, &v->runs);
    if (status == EXIT_OK)
        status = request_pythons(r, "python3", v->machine, v->pythons, &v->python_count);
    if (status == EXIT_OK && validation_choose(v, why, sizeof(why)) != 0)
        status = cli_usage("gil", "%s", why);
    return status;
}

/* All runs, or those that are complete when something fails or somebody interrupts: they are in the
 * file. */
static int measure(const struct lab_request *r, struct validation *v)
{
    char why[WHY_MAX] = "";
    int err = 0, status = EXIT_OK;
    while (v->complete_runs < v->runs && err == 0 && status == EXIT_OK && !interrupt_asked()) {
        err = validation_run(v, why, sizeof(why));
        if (err == 0)
            status = request_save(r, validation_json(v));
    }
    return err != 0 && err != -EINTR ? request_fail(err, why) : status;
}

/* The table, the JSON and the picture of what is complete. */
static int show(const struct lab_request *r, const struct validation *v)
{
    char why[WHY_MAX] = "";
    json_t *json = validation_json(v);
    int status = validation_print(v, r->json ? stderr : stdout) > 0 ? EXIT_WRONG : EXIT_OK;
    request_print_json(r, json_incref(json));
    int err = r->chart != NULL ? validation_draw(json, r->chart, why, sizeof(why)) : 0;
    json_decref(json);
    if (err == 0)
        return status;
    int said = request_fail(err, why);
    return status != EXIT_OK ? status : said;
}

static int measure_and_show(const struct lab_request *r, struct validation *v)
{
    interrupt_catch();
    v->work_rate = chain_calibrate();
    fprintf(stderr, "speedup gil: %u run%s of about %u s; Ctrl-C keeps what is complete\n", v->runs,
            v->runs == 1 ? "" : "s", validation_run_s(v));
    int status = measure(r, v);
    if (v->complete_runs > 0) {
        int shown = show(r, v);
        status = status != EXIT_OK ? status : shown;
    }
    if (!interrupt_asked())
        return status;
    fprintf(stderr, "speedup gil: interrupted after %u complete run%s\n", v->complete_runs,
            v->complete_runs == 1 ? "" : "s");
    return EXIT_INTERRUPTED;
}

int cmd_validation(const struct lab_request *r, const struct machine *machine)
{
    struct validation *v = calloc(1, sizeof(*v));
    if (v == NULL)
        return request_fail(-ENOMEM, "out of memory");
    v->machine = machine;
    v->filter = r->filter;
    v->more = r->more;
    v->no_wait = r->no_wait;
    int status = prepare(r, v);
    if (status == EXIT_OK)
        status = measure_and_show(r, v);
    json_decref(v->lock);
    free(v);
    return status;
}
