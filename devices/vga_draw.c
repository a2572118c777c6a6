/* SPDX-License-Identifier: MIT */
/*
 * vga_draw.c - graphics as pixels: the planes the way CRTC, graphics and attribute controller send
 * them to the monitor, and the frame buffer of the Bochs display interface.
 * Source: IBM PS/2 Hardware Interface Technical Reference, "Video Subsystem"; Bochs, "VBE display
 * interface".
 *
 * From memory to colour, for each character clock:
 *
 *     cell (4 planes) -> 8 numbers of 4 bits -> palette -> colour select -> DAC      16 colours
 *                        (graphics 5 bits 5-6)
 *                     -> pairs of them, 4 numbers of 8 bits ------------> DAC       256 colours
 *                        (attribute mode bit 6)
 *
 * Lines that the CRTC sends twice (double scan, or a maximum scan line that plays no part in the
 * address) are drawn once, with scale_y saying so; unless scrolling or a split screen cuts
 * through them, then each scan line becomes a row of its own.
 */
#include "devices/vga_parts.h"

#include "base/screen.h"

/* One scan line: which counter it starts at. */
struct scan {
    unsigned base;     /* address counter at its left edge */
    unsigned row_scan; /* line within the row of characters */
    unsigned again;    /* double scan: 1 in the second of two lines */
    unsigned pan;      /* pixels moved left */
};

static bool is_256(const struct vga *v)
{
    return v->attr[0x10] & 0x40;
}

static unsigned max_scan(const struct vga *v)
{
    return v->crtc[9] & 31u;
}

/* ---- Size ------------------------------------------------------------------------------ */

/* The last line above the split. */
static unsigned line_compare(const struct vga *v)
{
    return v->crtc[0x18] | (v->crtc[7] & 0x10u) << 4 | (v->crtc[9] & 0x40u) << 3;
}

/* How many scan lines in a row show the same. */
static unsigned repeats(const struct vga *v, unsigned lines)
{
    unsigned n = v->crtc[9] & 0x80 ? 2 : 1;
    unsigned split = line_compare(v) + 1;
    if ((v->crtc[0x17] & 3) == 3)
        n *= max_scan(v) + 1;
    bool whole = lines % n == 0 && (split >= lines || split % n == 0) && !(v->crtc[8] & 31);
    return whole ? n : 1;
}

void vga_size_lfb(const struct vga *v, struct screen *out)
{
    struct vga_lfb f = vga_dispi_lfb(v);
    out->width = f.width;
    out->height = f.height;
    out->scale_x = out->scale_y = 1;
    out->aspect_x = f.width; /* square pixels */
    out->aspect_y = f.height;
}

void vga_size_planes(const struct vga *v, struct screen *out)
{
    if (vga_dispi_on(v)) {
        vga_size_lfb(v, out);
        return;
    }
    unsigned dots = v->seq[1] & 8 ? 2 : 1, chars = v->crtc[1] + 1u;
    unsigned lines = vga_shown_lines(v);
    if (chars > SCREEN_MAX_WIDTH / (8 * dots))
        chars = SCREEN_MAX_WIDTH / (8 * dots);
    if (lines > SCREEN_MAX_HEIGHT)
        lines = SCREEN_MAX_HEIGHT;
    out->scale_x = is_256(v) ? dots * 2 : dots;
    out->scale_y = repeats(v, lines);
    out->width = chars * (is_256(v) ? 4 : 8);
    out->height = lines / out->scale_y;
}

/* ---- Cells ----------------------------------------------------------------------------- */

/* Bit 7 of b in the lowest byte, bit 0 in the highest: each copy of b lands in its own nine bits. */
static uint64_t spread(uint32_t b)
{
    return (((b & 0xFF) * UINT64_C(0x8040201008040201)) & UINT64_C(0x8080808080808080)) >> 7;
}

