// SPDX-License-Identifier: MIT
/* speedup history check: where did a series get slower, and has that been mended? */
#include "bench/compare/fail_on.h"
#include "bench/history/cmd.h"
#include "bench/history/confirm.h"
#include "bench/history/date.h"
#include "bench/history/listing.h"
#include "bench/interrupt.h"
#include "bench/text.h"
#include "bench/units.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char last_default[] = "1000";

struct options {
    struct reading reading;
    char *fail_words, *builds, *max_time;
    unsigned fail_on; /* 1 << enum verdict_kind, for each that is not to pass */
    int confirm, json;
};

/* What a series amounts to. */
struct verdict {
    struct findings *findings;
    struct slowdown slowdown;
    bool judged; /* it has enough points, and no successor */
    bool slower; /* its latest level is slower than one that it had */
    bool broken; /* its latest session gave no time */
    enum confirmation confirmation;
    char said[HISTORY_WHY_MAX]; /* by the confirmation */
};

/* ---- judging ------------------------------------------------------------------------------ */

static int judge(struct verdict *v, const struct series *s, const struct options *o)
{
    if (s->successor != 0)
        return EXIT_OK; /* it is past, whatever it was */
    const struct confirm_options how = {.builds = o->builds, .max_time = o->max_time};
    v->judged = v->findings->values >= v->findings->least;
    v->slower = findings_slower(v->findings, &v->slowdown);
    v->broken = s->point_count > 0 && history_failed(s->points[s->point_count - 1].verdict);
    if (v->slower && o->confirm)
        v->confirmation = confirm(s, &v->slowdown.whole, &how, v->said, sizeof(v->said));
    return v->confirmation != CONFIRM_INTERRUPTED ? EXIT_OK : EXIT_INTERRUPTED;
}

/* Unless it was measured again and found as fast, or nobody can say. */
static bool stays_slower(const struct verdict *v)
{
    return v->slower && v->confirmation != CONFIRM_NOT && v->confirmation != CONFIRM_UNCLEAR;
}

static bool fails_on(const struct options *o, enum verdict_kind verdict)
{
    return o->fail_on >> verdict & 1;
}

static int exit_code(const struct verdict *verdicts, size_t count, const struct options *o)
{
    bool regression = false, unclear = false, judged = false;
    for (size_t i = 0; i < count; i++) {
        const struct verdict *v = &verdicts[i];
        regression |= stays_slower(v) && fails_on(o, VERDICT_REGRESSION);
        regression |= v->broken && fails_on(o, VERDICT_BROKEN);
        unclear |= v->confirmation == CONFIRM_UNCLEAR;
        judged |= v->judged;
    }
    if (regression)
        return EXIT_REGRESSION;
    return (unclear || !judged) && fails_on(o, VERDICT_INCONCLUSIVE) ? EXIT_INCONCLUSIVE : EXIT_OK;
}

/* ---- words -------------------------------------------------------------------------------- */

static void name_session(FILE *out, const struct point *p)
{
    char date[DATE_MAX];
    fprintf(out, "%s (session %lld, %s)", p->commit != NULL ? p->commit : "an unknown commit",
            (long long)p->session, date_print(date, p->date, true));
}

static void print_suspect(const struct series *s, const struct suspect *is)
{
    char change[LISTING_CELL], *text = NULL;
    size_t n;
    FILE *out = open_memstream(&text, &n);
    if (out == NULL)
        return;
    /* the sign is said in a word */
    fprintf(out, "%s %s at ", listing_change(change, fabs(is->change)) + 1,
            is->change > 0 ? "slower" : "faster");
    name_session(out, &s->points[is->after]);
    fprintf(out, "; the last one before it is ");
    name_session(out, &s->points[is->before]);
    fprintf(out, "; p = %.2g", is->p);
    fclose(out);
    fputs("  ", stdout);
    text_wrap(stdout, text, 2, 4, history_width());
    free(text);
}

static void print_sentence(const char *sentence)
{
    fputs("  ", stdout);
    text_wrap(stdout, sentence, 2, 4, history_width());
}

/* Its latest change is not the one that made it slower, or not alone. */
static void print_rest(const struct series *s, const struct verdict *v)
{
    char change[LISTING_CELL], *text = NULL;
    size_t n;
    FILE *out = open_memstream(&text, &n);
    if (out == NULL)
        return;
    fprintf(out, "it is still %s slower than before ",
            listing_change(change, v->slowdown.whole.change) + 1);
    name_session(out, &s->points[v->findings->suspects[v->slowdown.since].after]);
    fclose(out);
    print_sentence(text);
    free(text);
}

