/* SPDX-License-Identifier: MIT */
/*
 * ui.h - what main needs of a front-end: open a display, run a machine in it, close it.
 *
 *     struct ui *u = ui_open(&options, &err);
 *     struct ui_result r = ui_run(u, machine);
 *     ui_close(u);
 *
 * - One run loop serves all displays (ui/run.c): poll the display, run a slice of virtual time,
 *   show the screen, sleep until the host's clock has caught up. Host time is used nowhere else.
 * - ui_open takes over the terminal (UI_TERM) or opens the window (UI_SDL); ui_close gives it
 *   back and may be called with NULL. Install signal handlers before ui_open and let them only
 *   set the flag `quit` points to: the displays leave foreign handlers alone.
 * - A machine that stopped for good is held on the screen, not closed, when hold_* says so.
 * - Debuggers hold and release the machine through the `control` hook; the display lives on. A
 *   user of the display may ask for the monitor: its prompt is then in the display itself
 *   (ui_console) or, for UI_TERM, in the terminal, which is lent while the machine is held.
 * Not here: serial and debug console back-ends (ui/stdio.h), which main wires itself; the loop
 * calls the `poll` hook for them before every slice, at most 1/60 s apart while it keeps pace.
 */
#ifndef UI_UI_H
#define UI_UI_H

#include "base/types.h"
#include "machine/machine.h"

#include <signal.h>

struct pollfd;
struct ui;

enum ui_display { UI_AUTO, UI_SDL, UI_TERM, UI_VNC, UI_NONE };
enum ui_pace {
    UI_PACE_AUTO,     /* realtime with a display; without, idle if somebody is at it, else none */
    UI_PACE_REALTIME, /* virtual time runs no faster than the host's */
    UI_PACE_IDLE,     /* the same, but only while the processor sleeps in HLT */
    UI_PACE_NONE,     /* as fast as the host can */
};

/* What those who debug the machine, the prompt and gdb, want of the run loop. */
enum ui_control {
    UI_ALONE, /* nobody debugs: go on, or stop for good, as without the hook */
    UI_GO,    /* let it run, whatever stopped it */
    UI_WAIT,  /* leave it as it is; look at the display and the watched files until they change */
    UI_END,   /* end the run: UI_STOPPED if the machine stopped, else UI_QUIT */
};
#define UI_MAX_FILES 16

struct ui_options {
    enum ui_display display; /* UI_AUTO: window if there is a desktop, terminal on a tty, none */
    enum ui_pace pace;       /* how virtual time keeps to the host's */
    bool interactive;        /* somebody types at the guest or debugs it: for UI_PACE_AUTO */
    bool stdio_taken;        /* stdin or stdout is a guest device: UI_TERM is impossible */
    const char *name;        /* what runs, for the title; may be NULL */
    uint64_t max_insns;      /* as machine_run; 0 or UINT64_MAX: no limit */
    double timeout;          /* host seconds, 0: none */
    bool hold_halted;        /* HLT with interrupts off: stay until quit or timeout */
    bool hold_triple;        /* triple fault: the same */
    const volatile sig_atomic_t *quit; /* non-zero: end soon; may be NULL */
    /* Called before every slice; must not block. The place to feed serial bytes. */
    void (*poll)(void *ctx, struct machine *m);
    /* Called once when the machine stopped for good, before a hold: the place for a report. */
    void (*stopped)(void *ctx, struct machine *m, enum machine_stop stop);
    /* Called before every slice; must not block. `stop` is why the last one ended early, told once:
       MACHINE_RAN when there is nothing new. NULL: nobody ever debugs. */
    enum ui_control (*control)(void *ctx, struct machine *m, enum machine_stop stop);
    /* Fills in at most UI_MAX_FILES files whose events end a UI_WAIT; how many. May be NULL. */
    unsigned (*files)(void *ctx, struct pollfd *files);
    /* Virtual time (clock units) at which a slice has to end, if not before, so that what the
       debuggers do then does not depend on the host. UINT64_MAX: any. May be NULL. */
    uint64_t (*alarm)(void *ctx);
    /* A user wants the monitor's prompt: to be opened where ui_console says, the machine held. False
       and err: it cannot be. Called once a wish; NULL: there is none to be had. */
    bool (*monitor)(void *ctx, struct ui *u, struct error *err);
    /* Completes the word that ends at line[at], as monitor_complete; may be NULL. */
    void (*complete)(void *ctx, const char *line, size_t at, size_t *start,
                     void (*add)(void *add_ctx, const char *word), void *add_ctx);
    /* Names a linear address, for the MMU view; may be NULL. */
    int (*symbol)(void *ctx, uint32_t cr3, uint32_t addr, char *text, size_t n);
    const char *vnc_address;  /* UI_VNC: where it listens, dotted */
    unsigned vnc_port;        /* and the TCP port */
    const char *vnc_password; /* a file; its first line is the password. NULL: none */
    bool mmu_view;            /* open the MMU view with the window */
    const char *mmu_record;   /* folder for a film of the MMU view, NULL: none */
    void *ctx;                /* handed to all of them */
};

enum ui_end {
    UI_STOPPED, /* the machine stopped: see stop */
    UI_TIMEOUT, /* the host seconds are over */
    UI_CLOSED,  /* the user closed the window or typed the quit key */
    UI_QUIT,    /* the quit flag was set */
};

struct ui_result {
    enum ui_end why;
    /* MACHINE_RAN if the machine was still running. Otherwise why it stopped, also when the end
       came during a hold (a triple fault stays one when the window is closed later). */
    enum machine_stop stop;
    bool lost; /* a picture of the MMU view could not be written (stderr says why) */
};

/* Resolves UI_AUTO, opens the display. NULL and err if it cannot be opened. */
struct ui *ui_open(const struct ui_options *options, struct error *err);
/* Which display it became: never UI_AUTO. */
enum ui_display ui_kind(const struct ui *u);
struct ui_result ui_run(struct ui *u, struct machine *m);

/* A prompt in the display itself: opens it if there is such a thing. Then what was typed there, and
   text for it. */
enum ui_line {
    UI_LINE_NONE, /* nothing yet */
    UI_LINE,      /* *line, which lives until the next call */
    UI_LINE_LEFT, /* the user has left the prompt: the machine is to go on */
};
bool ui_console(struct ui *u);
enum ui_line ui_console_line(struct ui *u, const char **line);
void ui_console_print(struct ui *u, const char *text, size_t n);

void ui_close(struct ui *u);

/* Writes what the screen shows now as a PNG file, blinking parts and cursor visible. */
bool ui_screenshot(const struct machine *m, const char *file, struct error *err);

#endif
