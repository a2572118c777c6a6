/* SPDX-License-Identifier: MIT */
/*
 * render.c - see render.h. Geometry is clamped here once more (limits()), so that no screen,
 * however it came about, makes a write outside the picture.
 */
#include "ui/render.h"
#include "base/screen.h"

#include <string.h>

#define BLANK_WIDTH 720u
#define BLANK_HEIGHT 400u

struct limits {
    bool text;               /* there are cells to draw */
    unsigned cols, rows;     /* cells */
    unsigned cell_w, cell_h; /* dots */
};

static unsigned at_most(unsigned v, unsigned max)
{
    return v < max ? v : max;
}

static struct limits limits(const struct screen *s)
{
    struct limits l = {
        .cols = at_most(s->cols, SCREEN_MAX_COLS),
        .rows = at_most(s->rows, SCREEN_MAX_ROWS),
        .cell_w = s->cell_w == 9 ? 9 : 8,
        .cell_h = at_most(s->cell_h, 32),
    };

    l.text = s->kind == SCREEN_TEXT && l.cols && l.rows && l.cell_h;
    return l;
}

unsigned render_width(const struct screen *s)
{
    struct limits l = limits(s);

    return l.text ? l.cols * l.cell_w : BLANK_WIDTH;
}

unsigned render_height(const struct screen *s)
{
    struct limits l = limits(s);

    return l.text ? l.rows * l.cell_h : BLANK_HEIGHT;
}

static bool cell_blinks(const struct screen *s, struct screen_cell cell)
{
    return s->blink && (cell.attr & 0x80);
}

static bool has_cursor(const struct screen *s, struct render_phase phase, unsigned col,
                       unsigned row)
{
    return s->cursor_on && phase.cursor && s->cursor_col == col && s->cursor_row == row;
}

static void draw_cell(uint32_t *at, size_t stride, const struct screen *s, const struct limits *l,
                      struct screen_cell cell, bool visible, bool cursor)
{
    const uint8_t *glyph = s->font[(cell.attr >> 3) & 1][cell.ch];
    uint32_t fg = s->palette[cell.attr & 15];
    uint32_t bg = s->palette[s->blink ? (cell.attr >> 4) & 7 : cell.attr >> 4];
    bool repeat = s->line_graphics && cell.ch >= 0xC0 && cell.ch <= 0xDF;

    for (unsigned y = 0; y < l->cell_h; y++, at += stride) {
        /* 9 dots in bits 8..0; the ninth is background unless the code is a line graphic. */
        unsigned dots = visible ? (unsigned)glyph[y] << 1 : 0;

        if (repeat)
            dots |= (dots >> 1) & 1;
        if (cursor && y >= s->cursor_top && y <= s->cursor_bottom)
            dots = 0x1FF;
        for (unsigned x = 0; x < l->cell_w; x++)
            at[x] = dots & (0x100u >> x) ? fg : bg;
    }
}

/* Whether every cell of `before` that did not change can be left on the picture. */
static bool same_look(const struct screen *s, const struct screen *before)
{
    return s->kind == before->kind && s->cols == before->cols && s->rows == before->rows &&
           s->cell_w == before->cell_w && s->cell_h == before->cell_h &&
           s->blink == before->blink && s->line_graphics == before->line_graphics &&
           !memcmp(s->palette, before->palette, sizeof(s->palette)) &&
           !memcmp(s->font, before->font, sizeof(s->font));
}

static bool cell_changed(const struct screen *s, struct render_phase phase,
                         const struct screen *before, struct render_phase before_phase,
                         unsigned col, unsigned row)
{
    size_t i = (size_t)row * at_most(s->cols, SCREEN_MAX_COLS) + col;
    struct screen_cell is = s->cells[i], was = before->cells[i];
    bool cursor = has_cursor(s, phase, col, row);

    if (is.ch != was.ch || is.attr != was.attr)
        return true;
    if (cell_blinks(s, is) && phase.text != before_phase.text)
        return true;
    if (cursor != has_cursor(before, before_phase, col, row))
        return true;
    return cursor &&
           (s->cursor_top != before->cursor_top || s->cursor_bottom != before->cursor_bottom);
}

static struct render_dirty draw_blank(uint32_t *pixels, size_t stride)
{
    for (unsigned y = 0; y < BLANK_HEIGHT; y++)
        memset(pixels + y * stride, 0, BLANK_WIDTH * sizeof(*pixels));
    return (struct render_dirty){.first = 0, .last = BLANK_HEIGHT};
}

struct render_dirty render_draw(uint32_t *pixels, size_t stride, const struct screen *s,
                                struct render_phase phase, const struct screen *before,
                                struct render_phase before_phase)
{
    struct render_dirty dirty = {0};
    struct limits l = limits(s);
    bool all = !before || !same_look(s, before);

    if (!l.text)
        return all ? draw_blank(pixels, stride) : dirty;
    for (unsigned row = 0; row < l.rows; row++) {
        bool drawn = false;

        for (unsigned col = 0; col < l.cols; col++) {
            struct screen_cell cell = s->cells[(size_t)row * l.cols + col];

            if (!all && !cell_changed(s, phase, before, before_phase, col, row))
                continue;
            draw_cell(pixels + (size_t)row * l.cell_h * stride + (size_t)col * l.cell_w, stride, s,
                      &l, cell, phase.text || !cell_blinks(s, cell),
                      has_cursor(s, phase, col, row));
            drawn = true;
            dirty.cells++;
        }
        if (!drawn)
            continue;
        if (dirty.first == dirty.last)
            dirty.first = row * l.cell_h;
        dirty.last = (row + 1) * l.cell_h;
    }
    return dirty;
}