static const char *verdict_word(const struct series *s, const struct verdict *v)
{
    return s->successor != 0                    ? "past  "
           : v->broken                          ? "BROKEN"
           : stays_slower(v)                    ? "SLOWER"
           : v->confirmation == CONFIRM_UNCLEAR ? "UNSURE"
           : v->judged                          ? "ok    "
                                                : "?     ";
}

/* Which series it is, where its name alone does not say so. */
static void print_name(const struct history *h, size_t i)
{
    const struct series *s = &h->series[i];
    text_pad(stdout, s->name, 0, true);
    if ((i > 0 && strcmp(s[-1].name, s->name) == 0) ||
        (i + 1 < h->count && strcmp(s[1].name, s->name) == 0)) {
        fputs(" over ", stdout);
        text_pad(stdout, s->reference, 0, true);
        printf(" on %.8s", s->fingerprint);
    }
}

static void print_state(const struct series *s, const struct verdict *v)
{
    const struct findings *f = v->findings;
    char change[LISTING_CELL], date[DATE_MAX];
    if (s->successor != 0 && s->point_count > 0)
        printf(": until %s; series %lld took its place",
               date_print(date, s->points[s->point_count - 1].date, true), (long long)s->successor);
    else if (!v->judged)
        printf(": %zu session%s with a time; fewer than %zu say nothing", f->values,
               f->values == 1 ? "" : "s", f->least);
    else if (f->count == 0)
        printf(": %s over its reference in %zu sessions, without a change",
               listing_change(change, f->first_level), f->values);
    fputc('\n', stdout);
}

static void print_verdict(const struct history *h, size_t i, const struct verdict *v)
{
    const struct series *s = &h->series[i];
    const struct findings *f = v->findings;
    char text[256];
    printf("%s  #%lld ", verdict_word(s, v), (long long)s->id);
    print_name(h, i);
    print_state(s, v);
    for (size_t k = 0; k < f->count; k++)
        print_suspect(s, &f->suspects[k]);
    if (v->slower && v->slowdown.since + 1 < f->count)
        print_rest(s, v);
    if (v->confirmation != CONFIRM_NOT_TRIED)
        print_sentence(v->said);
    if (v->broken)
        print_sentence("its latest session failed, or gave a wrong answer");
    if (f->dependence > CHANGE_DEPENDENCE) {
        snprintf(text, sizeof(text),
                 "its sessions are not independent (each is like the one before: %.2f), so that "
                 "what looks like a change may be a mood of the machine",
                 f->dependence);
        print_sentence(text);
    }
}

static void print_together(int together)
{
    if (together < 2)
        return;
    printf("p is corrected for %d series (Holm): 1 %% is for a false alarm in any of them, %.2g %% "
           "for one in a certain one\n",
           together, 100 * CHANGE_ALPHA / together);
}

/* ---- JSON --------------------------------------------------------------------------------- */

static json_t *suspect_json(const struct series *s, const struct suspect *is)
{
    return json_pack("{s:o, s:o, s:f, s:f, s:f, s:b}", "before",
                     history_point_json(&s->points[is->before]), "after",
                     history_point_json(&s->points[is->after]), "change", is->change, "level",
                     is->level, "p", is->p, "slower", is->change > 0);
}

static json_t *since_json(const struct series *s, const struct verdict *v)
{
    if (!v->slower)
        return json_null();
    return history_point_json(&s->points[v->findings->suspects[v->slowdown.since].after]);
}

static int print_json(const struct history *h, const struct verdict *verdicts, int together)
{
    static const char *const words[] = {NULL,      "slower",       "not slower",
                                        "unclear", "not possible", NULL};
    json_t *list = json_array(),
           *all = json_pack("{s:{s:i, s:f, s:i, s:O}}", "check", "schema", 1, "alpha", CHANGE_ALPHA,
                            "corrected_for", together, "series", list);
    for (size_t i = 0; i < h->count; i++) {
        const struct verdict *v = &verdicts[i];
        json_t *one = history_series_json(&h->series[i]), *changes = json_array();
        for (size_t k = 0; k < v->findings->count; k++)
            json_array_append_new(changes, suspect_json(&h->series[i], &v->findings->suspects[k]));
        int64_t successor = h->series[i].successor;
        json_object_set_new(one, "successor",
                            successor != 0 ? json_integer(successor) : json_null());
        json_object_set_new(one, "judged", json_boolean(v->judged));
        json_object_set_new(one, "slower", json_boolean(v->slower));
        json_object_set_new(one, "since", since_json(&h->series[i], v));
        json_object_set_new(one, "broken", json_boolean(v->broken));
        json_object_set_new(one, "dependence", history_number(v->findings->dependence));
        const char *word = words[v->confirmation];
        json_object_set_new(one, "confirmed", word != NULL ? json_string(word) : json_null());
        json_object_set_new(one, "changes", changes);
        json_array_append_new(list, one);
    }
    int err = history_print_json(all);
    json_decref(list);
    json_decref(all);
    return err == 0 ? EXIT_OK : EXIT_RUN_TIME;
}

