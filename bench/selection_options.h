// SPDX-License-Identifier: MIT
/* The options that choose what is measured, which several commands have alike. */
#ifndef SPEEDUP_SELECTION_OPTIONS_H
#define SPEEDUP_SELECTION_OPTIONS_H

#include <popt.h>

/* As typed; NULL: not given. popt's memory: selection_words_free(). */
struct selection_words {
    char *runners, *concurrency, *pin, *filter, *gil;
    const char **settings;
    int quick;
};

/* Entries for a table of options; w is a pointer to the words. */
#define SELECTION_OPTIONS(w)                                                                       \
    {"runners",     'R', POPT_ARG_STRING,                                                          \
     &(w)->runners, 0,   "runners, e.g. threads,async,process-pool:transfer=pipe (default: all)",  \
     "LIST"},                                                                                      \
        {"concurrency",                                                                            \
         'n',                                                                                      \
         POPT_ARG_STRING,                                                                          \
         &(w)->concurrency,                                                                        \
         0,                                                                                        \
         "tasks in progress at once: 1,2,4 or 1-8 or auto",                                        \
         "LIST"},                                                                                  \
        {"param",        'p', POPT_ARG_ARGV,                                                       \
         &(w)->settings, 0,   "set a parameter of a workload or runner; may be repeated",          \
         "NAME=VALUE"},                                                                            \
        {"gil",                                                                                    \
         '\0',                                                                                     \
         POPT_ARG_STRING,                                                                          \
         &(w)->gil,                                                                                \
         0,                                                                                        \
         "under simulated interpreters, e.g. new,old,new:interval=1ms; `speedup list` names them", \
         "LIST"},                                                                                  \
        {"pin",                                                                                    \
         '\0',                                                                                     \
         POPT_ARG_STRING,                                                                          \
         &(w)->pin,                                                                                \
         0,                                                                                        \
         "where workers sit: cores (default), compact, scatter, none or an hwloc location",        \
         "POLICY"},                                                                                \
        {"filter", 'f', POPT_ARG_STRING, &(w)->filter, 0, "only the cases whose name matches",     \
         "REGEX"},                                                                                 \
    {                                                                                              \
        "quick", '\0', POPT_ARG_NONE, &(w)->quick, 0,                                              \
            "the quick suite, 90 s of `speedup run` (default without a workload)", NULL            \
    }

void selection_words_free(struct selection_words *words);

#endif
