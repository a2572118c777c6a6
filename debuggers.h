/* SPDX-License-Identifier: MIT */
/*
 * debuggers.h - those who debug the machine, joined with the run loop: the prompt and what it runs by
 * itself (-M, -e, -x), and gdb (-g), whose `monitor` is the same session. The run loop asks them before
 * every slice (ui.h, `control`); a stop is told to all of them, and whoever lets the machine go lets it
 * go for all. A prompt may also come later, when a user of the display asks for it: in the display, or
 * in the terminal that the display is in.
 */
#ifndef DEBUGGERS_H
#define DEBUGGERS_H

#include "base/out.h"
#include "machine/machine.h"
#include "monitor/repl.h"
#include "ui/ui.h"

#include <signal.h>
#include <stdio.h>

struct gdb;
struct monitor;
struct options;
struct plan;
struct stdio_out;

struct debuggers {
    struct machine *machine;           /* NULL: nobody debugs */
    struct ui *display;                /* the prompt is in it; NULL: it is not */
    struct monitor *monitor;           /* its commands (owned) */
    struct repl *repl;                 /* who gives them here (owned), NULL: nobody */
    struct gdb *gdb;                   /* the stub (owned), NULL: not asked for */
    struct out to;                     /* `file`, each answer on a line of its own */
    FILE *file;                        /* stdout; stderr if that is gdb's */
    struct stdio_out *serial;          /* the guest's own output there, or NULL */
    volatile sig_atomic_t *interrupt;  /* Ctrl-C was typed; NULL: it ends the program */
    bool running;                      /* the machine may run */
    bool wait;                         /* -S: nothing but gdb lets it run first */
    enum machine_stop stop;            /* why it does not run by itself; MACHINE_RAN: it does */
    char exec_name[4096];              /* the kernel's ELF file, as gdb calls it */
    char rc_file[4096], history[4096]; /* monitorrc, the prompt's history; "" for none */
    struct repl_command *commands;     /* what is done first (owned) */
    struct repl_elsewhere elsewhere;   /* the display's prompt */
};

/* Opens what the options ask for. False and err: it cannot be. */
bool debuggers_open(struct debuggers *d, const struct options *o, const struct plan *plan,
                    struct machine *m, struct error *err);
/* The user of the display wants a prompt. The machine is held; if there is a prompt already, it is that
   one's. False and err: it cannot be. */
bool debuggers_prompt(struct debuggers *d, const struct options *o, const struct plan *plan,
                      struct machine *m, struct ui *display, struct error *err);
/* Completes a word typed at the display's prompt (monitor_complete). */
void debuggers_complete(struct debuggers *d, const char *line, size_t at, size_t *start,
                        void (*add)(void *ctx, const char *word), void *ctx);
/* status: the program's, for a gdb that waits. */
void debuggers_close(struct debuggers *d, int status);
/* Somebody is, or will be, there: a machine that stopped for good is worth keeping. */
bool debuggers_any(const struct debuggers *d);
/* A scripted command failed. */
bool debuggers_failed(const struct debuggers *d);
/* Keys typed at the terminal belong to the prompt now, not to the guest. */
bool debuggers_prompting(const struct debuggers *d);

/* The guest's output is written between these, above a line that is being typed. */
void debuggers_hide(const struct debuggers *d);
void debuggers_show(const struct debuggers *d);

/* The run loop's hooks. */
enum ui_control debuggers_control(struct debuggers *d, enum machine_stop stop);
unsigned debuggers_files(const struct debuggers *d, struct pollfd *files);
uint64_t debuggers_alarm(const struct debuggers *d);
/* A byte of the guest's first serial line. */
void debuggers_serial(struct debuggers *d, unsigned line, uint8_t byte);

#endif
