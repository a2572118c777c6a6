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
    enum screen_kind kind;   /* what there is to draw */
    unsigned width, height;  /* pixels of the guest */
    unsigned sx, sy;         /* dots in one of them */
    unsigned cols, rows;     /* cells */
    unsigned cell_w, cell_h; /* pixels */
};

static unsigned at_most(unsigned v, unsigned max)
{
    return v < max ? v : max;
}

static struct limits limits(const struct screen *s)
{
    struct limits l = {
        .kind = s->kind,
        .sx = s->scale_x ? at_most(s->scale_x, 8) : 1,
        .sy = s->scale_y ? at_most(s->scale_y, 64) : 1,
        .cell_w = s->cell_w == 9 ? 9 : 8,
        .cell_h = at_most(s->cell_h, 32),
    };

    l.cols = at_most(at_most(s->cols, SCREEN_MAX_COLS), RENDER_MAX_WIDTH / (l.cell_w * l.sx));
    l.rows = at_most(s->rows, SCREEN_MAX_ROWS);
    l.width = s->kind == SCREEN_TEXT ? l.cols * l.cell_w : s->width;
    l.width = at_most(l.width, RENDER_MAX_WIDTH / l.sx);
    l.height = at_most(s->height, RENDER_MAX_HEIGHT / l.sy);
    if ((s->kind != SCREEN_TEXT && s->kind != SCREEN_GRAPHICS) || !l.width || !l.height ||
        (s->kind == SCREEN_TEXT && !l.cell_h) || (s->kind == SCREEN_GRAPHICS && !s->pixels)) {
        l.kind = SCREEN_BLANK;
        l.width = BLANK_WIDTH;
        l.height = BLANK_HEIGHT;
        l.sx = l.sy = 1;
    }
    return l;
}

unsigned render_width(const struct screen *s)
{
    struct limits l = limits(s);

    return l.width * l.sx;
}

unsigned render_height(const struct screen *s)
{
    struct limits l = limits(s);

    return l.height * l.sy;
}

/* ---- Text ------------------------------------------------------------------------------ */

static bool cell_blinks(const struct screen *s, struct screen_cell cell)
{
    return s->blink && (cell.attr & 0x80);
}

static bool has_cursor(const struct screen *s, struct render_phase phase, unsigned col,
                       unsigned row)
{
    return s->cursor_on && phase.cursor && s->cursor_col == col && s->cursor_row == row;
}

/* One row of a glyph: 9 dots in bits 8..0. The ninth is background unless the code is a line graphic. */
static unsigned glyph_dots(const struct screen *s, struct screen_cell cell, unsigned y)
{
    unsigned dots = (unsigned)s->font[(cell.attr >> 3) & 1][cell.ch][y] << 1;

    if (s->line_graphics && cell.ch >= 0xC0 && cell.ch <= 0xDF)
        dots |= (dots >> 1) & 1;
    if (y == s->underline && (cell.attr & 0x77) == 0x01)
        dots = 0x1FF;
    return dots;
}

/* Puts dots of a cell into a row of dots; x is where the cell begins and may be negative. */
static void put_dots(uint32_t *row, const struct limits *l, int x, unsigned dots, uint32_t fg,
                     uint32_t bg)
{
    for (unsigned i = 0; i < l->cell_w; i++, x++) {
        uint32_t colour = dots & (0x100u >> i) ? fg : bg;

        if (x < 0 || x >= (int)l->width)
            continue;
        for (unsigned d = 0; d < l->sx; d++)
            row[(unsigned)x * l->sx + d] = colour;
    }
}

struct cell_look {
    struct screen_cell cell;
    bool visible; /* not in the dark half of blinking */
    bool cursor;
};

static void draw_cell(uint32_t *pixels, size_t stride, const struct screen *s,
                      const struct limits *l, const struct screen_row *r, int x,
                      struct cell_look look)
{
    struct screen_cell cell = look.cell;
    uint32_t fg = s->palette[cell.attr & 15];
    uint32_t bg = s->palette[s->blink ? (cell.attr >> 4) & 7 : cell.attr >> 4];

    for (unsigned i = 0; i < r->lines && r->y + i < l->height; i++) {
        unsigned y = at_most(r->first + i, 31);
        uint32_t *at = pixels + (size_t)(r->y + i) * l->sy * stride;
        unsigned dots = look.visible ? glyph_dots(s, cell, y) : 0;

        if (look.cursor && y >= s->cursor_top && y <= s->cursor_bottom)
            dots = 0x1FF;
        put_dots(at, l, x, dots, fg, bg);
        for (unsigned d = 1; d < l->sy; d++)
            put_dots(at + d * stride, l, x, dots, fg, bg);
    }
}

/* Whether every cell of `before` that did not change can be left on the picture. */
static bool same_look(const struct screen *s, const struct screen *before)
{
    return s->kind == before->kind && s->width == before->width && s->height == before->height &&
           s->scale_x == before->scale_x && s->scale_y == before->scale_y &&
           s->cols == before->cols && s->rows == before->rows && s->cell_w == before->cell_w &&
           s->cell_h == before->cell_h && s->blink == before->blink &&
           s->line_graphics == before->line_graphics && s->underline == before->underline &&
           !memcmp(s->palette, before->palette, sizeof(s->palette)) &&
           !memcmp(s->font, before->font, sizeof(s->font));
}

