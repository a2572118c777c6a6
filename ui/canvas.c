/* SPDX-License-Identifier: MIT */
/* canvas.c - see canvas.h. */
#include "ui/canvas.h"

#include <stdarg.h>
#include <stdio.h>

/* A rectangle clipped to the picture, in pixels of the picture. */
struct area {
    int zoom, stride;             /* of the canvas, spelled out */
    int left, top, right, bottom; /* right and bottom are outside */
};

static struct area clip(const struct canvas *c, int x, int y, int w, int h)
{
    int zoom = c->zoom > 1 ? c->zoom : 1;
    int right = x + w < c->width ? x + w : c->width, bottom = y + h < c->height ? y + h : c->height;

    return (struct area){
        .zoom = zoom,
        .stride = c->stride ? c->stride : c->width * zoom,
        .left = (x < 0 ? 0 : x) * zoom,
        .top = (y < 0 ? 0 : y) * zoom,
        .right = right * zoom,
        .bottom = bottom * zoom,
    };
}

void canvas_fill(struct canvas *c, int x, int y, int w, int h, uint32_t color)
{
    struct area a = clip(c, x, y, w, h);

    for (int row = a.top; row < a.bottom; row++)
        for (int col = a.left; col < a.right; col++)
            c->pixels[(size_t)row * (size_t)a.stride + (size_t)col] = color;
}

void canvas_shade(struct canvas *c, int x, int y, int w, int h, uint32_t color, unsigned part)
{
    struct area a = clip(c, x, y, w, h);

    for (int row = a.top; row < a.bottom; row++) {
        uint32_t *at = c->pixels + (size_t)row * (size_t)a.stride;

        for (int col = a.left; col < a.right; col++)
            at[col] = canvas_mix(color, at[col], part);
    }
}

void canvas_frame(struct canvas *c, int x, int y, int w, int h, uint32_t color)
{
    canvas_fill(c, x, y, w, 1, color);
    canvas_fill(c, x, y + h - 1, w, 1, color);
    canvas_fill(c, x, y, 1, h, color);
    canvas_fill(c, x + w - 1, y, 1, h, color);
}

static void draw_glyph(struct canvas *c, int x, int y, uint32_t color, unsigned char ch)
{
    for (int row = 0; row < CANVAS_CHAR_H; row++)
        for (int bit = 0; bit < CANVAS_CHAR_W; bit++)
            if (c->font[ch][row] >> (7 - bit) & 1)
                canvas_fill(c, x + bit, y + row, 1, 1, color);
}

int canvas_text(struct canvas *c, int x, int y, uint32_t color, const char *text)
{
    for (; *text; text++, x += CANVAS_CHAR_W)
        draw_glyph(c, x, y, color, (unsigned char)*text);
    return x;
}

int canvas_printf(struct canvas *c, int x, int y, uint32_t color, const char *fmt, ...)
{
    char text[256];
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    return canvas_text(c, x, y, color, text);
}

uint32_t canvas_mix(uint32_t color, uint32_t under, unsigned part)
{
    uint32_t mixed = 0;

    for (unsigned shift = 0; shift < 24; shift += 8) {
        uint32_t a = color >> shift & 0xff, b = under >> shift & 0xff;

        mixed |= ((a * part + b * (256 - part)) >> 8 & 0xff) << shift;
    }
    return mixed;
}
