/* SPDX-License-Identifier: MIT */
/*
 * planar.c - what the graphics controller does between processor and planes, each function on a
 * tile of its own, and scrolling: panning, split screens, pages.
 */
#include "vgatest.h"

#define TILE 64

static const struct canvas planes_12 = {640, 480, 16, put_planes};

/* The graphics controller as put_planes leaves it, back to plain writes. */
static void plain(void)
{
    reg(GC, 0, 0);
    reg(GC, 1, 0);
    reg(GC, 3, 0);
    reg(GC, 4, 0);
    reg(GC, 5, 0);
    reg(GC, 7, 0x0f);
    reg(GC, 8, 0xff);
    reg(SEQ, 2, 0x0f);
}

static volatile u8 *tile(unsigned n)
{
    return video(0xa0000 + (u32)(56 + n / 6 * 136) * 80 + (n % 6) * 12 + 6);
}

/* Sixteen colours in 4 by 4 squares. */
static void source(unsigned n)
{
    int x = (int)(n % 6) * 96 + 48, y = 56 + (int)(n / 6) * 136;

    for (int i = 0; i < 16; i++)
        box(&planes_12, x + i % 4 * 16, y + i / 4 * 16, 16, 16, (u32)i);
    plain();
}

static void label(unsigned n, const char *text)
{
    text_at(&planes_12, (int)(n % 6) * 96 + 48, 56 + (int)(n / 6) * 136 + TILE + 8, text, 15, 16);
    plain();
}

static void fill(unsigned n, u8 value, int read_first)
{
    volatile u8 *p = tile(n);

    for (unsigned y = 0; y < TILE; y++, p += 80)
        for (unsigned x = 0; x < TILE / 8; x++) {
            if (read_first)
                (void)p[x];
            p[x] = value;
        }
}

static void copy_by_latches(unsigned from, unsigned to)
{
    volatile u8 *p = tile(from), *q = tile(to);

    reg(GC, 5, 1);
    for (unsigned y = 0; y < TILE; y++, p += 80, q += 80)
        for (unsigned x = 0; x < TILE / 8; x++) {
            (void)p[x];
            q[x] = 0xa5; /* what is written does not matter */
        }
    plain();
}

static void logical(unsigned n, u8 function, u8 colour, const char *text)
{
    source(n);
    reg(GC, 0, colour);
    reg(GC, 1, 0x0f);
    reg(GC, 3, function);
    fill(n, 0, 1);
    plain();
    label(n, text);
}

/* Where the colour is what read mode 1 looks for, white. */
static void find_colour(unsigned n, u8 colour, u8 care, const char *text)
{
    volatile u8 *p = tile(n);

    source(n);
    reg(GC, 2, colour);
    reg(GC, 7, care);
    for (unsigned y = 0; y < TILE; y++, p += 80)
        for (unsigned x = 0; x < TILE / 8; x++) {
            u8 match;

            reg(GC, 5, 0x08);
            match = p[x];
            reg(GC, 5, 0);
            reg(GC, 8, match);
            (void)p[x];
            p[x] = 0xff;
        }
    plain();
    label(n, text);
}

static void write_mode_3(unsigned n)
{
    volatile u8 *p = tile(n);
    static const char name[] = "Mode 3";

    source(n);
    reg(GC, 0, 15);
    reg(GC, 3, 0);
    reg(GC, 5, 3);
    for (unsigned y = 0; y < 16; y++)
        for (unsigned i = 0; i < 6; i++) {
            (void)p[(24 + y) * 80 + i + 1];
            p[(24 + y) * 80 + i + 1] = glyph_row((u8)name[i], 16, y);
        }
    plain();
    label(n, "write 3");
}

static void checks(void)
{
    volatile u8 *p = video(0xa0000 + 0x9600); /* beyond the picture */

    plain();
    for (u8 plane = 0; plane < 4; plane++) {
        reg(SEQ, 2, (u8)(1 << plane));
        *p = (u8)(0x11 * (plane + 1));
    }
    for (u8 plane = 0; plane < 4; plane++) {
        reg(GC, 4, plane);
        check("read mode 0 sees each plane", *p == 0x11 * (plane + 1));
    }
    plain();
    reg(GC, 5, 1);
    (void)*p;
    p[1] = 0;
    reg(GC, 5, 0);
    reg(GC, 4, 2);
    check("write mode 1 copies the latches", p[1] == 0x33);
    reg(GC, 5, 0x08);
    reg(GC, 2, 0x00);
    reg(GC, 7, 0x04);
    check("read mode 1 with one plane that counts", *p == (u8)~0x33);
    reg(GC, 7, 0x00);
    check("read mode 1 with none", *p == 0xff);
    plain();
    reg(GC, 3, 3);
    *p = 0x81;
    check("data are rotated right", *p == 0x30);
    plain();
    *(volatile u32 *)p = 0x78563412;
    check("a double word is four bytes", *(volatile u16 *)(p + 1) == 0x5634);
    reg(SEQ, 2, 0);
    *p = 0xff;
    check("no plane enabled, nothing written", *p == 0x12);
    plain();
}

