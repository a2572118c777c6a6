/* SPDX-License-Identifier: MIT */
/*
 * term_parts.h - the terminal display's state, for term.c (the terminal, its keys and lines) and
 * term_draw.c (the guest's screen in its cells).
 */
#ifndef UI_TERM_PARTS_H
#define UI_TERM_PARTS_H

#define NCURSES_WIDECHAR 1
#include "base/screen.h"
#include "ui/display.h"
#include "ui/scale.h"

#include <curses.h>

struct term {
    SCREEN *curses;     /* the terminal as curses sees it */
    bool unicode;       /* the locale can show box drawing and half blocks */
    bool direct;        /* colours are red, green and blue */
    bool colors256;     /* a palette of 256: 6 x 6 x 6 and greys */
    bool colors16;      /* bright colours of their own; else bold */
    bool colors8;       /* at least the eight */
    bool have_before;   /* something is on the terminal */
    bool stale;         /* title or size changed: draw though the screen is the same */
    bool hint;          /* the status line covers the guest's last row */
    bool asking;        /* the escape key was typed: what next? */
    int64_t opened;     /* host ms */
    int64_t last_byte;  /* host ms of the last byte read */
    int64_t told_until; /* host ms until which the status line is a message */
    int64_t drawn;      /* host ms of the last picture in graphics */
    size_t n;           /* bytes waiting in buf */
    uint8_t buf[256];   /* read from the terminal, not decoded yet */
    char title[200];    /* the status line: what runs */
    char mode[40];      /* and in which mode the processor is */
    char told[200];     /* a message */
    struct scale scale; /* from dots to half cells */
    uint32_t *pixels;   /* the picture in dots; NULL until there are graphics */
    uint32_t *halves;   /* the picture in half cells */
};

/* Attributes and a pair of colours for text in the VGA's 16 colours. */
void term_setup_colors(struct term *d);
/* The guest's text or picture in `rows` lines from the top. */
void term_draw_text(struct term *d, const struct screen *s, int rows);
void term_draw_graphics(struct term *d, const struct screen *s, int rows);

#endif
