/* SPDX-License-Identifier: MIT */
/*
 * vga_screen.c - what kind of picture the registers describe, whether a viewer has seen it, and
 * the picture of text modes; text mode 3. Graphics are in vga_draw.c.
 * Source: IBM PS/2 Hardware Interface Technical Reference, "Video Subsystem", and the BIOS mode
 * tables of the VGA.
 *
 * Text: plane 0 holds the characters, plane 1 the attributes, plane 2 eight fonts of 8 KiB. The
 * CRTC's address counter is shifted on its way to the memory (byte, word, doubleword mode).
 */
#include "devices/vga.h"

#include "base/screen.h"
#include "base/trace.h"
#include "devices/vga_font.h"
#include "devices/vga_parts.h"

/* What a viewer's copy shows: screen.seen[]. */
enum { SEEN_VERSION, SEEN_START, SEEN_LOOK };

#define PLANES_BYTES 0x40000u /* the 64 Ki cells that the CRTC can address */

/* The cell of a counter value of the CRTC. 17h bits 0 and 1: the row scan counter takes the place
   of address bits 13 and 14 (CGA, Hercules). */
uint32_t vga_cell_of(const struct vga *v, unsigned counter, unsigned row_scan)
{
    uint32_t cell;
    counter &= 0xFFFF;
    if (v->crtc[0x14] & 0x40) {
        cell = counter << 2;
    } else if (v->crtc[0x17] & 0x40) {
        cell = counter;
    } else {
        unsigned wrap = v->crtc[0x17] & 0x20 ? counter >> 15 : counter >> 13;
        cell = counter << 1 | (wrap & 1);
    }
    if (!(v->crtc[0x17] & 1))
        cell = (cell & ~0x2000u) | (row_scan & 1) << 13;
    if (!(v->crtc[0x17] & 2))
        cell = (cell & ~0x4000u) | (row_scan & 2) << 13;
    return cell & 0xFFFF;
}

static unsigned pair(const struct vga *v, unsigned high)
{
    return (unsigned)(v->crtc[high] << 8 | v->crtc[high + 1]);
}

static unsigned at_most(unsigned v, unsigned max)
{
    return v < max ? v : max;
}

/* ---- Colours --------------------------------------------------------------------------- */

uint32_t vga_dac_rgb(const struct vga *v, uint8_t index)
{
    uint32_t rgb = 0;
    for (unsigned i = 0; i < 3; i++) {
        uint8_t c = v->dac[index & v->pel_mask][i];
        if (!(v->dispi[DISPI_ENABLE] & DISPI_8BIT_DAC))
            c = (uint8_t)((c & 0x3F) << 2 | (c & 0x3F) >> 4);
        rgb = rgb << 8 | c;
    }
    return rgb;
}

void vga_palette(const struct vga *v, uint32_t rgb[16])
{
    for (unsigned i = 0; i < 16; i++) {
        uint8_t colour = v->attr[i & v->attr[0x12] & 15] & 0x3F;
        uint8_t select = v->attr[0x14];
        if (v->attr[0x10] & 0x80)
            colour = (uint8_t)((colour & 0x0F) | (select & 3) << 4);
        colour |= (uint8_t)((select & 0x0C) << 4);
        rgb[i] = vga_dac_rgb(v, colour);
    }
}

/* ---- Text ------------------------------------------------------------------------------ */

static unsigned double_scan(const struct vga *v)
{
    return v->crtc[9] >> 7;
}

static void size_text(const struct vga *v, struct screen *out)
{
    out->cell_w = v->seq[1] & 1 ? 8 : 9;
    out->cell_h = (v->crtc[9] & 31u) + 1;
    out->scale_x = v->seq[1] & 8 ? 2 : 1;
    out->scale_y = double_scan(v) + 1;
    unsigned fit = SCREEN_MAX_WIDTH / (out->cell_w * out->scale_x);
    out->cols = at_most(at_most(v->crtc[1] + 1u, fit), SCREEN_MAX_COLS);
    out->width = out->cols * out->cell_w;
    out->height = at_most(vga_shown_lines(v), SCREEN_MAX_HEIGHT) / out->scale_y;
    if (out->height == 0)
        out->height = 1;
}

/* 9-dot cells count from 8: there 8 means not moved at all. */
static uint8_t text_pan(const struct vga *v, unsigned cell_w)
{
    unsigned pan = v->attr[0x13] & 15u;
    if (cell_w == 9)
        return (uint8_t)(pan >= 8 ? 0 : pan + 1);
    return (uint8_t)(pan & 7);
}

static struct screen_cell text_cell(const struct vga *v, unsigned counter)
{
    uint32_t cell = vga_cell(v, vga_cell_of(v, counter, 0));
    return (struct screen_cell){.ch = (uint8_t)cell, .attr = (uint8_t)(cell >> 8)};
}

