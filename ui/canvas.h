/* SPDX-License-Identifier: MIT */
/*
 * canvas.h - drawing on a picture of 0x00RRGGBB pixels: rectangles and text in the built-in 8x16
 * font. Everything is clipped to the picture. On a fine screen a canvas can have several pixels for
 * each of its own (zoom); coordinates do not change by that.
 */
#ifndef UI_CANVAS_H
#define UI_CANVAS_H

#include "base/types.h"

struct canvas {
    uint32_t *pixels;          /* row by row */
    int width, height;         /* in the canvas' own pixels */
    const uint8_t (*font)[16]; /* 256 glyphs, code page 437 */
    int zoom;                  /* pixels for one of its own, across and down; 0: 1 */
    int stride;                /* pixels from one row to the next; 0: as wide as the picture */
};

#define CANVAS_CHAR_W 8
#define CANVAS_CHAR_H 16

void canvas_fill(struct canvas *c, int x, int y, int w, int h, uint32_t color);
void canvas_frame(struct canvas *c, int x, int y, int w, int h, uint32_t color); /* 1 pixel */
/* Mixes part of 256 of `color` into what is there. */
void canvas_shade(struct canvas *c, int x, int y, int w, int h, uint32_t color, unsigned part);
/* Gives x behind the last character. */
int canvas_text(struct canvas *c, int x, int y, uint32_t color, const char *text);
int canvas_printf(struct canvas *c, int x, int y, uint32_t color, const char *fmt, ...)
    PRINTF_LIKE(5, 6);
/* part of 256 of `color`, the rest of `under`. */
uint32_t canvas_mix(uint32_t color, uint32_t under, unsigned part);

#endif
