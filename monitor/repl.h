/* SPDX-License-Identifier: MIT */
/*
 * repl.h - the one who gives commands: first the prepared ones (-x, -e, monitorrc), then standard
 * input, with a prompt on a terminal (prompt.h) or line by line from a pipe, or a prompt that somebody
 * else shows (a window). Client of the run loop as
 * gdb's stub is: asked before every slice, told of every stop, it never blocks.
 *
 * A prepared or piped command that fails ends the session, unless a terminal is there to go on at.
 */
#ifndef MONITOR_REPL_H
#define MONITOR_REPL_H

#include "machine/machine.h"
#include "monitor/monitor.h"

struct pollfd;
struct prompt;
struct repl;

/* A command that is given before anybody types. */
struct repl_command {
    const char *text;   /* the command, or the name of a file of commands */
    bool is_file;       /* a file */
    bool optional;      /* the file may be missing */
    const char *option; /* "-e", for messages */
};

/* A prompt elsewhere: takes lines from it and says there what was wrong with them. */
enum repl_given {
    REPL_NO_LINE,
    REPL_LINE,
    REPL_LEFT /* the user has left it: the machine goes on */
};

struct repl_elsewhere {
    enum repl_given (*line)(void *ctx, const char **line); /* the next one; never blocks */
    void (*mistake)(void *ctx, const char *text);          /* a line without its end */
    void *ctx;                                             /* handed to both */
};

struct repl_options {
    const struct repl_command *commands;    /* prepared, borrowed */
    unsigned count;                         /* of them */
    bool input;                             /* go on with standard input (-M) */
    bool terminal;                          /* it is one: with a prompt, line editing, history */
    const char *history;                    /* file for it, NULL: none */
    const struct repl_elsewhere *elsewhere; /* instead of standard input; NULL: there is none */
};

enum repl_want {
    REPL_KEEP, /* nothing: as it was */
    REPL_GO,   /* let the machine run */
    REPL_HOLD, /* keep it where it is */
    REPL_END,  /* end the program */
};

struct repl *repl_open(struct monitor *mon, const struct repl_options *options, struct error *err);
void repl_close(struct repl *r);

/* Before every slice, while the machine is held: does commands until one wants it to run. */
enum repl_want repl_serve(struct repl *r);
/* The machine stopped, or (MACHINE_RAN) is held on somebody's wish. */
enum repl_want repl_stopped(struct repl *r, enum machine_stop stop);
/* It ran for a slice. */
enum repl_want repl_ran(struct repl *r);
/* A signal: at the prompt the line is given up, else the machine is to be held. */
enum repl_want repl_interrupt(struct repl *r);
/* Files whose events call for repl_serve. */
unsigned repl_files(const struct repl *r, struct pollfd *files);
/* No command is left and none can come: repl_serve would end the program. */
bool repl_done(const struct repl *r);
/* One of its commands let the machine run and waits for it. */
bool repl_running(const struct repl *r);
/* A command failed that nobody typed. */
bool repl_failed(const struct repl *r);

/* What is printed between these stands above a line that is being typed. */
void repl_hide(struct repl *r);
void repl_show(struct repl *r);

#endif
