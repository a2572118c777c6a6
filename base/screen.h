/* SPDX-License-Identifier: MIT */
/*
 * screen.h - the picture of the display as plain values, ready for anybody to draw (window,
 * terminal, VNC, PNG, a test). A struct screen is one viewer's copy: zero it once, give it to
 * machine_screen as often as you like; each call brings it up to date and says what changed.
 *
 * - Text stays text, so that a terminal can show it and a test can search it; ui/render.c draws
 *   it. Graphics are pixels, 0x00RRGGBB, row by row, `width` of them in a row.
 * - `width` and `height` count what the guest draws; on the monitor each pixel is scale_x dots
 *   wide and scale_y scan lines high (mode 13h: 320 x 200, scale 2 x 2). The whole picture fills
 *   a screen of aspect_x : aspect_y, which makes dots that are not square (720 x 400 on 4:3).
 * - A viewer who wants no pixels leaves `pixels` NULL and learns the rest.
 * - An unchanged screen costs next to nothing: `changed` is false and nothing was touched.
 */
#ifndef BASE_SCREEN_H
#define BASE_SCREEN_H

#include "base/types.h"

#define SCREEN_MAX_COLS 160
#define SCREEN_MAX_ROWS 100
/* width * scale_x and height * scale_y never exceed these. */
#define SCREEN_MAX_WIDTH 2048u
#define SCREEN_MAX_HEIGHT 1200u

enum screen_kind {
    SCREEN_BLANK, /* video off: show black */
    SCREEN_TEXT,
    SCREEN_GRAPHICS,
};

struct screen_cell {
    uint8_t ch;   /* code point in the guest's font (usually code page 437) */
    uint8_t attr; /* VGA attribute: bits 0-3 foreground, 4-6 background, 7 blink or bright */
};

/* Where a row of text is. A scrolled or split screen shows parts of rows. */
struct screen_row {
    uint16_t y;              /* its first pixel row */
    uint8_t first;           /* first glyph row shown */
    uint8_t lines;           /* how many glyph rows are shown */
    uint8_t pan;             /* pixels by which the row is moved left, below cell_w */
    struct screen_cell next; /* the cell that panning brings in at the right edge */
};

struct screen {
    /* The same for all kinds. */
    enum screen_kind kind;
    bool changed;              /* the last call found something new */
    unsigned width, height;    /* pixels; 0 while blank */
    unsigned scale_x, scale_y; /* dots and scan lines in one pixel: 1 or more */
    unsigned aspect_x, aspect_y;
    unsigned dirty_first, dirty_last; /* pixel rows that changed: first to last - 1 */
    uint64_t seen[3];                 /* the device's own note on what this copy shows */

    /* Graphics. */
    uint32_t *pixels; /* room for SCREEN_MAX_WIDTH * SCREEN_MAX_HEIGHT (the viewer's), or NULL */

    /* Text. */
    unsigned cols, rows;                                         /* cells */
    unsigned cell_w, cell_h;                                     /* pixels: 8 or 9, 1 to 32 */
    struct screen_cell cells[SCREEN_MAX_ROWS * SCREEN_MAX_COLS]; /* row by row, cols per row */
    struct screen_row row[SCREEN_MAX_ROWS];
    uint8_t font[2][256][32]; /* glyph rows, MSB left; [0] for attr bit 3 clear, [1] set */
    uint32_t palette[16];     /* 0x00RRGGBB */
    bool blink;               /* attr bit 7 means blinking, else bright background */
    bool line_graphics;       /* 9-dot cells: codes C0h-DFh repeat column 8 */
    unsigned underline;       /* glyph row of the line under attributes x000x001; 32: none */
    bool cursor_on;           /* cursor enabled and on screen */
    unsigned cursor_col, cursor_row;
    unsigned cursor_top, cursor_bottom; /* first and last glyph row of the cursor */
};

#endif