static bool cell_changed(const struct screen *s, struct render_phase phase,
                         const struct screen *before, struct render_phase before_phase,
                         unsigned col, unsigned row, unsigned cols)
{
    struct screen_cell is = s->row[row].next, was = before->row[row].next;
    bool cursor = has_cursor(s, phase, col, row);

    if (col < cols) {
        is = s->cells[(size_t)row * cols + col];
        was = before->cells[(size_t)row * cols + col];
    }
    if (is.ch != was.ch || is.attr != was.attr)
        return true;
    if (cell_blinks(s, is) && phase.text != before_phase.text)
        return true;
    if (cursor != has_cursor(before, before_phase, col, row))
        return true;
    return cursor &&
           (s->cursor_top != before->cursor_top || s->cursor_bottom != before->cursor_bottom);
}

static bool same_place(const struct screen_row *a, const struct screen_row *b)
{
    return a->y == b->y && a->first == b->first && a->lines == b->lines && a->pan == b->pan;
}

/* How many cells of one row were drawn. */
static unsigned draw_text_row(uint32_t *pixels, size_t stride, const struct screen *s,
                              const struct limits *l, unsigned row, struct render_phase phase,
                              const struct screen *before, struct render_phase before_phase)
{
    const struct screen_row *r = &s->row[row];
    unsigned cols = at_most(s->cols, SCREEN_MAX_COLS), drawn = 0;
    bool all = !before || !same_place(r, &before->row[row]);

    for (unsigned col = 0; col < l->cols + (r->pan != 0); col++) {
        struct screen_cell cell = col < cols ? s->cells[(size_t)row * cols + col] : r->next;
        struct cell_look look = {cell, phase.text || !cell_blinks(s, cell),
                                 has_cursor(s, phase, col, row)};

        if (!all && !cell_changed(s, phase, before, before_phase, col, row, cols))
            continue;
        draw_cell(pixels, stride, s, l, r, (int)(col * l->cell_w) - r->pan, look);
        drawn++;
    }
    return drawn;
}

static void grow(struct render_dirty *d, unsigned first, unsigned last)
{
    if (d->first == d->last)
        d->first = first;
    d->last = last;
}

static void clear_rows(uint32_t *pixels, size_t stride, const struct limits *l)
{
    for (unsigned y = 0; y < l->height * l->sy; y++)
        memset(pixels + y * stride, 0, l->width * l->sx * sizeof(*pixels));
}

static struct render_dirty draw_text(uint32_t *pixels, size_t stride, const struct screen *s,
                                     const struct limits *l, struct render_phase phase,
                                     const struct screen *before, struct render_phase before_phase)
{
    struct render_dirty dirty = {0};

    if (!before) {
        clear_rows(pixels, stride, l); /* rows of text need not fill the picture */
        dirty.last = l->height * l->sy;
    }
    for (unsigned row = 0; row < l->rows; row++) {
        const struct screen_row *r = &s->row[row];
        unsigned drawn = draw_text_row(pixels, stride, s, l, row, phase, before, before_phase);

        dirty.cells += drawn;
        if (before && drawn && r->y < l->height)
            grow(&dirty, r->y * l->sy, at_most(r->y + r->lines, l->height) * l->sy);
    }
    return dirty;
}

/* ---- Graphics -------------------------------------------------------------------------- */

static void draw_pixels(uint32_t *at, const uint32_t *from, const struct limits *l)
{
    if (l->sx == 1) {
        memcpy(at, from, l->width * sizeof(*at));
        return;
    }
    for (unsigned x = 0; x < l->width; x++) {
        for (unsigned d = 0; d < l->sx; d++)
            *at++ = from[x];
    }
}

static struct render_dirty draw_graphics(uint32_t *pixels, size_t stride, const struct screen *s,
                                         const struct limits *l, bool all)
{
    unsigned first = all ? 0 : at_most(s->dirty_first, l->height);
    unsigned last = all ? l->height : at_most(s->dirty_last, l->height);

    for (unsigned y = first; y < last; y++) {
        uint32_t *at = pixels + (size_t)y * l->sy * stride;

        draw_pixels(at, s->pixels + (size_t)y * s->width, l);
        for (unsigned d = 1; d < l->sy; d++)
            memcpy(at + d * stride, at, l->width * l->sx * sizeof(*at));
    }
    return (struct render_dirty){.first = first * l->sy, .last = last * l->sy};
}

struct render_dirty render_draw(uint32_t *pixels, size_t stride, const struct screen *s,
                                struct render_phase phase, const struct screen *before,
                                struct render_phase before_phase)
{
    struct limits l = limits(s);
    bool all = !before || !same_look(s, before);

    if (l.kind == SCREEN_TEXT)
        return draw_text(pixels, stride, s, &l, phase, all ? NULL : before, before_phase);
    if (l.kind == SCREEN_GRAPHICS)
        return draw_graphics(pixels, stride, s, &l,
                             !before || s->kind != before->kind || s->width != before->width ||
                                 s->height != before->height || s->scale_x != before->scale_x ||
                                 s->scale_y != before->scale_y);
    if (all)
        clear_rows(pixels, stride, &l);
    return (struct render_dirty){.last = all ? l.height : 0};
}