static void fill_row(const struct vga *v, struct screen *out, unsigned row, unsigned counter)
{
    unsigned cursor = pair(v, 0x0E);
    for (unsigned col = 0; col < out->cols; col++) {
        out->cells[row * out->cols + col] = text_cell(v, counter + col);
        if (((counter + col) & 0xFFFF) == cursor && !out->cursor_on) {
            out->cursor_on = true;
            out->cursor_col = col;
            out->cursor_row = row;
        }
    }
    out->row[row].next = text_cell(v, counter + out->cols);
}

/* The rows from the top, the first one cut by the preset row scan; the line compare starts over at
   address 0, and without panning if attribute mode bit 5 says so. */
static void fill_rows(const struct vga *v, struct screen *out)
{
    unsigned compare = v->crtc[0x18] | (v->crtc[7] & 0x10u) << 4 | (v->crtc[9] & 0x40u) << 3;
    unsigned split = (compare >> double_scan(v)) + 1, y = 0;
    unsigned counter = vga_start(v) + (v->crtc[8] >> 5 & 3u), first = v->crtc[8] & 31u;
    uint8_t pan = text_pan(v, out->cell_w);
    if (first >= out->cell_h)
        first = 0;
    for (out->rows = 0; y < out->height && out->rows < SCREEN_MAX_ROWS; out->rows++) {
        unsigned end = y < split && split < out->height ? split : out->height;
        unsigned lines = at_most(out->cell_h - first, end - y);
        if (y == split) {
            bool panned = !(v->attr[0x10] & 0x20);
            counter = panned ? v->crtc[8] >> 5 & 3u : 0;
            pan = panned ? pan : 0;
        }
        out->row[out->rows] = (struct screen_row){
            .y = (uint16_t)y, .first = (uint8_t)first, .lines = (uint8_t)lines, .pan = pan};
        fill_row(v, out, out->rows, counter);
        counter += v->crtc[0x13] * 2u;
        y += lines;
        first = 0;
    }
}

static void fill_cursor_shape(const struct vga *v, struct screen *out)
{
    out->cursor_top = v->crtc[0x0A] & 31u;
    out->cursor_bottom = at_most(v->crtc[0x0B] & 31u, out->cell_h - 1);
    if ((v->crtc[0x0A] & 0x20) || out->cursor_top > out->cursor_bottom)
        out->cursor_on = false;
}

static void fill_fonts(const struct vga *v, struct screen *out)
{
    uint8_t s = v->seq[3];
    /* Map B serves attribute bit 3 clear, map A set; the third bit is the odd 8 KiB. */
    unsigned slot[2] = {(s & 3u) << 1 | (s >> 4 & 1u), (s >> 2 & 3u) << 1 | (s >> 5 & 1u)};
    for (unsigned f = 0; f < 2; f++)
        for (unsigned i = 0; i < 256 * 32; i++)
            out->font[f][i / 32][i % 32] = (uint8_t)(vga_cell(v, slot[f] * 8192 + i) >> 16);
}

static void fill_text(const struct vga *v, struct screen *out)
{
    size_text(v, out);
    out->cursor_on = false;
    out->cursor_col = out->cursor_row = 0;
    fill_rows(v, out);
    fill_cursor_shape(v, out);
    fill_fonts(v, out);
    vga_palette(v, out->palette);
    out->blink = v->attr[0x10] & 0x08;
    out->line_graphics = v->attr[0x10] & 0x04;
    out->underline = v->attr[0x10] & 0x02 ? v->crtc[0x14] & 31u : 32;
    out->dirty_last = out->height;
}

/* ---- Kind and news --------------------------------------------------------------------- */

static bool is_blank(const struct vga *v)
{
    if (v->seq[1] & 0x20)
        return true;
    if (vga_dispi_on(v))
        return false;
    return (v->seq[0] & 3) != 3 || !(v->crtc[0x17] & 0x80) || !(v->attr_index & 0x20);
}

static bool is_graphics(const struct vga *v)
{
    return vga_dispi_on(v) || ((v->gc[6] | v->attr[0x10]) & 1);
}

/* Moves what the stores marked into the list that viewers compare with. */
static void note_stores(const struct vga *v)
{
    struct vga_memory *m = v->board.memory;
    bool any = false;
    for (unsigned page = 0; page < VGA_PAGES; page++) {
        if (m->dirty[page] & 1) {
            m->dirty[page] &= 0xFE;
            m->changed[page] = m->looks + 1;
            any = true;
        }
    }
    if (!any)
        return;
    m->looks++;
    if (v->board.dirty_cleared)
        v->board.dirty_cleared(v->board.ctx);
}

bool vga_stored(const struct vga *v, const struct screen *s, uint32_t first, uint32_t last)
{
    for (uint32_t page = first / 4096; page <= last / 4096 && page < VGA_PAGES; page++) {
        if (v->board.memory->changed[page] > s->seen[SEEN_LOOK])
            return true;
    }
    return false;
}

static void fill_graphics(const struct vga *v, struct screen *out, bool registers)
{
    bool lfb = vga_dispi_on(v) && v->dispi[DISPI_BPP] != 4;
    if (lfb)
        vga_size_lfb(v, out);
    else
        vga_size_planes(v, out);
    if (!out->pixels)
        out->dirty_last = out->height; /* nothing to compare with */
    else if (lfb)
        vga_draw_lfb(v, out, registers);
    else
        vga_draw_planes(v, out, registers);
}

