// SPDX-License-Identifier: MIT
#include "bench/lock_sample.h"

#include <stdlib.h>

static struct spread spread_of(const struct histogram *h)
{
    struct spread s = {.count = h->count};
    if (h->count == 0)
        return s;
    s.sum_ns = (double)h->sum_ns;
    s.p50_ns = histogram_percentile(h, 0.5);
    s.p95_ns = histogram_percentile(h, 0.95);
    s.max_ns = (double)h->max_ns;
    return s;
}

void lock_measure(struct lock_sample *sample, const struct run *run)
{
    struct lock_report report;
    interpreters_read(run, &report);
    *sample = (struct lock_sample){.known = true,
                                   .locks = report.locks,
                                   .counters = report.counters,
                                   .hold = spread_of(&report.hold),
                                   .wait = spread_of(&report.wait)};
}

static json_t *spread_json(const struct spread *s)
{
    if (s->count == 0)
        return json_null();
    return json_pack("{s:f s:f s:f s:f}", "sum_ns", s->sum_ns, "p50_ns", s->p50_ns, "p95_ns",
                     s->p95_ns, "max_ns", s->max_ns);
}

json_t *lock_json(const struct lock_sample *s)
{
    const struct gil_counters *c = &s->counters;
    const struct {
        const char *name;
        uint64_t n;
    } counters[] = {
        {"interpreters", s->locks},
        {"takes", c->takes},
        {"uncontended", c->uncontended},
        {"waits", c->waits},
        {"timeouts", c->timeouts},
        {"requests", c->requests},
        {"rearms", c->rearms},
        {"late", c->late},
        {"switches", c->switches},
        {"forced_waits", c->forced_waits},
        {"regrants", c->regrants},
        {"kept", c->kept},
        {"lost", c->lost},
        {"hold_ns", (uint64_t)c->hold_ns},
        {"idle_ns", (uint64_t)c->idle_ns},
    };
    if (!s->known)
        return json_null();
    json_t *json = json_object();
    for (size_t i = 0; i < sizeof(counters) / sizeof(counters[0]); i++)
        json_object_set_new(json, counters[i].name, json_integer((json_int_t)counters[i].n));
    json_object_set_new(json, "hold", spread_json(&s->hold));
    json_object_set_new(json, "wait", spread_json(&s->wait));
    return json;
}
