/* SPDX-License-Identifier: MIT */
/*
 * Checks ui/render: pixels of glyphs, colours, the 9th dot, underlining, blinking and the cursor;
 * rows that are cut and panned; graphics, magnified; that drawing the difference gives the same
 * picture as drawing all, for random changes; and that a hostile screen never makes a write outside
 * its picture.
 */
#include "ui/render.h"
#include "base/screen.h"
#include "tests/report.h"

#include <string.h>

#define STRIDE RENDER_MAX_WIDTH

static const struct render_phase SHOWN = {true, true}, HIDDEN = {false, false};

static void screen_make(struct screen *s, unsigned cols, unsigned rows, unsigned w, unsigned h)
{
    memset(s, 0, sizeof(*s));
    s->kind = SCREEN_TEXT;
    s->cols = cols;
    s->rows = rows;
    s->cell_w = w;
    s->cell_h = h;
    s->scale_x = s->scale_y = 1;
    s->width = cols * w;
    s->height = rows * h;
    s->underline = 32;
    for (unsigned i = 0; i < rows && i < SCREEN_MAX_ROWS; i++)
        s->row[i] = (struct screen_row){.y = (uint16_t)(i * h), .lines = (uint8_t)h};
    for (unsigned i = 0; i < 16; i++)
        s->palette[i] = 0x101010u * i + 1;
    for (unsigned f = 0; f < 2; f++)
        for (unsigned ch = 0; ch < 256; ch++)
            for (unsigned y = 0; y < 32; y++)
                s->font[f][ch][y] = (uint8_t)(ch * 7 + y * 13 + f * 101);
}

static void draw(uint32_t *px, const struct screen *s, struct render_phase phase)
{
    render_draw(px, STRIDE, s, phase, NULL, phase);
}

/* The dots of one cell row as a number, 1 = the colour `fg`; -1 if a third colour is there. */
static int dots(const uint32_t *px, const struct screen *s, unsigned col, unsigned row, unsigned y,
                uint32_t fg, uint32_t bg)
{
    const uint32_t *at = px + ((size_t)row * s->cell_h + y) * STRIDE + (size_t)col * s->cell_w;
    int value = 0;

    for (unsigned x = 0; x < s->cell_w; x++) {
        if (at[x] != fg && at[x] != bg)
            return -1;
        value = value << 1 | (at[x] == fg);
    }
    return value;
}

static void check_cells(uint32_t *px, struct screen *s)
{
    screen_make(s, 3, 2, 8, 16);
    CHECK(render_width(s) == 24 && render_height(s) == 32, "size of 3 by 2 cells of 8 by 16");
    s->cells[4] = (struct screen_cell){'A', 0x1E}; /* yellow on blue, font 1 */
    draw(px, s, SHOWN);
    for (unsigned y = 0; y < 16; y++)
        CHECK(dots(px, s, 1, 1, y, s->palette[14], s->palette[1]) == s->font[1]['A'][y],
              "row %u of a glyph of font 1", y);
    s->cells[4].attr = 0x17;
    draw(px, s, SHOWN);
    CHECK(dots(px, s, 1, 1, 3, s->palette[7], s->palette[1]) == s->font[0]['A'][3],
          "attribute bit 3 clear takes font 0");
    s->cells[4].attr = 0xF7;
    draw(px, s, SHOWN);
    CHECK(dots(px, s, 1, 1, 3, s->palette[7], s->palette[15]) == s->font[0]['A'][3],
          "without blinking bit 7 is a bright background");

    screen_make(s, 2, 1, 9, 16);
    CHECK(render_width(s) == 18, "9-dot cells");
    s->cells[0] = (struct screen_cell){0xC4, 0x07};
    s->cells[1] = (struct screen_cell){0xE0, 0x07};
    for (unsigned i = 0; i < 2; i++) {
        s->line_graphics = i;
        memset(s->font[0][0xC4], 0xFF, 32);
        memset(s->font[0][0xE0], 0xFF, 32);
        draw(px, s, SHOWN);
        CHECK(dots(px, s, 0, 0, 0, s->palette[7], s->palette[0]) == (i ? 0x1FF : 0x1FE),
              "C4h repeats the 8th dot: %u", i);
        CHECK(dots(px, s, 1, 0, 0, s->palette[7], s->palette[0]) == 0x1FE, "E0h does not");
    }
}

