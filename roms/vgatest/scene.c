/* SPDX-License-Identifier: MIT */
/*
 * scene.c - the test picture of graphics modes: a frame on the outermost pixels, a title, every
 * colour, ramps, a fan of lines and circles. Anything that is off by a pixel, a plane or a row
 * shows.
 */
#include "vgatest.h"

/* The drawing of the font is the emulator's; as data it says nothing about the hardware. */
const u8 font_8x16[256][16] = {
#include "font.inc"
};

u8 glyph_row(u8 ch, unsigned height, unsigned y)
{
    const u8 *rows = font_8x16[ch];

    if (height == 16)
        return rows[y];
    if (height == 14)
        return rows[y + 1];
    /* Two rows into one; what crosses the cell (boxes, shades) keeps its upper row. */
    return ch >= 0xb0 && ch <= 0xdf ? rows[2 * y] : rows[2 * y] | rows[2 * y + 1];
}

u32 ink(const struct canvas *c, unsigned n)
{
    u32 low = n & 8 ? 0x55 : 0;

    switch (c->colours) {
    case 0:
        return ((n & 4 ? 0xaau : 0) + low) << 16 | ((n & 2 ? 0xaau : 0) + low) << 8 |
               ((n & 1 ? 0xaau : 0) + low);
    case 2: return n != 0;
    case 4: return n == 0 ? 0 : n == 15 ? 3 : 1 + n % 3;
    default: return n;
    }
}

void box(const struct canvas *c, int x, int y, int w, int h, u32 colour)
{
    for (int j = y; j < y + h; j++) {
        if (c->put == put_planes) {
            span_planes(x, j, w, colour);
            continue;
        }
        for (int i = x; i < x + w; i++)
            c->put(i, j, colour);
    }
}

/* Large pictures get large letters. */
static int zoom(const struct canvas *c)
{
    return c->h > 700 ? 2 : 1;
}

void text_at(const struct canvas *c, int x, int y, const char *text, u32 colour, unsigned height)
{
    int z = zoom(c);

    for (; *text; text++, x += 8 * z)
        for (unsigned j = 0; j < height; j++)
            for (unsigned i = 0; i < 8; i++)
                if (glyph_row((u8)*text, height, j) & (0x80 >> i))
                    box(c, x + (int)i * z, y + (int)j * z, z, z, colour);
}

static int length(const char *s)
{
    int n = 0;

    while (s[n])
        n++;
    return n;
}

static int magnitude(int v)
{
    return v < 0 ? -v : v;
}

static void line(const struct canvas *c, int x0, int y0, int x1, int y1, u32 colour)
{
    int dx = magnitude(x1 - x0), dy = -magnitude(y1 - y0);
    int sx = x0 < x1 ? 1 : -1, sy = y0 < y1 ? 1 : -1, err = dx + dy;

    for (;;) {
        int twice = 2 * err;

        c->put(x0, y0, colour);
        if (x0 == x1 && y0 == y1)
            return;
        if (twice >= dy) {
            err += dy;
            x0 += sx;
        }
        if (twice <= dx) {
            err += dx;
            y0 += sy;
        }
    }
}

/* The outermost pixels, and a cross in each corner. */
static void frame(const struct canvas *c)
{
    u32 white = ink(c, 15);

    line(c, 0, 0, c->w - 1, 0, white);
    line(c, 0, c->h - 1, c->w - 1, c->h - 1, white);
    line(c, 0, 0, 0, c->h - 1, white);
    line(c, c->w - 1, 0, c->w - 1, c->h - 1, white);
    for (int corner = 0; corner < 4; corner++) {
        int x = corner & 1 ? c->w - 12 : 11, y = corner & 2 ? c->h - 12 : 11;

        line(c, x - 6, y, x + 6, y, ink(c, 12));
        line(c, x, y - 6, x, y + 6, ink(c, 12));
    }
}

