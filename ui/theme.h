/* SPDX-License-Identifier: MIT */
/* theme.h - the colours of what is drawn around and over the guest's screen, 0x00RRGGBB. */
#ifndef UI_THEME_H
#define UI_THEME_H

enum {
    THEME_PANEL = 0x1b2029,  /* menus, the status line */
    THEME_EDGE = 0x3a4352,   /* their borders, what is between fields */
    THEME_TEXT = 0xe4e8ee,   /* what is to be read */
    THEME_DIM = 0x8793a5,    /* what is there to be looked up */
    THEME_OFF = 0x4a5463,    /* what is not to be had, lamps that are off */
    THEME_MARK = 0x2b5c8f,   /* the chosen line; a selection */
    THEME_ACCENT = 0x6cb6ff, /* keys, names */
    THEME_GOOD = 0x56c271,   /* it runs, a lamp is on */
    THEME_WAIT = 0xe9b44c,   /* it is held */
    THEME_BAD = 0xef6f6c,    /* it stopped for good */
};

#endif