static void check_blinking(uint32_t *px, struct screen *s)
{
    struct render_phase half = {true, false};

    screen_make(s, 2, 1, 8, 16);
    s->blink = true;
    s->cells[0] = (struct screen_cell){'x', 0x97};
    s->cells[1] = (struct screen_cell){'y', 0x17};
    draw(px, s, SHOWN);
    CHECK(dots(px, s, 0, 0, 5, s->palette[7], s->palette[1]) == s->font[0]['x'][5],
          "a blinking cell shows, its background has three bits");
    draw(px, s, HIDDEN);
    CHECK(dots(px, s, 0, 0, 5, s->palette[7], s->palette[1]) == 0, "and hides");
    CHECK(dots(px, s, 1, 0, 5, s->palette[7], s->palette[1]) == s->font[0]['y'][5],
          "its neighbour stays");

    s->cursor_on = true;
    s->cursor_col = 1;
    s->cursor_top = 13;
    s->cursor_bottom = 14;
    draw(px, s, SHOWN);
    for (unsigned y = 0; y < 16; y++)
        CHECK(dots(px, s, 1, 0, y, s->palette[7], s->palette[1]) ==
                  (y == 13 || y == 14 ? 0xFF : s->font[0]['y'][y]),
              "cursor in rows 13 and 14: row %u", y);
    draw(px, s, half);
    CHECK(dots(px, s, 1, 0, 13, s->palette[7], s->palette[1]) == s->font[0]['y'][13],
          "the cursor's hidden half");
    s->cursor_top = 15;
    draw(px, s, SHOWN);
    CHECK(dots(px, s, 1, 0, 14, s->palette[7], s->palette[1]) == s->font[0]['y'][14] &&
              dots(px, s, 1, 0, 15, s->palette[7], s->palette[1]) == s->font[0]['y'][15],
          "a cursor that ends before it starts is not there");
}

/* Two rows of three cells, moved: the first is cut above, both are panned. */
static void check_rows(uint32_t *px, struct screen *s)
{
    screen_make(s, 3, 2, 8, 16);
    s->height = 20;
    s->row[0] = (struct screen_row){.y = 0, .first = 6, .lines = 10, .pan = 3, .next = {'n', 7}};
    s->row[1] = (struct screen_row){.y = 10, .first = 0, .lines = 10};
    for (unsigned i = 0; i < 6; i++)
        s->cells[i] = (struct screen_cell){(uint8_t)('a' + i), 7};
    draw(px, s, SHOWN);
    CHECK(render_height(s) == 20, "the picture is as high as the screen says");
    for (unsigned y = 0; y < 10; y++) {
        unsigned first = 0, last = 0;

        for (unsigned x = 0; x < 5; x++) {
            first |= (px[y * STRIDE + x] == s->palette[7]) << (4 - x);
            last |= (px[y * STRIDE + 21 + x % 3] == s->palette[7]) << (2 - x % 3);
        }
        CHECK(first == (s->font[0]['a'][6 + y] & 0x1Fu), "row %u begins with dot 3 of a cell", y);
        CHECK(last == s->font[0]['n'][6 + y] >> 5, "row %u ends with dots of the next cell", y);
        CHECK(dots(px + 10 * STRIDE, s, 0, 0, y, s->palette[7], s->palette[0]) ==
                  s->font[0]['d'][y],
              "row %u of the second row is at rest", y);
    }

    screen_make(s, 2, 1, 8, 16);
    s->underline = 12;
    s->cells[0] = (struct screen_cell){'x', 0x09};
    s->cells[1] = (struct screen_cell){'x', 0x19};
    draw(px, s, SHOWN);
    CHECK(dots(px, s, 0, 0, 12, s->palette[9], s->palette[0]) == 0xFF, "underlined");
    CHECK(dots(px, s, 1, 0, 12, s->palette[9], s->palette[1]) == s->font[1]['x'][12],
          "not with a background");

    s->scale_x = s->scale_y = 2;
    draw(px, s, SHOWN);
    CHECK(render_width(s) == 32 && render_height(s) == 32, "twice as large");
    for (unsigned y = 0; y < 32; y++)
        CHECK(px[y * STRIDE + 7] == px[y / 2 * 2 * STRIDE + 6] &&
                  (px[y * STRIDE + 6] == s->palette[9]) ==
                      (y / 2 == 12 || (s->font[1]['x'][y / 2] & 0x10) != 0),
              "each dot is two by two: row %u", y);
}