/* Eight numbers of 4 bits, leftmost in the lowest byte. */
static uint64_t numbers(const struct vga *v, uint32_t cell)
{
    uint64_t n = 0;
    switch (v->gc[5] >> 5 & 3) {
    case 0: /* a bit from each plane */
        return spread(cell) | spread(cell >> 8) << 1 | spread(cell >> 16) << 2 |
               spread(cell >> 24) << 3;
    case 1: /* CGA: two bits from planes 0 and 2, then from planes 1 and 3 */
        for (unsigned i = 0; i < 8; i++) {
            uint32_t even = cell >> (i & 4 ? 8 : 0), at = 6 - 2 * (i & 3);
            n |= (uint64_t)((even >> at & 3) | (even >> (16 + at) & 3) << 2) << 8 * i;
        }
        return n;
    default: /* half of a byte, plane after plane */
        for (unsigned i = 0; i < 8; i++)
            n |= (uint64_t)(cell >> (8 * (i / 2) + (i & 1 ? 0 : 4)) & 15) << 8 * i;
        return n;
    }
}

/* Numbers for the colour table; returns how many. */
static unsigned expand(const struct vga *v, uint32_t cell, uint8_t *out)
{
    if (!is_256(v)) {
        uint64_t n = numbers(v, cell);
        memcpy(out, &n, 8);
        return 8;
    }
    if (!(v->gc[5] & 0x40)) {
        uint64_t n = numbers(v, cell);
        for (unsigned i = 0; i < 4; i++)
            out[i] = (uint8_t)(n >> 16 * i << 4 | n >> (16 * i + 8));
    } else {
        memcpy(out, &cell, 4);
    }
    return 4;
}

static void colours(const struct vga *v, uint32_t rgb[256])
{
    if (is_256(v)) {
        for (unsigned i = 0; i < 256; i++)
            rgb[i] = vga_dac_rgb(v, (uint8_t)i);
        return;
    }
    vga_palette(v, rgb);
    for (unsigned i = 16; i < 256; i++)
        rgb[i] = rgb[i & 15];
}

/* ---- Rows ------------------------------------------------------------------------------ */

/* A finished row: kept if it differs from what the viewer has. */
static void put_row(struct screen *out, unsigned y, const uint32_t *row)
{
    uint32_t *at = out->pixels + (size_t)y * out->width;
    if (memcmp(at, row, out->width * sizeof *row) == 0)
        return;
    memcpy(at, row, out->width * sizeof *row);
    if (out->dirty_first == out->dirty_last)
        out->dirty_first = y;
    out->dirty_last = y + 1;
}

/* The cell that column `col` of a scan line shows. */
static uint32_t cell_at(const struct vga *v, const struct scan *s, unsigned col)
{
    if (vga_dispi_on(v))
        return (s->base + col) % (VGA_MEMORY / 4);
    return vga_cell_of(v, s->base + col, s->row_scan);
}

static bool was_stored(const struct vga *v, const struct screen *out, const struct scan *s,
                       unsigned cells)
{
    uint32_t first = cell_at(v, s, 0), last = cell_at(v, s, cells - 1);
    if (first > last) /* round the end */
        return vga_stored(v, out, 0, VGA_MEMORY - 1);
    return vga_stored(v, out, first * 4, last * 4 + 3);
}

static void draw_scan(const struct vga *v, struct screen *out, const struct scan *s, unsigned y,
                      const uint32_t rgb[256], bool all)
{
    uint8_t number[SCREEN_MAX_WIDTH + 16];
    uint32_t row[SCREEN_MAX_WIDTH];
    unsigned cells = out->width / (is_256(v) ? 4 : 8) + (s->pan != 0), n = 0;
    if (!all && !was_stored(v, out, s, cells))
        return;
    for (unsigned col = 0; col < cells; col++)
        n += expand(v, vga_cell(v, cell_at(v, s, col)), number + n);
    for (unsigned x = 0; x < out->width; x++)
        row[x] = rgb[number[x + s->pan]];
    put_row(out, y, row);
}

static unsigned byte_pan(const struct vga *v)
{
    return v->crtc[8] >> 5 & 3u;
}

