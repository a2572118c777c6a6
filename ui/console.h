/* SPDX-License-Identifier: MIT */
/*
 * console.h - a prompt drawn over the picture, for the monitor: scrolling text, a line with editing,
 * history and completion. Pure: gets keys and text, gives lines, draws on a canvas.
 *
 * Keys are those of a shell: arrows, Home and End, Ctrl-A E U K W L, Tab, Page Up and Page Down for
 * what has scrolled away. Only ASCII is shown.
 */
#ifndef UI_CONSOLE_H
#define UI_CONSOLE_H

#include "base/types.h"

struct canvas;

#define CONSOLE_TEXT 65536 /* bytes that are kept */
#define CONSOLE_LINE 400   /* the longest line that can be typed */
#define CONSOLE_GIVEN 8192 /* of lines that wait (a pasted text) */
#define CONSOLE_HISTORY 64 /* lines that the arrows bring back */
#define CONSOLE_ROWS 4096  /* rows that one can scroll over */

/* As monitor_complete: hands the candidates for the word that ends at line[at] to `add`. */
typedef void console_completer(void *ctx, const char *line, size_t at, size_t *start,
                               void (*add)(void *add_ctx, const char *word), void *add_ctx);

struct console {
    char text[CONSOLE_TEXT];                         /* what was printed */
    size_t length;                                   /* of it */
    char line[CONSOLE_LINE + 1];                     /* what is being typed */
    size_t len, cursor;                              /* of it; where the next character goes */
    char history[CONSOLE_HISTORY][CONSOLE_LINE + 1]; /* ring */
    unsigned entered;                                /* lines that ever went into it */
    unsigned back;                                   /* how far back the arrows have gone; 0: not */
    char given[CONSOLE_GIVEN]; /* lines that were entered and not taken, each with its line feed */
    size_t given_len;          /* of it */
    char taken[CONSOLE_LINE + 1]; /* the one that was taken last */
    int scroll;                   /* rows below the visible ones */
    int page;                     /* rows that were visible last */
    uint32_t row[CONSOLE_ROWS];   /* where the rows begin, while drawing */
    console_completer *complete;  /* NULL: no completion */
    void *ctx;                    /* handed to it */
};

enum { CONSOLE_SHIFT = 1, CONSOLE_ALT = 2, CONSOLE_CTRL = 4 }; /* keymap.h's bits */

void console_print(struct console *c, const char *text, size_t n);
/* Typed text (UTF-8), as the host's layout makes it; a line feed enters the line. */
void console_type(struct console *c, const char *text);
/* A key that is not text. */
void console_key(struct console *c, uint8_t key, unsigned mods);
/* The wheel: rows, up is positive. */
void console_scroll(struct console *c, int rows);
/* The next line that was entered, once; NULL: none. Lives until the next one. */
const char *console_take(struct console *c);
/* Fills the canvas. prompt: a line can be typed. */
void console_draw(struct console *c, struct canvas *to, bool prompt);

#endif