static void check_graphics(uint32_t *px, struct screen *s, struct screen *before)
{
    static uint32_t guest[4 * 3];
    struct render_dirty d;

    memset(s, 0, sizeof(*s));
    s->kind = SCREEN_GRAPHICS;
    CHECK(render_width(s) == 720, "graphics without pixels are a blank screen");
    *s = (struct screen){.kind = SCREEN_GRAPHICS,
                         .width = 4,
                         .height = 3,
                         .scale_x = 2,
                         .scale_y = 3,
                         .pixels = guest};
    for (unsigned i = 0; i < ARRAY_LEN(guest); i++)
        guest[i] = 0x010203 * (i + 1);
    d = render_draw(px, STRIDE, s, SHOWN, NULL, SHOWN);
    CHECK(d.first == 0 && d.last == 9 && render_width(s) == 8 && render_height(s) == 9, "8 by 9");
    for (unsigned y = 0; y < 9; y++)
        for (unsigned x = 0; x < 8; x++)
            CHECK(px[y * STRIDE + x] == guest[y / 3 * 4 + x / 2], "dot %u,%u", x, y);
    *before = *s;
    d = render_draw(px, STRIDE, s, SHOWN, before, HIDDEN);
    CHECK(d.first == d.last, "nothing is dirty, nothing is drawn");
    guest[7] = 0xFFFFFF;
    s->dirty_first = 1;
    s->dirty_last = 2;
    d = render_draw(px, STRIDE, s, SHOWN, before, SHOWN);
    CHECK(d.first == 3 && d.last == 6 && px[5 * STRIDE + 7] == 0xFFFFFF, "one dirty row");
    s->scale_y = 1;
    d = render_draw(px, STRIDE, s, SHOWN, before, SHOWN);
    CHECK(d.first == 0 && d.last == 3, "another size is drawn as a whole");
}

