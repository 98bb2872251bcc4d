// SPDX-License-Identifier: MIT
#include "bench/history/export.h"
#include "bench/history/date.h"

#include <errno.h>
#include <math.h>
#include <string.h>

/* ---- CSV ---------------------------------------------------------------------------------- */

/* Quoted where it holds what means something; a quote inside is doubled. */
static void put_text(FILE *out, const char *text)
{
    text = text != NULL ? text : "";
    bool quoted = strpbrk(text, ",\"\r\n") != NULL;
    if (quoted)
        fputc('"', out);
    for (; *text != '\0'; text++) {
        if (*text == '"')
            fputc('"', out);
        fputc(*text, out);
    }
    if (quoted)
        fputc('"', out);
    fputc(',', out);
}

static void put_number(FILE *out, double value)
{
    if (!isnan(value))
        fprintf(out, "%.12g", value);
    fputc(',', out);
}

static void put_point(FILE *out, const struct series *s, const struct point *p)
{
    char date[DATE_MAX];
    const double numbers[] = {p->change, p->low, p->high, p->base_ns, p->new_ns};
    fprintf(out, "%lld,", (long long)s->id);
    put_text(out, s->name);
    put_text(out, s->fingerprint);
    put_text(out, s->reference);
    fprintf(out, "%lld,", (long long)p->session);
    put_text(out, date_print(date, p->date, false));
    put_text(out, p->commit);
    put_text(out, p->version);
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        put_number(out, numbers[i]);
    fprintf(out, "%lld,", (long long)p->pairs);
    put_text(out, p->host);
    put_text(out, p->message);
    fprintf(out, "%s\r\n", p->verdict);
}

int export_csv(FILE *out, const struct history *history)
{
    fputs("series,case,machine,reference,session,date,commit,version,change,low,high,base_ns,"
          "new_ns,pairs,hostname,message,verdict\r\n",
          out);
    for (size_t i = 0; i < history->count; i++)
        for (size_t k = 0; k < history->series[i].point_count; k++)
            put_point(out, &history->series[i], &history->series[i].points[k]);
    return fflush(out) == 0 && !ferror(out) ? 0 : errno != 0 ? -errno : -EIO;
}

/* ---- Google Benchmark's JSON -------------------------------------------------------------- */

/* The later date or, of one date, the one that was added later. */
static bool is_newer(const struct point *p, const struct point *than)
{
    return than == NULL || p->date > than->date ||
           (p->date == than->date && p->session > than->session);
}

/* One time, which those tools call an iteration; a median of processor time is not known, but they
 * insist on one. */
static json_t *entry(const struct series *s, const struct point *p)
{
    return json_pack("{s:s, s:s, s:s, s:i, s:i, s:i, s:I, s:f, s:f, s:s}", "name", s->name,
                     "run_name", s->name, "run_type", "iteration", "repetitions", 1,
                     "repetition_index", 0, "threads", 1, "iterations", (json_int_t)p->pairs,
                     "real_time", p->new_ns, "cpu_time", p->new_ns, "time_unit", "ns");
}

json_t *export_gbench(const struct history *history)
{
    const struct point *newest = NULL;
    json_t *entries = json_array();
    char date[DATE_MAX];
    for (size_t i = 0; i < history->count; i++) {
        const struct series *s = &history->series[i];
        const struct point *last = s->point_count > 0 ? &s->points[s->point_count - 1] : NULL;
        if (last != NULL && is_newer(last, newest))
            newest = last;
    }
    for (size_t i = 0; i < history->count && newest != NULL; i++) {
        const struct series *s = &history->series[i];
        for (size_t k = s->point_count; k-- > 0;)
            if (s->points[k].session == newest->session && !isnan(s->points[k].new_ns))
                json_array_append_new(entries, entry(s, &s->points[k]));
    }
    return json_pack("{s:{s:s, s:s, s:s, s:s?, s:s?}, s:o}", "context", "date",
                     newest != NULL ? date_print(date, newest->date, false) : "", "executable",
                     newest != NULL && newest->build != NULL ? newest->build : "",
                     "library_build_type", "release", "host_name",
                     newest != NULL ? newest->host : NULL, "commit",
                     newest != NULL ? newest->commit : NULL, "benchmarks", entries);
}
