// SPDX-License-Identifier: MIT
/* The subcommands of `speedup`. argv[0] is the subcommand's own name; each returns the program's
 * exit code. */
#ifndef SPEEDUP_CMD_H
#define SPEEDUP_CMD_H

int cmd_run(int argc, const char **argv);
int cmd_list(int argc, const char **argv);
int cmd_plan(int argc, const char **argv);
int cmd_plot(int argc, const char **argv);
int cmd_doctor(int argc, const char **argv);

#endif
