/* SPDX-License-Identifier: MIT */
/*
 * text.c - text modes: fonts in plane 2, every attribute and character, two fonts at once, the
 * cursor, underlining, smooth scrolling, the split screen.
 */
#include "vgatest.h"

static u32 base, columns; /* where text is, and its row length in characters */

/* Glyphs of `height` rows into one of the four fonts at 16 KiB; `slant` makes a second face. */
static void load_font(unsigned slot, unsigned height, int slant)
{
    reg(SEQ, 2, 0x04);
    reg(SEQ, 4, 0x06);
    reg(GC, 4, 2);
    reg(GC, 5, 0);
    reg(GC, 6, 0x04);
    for (u32 ch = 0; ch < 256; ch++)
        for (u32 y = 0; y < height; y++) {
            u8 row = glyph_row((u8)ch, height, y);

            if (slant) /* leaning, and a line above */
                row = y == 0 ? 0xff : (u8)(y < height / 2 ? row >> 1 : row << 1);
            video(0xa0000 + slot * 0x4000)[ch * 32 + y] = row;
        }
}

static void cell(unsigned col, unsigned row, u8 ch, u8 attr)
{
    *(volatile u16 *)video(base + (row * columns + col) * 2) = (u16)(attr << 8 | ch);
}

static void words(unsigned col, unsigned row, const char *s, u8 attr)
{
    for (; *s; s++)
        cell(col++, row, (u8)*s, attr);
}

/* Sets the mode, loads its font, and leaves an empty screen `cols` wide with room beside it. */
static void begin(const struct mode *m, unsigned cols, unsigned font, u8 attr)
{
    mode_set(m);
    if (m == &mode_03_200)
        dac_cga();
    else if (m == &mode_07)
        dac_mono();
    else
        dac_ega();
    load_font(0, font, 0);
    reg(SEQ, 2, 0x03);
    reg(SEQ, 4, 0x02);
    reg(GC, 4, 0);
    reg(GC, 5, 0x10);
    reg(GC, 6, m->gc[6]);
    base = m->gc[6] & 4 ? 0xb8000 : 0xb0000;
    columns = cols;
    for (unsigned i = 0; i < 0x4000; i++)
        *(volatile u16 *)video(base + 2 * i) = (u16)(attr << 8 | ' ');
}

static void border(unsigned cols, unsigned rows, u8 attr)
{
    for (unsigned x = 1; x < cols - 1; x++) {
        cell(x, 0, 0xcd, attr);
        cell(x, rows - 1, 0xcd, attr);
    }
    for (unsigned y = 1; y < rows - 1; y++) {
        cell(0, y, 0xba, attr);
        cell(cols - 1, y, 0xba, attr);
    }
    cell(0, 0, 0xc9, attr);
    cell(cols - 1, 0, 0xbb, attr);
    cell(0, rows - 1, 0xc8, attr);
    cell(cols - 1, rows - 1, 0xbc, attr);
}

static void characters(unsigned col, unsigned row, unsigned across, u8 attr)
{
    for (unsigned ch = 0; ch < 256; ch++)
        cell(col + ch % across, row + ch / across, (u8)ch, attr);
}

void show_text(const struct mode *m, unsigned cols, unsigned rows, unsigned font, const char *title)
{
    static const char hex[] = "0123456789ABCDEF";

    begin(m, cols, font, 0x07);
    if (font == 8 && m == &mode_03) /* 50 rows in 400 lines */
        reg(CRTC, 9, 0x47);
    border(cols, rows, 0x0b);
    words(3, 0, title, 0x0f);
    for (unsigned a = 0; a < 256; a++) {
        cell(4 + a % 16 * 2, 3 + a / 16, (u8)hex[a >> 4], (u8)a);
        cell(5 + a % 16 * 2, 3 + a / 16, (u8)hex[a & 15], (u8)a);
    }
    if (cols >= 80)
        characters(42, 3, 32, 0x0e);
    if (cols >= 80)
        words(42, 13, "\xda\xc4\xc4\xc2\xc4\xc4\xbf \xb0\xb0\xb1\xb1\xb2\xb2\xdb\xdb \xe3\xf7\xfb",
              0x0a);
    if (cols >= 80)
        words(42, 14, "\xc0\xc4\xc4\xc1\xc4\xc4\xd9", 0x0a);
    if (rows > 40)
        characters(4, 24, 64, 0x0d);
}