void planar_features(void)
{
    mode_set(&mode_12);
    dac_ega();
    pitch = 80;
    text_at(&planes_12, 160, 20, "What stands between processor and planes", 15, 16);
    for (unsigned n = 0; n < 1; n++)
        source(n);
    label(0, "source");
    copy_by_latches(0, 1);
    label(1, "write 1");
    logical(2, 0x18, 15, "xor 15");
    logical(3, 0x08, 5, "and 5");
    logical(4, 0x10, 8, "or 8");
    write_mode_3(5);
    source(6);
    reg(GC, 8, 0x3c);
    fill(6, 0xff, 1);
    plain();
    label(6, "bit mask");
    reg(GC, 3, 3);
    reg(GC, 0, 4);
    reg(GC, 1, 0x0c);
    fill(7, 0xe0, 1);
    plain();
    label(7, "rotate 3");
    source(8);
    reg(SEQ, 2, 0x02);
    fill(8, 0x55, 0);
    plain();
    label(8, "map mask");
    find_colour(9, 4, 0x0f, "find 4");
    find_colour(10, 4, 0x05, "dont care");
    source(11);
    reg(GC, 5, 2);
    reg(GC, 8, 0xf0);
    fill(11, 9, 1);
    plain();
    label(11, "write 2");
    checks();
    for (int i = 0; i < 16; i++)
        box(&planes_12, 48 + i * 34, 340, 30, 100, (u32)i);
    plain();
}

/* 320 x 200: above line 100 a scene at another address, panned; below the first one, at rest. */
void planar_split(void)
{
    static const struct canvas c = {320, 200, 16, put_planes};

    mode_set(&mode_0d);
    dac_cga();
    pitch = 40;
    box(&c, 0, 0, 320, 100, 1);
    text_at(&c, 24, 20, "below: address 0, not panned", 15, 8);
    for (int x = 0; x < 320; x += 8)
        box(&c, x, 40, 1, 40, 14);
    for (int y = 0; y < 120; y++)
        for (int x = 0; x < 336; x += 8)
            box(&c, x, 250 + y, 1, 1, (u32)(y / 8 % 16));
    text_at(&c, 24, 270, "above: start 10000, pan 5", 12, 8);
    reg(GC, 5, 0);
    reg(CRTC, 0x0c, 10000 >> 8);
    reg(CRTC, 0x0d, 10000 & 255);
    reg(CRTC, 0x18, 199); /* in scan lines, of which a row has two */
    reg(CRTC, 0x07, 0x0f);
    reg(CRTC, 0x09, 0x80);
    attr_set(0x10, 0x21);
    attr_set(0x13, 5);
}

/* A picture of 800 by 600 in a window of 640 by 480, at an odd place. */
void planar_pan(void)
{
    static const struct canvas c = {800, 600, 16, put_planes};

    mode_set(&mode_12);
    dac_ega();
    pitch = 100;
    reg(CRTC, 0x13, 50);
    scene(&c, "mode 12h, 800 x 600 virtual, panned by 101, 37");
    reg(CRTC, 0x0c, (37 * 100 + 12) >> 8);
    reg(CRTC, 0x0d, (37 * 100 + 12) & 255);
    attr_set(0x13, 5);
}

/* The split is between two scan lines of one row. */
void chain4_split(void)
{
    static const struct canvas c = {320, 200, 256, put_chain4};

    mode_set(&mode_13);
    dac_256(6);
    pitch = 320;
    for (int y = 0; y < 200; y++)
        for (int x = 0; x < 320; x++)
            put_chain4(x, y, (u32)(32 + (x / 20 + y / 15 * 16) % 224));
    text_at(&c, 24, 20, "mode 13h from address 0", 15, 8);
    text_at(&c, 24, 120, "start address: row 100", 15, 8);
    reg(CRTC, 0x0c, (100 * 80) >> 8);
    reg(CRTC, 0x0d, (100 * 80) & 255);
    reg(CRTC, 0x18, 150); /* after 151 scan lines: 75 rows and a half */
    reg(CRTC, 0x07, 0x0f);
    reg(CRTC, 0x09, 0x01);
}

/* Two pages; the second is shown, and gets part of the first by latches, 4 pixels at a time. */
void unchained_pages(void)
{
    static const struct canvas first = {320, 240, 256, put_unchained},
                               second = {320, 480, 256, put_unchained};

    mode_set(&mode_x);
    dac_256(6);
    pitch = 80;
    scene(&first, "first page");
    box(&second, 0, 240, 320, 240, 1);
    text_at(&second, 60, 250, "mode X: page two", 15, 8);
    reg(SEQ, 2, 0x0f);
    reg(GC, 5, 0x41);
    for (int n = 0; n < 3; n++)
        for (int y = 0; y < 60; y++)
            for (int x = 0; x < 20; x++) {
                (void)*video(0xa0000 + (u32)(40 + y) * 80 + (u32)x + 6);
                *video(0xa0000 + (u32)(270 + n * 64 + y) * 80 + (u32)(x + 4 + n * 24)) = 0;
            }
    reg(GC, 5, 0x40);
    reg(CRTC, 0x0c, (240 * 80) >> 8);
    reg(CRTC, 0x0d, (240 * 80) & 255);
}