/* ---- all ---------------------------------------------------------------------------------- */

static int judge_all(struct verdict *verdicts, const struct history *h, int together,
                     const struct options *o)
{
    int status = EXIT_OK;
    if (o->confirm)
        interrupt_catch(); /* what measures is told to end, and leaves nothing */
    for (size_t i = 0; i < h->count && status == EXIT_OK; i++) {
        status = judge(&verdicts[i], &h->series[i], o);
        if (status == EXIT_OK && !o->json)
            print_verdict(h, i, &verdicts[i]);
    }
    if (status == EXIT_OK && o->json)
        status = print_json(h, verdicts, together);
    else if (status == EXIT_OK)
        print_together(together);
    return status == EXIT_OK ? exit_code(verdicts, h->count, o) : status;
}

static int check_all(const struct history *h, const struct options *o)
{
    struct verdict *verdicts = calloc(h->count, sizeof(*verdicts));
    struct findings *findings = calloc(h->count, sizeof(*findings));
    int together = -ENOMEM, status;
    if (verdicts != NULL && findings != NULL)
        together = findings_make_all(findings, h->series, h->count);
    for (size_t i = 0; i < h->count && together >= 0; i++)
        verdicts[i].findings = &findings[i];
    if (together >= 0)
        status = judge_all(verdicts, h, together, o);
    else
        status = history_fail("check", together, "not enough memory");
    for (size_t i = 0; i < h->count && together >= 0; i++)
        findings_free(&findings[i]);
    free(findings);
    free(verdicts);
    return status;
}

/* As `compare` will read it. */
static int check_max_time(const struct options *o)
{
    const struct param param = {"--max-time", "", PARAM_TIME, NULL, 1e9, 7 * 86400e9, NULL};
    struct value value;
    char why[HISTORY_WHY_MAX];
    if (o->max_time == NULL)
        return EXIT_OK;
    if (!o->confirm)
        return cli_usage("history check", "--max-time is only for --confirm; leave it out");
    if (units_parse(&param, o->max_time, &value, why, sizeof(why)) != 0)
        return cli_usage("history check", "%s", why);
    return EXIT_OK;
}

static int read_options(struct options *o)
{
    o->fail_on = FAIL_ON_DEFAULT;
    if (o->builds != NULL && !o->confirm)
        return cli_usage("history check", "--builds is only for --confirm; leave it out");
    if (o->builds != NULL && strstr(o->builds, "{commit}") == NULL)
        return cli_usage("history check",
                         "--builds: '%s' does not say where the commit stands; write such as "
                         "'builds/{commit}/speedup'",
                         o->builds);
    int status = check_max_time(o);
    if (status != EXIT_OK || o->fail_words == NULL)
        return status;
    return fail_on_read("history check", o->fail_words, FAIL_ON_DEFAULT, &o->fail_on);
}

static int check(struct options *o)
{
    struct history h;
    int status = read_options(o);
    if (status == EXIT_OK)
        status = history_load(&h, "check", &o->reading, last_default);
    if (status == EXIT_OK) {
        status = check_all(&h, o);
        history_free(&h);
    }
    return status;
}

int history_check_command(int argc, const char **argv)
{
    struct options o = {0};
    const struct poptOption table[] = {
        READING_OPTIONS(&o.reading, "1000"),
        {"fail-on", '\0', POPT_ARG_STRING, &o.fail_words, 0,
         "what is no success (default regression,broken,inconclusive; none)", "LIST"},
        {"confirm", '\0', POPT_ARG_NONE, &o.confirm, 0,
         "compare the builds before and after the change since which it is slower", NULL},
        {"builds", '\0', POPT_ARG_STRING, &o.builds, 0,
         "where they are (default: where they were measured)", "'DIR/{commit}/FILE'"},
        {"max-time", '\0', POPT_ARG_STRING, &o.max_time, 0,
         "measure each of them no longer, such as 10m (default: as long as it takes)", "TIME"},
        {"json", '\0', POPT_ARG_NONE, &o.json, 0, "print JSON", NULL},
        POPT_AUTOHELP POPT_TABLEEND};
    int status;
    poptContext context = cli_open("history check", NULL, argc, argv, table, &status);
    if (status == EXIT_OK)
        status = check(&o);
    free(o.fail_words);
    free(o.builds);
    free(o.max_time);
    reading_free(&o.reading);
    poptFreeContext(context);
    return status;
}