/* Attribute bit 3 chooses between two fonts. */
void text_512(void)
{
    begin(&mode_03, 80, 16, 0x07);
    load_font(1, 16, 1);
    reg(SEQ, 2, 0x03);
    reg(SEQ, 4, 0x02);
    reg(GC, 4, 0);
    reg(GC, 5, 0x10);
    reg(GC, 6, 0x0e);
    reg(SEQ, 3, 0x04);
    attr_set(0x12, 0x07); /* so that the bit does not also make it bright */
    border(80, 25, 0x02);
    words(3, 0, " 512 characters: attribute bit 3 is the font ", 0x07);
    characters(8, 3, 64, 0x06);
    characters(8, 8, 64, 0x0e);
    words(8, 14, "The quick brown fox jumps over the lazy dog.", 0x03);
    words(8, 16, "The quick brown fox jumps over the lazy dog.", 0x0b);
}

/* A block cursor, and blinking attributes in their visible half. */
void text_cursor(void)
{
    begin(&mode_03, 80, 16, 0x17);
    attr_set(0x10, 0x0c);
    border(80, 25, 0x1e);
    words(3, 0, " cursor and blinking ", 0x1f);
    words(10, 6, "The cursor covers the lower half of this X", 0x17);
    words(10, 8, "These words blink", 0x9f);
    words(10, 10, "bit 7 leaves eight backgrounds", 0xc7);
    reg(CRTC, 0x0a, 8);
    reg(CRTC, 0x0b, 15);
    reg(CRTC, 0x0e, (6 * 80 + 51) >> 8);
    reg(CRTC, 0x0f, (6 * 80 + 51) & 255);
}

void text_mono(void)
{
    begin(&mode_07, 80, 16, 0x07);
    border(80, 25, 0x0f);
    words(3, 0, " monochrome, underlining ", 0x07);
    words(10, 4, "07 normal", 0x07);
    words(10, 6, "0F bright", 0x0f);
    words(10, 8, "01 underlined", 0x01);
    words(10, 10, "09 bright and underlined", 0x09);
    words(10, 12, "70 reversed", 0x70);
    words(10, 14, "F0 reversed", 0xf0);
    words(10, 16, "00 nothing", 0x00);
    words(10, 18, "02 to 06 are like 07", 0x02);
}

/* Moved by 3 dots and 5 lines: rows and columns at the edges are cut. */
void text_smooth(void)
{
    begin(&mode_03, 84, 16, 0x07);
    reg(CRTC, 0x13, 42);
    for (unsigned row = 0; row < 30; row++)
        for (unsigned col = 0; col < 84; col++)
            cell(col, row, (u8)('A' + (row + col) % 26), (u8)(1 + (row + col) % 15));
    words(4, 12, " preset row scan 5, panned by 3 dots, row length 84 ", 0x1f);
    reg(CRTC, 0x08, 5);
    attr_set(0x13, 2); /* in 9-dot cells 2 means 3 */
    reg(CRTC, 0x0c, 0);
    reg(CRTC, 0x0d, 84 + 2);
}

/* Above: from row 30, moved sideways; below, from scan line 243: row 0, at rest. */
void text_split(void)
{
    begin(&mode_03, 80, 16, 0x07);
    for (unsigned row = 0; row < 60; row++)
        for (unsigned col = 0; col < 80; col++)
            cell(col, row, (u8)(row < 30 ? 0xb0 : '0' + col % 10), row < 30 ? 0x13 : 0x0e);
    words(6, 2, " below the line compare: address 0, not panned ", 0x1f);
    words(6, 34, " above: start address 30 * 80, panned by 4 dots ", 0x4f);
    attr_set(0x10, 0x24);
    attr_set(0x13, 3);
    reg(CRTC, 0x0c, (30 * 80) >> 8);
    reg(CRTC, 0x0d, (30 * 80) & 255);
    reg(CRTC, 0x18, 242);
    reg(CRTC, 0x07, 0x0f); /* bit 8 of the line compare */
    reg(CRTC, 0x09, 0x0f); /* bit 9 */
}
