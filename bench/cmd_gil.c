// SPDX-License-Identifier: MIT
/* speedup gil: the laboratory of the interpreter lock. */
#include "bench/cli.h"
#include "bench/cmd.h"
#include "bench/gil/request.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
    "[OPTION...] EXPERIMENT\n\n"
    "Shows what Python's global interpreter lock does, on a simulated interpreter and, with\n"
    "--python, on a real one beside it.\n\n"
    "  hold          how long k hogs (threads that compute) hold the lock\n"
    "  wake          how long a thread waits for it after a blocking read, beside k hogs\n"
    "  echo          round trips to a UDP server beside k hogs\n"
    "  async-echo    round trips to an event loop beside a coroutine that computes\n"
    "  kernel        calls of a C kernel that releases the lock, beside k hogs\n"
    "  kernel-ratio  C kernels that release the lock: calls in several threads over one\n"
    "  sleep         how much longer than asked a thread sleeps, beside k hogs\n"
    "  ratio         what k hogs get done, over what one gets done\n"
    "  interpreters  what k hogs get done, each in a sub-interpreter, over one\n"
    "  spawn         starting and joining a thread beside k hogs\n"
    "  battle        counting down in k threads, over counting down in one\n"
    "  release       releasing and taking the lock when nobody wants it\n"
    "  sweep         requests a second of `echo` in a closed loop, over k and interval\n"
    "  validate      every law of the lock, on real interpreters and simulated\n\n"
    "`speedup gil EXPERIMENT --help` shows what -p NAME=VALUE sets. --gil chooses the simulated\n"
    "lock: new (CPython 3.2 and later), old (CPython 2), none (no lock: free threading), and "
    "those\n"
    "that `speedup list gil` shows.\n";

static poptContext parse(struct lab_request *r, int argc, const char **argv, int *status)
{
    const struct poptOption table[] = {
        {"hogs", 'k', POPT_ARG_STRING, &r->ks, 0, "threads that compute: 0,1,2,4 or 1-4", "LIST"},
        {"interval", '\0', POPT_ARG_STRING, &r->intervals, 0,
         "switch intervals: 5ms,1ms (default: 5ms)", "LIST"},
        {"param", 'p', POPT_ARG_ARGV, &r->settings, 0,
         "set a parameter of the experiment; may be repeated", "NAME=VALUE"},
        {"gil", '\0', POPT_ARG_STRING, &r->lock, 0, "the simulated lock, one (default: new)",
         "VARIANT[:NAME=VALUE]"},
        {"python", '\0', POPT_ARG_ARGV, &r->pythons, 0,
         "a real CPython to measure beside it; may be repeated (validate: python3)", "PATH"},
        {"runs", '\0', POPT_ARG_STRING, &r->runs, 0,
         "validate: runs to take medians of (default: 5)", "N"},
        {"filter", 'f', POPT_ARG_STRING, &r->filter, 0,
         "validate: only the laws that match; `validate --help` lists them", "REGEX"},
        {"more", '\0', POPT_ARG_NONE, &r->more, 0,
         "validate: also laws of other numbers of hogs, intervals and sizes", NULL},
        {"no-wait", '\0', POPT_ARG_NONE, &r->no_wait, 0,
         "validate: do not wait for an idle machine", NULL},
        {"json", '\0', POPT_ARG_NONE, &r->json, 0, "print JSON, with all samples", NULL},
        {"output", 'o', POPT_ARG_STRING, &r->output, 0, "write JSON, with all samples, into a file",
         "FILE"},
        {"chart", '\0', POPT_ARG_STRING, &r->chart, 0, "draw what was measured", "FILE.svg|.png"},
        {"timeline", '\0', POPT_ARG_STRING, &r->timeline, 0,
         "hold, wake, echo: draw who has the simulated lock", "FILE.svg|.png"},
        POPT_AUTOHELP POPT_TABLEEND};
    return cli_open("gil", usage, argc, argv, table, status);
}

static void free_request(struct lab_request *r)
{
    char *texts[] = {r->ks,     r->intervals, r->lock,  r->runs,
                     r->filter, r->output,    r->chart, r->timeline};
    const char **lists[] = {r->settings, r->pythons};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        free(texts[i]);
    for (size_t i = 0; i < 2; i++) {
        for (const char **text = lists[i]; text != NULL && *text != NULL; text++)
            free((char *)*text);
        free(lists[i]);
    }
}

/* An option that would do nothing is a mistake. */
static int check_options(const struct lab_request *r, bool validates)
{
    const struct {
        const char *name;
        bool given, is_validates;
    } all[] = {{"-k", r->ks != NULL, false},       {"--interval", r->intervals != NULL, false},
               {"-p", r->settings != NULL, false}, {"--timeline", r->timeline != NULL, false},
               {"--runs", r->runs != NULL, true},  {"-f", r->filter != NULL, true},
               {"--more", r->more, true},          {"--no-wait", r->no_wait, true}};
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        if (all[i].given && all[i].is_validates != validates)
            return cli_usage("gil", "%s is %s `validate`; leave it out", all[i].name,
                             validates ? "not for" : "only for");
    }
    return EXIT_OK;
}

int cmd_gil(int argc, const char **argv)
{
    struct lab_request r = {0};
    struct machine machine;
    char why[WHY_MAX] = "";
    int status;
    if (request_help(argc, argv))
        return EXIT_OK;
    poptContext context = parse(&r, argc, argv, &status);
    if (status == EXIT_OK) {
        const char *name = poptGetArg(context);
        if (name == NULL)
            status = cli_usage("gil", "which experiment? `speedup gil --help` lists them");
        else if (poptPeekArg(context) != NULL)
            status = cli_usage("gil", "'%s' is too much; one experiment at a time",
                               poptPeekArg(context));
        else
            status = check_options(&r, strcmp(name, "validate") == 0);
        if (status == EXIT_OK && machine_open(&machine, why, sizeof(why)) != 0) {
            status = request_fail(-EIO, why);
        } else if (status == EXIT_OK) {
            status = strcmp(name, "validate") == 0 ? cmd_validation(&r, &machine)
                                                   : cmd_grid(&r, &machine, name);
            machine_close(&machine);
        }
    }
    poptFreeContext(context);
    free_request(&r);
    return status;
}
