/* SPDX-License-Identifier: MIT */
/*
 * monitor.h - the monitor: a session of commands on one machine. The same commands come typed, from
 * a script, from -e, from a pipe, or as gdb's `monitor ...`; this is the part without a terminal.
 * monitor/repl.h is the prompt on top of it.
 *
 *     monitor_do(mon, "until exec kmain", &want, &err)      want is MONITOR_RUN:
 *     while (want == MONITOR_RUN)
 *         want = one slice of the machine, up to monitor_alarm; then
 *                monitor_stopped, if it stopped, else monitor_ran
 *
 * - Whoever runs the machine tells every stop, also those of gdb's making.
 * - What a command prints goes to the session's sink; monitor_redirect lends it another one, which is
 *   how gdb's `monitor` uses the session of the prompt.
 */
#ifndef MONITOR_MONITOR_H
#define MONITOR_MONITOR_H

#include "base/types.h"
#include "machine/machine.h"

struct out;
struct symbols;

/* What the monitor asks of whoever runs the machine. */
enum monitor_want {
    MONITOR_PROMPT, /* the machine stays as it is: next command */
    MONITOR_RUN,    /* let the machine run until it stops or a wait is over */
    MONITOR_QUIT,   /* end the program */
};

struct monitor;

enum monitor_picture { PICTURE_DIRECTORY, PICTURE_TABLE, PICTURE_FRAMES };

/* What only the top floor can do. A command whose function is NULL says that it is not possible. */
struct monitor_host {
    bool (*screenshot)(void *ctx, const struct machine *m, const char *file, struct error *err);
    /* The MMU view: the page directory, the page table of the 4 MiB at base, or the frames of RAM. */
    bool (*picture)(void *ctx, const struct machine *m, enum monitor_picture what, uint32_t base,
                    const char *file, struct error *err);
    void *ctx; /* handed to it */
};

/* Borrowed for the session's life. Text goes to `to`; with json, answers are JSON, one a line. */
struct monitor *monitor_new(struct machine *m, struct out *to, bool json, struct error *err);
void monitor_free(struct monitor *mon);
void monitor_set_host(struct monitor *mon, const struct monitor_host *host);

/* Does one command line; an empty one repeats the last command, if that makes sense. False: it
   failed, and what waited behind it is forgotten; err says why (with a column where one can be
   named). *want: what is to happen next. */
bool monitor_do(struct monitor *mon, const char *line, enum monitor_want *want, struct error *err);

/* The machine stopped, or (MACHINE_RAN) the user interrupted it. Says so, unless a command needs more
   steps; goes on with what waits behind that command. Results as for monitor_do. */
bool monitor_stopped(struct monitor *mon, enum machine_stop stop, enum monitor_want *want,
                     struct error *err);
/* The machine ran for a slice: types what is to be typed, ends a wait. */
bool monitor_ran(struct monitor *mon, enum monitor_want *want, struct error *err);
/* Virtual time (clock units) up to which a slice may go; UINT64_MAX: any. */
uint64_t monitor_alarm(const struct monitor *mon);
/* A byte that the guest sent to its serial port: what `wait` looks for. */
void monitor_serial(struct monitor *mon, unsigned line, uint8_t byte);
/* Do steps enter interrupt handlers (step-irqs)? */
bool monitor_step_irqs(const struct monitor *mon);
/* A command wants the machine to run: what a prompt should not be shown for. */
bool monitor_running(const struct monitor *mon);

/* Lends the session another sink and face; put the old ones back afterwards. */
struct monitor_face {
    struct out *to; /* where answers go */
    bool json;      /* in which face */
};
bool monitor_json(const struct monitor *mon);
struct monitor_face monitor_redirect(struct monitor *mon, struct monitor_face face);

/* Completion of the word that ends at line[at]: hands each candidate to `add`. *start: where the word
   begins; *files: file names fit as well, which are not the monitor's to know. */
void monitor_complete(struct monitor *mon, const char *line, size_t at, size_t *start, bool *files,
                      void (*add)(void *ctx, const char *word), void *ctx);

/* For the commands. */
struct machine *monitor_machine(struct monitor *mon);
struct symbols *monitor_symbols(struct monitor *mon);

#endif