static uint32_t next(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

/* One random change of the kind a running guest makes. */
static void mutate(struct screen *s, uint32_t *seed)
{
    unsigned cell = next(seed) % (s->cols * s->rows);

    switch (next(seed) % 18) {
    case 16: s->row[next(seed) % s->rows].pan = (uint8_t)(next(seed) % 9); break;
    case 17: s->underline = next(seed) % 33; break;
    case 0: s->cursor_on = !s->cursor_on; break;
    case 1: s->cursor_col = next(seed) % (s->cols + 1); break;
    case 2: s->cursor_row = next(seed) % (s->rows + 1); break;
    case 3: s->cursor_top = next(seed) % 16; break;
    case 4: s->cursor_bottom = next(seed) % 20; break;
    case 5: s->blink = !s->blink; break;
    case 6: s->palette[next(seed) % 16] = next(seed); break;
    case 7: s->font[next(seed) % 2][next(seed) % 256][next(seed) % 16] ^= 0x18; break;
    case 8: s->line_graphics = !s->line_graphics; break;
    case 9: s->kind = s->kind == SCREEN_TEXT ? SCREEN_BLANK : SCREEN_TEXT; break;
    default: s->cells[cell] = (struct screen_cell){(uint8_t)next(seed), (uint8_t)next(seed)}; break;
    }
}

static void check_difference(uint32_t *px, uint32_t *whole, struct screen *s, struct screen *before)
{
    uint32_t seed = 7;
    struct render_phase phase = SHOWN, was;
    struct render_dirty d;
    unsigned wrong = 0, outside = 0;

    screen_make(s, 20, 5, 9, 16);
    d = render_draw(px, STRIDE, s, phase, NULL, phase);
    CHECK(d.first == 0 && d.last == 80 && d.cells == 100, "the first drawing draws all");
    *before = *s;
    d = render_draw(px, STRIDE, s, phase, before, phase);
    CHECK(d.first == d.last && d.cells == 0, "nothing changed, nothing drawn");
    s->cells[43].ch ^= 1;
    d = render_draw(px, STRIDE, s, phase, before, phase);
    CHECK(d.first == 32 && d.last == 48 && d.cells == 1, "one cell changed: rows %u to %u", d.first,
          d.last);

    for (unsigned round = 0; round < 4000; round++) {
        *before = *s;
        was = phase;
        mutate(s, &seed);
        phase.text = next(&seed) % 4 ? was.text : !was.text;
        phase.cursor = next(&seed) % 4 ? was.cursor : !was.cursor;
        d = render_draw(px, STRIDE, s, phase, before, was);
        draw(whole, s, phase);
        for (unsigned y = 0; y < render_height(s); y++)
            wrong +=
                memcmp(px + y * STRIDE, whole + y * STRIDE, render_width(s) * sizeof(*px)) != 0;
        outside += d.last > render_height(s) || d.first > d.last;
    }
    CHECK(wrong == 0, "%u lines differ between drawing the difference and drawing all", wrong);
    CHECK(outside == 0, "the touched rows are inside the picture");
}

static void check_hostile(struct screen *s)
{
    static uint32_t guest[SCREEN_MAX_WIDTH * SCREEN_MAX_HEIGHT];
    static const unsigned values[] = {0, 1, 8, 9, 31, 32, 33, 99, 161, 1000, 0xFFFFFFFFu};
    uint32_t seed = 99;

    for (unsigned round = 0; round < 300; round++) {
        unsigned v[4];
        size_t stride;
        uint32_t *px;

        for (unsigned i = 0; i < 4; i++)
            v[i] = values[next(&seed) % ARRAY_LEN(values)];
        screen_make(s, v[0], v[1], v[2], v[3]);
        s->kind = (enum screen_kind)(next(&seed) % 4);
        s->pixels = guest;
        s->scale_x = values[next(&seed) % ARRAY_LEN(values)];
        s->scale_y = values[next(&seed) % ARRAY_LEN(values)];
        s->underline = v[0];
        for (unsigned i = 0; i < SCREEN_MAX_ROWS; i++)
            s->row[i] = (struct screen_row){.y = (uint16_t)next(&seed),
                                            .first = (uint8_t)next(&seed),
                                            .lines = (uint8_t)next(&seed),
                                            .pan = (uint8_t)next(&seed)};
        s->width = next(&seed) % 3000 % SCREEN_MAX_WIDTH;
        s->height = next(&seed) % SCREEN_MAX_HEIGHT;
        s->cursor_on = true;
        s->cursor_col = v[1];
        s->cursor_row = v[2];
        s->cursor_bottom = v[3];
        stride = render_width(s);
        px = malloc(stride * render_height(s) * sizeof(*px));
        if (!px)
            abort();
        CHECK(stride <= RENDER_MAX_WIDTH && render_height(s) <= RENDER_MAX_HEIGHT,
              "%ux%u cells of %ux%u stay below the largest picture", v[0], v[1], v[2], v[3]);
        render_draw(px, stride, s, SHOWN, NULL, SHOWN);
        free(px);
    }
}

int main(void)
{
    uint32_t *px = calloc((size_t)RENDER_MAX_WIDTH * RENDER_MAX_HEIGHT, sizeof(*px));
    uint32_t *whole = calloc((size_t)RENDER_MAX_WIDTH * RENDER_MAX_HEIGHT, sizeof(*px));
    struct screen *s = calloc(2, sizeof(*s));

    if (!px || !whole || !s)
        return 1;
    check_cells(px, s);
    check_blinking(px, s);
    check_rows(px, s);
    check_graphics(px, s, s + 1);
    check_difference(px, whole, s, s + 1);
    check_hostile(s);
    free(px);
    free(whole);
    free(s);
    return report_end();
}