static void fill(const struct vga *v, struct screen *out, bool registers)
{
    enum screen_kind kind = out->kind;
    unsigned width = out->width, height = out->height;
    out->kind = is_blank(v) ? SCREEN_BLANK : is_graphics(v) ? SCREEN_GRAPHICS : SCREEN_TEXT;
    out->aspect_x = 4;
    out->aspect_y = 3;
    switch (out->kind) {
    case SCREEN_TEXT:
        if (registers || vga_stored(v, out, 0, PLANES_BYTES - 1))
            fill_text(v, out);
        break;
    case SCREEN_GRAPHICS: fill_graphics(v, out, registers); break;
    case SCREEN_BLANK:
        out->width = out->height = 0;
        out->scale_x = out->scale_y = 1;
        break;
    }
    bool other = out->kind != kind || out->width != width || out->height != height;
    if (other) { /* whatever rows are the same by chance */
        out->dirty_first = 0;
        out->dirty_last = out->height;
    }
    out->changed = other || out->dirty_first != out->dirty_last;
}

void vga_screen(const struct vga *v, struct screen *out)
{
    note_stores(v);
    uint64_t now[] = {
        [SEEN_VERSION] = v->version,
        [SEEN_START] = vga_start(v),
        [SEEN_LOOK] = v->board.memory->looks,
    };
    bool registers =
        out->seen[SEEN_VERSION] != now[SEEN_VERSION] || out->seen[SEEN_START] != now[SEEN_START];
    out->changed = false;
    out->dirty_first = out->dirty_last = 0;
    if (registers || out->seen[SEEN_LOOK] != now[SEEN_LOOK])
        fill(v, out, registers);
    memcpy(out->seen, now, sizeof now);
}

/* clang-format off */
static const uint8_t mode3_seq[VGA_SEQ_REGS] = {0x03, 0x00, 0x03, 0x00, 0x02};
static const uint8_t mode3_crtc[VGA_CRTC_REGS] = {
    0x5F, 0x4F, 0x50, 0x82, 0x55, 0x81, 0xBF, 0x1F, 0x00, 0x4F, 0x0D, 0x0E, 0x00, 0x00, 0x00, 0x00,
    0x9C, 0x8E, 0x8F, 0x28, 0x1F, 0x96, 0xB9, 0xA3, 0xFF,
};
static const uint8_t mode3_gc[VGA_GC_REGS] = {0, 0, 0, 0, 0, 0x10, 0x0E, 0, 0xFF};
static const uint8_t mode3_attr[VGA_ATTR_REGS] = {
    0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x14, 0x07, 0x38, 0x39, 0x3A, 0x3B, 0x3C, 0x3D, 0x3E, 0x3F,
    0x0C, 0x00, 0x0F, 0x08, 0x00,
};
/* clang-format on */

/* The first 64 colours are those of the EGA: bits rgbRGB, two thirds and one third. */
static void load_ega_palette(struct vga *v)
{
    for (unsigned i = 0; i < 64; i++)
        for (unsigned c = 0; c < 3; c++) /* red is bit 2 and bit 5 */
            v->dac[i][c] = (uint8_t)((i >> (2 - c) & 1 ? 0x2A : 0) + (i >> (5 - c) & 1 ? 0x15 : 0));
    for (unsigned i = 64; i < 256; i++)
        v->dac[i][0] = v->dac[i][1] = v->dac[i][2] = 0;
}

void vga_set_text_mode(struct vga *v)
{
    memcpy(v->seq, mode3_seq, sizeof v->seq);
    memcpy(v->crtc, mode3_crtc, sizeof v->crtc);
    memcpy(v->gc, mode3_gc, sizeof v->gc);
    memcpy(v->attr, mode3_attr, sizeof v->attr);
    v->misc = 0x67;
    v->feature = 0;
    v->seq_index = v->crtc_index = v->gc_index = 0;
    v->attr_index = 0x20; /* the palette belongs to the display */
    v->attr_data = false;
    v->pel_mask = 0xFF;
    v->dac_read = v->dac_write = v->dac_sub = 0;
    v->dac_reading = false;
    v->latch = 0;
    v->start = 0;
    v->start_pending = false;
    vga_dispi_reset(v);
    load_ega_palette(v);
    for (unsigned i = 0; i < PLANES_BYTES / 4; i++)
        vga_cell_put(v, i, i & 1 || i >= 0x8000 ? 0 : 0x0720);
    for (unsigned i = 0; i < 256 * 16; i++) {
        uint32_t cell = i / 16 * 32 + i % 16, glyph = vga_font_8x16[i / 16][i % 16];
        vga_cell_put(v, cell, vga_cell(v, cell) | glyph << 16);
    }
    v->version++;
    TRACE(v->trace, TRACE_VGA, "text mode 3, 80 by 25");
}
