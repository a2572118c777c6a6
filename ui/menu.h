/* SPDX-License-Identifier: MIT */
/*
 * menu.h - the menu over the picture: everything a user can do, with the keys that do it. Works by
 * function keys, by arrows and Enter, and by the mouse. Pure: gets keys and coordinates, says what was
 * chosen, draws on a canvas.
 */
#ifndef UI_MENU_H
#define UI_MENU_H

#include "base/types.h"

struct canvas;

enum menu_choice {
    MENU_NONE = -1,
    MENU_PAUSE,
    MENU_MONITOR,
    MENU_SHOT,
    MENU_SPEED, /* MENU_FASTER, or MENU_SLOWER by the left arrow */
    MENU_FULL,
    MENU_SMOOTH,
    MENU_STATUS,
    MENU_VIEW,
    MENU_GRAB,
    MENU_PASTE,
    MENU_CAD, /* Ctrl-Alt-Del for the guest */
    MENU_RESET,
    MENU_POWER,
    MENU_LEAVE,
    MENU_ITEMS,
    MENU_FASTER = MENU_ITEMS,
    MENU_SLOWER,
    MENU_CLOSED, /* nothing was chosen */
};

/* What decides how the items look. */
struct menu_state {
    bool paused;                           /* Pause is Continue then */
    bool full, smooth, status, view, grab; /* switched on */
    bool monitor, power;                   /* can be had */
    unsigned speed;                        /* per cent, 0: unlimited */
};

struct menu {
    bool open;
    int at;        /* the marked item */
    int left, top; /* where it was drawn */
    bool drawn;    /* left and top are known */
};

void menu_open(struct menu *m);
/* A key was pressed (HID usage). MENU_NONE: nothing but perhaps the mark has changed. */
enum menu_choice menu_key(struct menu *m, const struct menu_state *s, uint8_t key);
/* The pointer is here, in the canvas' pixels. True: the mark has moved. */
bool menu_point(struct menu *m, int x, int y);
/* It was pressed here; outside of the menu that closes it. */
enum menu_choice menu_click(struct menu *m, const struct menu_state *s, int x, int y);
/* In the middle of the canvas, whose lower `below` pixels are taken. */
void menu_draw(struct menu *m, const struct menu_state *s, struct canvas *c, int below);

#endif