/* From one scan line to the next. */
static void step(const struct vga *v, struct scan *s, unsigned line)
{
    if (line == line_compare(v)) {
        bool panned = !(v->attr[0x10] & 0x20);
        s->base = panned ? byte_pan(v) : 0;
        s->row_scan = s->again = 0;
        s->pan = panned ? s->pan : 0;
        return;
    }
    if ((v->crtc[9] & 0x80) && !s->again) {
        s->again = 1;
        return;
    }
    s->again = 0;
    if (s->row_scan != max_scan(v)) {
        s->row_scan = (s->row_scan + 1) & 31;
        return;
    }
    s->row_scan = 0;
    s->base += v->crtc[0x13] * 2u;
}

static void draw_dispi_planes(const struct vga *v, struct screen *out, const uint32_t rgb[256],
                              bool all)
{
    struct vga_lfb f = vga_dispi_lfb(v);
    struct scan s = {.base = f.start, .pan = f.pan};
    for (unsigned y = 0; y < out->height; y++, s.base += f.pitch)
        draw_scan(v, out, &s, y, rgb, all);
}

void vga_draw_planes(const struct vga *v, struct screen *out, bool all)
{
    struct scan s = {.base = vga_start(v) + byte_pan(v), .row_scan = v->crtc[8] & 31u};
    uint32_t rgb[256];
    colours(v, rgb);
    if (vga_dispi_on(v)) {
        draw_dispi_planes(v, out, rgb, all);
        return;
    }
    s.pan = is_256(v) ? (v->attr[0x13] & 7) / 2 : v->attr[0x13] & 7;
    for (unsigned line = 0; line < out->height * out->scale_y; line++) {
        if (line % out->scale_y == 0)
            draw_scan(v, out, &s, line / out->scale_y, rgb, all);
        step(v, &s, line);
    }
}

/* ---- The frame buffer ------------------------------------------------------------------ */

/* A colour of n bits as 8, the upper bits repeated below. */
static uint32_t widen(uint32_t c, unsigned n)
{
    return c << (8 - n) | c >> (2 * n - 8);
}

static void draw_15(uint32_t *row, const uint8_t *p, unsigned width)
{
    for (unsigned x = 0; x < width; x++, p += 2) {
        uint32_t c = p[0] | (uint32_t)p[1] << 8;
        row[x] = widen(c >> 10 & 31, 5) << 16 | widen(c >> 5 & 31, 5) << 8 | widen(c & 31, 5);
    }
}

static void draw_16(uint32_t *row, const uint8_t *p, unsigned width)
{
    for (unsigned x = 0; x < width; x++, p += 2) {
        uint32_t c = p[0] | (uint32_t)p[1] << 8;
        row[x] = widen(c >> 11, 5) << 16 | widen(c >> 5 & 63, 6) << 8 | widen(c & 31, 5);
    }
}

static void draw_24(uint32_t *row, const uint8_t *p, unsigned width)
{
    for (unsigned x = 0; x < width; x++, p += 3)
        row[x] = p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16;
}

static void draw_32(uint32_t *row, const uint8_t *p, unsigned width)
{
    memcpy(row, p, width * 4u);
    for (unsigned x = 0; x < width; x++)
        row[x] &= 0xFFFFFF;
}

void vga_draw_lfb(const struct vga *v, struct screen *out, bool all)
{
    struct vga_lfb f = vga_dispi_lfb(v);
    uint32_t rgb[256], row[SCREEN_MAX_WIDTH], at = f.start;
    uint32_t bytes = f.width * ((f.bpp + 7) / 8);
    for (unsigned i = 0; f.bpp == 8 && i < 256; i++)
        rgb[i] = vga_dac_rgb(v, (uint8_t)i);
    for (unsigned y = 0; y < f.height; y++, at += f.pitch) {
        const uint8_t *p = v->board.memory->bytes + at;
        if (!all && !vga_stored(v, out, at, at + bytes - 1))
            continue;
        switch (f.bpp) {
        case 15: draw_15(row, p, f.width); break;
        case 16: draw_16(row, p, f.width); break;
        case 24: draw_24(row, p, f.width); break;
        case 32: draw_32(row, p, f.width); break;
        default:
            for (unsigned x = 0; x < f.width; x++)
                row[x] = rgb[p[x]];
        }
        put_row(out, y, row);
    }
}
