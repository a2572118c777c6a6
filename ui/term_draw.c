/* SPDX-License-Identifier: MIT */
/*
 * term_draw.c - the guest's screen in the cells of a terminal.
 *
 * - Text: code page 437 as Unicode, or as ASCII outside a UTF-8 locale, in the VGA's 16 colours as the
 *   terminal has them; in the guest's own palette where the terminal takes red, green and blue
 *   (TERM=xterm-direct). A terminal that is too small shows the part around the cursor.
 * - Graphics: the whole picture, shrunk in its shape. The lower half block in one colour on another
 *   makes two dots of a cell, of the nearest of 256 or 16 colours if need be. Without Unicode a cell
 *   is one dot.
 */
#include "ui/term_parts.h"

#include "ui/cp437.h"
#include "ui/render.h"

#include <limits.h>
#include <stdlib.h>
#include <wchar.h>

#define HALF_BLOCK L'\u2584' /* the lower half in the foreground */

/* VGA attributes count blue as 1 and red as 4, terminals the other way round. */
static short ansi_color(unsigned vga)
{
    return (short)((vga & 0xA) | (vga & 1) << 2 | (vga & 4) >> 2);
}

static short color_pair(const struct term *d, unsigned fg, unsigned bg)
{
    if (d->colors16)
        return (short)(1 + (bg & 15) * 16 + (fg & 15));
    /* Pair 0 cannot be changed; it is grey on black, which is where this puts it. */
    return (short)((bg & 7) * 8 + 7 - (fg & 7));
}

void term_setup_colors(struct term *d)
{
    if (!has_colors() || start_color() == ERR)
        return;
    d->direct = COLORS > 256;
    d->colors256 = COLORS == 256;
    d->colors16 = !d->direct && COLORS >= 16 && COLOR_PAIRS > 256;
    d->colors8 = !d->direct && COLORS >= 8 && COLOR_PAIRS >= 64;
    for (unsigned bg = 0; bg < (d->colors16 ? 16u : d->colors8 ? 8u : 0u); bg++)
        for (unsigned fg = 0; fg < (d->colors16 ? 16u : 8u); fg++)
            if (color_pair(d, fg, bg))
                init_pair(color_pair(d, fg, bg), ansi_color(fg), ansi_color(bg));
}

/* ---- Text ------------------------------------------------------------------------------- */

static wchar_t cell_char(const struct term *d, uint8_t ch)
{
    wchar_t wide = cp437_unicode(ch);

    return d->unicode && wcwidth(wide) == 1 ? wide : (wchar_t)cp437_ascii(ch);
}

/* Values below 8 are the terminal's own colours there: black, and what nearly is. */
static int direct_color(uint32_t rgb)
{
    return rgb < 8 ? 0 : (int)rgb;
}

static void draw_cell(const struct term *d, const struct screen *s, struct screen_cell cell, int y,
                      int x)
{
    unsigned fg = cell.attr & 15, bg = s->blink ? (cell.attr >> 4) & 7 : cell.attr >> 4;
    wchar_t text[2] = {cell_char(d, cell.ch), 0};
    attr_t attr = A_NORMAL;
    int pair = 0;
    cchar_t c;

    if (d->direct)
        pair = alloc_pair(direct_color(s->palette[fg]), direct_color(s->palette[bg]));
    else if (d->colors16 || d->colors8)
        pair = color_pair(d, fg, bg);
    else if (bg)
        attr |= A_REVERSE;
    if (!d->colors16 && !d->direct && (fg & 8))
        attr |= A_BOLD;
    if (s->blink && (cell.attr & 0x80))
        attr |= A_BLINK;
    setcchar(&c, text, attr, 0, &pair);
    mvadd_wch(y, x, &c);
}

/* First visible row or column when only `room` of `size` fit and the cursor must be seen. */
static int view_start(unsigned size, int room, unsigned cursor)
{
    int start = (int)cursor - room + 1;

    if (start > (int)size - room)
        start = (int)size - room;
    return start > 0 ? start : 0;
}

static int smaller(unsigned a, int b)
{
    return (int)a < b ? (int)a : b;
}

void term_draw_text(struct term *d, const struct screen *s, int rows)
{
    int top = view_start(s->rows, rows, s->cursor_row);
    int left = view_start(s->cols, COLS, s->cursor_col);
    int y = (int)s->cursor_row - top, x = (int)s->cursor_col - left;

    for (int row = 0; row < smaller(s->rows, rows); row++)
        for (int col = 0; col < smaller(s->cols, COLS); col++)
            draw_cell(d, s, s->cells[(size_t)(row + top) * s->cols + (size_t)(col + left)], row,
                      col);
    if (s->cursor_on && s->cursor_top <= s->cursor_bottom && y < rows && x < COLS) {
        move(y, x);
        curs_set(1);
    } else {
        curs_set(0);
    }
}

/* ---- Graphics --------------------------------------------------------------------------- */

/* The levels of the 6 x 6 x 6 cube are 0, 95, 135, 175, 215, 255 (xterm's palette). */
static unsigned cube_step(unsigned v)
{
    return v < 48 ? 0 : v < 115 ? 1 : (v - 35) / 40;
}

