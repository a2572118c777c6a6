/* SPDX-License-Identifier: MIT */
/*
 * vga_screen.c - the picture that the registers and the planes describe, and text mode 3.
 * Source: IBM PS/2 Hardware Interface Technical Reference, "Video Subsystem" and the BIOS mode
 * tables of the VGA.
 *
 * Text: plane 0 holds the characters, plane 1 the attributes, plane 2 eight fonts of 8 KiB. The
 * CRTC's address counter is shifted on its way to the memory (byte, word, doubleword mode).
 */
#include "devices/vga.h"

#include "base/screen.h"
#include "base/trace.h"
#include "devices/vga_font.h"

#include <string.h>

/* The cell of a counter value of the CRTC. */
static unsigned cell_of(const struct vga *v, unsigned counter)
{
    if (v->crtc[0x14] & 0x40)
        return counter << 2 & 0xFFFC;
    if (v->crtc[0x17] & 0x40)
        return counter & 0xFFFF;
    unsigned wrap = v->crtc[0x17] & 0x20 ? counter >> 15 : counter >> 13;
    return (counter << 1 & 0xFFFE) | (wrap & 1);
}

static unsigned pair(const struct vga *v, unsigned high)
{
    return (unsigned)(v->crtc[high] << 8 | v->crtc[high + 1]);
}

static bool is_shown(const struct vga *v)
{
    bool text = !(v->gc[6] & 1) && !(v->attr[0x10] & 1);
    bool running = (v->seq[0] & 3) == 3 && (v->crtc[0x17] & 0x80);
    return text && running && !(v->seq[1] & 0x20) && (v->attr_index & 0x20);
}

static unsigned at_most(unsigned v, unsigned max)
{
    return v < max ? v : max;
}

static unsigned double_scan(const struct vga *v)
{
    return v->crtc[9] >> 7;
}

static void fill_size(const struct vga *v, struct screen *out)
{
    uint8_t over = v->crtc[7];
    unsigned lines = (v->crtc[0x12] | (over & 0x02u) << 7 | (over & 0x40u) << 3) + 1;
    out->cell_w = v->seq[1] & 1 ? 8 : 9;
    out->cell_h = (v->crtc[9] & 31u) + 1;
    out->cols = at_most(v->crtc[1] + 1u, SCREEN_MAX_COLS);
    out->rows = at_most((lines >> double_scan(v)) / out->cell_h, SCREEN_MAX_ROWS);
    if (out->rows == 0)
        out->rows = 1;
}

/* The row at which the screen splits: from there the counter starts at 0. */
static unsigned split_row(const struct vga *v, const struct screen *out)
{
    unsigned line = v->crtc[0x18] | (v->crtc[7] & 0x10u) << 4 | (v->crtc[9] & 0x40u) << 3;
    return ((line >> double_scan(v)) + out->cell_h) / out->cell_h;
}

static void fill_cells(const struct vga *v, struct screen *out)
{
    unsigned row_step = v->crtc[0x13] * 2u;
    unsigned counter = pair(v, 0x0C), cursor = pair(v, 0x0E);
    unsigned split = split_row(v, out);
    for (unsigned row = 0; row < out->rows; row++, counter += row_step) {
        if (row == split)
            counter = 0;
        for (unsigned col = 0; col < out->cols; col++) {
            uint32_t cell = v->mem[cell_of(v, counter + col)];
            out->cells[row * out->cols + col] =
                (struct screen_cell){.ch = (uint8_t)cell, .attr = (uint8_t)(cell >> 8)};
            if (((counter + col) & 0xFFFF) == cursor && !out->cursor_on) {
                out->cursor_on = true;
                out->cursor_col = col;
                out->cursor_row = row;
            }
        }
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
            out->font[f][i / 32][i % 32] = (uint8_t)(v->mem[slot[f] * 8192 + i] >> 16);
}

static uint32_t dac_rgb(const struct vga *v, uint8_t index)
{
    uint32_t rgb = 0;
    for (unsigned i = 0; i < 3; i++) {
        uint8_t c = v->dac[index & v->pel_mask][i] & 0x3F;
        rgb = rgb << 8 | (uint32_t)(c << 2 | c >> 4);
    }
    return rgb;
}

static void fill_palette(const struct vga *v, struct screen *out)
{
    for (unsigned i = 0; i < 16; i++) {
        uint8_t colour = v->attr[i & v->attr[0x12] & 15] & 0x3F;
        uint8_t select = v->attr[0x14];
        if (v->attr[0x10] & 0x80)
            colour = (uint8_t)((colour & 0x0F) | (select & 3) << 4);
        colour |= (uint8_t)((select & 0x0C) << 4);
        out->palette[i] = dac_rgb(v, colour);
    }
}

void vga_screen(const struct vga *v, struct screen *out)
{
    memset(out, 0, sizeof *out);
    if (!is_shown(v)) {
        out->kind = SCREEN_BLANK;
        return;
    }
    out->kind = SCREEN_TEXT;
    fill_size(v, out);
    fill_cells(v, out);
    fill_cursor_shape(v, out);
    fill_fonts(v, out);
    fill_palette(v, out);
    out->blink = v->attr[0x10] & 0x08;
    out->line_graphics = v->attr[0x10] & 0x04;
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
    load_ega_palette(v);
    for (unsigned i = 0; i < VGA_CELLS; i++)
        v->mem[i] = i & 1 || i >= 0x8000 ? 0 : 0x0720;
    for (unsigned i = 0; i < 256 * 16; i++)
        v->mem[i / 16 * 32 + i % 16] |= (uint32_t)vga_font_8x16[i / 16][i % 16] << 16;
    TRACE(v->trace, TRACE_VGA, "text mode 3, 80 by 25");
}
