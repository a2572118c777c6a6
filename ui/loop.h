/* SPDX-License-Identifier: MIT */
/*
 * loop.h - the run loop's state, for run.c, which runs the machine at its pace, and wishes.c, which does
 * what the user asks for in between. Private to ui/.
 */
#ifndef UI_LOOP_H
#define UI_LOOP_H

#include "base/screen.h"
#include "ui/display.h"

#define SECOND UINT64_C(1000000000) /* ns of host time */

struct record;

struct ui {
    const struct display_ops *ops; /* which display */
    void *display;                 /* its state, NULL once closed */
    struct ui_options options;     /* as given */
    enum ui_pace pace;             /* never UI_PACE_AUTO */
    unsigned speed;                /* UI_PACE_REALTIME: per cent of it; else 0 */
    unsigned shot;                 /* number of the last picture */
    bool held;                     /* the machine stopped for good and is still shown */
    bool waiting;                  /* a debugger keeps it from running */
    bool paused;                   /* the user does */
    bool prompted;                 /* there is, or was, a prompt that the display made way for */
    bool lent;                     /* the display is out of the way of a prompt */
    bool console_left;       /* the user let the machine go in another way than at the prompt */
    bool asked_off;          /* the power button was pressed as the window was closed */
    bool ended;              /* the user wants to leave */
    bool told;               /* the debuggers know about `stop` */
    bool lost;               /* a picture could not be written */
    bool report_due;         /* the `stopped` hook waits for the terminal to be free */
    enum machine_stop stop;  /* why it stopped, MACHINE_RAN while it runs */
    uint64_t slice;          /* virtual ns of the next slice */
    uint64_t slice_max;      /* its limit at full speed */
    uint64_t held_since;     /* host ns: since then it runs at a debugger's wish */
    uint64_t sampled;        /* host ns of the last sample of the rate ... */
    uint64_t sampled_insns;  /* ... and the instructions until then */
    uint64_t base_host;      /* pace: this host time ... */
    uint64_t base_virtual;   /* ... is this virtual time, both in ns */
    uint64_t slept;          /* UI_PACE_IDLE: machine_slept that was waited for */
    uint64_t next_key;       /* virtual ns of the next helping of keys */
    uint64_t next_show;      /* host ns of the next frame */
    uint64_t title_key;      /* what the title shows, to notice a change */
    struct record *record;   /* the film of the MMU view, or NULL */
    struct ui_user user;     /* what was done in the display */
    struct ui_status status; /* as shown */
    struct screen screen;    /* the frame being shown */
};

/* wishes.c: does what the user asked for in the display. */
void wishes_do(struct ui *u, struct machine *m);
/* How many ns of the host's time so many of virtual time are meant to take. */
uint64_t wishes_host(const struct ui *u, uint64_t virtual_ns);
/* run.c: the terminal is the prompt's, or the display's again. */
void loop_lend(struct ui *u, bool lent);
/* run.c: real time begins anew here, after a change of the pace or a pause. */
void loop_rebase(struct ui *u, const struct machine *m);

#endif
