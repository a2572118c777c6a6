/* SPDX-License-Identifier: MIT */
/*
 * screen.h - one picture of the display as values: what the VGA shows now, ready for anybody
 * to draw (window, terminal, PNG, a test). Text stays text so that a terminal can show it and
 * a test can search it.
 */
#ifndef BASE_SCREEN_H
#define BASE_SCREEN_H

#include "base/types.h"

#define SCREEN_MAX_COLS 160
#define SCREEN_MAX_ROWS 100

enum screen_kind {
    SCREEN_BLANK, /* video off or a mode that is not modelled: show black */
    SCREEN_TEXT,
};

struct screen_cell {
    uint8_t ch;   /* code point in the guest's font (usually code page 437) */
    uint8_t attr; /* VGA attribute: bits 0-3 foreground, 4-6 background, 7 blink or bright */
};

struct screen {
    enum screen_kind kind;
    unsigned cols, rows;     /* text cells */
    unsigned cell_w, cell_h; /* pixels in a cell: 8 or 9, 1 to 32 */
    struct screen_cell cells[SCREEN_MAX_ROWS * SCREEN_MAX_COLS]; /* row by row, cols per row */
    uint8_t font[2][256][32]; /* glyph rows, MSB left; [0] for attr bit 3 clear, [1] set */
    uint32_t palette[16];     /* 0x00RRGGBB */
    bool blink;               /* attr bit 7 means blinking, else bright background */
    bool line_graphics;       /* 9-dot cells: codes C0h-DFh repeat column 8 */
    bool cursor_on;           /* cursor enabled and on screen */
    unsigned cursor_col, cursor_row;
    unsigned cursor_top, cursor_bottom; /* first and last glyph row of the cursor */
};

#endif
