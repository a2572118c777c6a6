/* SPDX-License-Identifier: MIT */
/*
 * monitor.h - the monitor: a session of commands on one machine. The same commands come typed, from
 * a script, from -e, from a pipe, or as gdb's `monitor ...`; this is the part without a terminal.
 * monitor/repl.h is the prompt on top of it.
 */
#ifndef MONITOR_MONITOR_H
#define MONITOR_MONITOR_H

#include "base/types.h"

struct machine;
struct out;
struct symbols;

/* What the monitor asks of whoever runs the machine. */
enum monitor_want {
    MONITOR_PROMPT, /* the machine stays as it is: next command */
    MONITOR_RUN,    /* let the machine run until it stops or a wait is over */
    MONITOR_QUIT,   /* end the program */
};

struct monitor;

/* Borrowed for the session's life. Text goes to `to`; with json, answers are JSON, one a line. */
struct monitor *monitor_new(struct machine *m, struct out *to, bool json, struct error *err);
void monitor_free(struct monitor *mon);

/* Does one command line. False: it failed; err says why (with a column where one can be named).
   *want: what is to happen next. */
bool monitor_do(struct monitor *mon, const char *line, enum monitor_want *want, struct error *err);

/* For the commands. */
struct machine *monitor_machine(struct monitor *mon);
struct symbols *monitor_symbols(struct monitor *mon);

#endif
