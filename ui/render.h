/* SPDX-License-Identifier: MIT */
/*
 * render.h - a struct screen becomes the dots of a monitor. Pure: no window, no time, no state.
 *
 * - Pixels are 0x00RRGGBB, row by row; `stride` is in pixels and at least render_width(). Each
 *   of the guest's pixels becomes scale_x by scale_y of them.
 * - What blinks is decided by the caller's phase, so that the same arguments give the same
 *   picture. The VGA blinks the cursor every 8 frames and attributes every 16.
 * - Given the previous screen and phase, only what looks different is drawn: cells of text, or the
 *   rows that the screen itself calls dirty.
 * Source: IBM VGA technical reference: attribute bits, 9th dot of codes C0h-DFh, cursor rows,
 * underline.
 */
#ifndef UI_RENDER_H
#define UI_RENDER_H

#include "base/types.h"

struct screen;

struct render_phase {
    bool text;   /* blinking characters are visible now */
    bool cursor; /* the cursor is in its visible half */
};

/* What render_draw touched: rows of dots first..last-1, nothing if first == last. */
struct render_dirty {
    unsigned first, last; /* rows of dots */
    unsigned cells;       /* how many cells of text were drawn */
};

/* Largest picture there can be, in dots: what a fixed buffer needs. */
#define RENDER_MAX_WIDTH 2048u
#define RENDER_MAX_HEIGHT 1200u

/* A blank screen has the size of 80 by 25 cells of 9 by 16 dots. */
unsigned render_width(const struct screen *s);
unsigned render_height(const struct screen *s);

/* before == NULL, or one of another geometry, font or palette: everything is drawn. */
struct render_dirty render_draw(uint32_t *pixels, size_t stride, const struct screen *s,
                                struct render_phase phase, const struct screen *before,
                                struct render_phase before_phase);

#endif