/* Every colour of a palette, in equal boxes. */
static void swatches(const struct canvas *c, int x, int y, int w, int h)
{
    int across = c->colours < 16 ? (int)c->colours : 16, down = (int)c->colours / across;

    for (int j = 0; j < down; j++)
        for (int i = 0; i < across; i++)
            box(c, x + w * i / across, y + h * j / down, w / across - 1,
                h / down > 3 ? h / down - 1 : h / down, (u32)(j * across + i));
}

/* One primary round the circle of hues, at: 0 to 1535. */
static u32 wave(u32 at)
{
    at %= 1536;
    if (at < 256)
        return at;
    if (at < 768)
        return 255;
    return at < 1024 ? 1023 - at : 0;
}

/* Direct colour: hue across, light to dark down, and below ramps of each primary and grey. */
static void ramps(const struct canvas *c, int x, int y, int w, int h)
{
    static const u32 part[4] = {0x010000, 0x000100, 0x000001, 0x010101};
    int field = h * 2 / 3, band = (h - field) / 4;

    for (int j = 0; j < field; j++)
        for (int i = 0; i < w; i++) {
            u32 hue = (u32)(i * 1536 / w), level = (u32)(256 - j * 224 / field);

            c->put(x + i, y + j,
                   wave(hue + 512) * level / 256 << 16 | wave(hue) * level / 256 << 8 |
                       wave(hue + 1024) * level / 256);
        }
    for (int n = 0; n < 4; n++)
        for (int i = 0; i < w; i++)
            for (int j = 0; j < band - 1; j++)
                c->put(x + i, y + field + n * band + j + 1, part[n] * (u32)(i * 256 / w));
}

static void circle(const struct canvas *c, int cx, int cy, int r, u32 colour)
{
    int x = r, y = 0, err = 1 - r;

    while (x >= y) {
        const int at[8][2] = {{x, y},   {y, x},   {-y, x}, {-x, y},
                              {-x, -y}, {-y, -x}, {y, -x}, {x, -y}};

        for (int i = 0; i < 8; i++)
            c->put(cx + at[i][0], cy + at[i][1], colour);
        y++;
        err += err < 0 ? 2 * y + 1 : 2 * (y - --x) + 1;
    }
}

static void fan(const struct canvas *c, int x, int y, int w, int h)
{
    for (int i = 0; i <= 16; i++) {
        line(c, x, y + h - 1, x + (w - 1) * i / 16, y, ink(c, 1 + (unsigned)i % 15));
        line(c, x, y + h - 1, x + w - 1, y + (h - 1) * i / 16, ink(c, 15 - (unsigned)i % 15));
    }
}

void scene(const struct canvas *c, const char *title)
{
    unsigned font = c->h >= 350 ? 16 : 8;
    int line = (int)font * zoom(c), letter = 8 * zoom(c), margin = 24, gap = c->w / 32;
    int top = line * 2 + 8, middle = c->h * 3 / 5, below = c->h - margin - middle;
    int left = c->w / 2 - margin - gap, x = margin + left + gap;
    int r = below / 2, room = (c->w - margin - x - gap - 9 * letter) / 2;

    if (r > room)
        r = room;
    frame(c);
    text_at(c, (c->w - letter * length(title)) / 2, line / 2 + 2, title, ink(c, 15), font);
    if (c->colours)
        swatches(c, margin, top, c->w - 2 * margin, middle - top - gap / 2);
    else
        ramps(c, margin, top, c->w - 2 * margin, middle - top - gap / 2);
    fan(c, margin, middle, left, below);
    for (int i = 0; i < 6; i++)
        circle(c, x + r, middle + below / 2, r - 1 - i * r / 6, ink(c, 14 - (unsigned)i));
    x += 2 * r + gap;
    text_at(c, x, middle + below / 2 - line - line / 2, "0123 AaBb", ink(c, 11), font);
    text_at(c, x, middle + below / 2 + line / 2, "{[(*)]} \x01\x03", ink(c, 13), font);
}
