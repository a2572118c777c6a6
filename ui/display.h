/* SPDX-License-Identifier: MIT */
/*
 * display.h - what the run loop (ui/run.c) needs of a display, and the queue of keys between
 * the two. Private to ui/.
 *
 * A display never blocks: the loop does all sleeping. It does not see the machine, but for the
 * MMU view, which looks and changes nothing. The queue
 * exists because a keyboard takes keys one after the other: a real one is pressed by ten
 * fingers, a window or a pasted text delivers hundreds at once.
 */
#ifndef UI_DISPLAY_H
#define UI_DISPLAY_H

#include "base/input.h"
#include "base/keymap.h"
#include "ui/render.h"
#include "ui/ui.h"

struct screen;

#define UI_KEYS 4096 /* events that may wait: more than 500 strokes */

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

struct display_ops {
    enum ui_display kind; /* which one this is */
    /* NULL and err if it is not possible here. */
    void *(*open)(const struct ui_options *options, struct error *err);
    void (*close)(void *display);
    /* Queues what the user pressed. False: the user wants to leave. */
    bool (*poll)(void *display, struct ui_keys *keys);
    void (*show)(void *display, const struct screen *s, struct render_phase phase);
    void (*title)(void *display, const char *text);       /* one line: what runs, and its state */
    void (*look)(void *display, const struct machine *m); /* for the MMU view; NULL: it has none */
};

extern const struct display_ops display_sdl;
extern const struct display_ops display_term;
extern const struct display_ops display_vnc;
extern const struct display_ops display_headless;

#endif