static unsigned distance(unsigned r, unsigned g, unsigned b, uint32_t rgb)
{
    int dr = (int)r - (int)(rgb >> 16 & 0xff), dg = (int)g - (int)(rgb >> 8 & 0xff),
        db = (int)b - (int)(rgb & 0xff);

    return (unsigned)(3 * dr * dr + 6 * dg * dg + db * db); /* the eye's weights, roughly */
}

static int color_of_256(uint32_t rgb)
{
    static const uint8_t level[] = {0, 95, 135, 175, 215, 255};
    unsigned r = cube_step(rgb >> 16 & 0xff), g = cube_step(rgb >> 8 & 0xff),
             b = cube_step(rgb & 0xff);
    unsigned mean = ((rgb >> 16 & 0xff) + (rgb >> 8 & 0xff) + (rgb & 0xff)) / 3;
    unsigned step = mean < 8 ? 0 : mean > 238 ? 23 : (mean - 3) / 10, grey = 8 + 10 * step;

    if (distance(grey, grey, grey, rgb) < distance(level[r], level[g], level[b], rgb))
        return (int)(232 + step);
    return (int)(16 + 36 * r + 6 * g + b);
}

/* The nearest of the VGA's text colours, as the terminal numbers them. */
static int color_of_16(uint32_t rgb, unsigned colors)
{
    unsigned best = 0, least = UINT_MAX;

    for (unsigned n = 0; n < colors; n++) {
        unsigned on = n & 8 ? 255 : 170, off = n & 8 ? 85 : 0;
        unsigned far = distance(n & 4 ? on : off,
                                n == 6  ? 85
                                : n & 2 ? on
                                        : off,
                                n & 1 ? on : off, rgb);

        if (far < least) {
            least = far;
            best = n;
        }
    }
    return ansi_color(best);
}

static int color_of(const struct term *d, uint32_t rgb)
{
    return d->direct      ? direct_color(rgb)
           : d->colors256 ? color_of_256(rgb)
                          : color_of_16(rgb, d->colors16 ? 16 : 8);
}

/* The picture as large as it fits into `across` by `down` dots that are `tall` times as high as wide. */
static void fit(const struct screen *s, int across, int down, int tall, int *w, int *h)
{
    int x = s->aspect_x ? (int)s->aspect_x : 4, y = s->aspect_y ? (int)s->aspect_y : 3;

    *w = across;
    *h = across * y / (x * tall);
    if (*h > down) {
        *h = down;
        *w = down * tall * x / y;
    }
    *w = *w > across ? across : *w < 1 ? 1 : *w;
    *h = *h < 1 ? 1 : *h;
}

/* What there is of the picture in half cells (whole ones without Unicode). */
static bool shrink(struct term *d, const struct screen *s, int w, int h)
{
    static const struct render_phase shown = {.text = true, .cursor = true};
    unsigned width = render_width(s), height = render_height(s);
    uint32_t *halves;

    if (!d->pixels && !(d->pixels = malloc((size_t)RENDER_MAX_WIDTH * RENDER_MAX_HEIGHT * 4)))
        return false;
    halves = realloc(d->halves, (size_t)w * (size_t)h * sizeof(*halves));
    if (!halves)
        return false;
    d->halves = halves;
    if (!scale_set(&d->scale, (int)width, (int)height, w, h))
        return false;
    render_draw(d->pixels, width, s, shown, NULL, shown);
    scale_draw(&d->scale, d->pixels, width, d->halves, (size_t)w, 0, h);
    return true;
}

static void draw_halves(const struct term *d, uint32_t upper, uint32_t lower, int y, int x)
{
    int above = color_of(d, upper), below = color_of(d, lower);
    wchar_t text[2] = {above != below ? HALF_BLOCK : L' ', 0};
    int pair = alloc_pair(below, above);
    cchar_t c;

    setcchar(&c, text, A_NORMAL, 0, &pair);
    mvadd_wch(y, x, &c);
}

/* Without colours: light and dark. */
static void draw_shade(uint32_t rgb, int y, int x)
{
    static const char ramp[] = " .:-=+*#%@";
    unsigned light = (3 * (rgb >> 16 & 0xff) + 6 * (rgb >> 8 & 0xff) + (rgb & 0xff)) / 10;

    mvaddch(y, x, (chtype)ramp[light * (sizeof(ramp) - 2) / 255]);
}

void term_draw_graphics(struct term *d, const struct screen *s, int rows)
{
    bool colors = d->direct || d->colors256 || d->colors16 || d->colors8;
    int halves = colors && d->unicode ? 2 : 1, w, h;

    curs_set(0);
    fit(s, COLS, rows * halves, 3 - halves, &w, &h);
    if (!shrink(d, s, w, h))
        return;
    for (int y = 0; y * halves < h; y++) {
        for (int x = 0; x < w; x++) {
            uint32_t upper = d->halves[y * halves * w + x];
            int below = y * halves + halves - 1;
            uint32_t lower = below < h ? d->halves[below * w + x] : 0;

            if (colors)
                draw_halves(d, upper, lower, y, x + (COLS - w) / 2);
            else
                draw_shade(upper, y, x + (COLS - w) / 2);
        }
    }
}
