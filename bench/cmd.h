// SPDX-License-Identifier: MIT
/* The subcommands of `speedup`. argv[0] is the subcommand's own name; each returns the program's
 * exit code. */
#ifndef SPEEDUP_CMD_H
#define SPEEDUP_CMD_H

/* Measures; prints a table. */
int cmd_run(int argc, const char **argv);
/* Shows the plug-ins from their tables. */
int cmd_list(int argc, const char **argv);
/* Shows the placement, also of another machine. */
int cmd_plan(int argc, const char **argv);
/* Draws charts of result files. */
int cmd_plot(int argc, const char **argv);
/* The regression gate: two builds or two commands, measured in pairs. */
int cmd_compare(int argc, const char **argv);
/* Says what the machine has and what may disturb numbers. */
int cmd_doctor(int argc, const char **argv);
/* The laboratory of the interpreter lock, and its validation against CPython. */
int cmd_gil(int argc, const char **argv);
/* Draws who is the fastest for which share of waiting. */
int cmd_map(int argc, const char **argv);
/* Carries the web server of the workload `serve` for clients from outside. */
int cmd_serve(int argc, const char **argv);
/* Keeps what was measured of each commit, and finds where it changed. */
int cmd_history(int argc, const char **argv);

#endif
