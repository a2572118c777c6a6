/* SPDX-License-Identifier: MIT */
/*
 * display.h - what the run loop (ui/run.c) needs of a display, and what the user did there: keys,
 * the mouse, wishes. Private to ui/.
 *
 * A display never blocks: the loop does all sleeping. It does not see the machine, but for the MMU
 * view, which looks and changes nothing. The queue of keys exists because a keyboard takes
 * keys one after the other: a real one is pressed by ten fingers, a window or a pasted text
 * delivers hundreds at once.
 */
#ifndef UI_DISPLAY_H
#define UI_DISPLAY_H

#include "base/input.h"
#include "base/keymap.h"
#include "machine/panel.h"
#include "ui/render.h"
#include "ui/ui.h"

struct screen;

#define UI_KEYS 4096  /* events that may wait: more than 500 strokes */
#define UI_BUTTONS 64 /* changes of the mouse's buttons that may wait */

struct ui_keys {
    struct input events[UI_KEYS]; /* ring */
    unsigned head;                /* the oldest */
    unsigned count;               /* how many wait */
};

/* False and nothing queued if there is no room for all of it. */
bool ui_keys_push(struct ui_keys *k, uint8_t key, bool down);
bool ui_keys_type(struct ui_keys *k, struct keymap_stroke stroke);
unsigned ui_keys_room(const struct ui_keys *k);
bool ui_keys_take(struct ui_keys *k, struct input *out);

/* Movements add up; a change of the buttons keeps what came before it apart from what comes after. */
struct ui_mouse {
    struct input events[UI_BUTTONS]; /* ring */
    unsigned head;                   /* the oldest */
    unsigned count;                  /* how many wait */
};

void ui_mouse_push(struct ui_mouse *q, int dx, int dy, int dz, uint8_t buttons);
bool ui_mouse_take(struct ui_mouse *q, struct input *out);

/* What a user may want of the run loop, in whatever display. */
enum ui_wish {
    UI_PAUSE,   /* hold the machine, or let it go */
    UI_MONITOR, /* the prompt of the monitor */
    UI_SHOT,    /* a picture of the screen as a file */
    UI_RESET,   /* the reset button */
    UI_SLOWER,  /* another pace */
    UI_FASTER,
    UI_POWER, /* the power button */
    UI_CLOSE, /* the window was closed: the power button if the guest knows it, else the end */
    UI_LEAVE, /* the end, now */
};

/* What was done since the last poll. */
struct ui_user {
    struct ui_keys keys;
    struct ui_mouse mouse;
    unsigned wishes; /* 1 << enum ui_wish */
};

/* What there is to say about the run. */
struct ui_status {
    struct panel panel;
    const char *state; /* "running", "paused", ... */
    bool running;      /* it is */
    uint64_t ns;       /* virtual time */
    uint64_t rate;     /* instructions in a second of the host's */
    unsigned speed;    /* per cent of real time, 0: as fast as it can */
    bool monitor;      /* there can be a prompt */
    bool prompt;       /* there is one, and it holds the machine */
};

struct display_ops {
    enum ui_display kind; /* which one this is */
    /* NULL and err if it is not possible here. */
    void *(*open)(const struct ui_options *options, struct error *err);
    void (*close)(void *display);
    /* Notes what the user did. False: the display is gone. */
    bool (*poll)(void *display, struct ui_user *user);
    void (*show)(void *display, const struct screen *s, struct render_phase phase);
    /* All of the rest may be NULL. */
    void (*title)(void *display, const char *text); /* one line: what runs, and its state */
    void (*status)(void *display, const struct ui_status *status);
    void (*tell)(void *display, const char *text);        /* one line, for a moment */
    void (*look)(void *display, const struct machine *m); /* for the MMU view */
    /* A terminal is lent to a prompt while the machine is held, and taken back. */
    void (*lend)(void *display, bool lent);
    /* A prompt of the display's own: open it; what was typed there (ui.h); what it says. */
    void (*console)(void *display);
    enum ui_line (*console_line)(void *display, const char **line);
    void (*console_print)(void *display, const char *text, size_t n);
};

extern const struct display_ops display_sdl;
extern const struct display_ops display_term;
extern const struct display_ops display_vnc;
extern const struct display_ops display_headless;

#endif
