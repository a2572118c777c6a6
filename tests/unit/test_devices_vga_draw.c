/* SPDX-License-Identifier: MIT */
/*
 * test_devices_vga_draw.c - the VGA's graphics: pixels of every kind of memory, scrolling and split
 * screens, the Bochs display interface, what a viewer is told about changes, and that no register
 * values whatever make a picture that depends on how often somebody looked.
 */
#include "devices/vga.h"

#include "base/clock.h"
#include "base/screen.h"
#include "base/snap.h"
#include "mmu/bus.h"
#include "tests/report.h"

#include <string.h>

#define PIXELS ((size_t)SCREEN_MAX_WIDTH * SCREEN_MAX_HEIGHT)

static struct clock k;
static struct vga v, w;
static struct vga_memory memory, other_memory;
static struct screen scr, fresh;
static uint32_t pixels[PIXELS], fresh_pixels[PIXELS];
static unsigned window_calls, clearings;
static bool window_linear;
static uint32_t window_offset;

static void window(void *ctx, bool linear, uint32_t offset)
{
    (void)ctx;
    window_calls++;
    window_linear = linear;
    window_offset = offset;
}

static void cleared(void *ctx)
{
    (void)ctx;
    clearings++;
}

static void out8(unsigned port, unsigned value)
{
    vga_port_ops.write(&v, port - 0x3B0, value, 1);
}

static unsigned in8(unsigned port)
{
    return vga_port_ops.read(&v, port - 0x3B0, 1);
}

static void reg(unsigned port, unsigned index, unsigned value)
{
    out8(port, index);
    out8(port + 1, value);
}

static void attr(unsigned index, unsigned value)
{
    in8(0x3DA);
    out8(0x3C0, index);
    out8(0x3C0, value);
    out8(0x3C0, 0x20);
}

static void dispi(unsigned index, unsigned value)
{
    vga_dispi_ops.write(&v, 0, index, 2);
    vga_dispi_ops.write(&v, 1, value, 2);
}

static unsigned dispi_get(unsigned index)
{
    vga_dispi_ops.write(&v, 0, index, 2);
    return vga_dispi_ops.read(&v, 1, 2);
}

static void poke(unsigned addr, unsigned value, unsigned size)
{
    vga_mem_ops.write(&v, addr - 0xA0000, value, size);
}

/* A store by the processor into the linear frame buffer: what the bus does. */
static void lfb_put(uint32_t at, uint32_t value)
{
    memcpy(memory.bytes + at, &value, 4);
    memory.dirty[at / 4096] = 0xFF;
}

static void look(void)
{
    vga_screen(&v, &scr);
}

static void next_frame(void)
{
    k.now += 20000000; /* 16.4 ms: longer than a frame of 60 Hz or more */
}

static void setup(void)
{
    clock_init(&k);
    memset(&memory, 0, sizeof memory);
    memset(&scr, 0, sizeof scr);
    scr.pixels = pixels;
    vga_init(
        &v, &k,
        &(struct vga_board){.memory = &memory, .linear_window = window, .dirty_cleared = cleared},
        NULL);
    vga_set_text_mode(&v);
    for (unsigned i = 0; i < 256; i++) { /* a DAC in which every number is a colour of its own */
        out8(0x3C8, i);
        out8(0x3C9, i >> 2);
        out8(0x3C9, i & 63);
        out8(0x3C9, 63 - i / 4);
    }
}

static uint32_t six(unsigned c)
{
    return (c & 63) << 2 | (c & 63) >> 4;
}

static uint32_t colour(unsigned i)
{
    return six(i >> 2) << 16 | six(i & 63) << 8 | six(63 - i / 4);
}

/* 640 x 480, four planes, palette register n = n. */
static void mode_12(void)
{
    setup();
    reg(0x3C4, 1, 0x01);
    reg(0x3C4, 2, 0x0F);
    reg(0x3C4, 4, 0x06);
    out8(0x3C2, 0xE3);
    reg(0x3D4, 0x11, 0x0C);
    reg(0x3D4, 0x07, 0x3E);
    reg(0x3D4, 0x06, 0x0B);
    reg(0x3D4, 0x09, 0x40);
    reg(0x3D4, 0x10, 0xEA);
    reg(0x3D4, 0x12, 0xDF);
    reg(0x3D4, 0x17, 0xE3);
    reg(0x3D4, 0x18, 0xFF);
    reg(0x3CE, 5, 0);
    reg(0x3CE, 6, 5);
    attr(0x10, 0x01);
    attr(0x13, 0);
    for (unsigned i = 0; i < 16; i++)
        attr(i, i);
    memset(memory.bytes, 0, 0x40000); /* the text is still there */
}

/* 320 x 200 x 256; unchained if `planes`. */
static void mode_13(bool planes)
{
    mode_12();
    out8(0x3C2, 0x63);
    reg(0x3C4, 4, planes ? 0x06 : 0x0E);
    reg(0x3D4, 0x06, 0xBF);
    reg(0x3D4, 0x07, 0x1F);
    reg(0x3D4, 0x09, 0x41);
    reg(0x3D4, 0x10, 0x9C);
    reg(0x3D4, 0x12, 0x8F);
    reg(0x3D4, 0x14, planes ? 0 : 0x40);
    reg(0x3D4, 0x17, planes ? 0xE3 : 0xA3);
    reg(0x3CE, 5, 0x40);
    attr(0x10, 0x41);
}

static uint32_t pixel(unsigned x, unsigned y)
{
    return scr.pixels[(size_t)y * scr.width + x];
}

static void test_planes(void)
{
    mode_12();
    reg(0x3C4, 2, 1);
    poke(0xA0000 + 81, 0x81, 1);
    reg(0x3C4, 2, 8);
    poke(0xA0000 + 81, 0x01, 1);
    look();
    CHECK(scr.kind == SCREEN_GRAPHICS && scr.width == 640 && scr.height == 480, "640 by 480: %u %u",
          scr.width, scr.height);
    CHECK(scr.scale_x == 1 && scr.scale_y == 1 && scr.aspect_x * 3 == scr.aspect_y * 4, "4:3");
    CHECK(pixel(8, 1) == colour(1) && pixel(15, 1) == colour(9), "bit 7 is left, planes add up");
    CHECK(pixel(7, 1) == colour(0) && pixel(9, 1) == colour(0), "its neighbours are 0");
    attr(0x12, 7);
    look();
    CHECK(pixel(15, 1) == colour(1), "colour plane enable");
    attr(0x12, 15);
    attr(0x13, 3);
    look();
    CHECK(pixel(5, 1) == colour(1) && pixel(12, 1) == colour(9), "panned by three");
    attr(0x13, 0);
    reg(0x3D4, 0x0D, 1);
    next_frame();
    look();
    CHECK(pixel(0, 1) == colour(1), "start address, in cells");
    reg(0x3D4, 0x0D, 0);
    reg(0x3D4, 0x08, 0x20);
    next_frame();
    look();
    CHECK(pixel(0, 1) == colour(1), "byte panning");
    out8(0x3C6, 0x08);
    look();
    CHECK(pixel(7, 1) == colour(8), "the DAC's mask");
    CHECK(scr.dirty_first == 1 && scr.dirty_last == 2, "which changes one row only: %u to %u",
          scr.dirty_first, scr.dirty_last);
}

/* Which start address a frame has, with the two bytes written in different frames. */
static void test_start_address(void)
{
    mode_12();
    for (unsigned i = 0; i < 0x400; i++)
        poke(0xA0000 + i, i >> 8 ? 0xFF : 0, 1);
    look();
    CHECK(pixel(0, 0) == colour(0), "from 0");
    reg(0x3D4, 0x0C, 1);
    look();
    CHECK(pixel(0, 0) == colour(0), "not before the retrace");
    reg(0x3D4, 0x0E, 9);
    reg(0x3C4, 1, 0x21);
    reg(0x3C4, 1, 0x01);
    look();
    CHECK(pixel(0, 0) == colour(0), "nor because another register is written");
    next_frame();
    look();
    CHECK(scr.changed && pixel(0, 0) == colour(15), "but by itself when it comes");
    reg(0x3D4, 0x0C, 0);
    reg(0x3D4, 0x0C, 1);
    look();
    CHECK(pixel(0, 0) == colour(15), "what was taken back was never shown");
}

static void test_cga(void)
{
    mode_12();
    reg(0x3D4, 0x09, 0xC1);
    reg(0x3D4, 0x12, 0x8F);
    reg(0x3D4, 0x07, 0x1F);
    reg(0x3D4, 0x01, 39);
    reg(0x3D4, 0x13, 20);
    reg(0x3D4, 0x17, 0xA2);
    reg(0x3C4, 1, 9);
    reg(0x3C4, 2, 3);
    reg(0x3C4, 4, 2);
    reg(0x3CE, 5, 0x30);
    reg(0x3CE, 6, 0x0F);
    poke(0xB8000, 0x1B, 1);
    poke(0xB8001, 0xE4, 1);
    poke(0xBA000, 0xC0, 1);
    look();
    CHECK(scr.width == 320 && scr.height == 200, "320 by 200: %u by %u", scr.width, scr.height);
    CHECK(scr.scale_x == 2 && scr.scale_y == 2, "of 2 by 2 dots");
    CHECK(pixel(0, 0) == colour(0) && pixel(1, 0) == colour(1) && pixel(3, 0) == colour(3),
          "two bits a pixel");
    CHECK(pixel(4, 0) == colour(3) && pixel(7, 0) == colour(0), "odd bytes follow");
    CHECK(pixel(0, 1) == colour(3), "odd rows 8 KiB further");
}

static void test_256(void)
{
    mode_13(false);
    poke(0xA0000 + 320 * 3 + 5, 0xAB, 1);
    poke(0xA0000 + 320 * 199 + 316, 0x04030201, 4);
    look();
    CHECK(scr.width == 320 && scr.height == 200 && scr.scale_x == 2 && scr.scale_y == 2,
          "320 by 200 of 2 by 2 dots");
    CHECK(pixel(5, 3) == colour(0xAB), "chain 4");
    CHECK(pixel(316, 199) == colour(1) && pixel(319, 199) == colour(4), "the last four");
    attr(0x13, 4);
    look();
    CHECK(pixel(3, 3) == colour(0xAB), "panned by two pixels");
    attr(0x13, 0);
    reg(0x3D4, 0x18, 100);
    reg(0x3D4, 0x09, 0x01);
    reg(0x3D4, 0x07, 0x0F);
    look();
    CHECK(scr.height == 400 && scr.scale_y == 1, "a split through a row shows scan lines");
    CHECK(pixel(5, 6) == colour(0xAB) && pixel(5, 7) == colour(0xAB), "row 3 is two of them");
    CHECK(pixel(5, 100) == colour(0) && pixel(5, 101 + 6) == colour(0xAB), "and comes again below");
    mode_13(true);
    reg(0x3C4, 2, 0x04);
    poke(0xA0000 + 80 * 10 + 7, 0xCD, 1);
    look();
    CHECK(pixel(4 * 7 + 2, 10) == colour(0xCD), "unchained");
    reg(0x3D4, 0x08, 1);
    look();
    CHECK(scr.height == 400 && pixel(30, 19) == colour(0xCD) && pixel(30, 20) == colour(0xCD) &&
              pixel(30, 18) != colour(0xCD),
          "preset row scan moves by one scan line");
}

static void test_changes(void)
{
    mode_13(false);
    look();
    CHECK(scr.changed && scr.dirty_first == 0 && scr.dirty_last == 200, "a new picture is all new");
    look();
    CHECK(!scr.changed && scr.dirty_first == scr.dirty_last, "nothing happened");
    unsigned before = clearings;
    poke(0xA0000 + 320 * 50, 1, 1);
    poke(0xA0000 + 320 * 57, 1, 1);
    look();
    CHECK(scr.changed && scr.dirty_first == 50 && scr.dirty_last == 58, "rows %u to %u",
          scr.dirty_first, scr.dirty_last);
    CHECK(clearings == before + 1, "the board hears that stores are news again");
    poke(0xA0000 + 320 * 50, 1, 1);
    look();
    CHECK(!scr.changed, "storing what is there changes nothing");
    reg(0x3D4, 0x0E, 5);
    look();
    CHECK(!scr.changed, "nor does a register that does not matter");
    memset(&fresh, 0, sizeof fresh);
    fresh.pixels = fresh_pixels;
    poke(0xA0000 + 320 * 7, 1, 1);
    vga_screen(&v, &fresh);
    CHECK(fresh.dirty_last == 200, "a second viewer sees all");
    look();
    CHECK(scr.dirty_first == 7 && scr.dirty_last == 8, "and takes no news from the first");
    fresh.pixels = NULL;
    poke(0xA0000 + 320 * 8, 1, 1);
    vga_screen(&v, &fresh);
    CHECK(fresh.changed && fresh.width == 320, "a viewer without pixels learns the rest");
    reg(0x3C4, 1, 0x21);
    look();
    CHECK(scr.kind == SCREEN_BLANK && scr.changed, "blank");
    reg(0x3C4, 1, 0x01);
    look();
    CHECK(scr.kind == SCREEN_GRAPHICS && scr.dirty_last == 200, "back, all of it");
}

static void dispi_mode(unsigned x, unsigned y, unsigned bpp, unsigned flags)
{
    dispi(4, 0);
    dispi(1, x);
    dispi(2, y);
    dispi(3, bpp);
    dispi(4, flags);
}

static void test_depths(void)
{
    static const struct {
        unsigned bpp, bytes;
        uint32_t value, rgb;
    } t[] = {
        {8, 1, 0x9C, 0},
        {15, 2, 0x7C00 | 0x10, 0xFF0084},
        {16, 2, 0x07E0 | 1, 0x00FF08},
        {24, 3, 0x123456, 0x123456},
        {32, 4, 0xFFABCDEF, 0xABCDEF},
    };
    setup();
    for (unsigned i = 0; i < ARRAY_LEN(t); i++) {
        dispi_mode(640, 480, t[i].bpp, 0x41);
        lfb_put((640 * 11 + 4) * t[i].bytes, t[i].value);
        look();
        CHECK(scr.width == 640 && scr.height == 480 && scr.aspect_x == 640, "%u bits", t[i].bpp);
        CHECK(pixel(4, 11) == (t[i].bpp == 8 ? colour(0x9C) : t[i].rgb), "%u bits: %06x", t[i].bpp,
              pixel(4, 11));
        CHECK(pixel(3, 11) == (t[i].bpp == 8 ? colour(0) : 0), "%u bits: beside it", t[i].bpp);
    }
    dispi_mode(640, 480, 8, 0x61);
    out8(0x3C8, 5);
    out8(0x3C9, 0x81);
    out8(0x3C9, 0x42);
    out8(0x3C9, 0xFF);
    lfb_put(0, 5);
    look();
    CHECK(pixel(0, 0) == 0x8142FF, "a DAC of 8 bits: %06x", pixel(0, 0));
    dispi_mode(800, 600, 4, 0x01);
    attr(0x10, 1);
    for (unsigned i = 0; i < 16; i++)
        attr(i, i);
    reg(0x3C4, 2, 0x0A);
    reg(0x3C4, 4, 0x06);
    reg(0x3CE, 5, 0);
    reg(0x3CE, 6, 5);
    poke(0xA0000 + 100 * 599 + 99, 0x01, 1);
    look();
    CHECK(pixel(799, 599) == colour(10) && pixel(798, 599) == colour(0), "4 bits are planes");
    dispi(5, 1);
    poke(0xA0000, 0xFF, 1);
    CHECK(memory.bytes[0x40001] == 0xFF && memory.bytes[0x40003] == 0xFF, "64 Ki cells in a bank");
}

static void test_dispi(void)
{
    setup();
    CHECK(dispi_get(0) == 0xB0C5, "identity");
    dispi(0, 0xB0C2);
    CHECK(dispi_get(0) == 0xB0C2, "older ones can be asked for");
    dispi(0, 0x1234);
    CHECK(dispi_get(0) == 0xB0C2, "others not");
    dispi(4, 2);
    CHECK(dispi_get(1) == 1600 && dispi_get(2) == 1200 && dispi_get(3) == 32, "capabilities");
    dispi(4, 0);
    CHECK(dispi_get(10) == 256, "16 MiB");
    dispi(4, 1);
    CHECK(!(dispi_get(4) & 1), "no mode, nothing to switch on");
    dispi(1, 1601);
    dispi(2, 0);
    dispi(3, 7);
    CHECK(dispi_get(1) == 0 && dispi_get(2) == 0 && dispi_get(3) == 0, "values out of range");
    dispi_mode(1024, 768, 32, 0x41);
    CHECK(dispi_get(6) == 1024 && dispi_get(7) == 4096, "4096 rows fit");
    dispi(1, 640);
    CHECK(dispi_get(1) == 1024, "the size is fixed while it is on");
    dispi(9, 3328);
    CHECK(dispi_get(9) == 3328, "the last offset that fits");
    dispi(9, 3329);
    CHECK(dispi_get(9) == 3328, "one more does not");
    dispi(9, 0);
    dispi(6, 1000);
    CHECK(dispi_get(6) == 1024, "rows cannot be shorter than the screen");
    dispi(6, 2048);
    CHECK(dispi_get(6) == 2048 && dispi_get(7) == 2048, "but longer");
    dispi(8, 10);
    dispi(9, 1);
    lfb_put((2048 + 10) * 4, 0x445566);
    look();
    CHECK(pixel(0, 0) == 0x445566, "the picture begins at the offset");
    CHECK(window_linear && window_offset == 0, "A0000h is linear");
    dispi(5, 200);
    CHECK(window_offset == 200u << 16, "bank 200");
    poke(0xA0004, 0x77, 1);
    CHECK(memory.bytes[(200u << 16) + 4] == 0x77, "goes there");
    CHECK(vga_mem_ops.read(&v, 4, 1) == 0x77 && vga_mem_ops.read(&v, 0x18000, 1) == 0xFF,
          "and reads there; the text window is not there");
    dispi(5, 256);
    CHECK(dispi_get(5) == 200, "no bank 256");
    lfb_put(0, 1);
    dispi(4, 0);
    CHECK(!window_linear && dispi_get(5) == 0, "off: planes again");
    look();
    CHECK(scr.kind == SCREEN_TEXT, "and text");
    dispi(4, 0xC1);
    CHECK(memory.bytes[0] == 1, "bit 7 keeps the picture");
    dispi(4, 0);
    dispi(4, 0x41);
    CHECK(memory.bytes[0] == 0, "else it is cleared");
    unsigned calls = window_calls;
    vga_reset(&v);
    CHECK(window_calls == calls + 1 && !window_linear, "reset switches it off");
    CHECK(vga_dispi_ops.read(&v, 1, 1) <= 0xFFFF, "bytes can be read");
    vga_dispi_ops.write(&v, 0, 4, 1);
    CHECK(vga_dispi_ops.read(&v, 0, 2) == 0, "but not written");
}

static void copy_by_snapshot(void)
{
    struct snap s, l;
    snap_save_init(&s);
    vga_snap(&v, &s);
    vga_init(&w, &k, &(struct vga_board){.memory = &other_memory}, NULL);
    snap_load_init(&l, s.buf, s.len);
    vga_snap(&w, &l);
    CHECK(snap_ok(&l), "%s", l.err.text);
    snap_free(&s);
}

static bool same_picture(const struct screen *a, const struct screen *b)
{
    return a->kind == b->kind && a->width == b->width && a->height == b->height &&
           a->scale_x == b->scale_x && a->scale_y == b->scale_y &&
           (a->kind != SCREEN_GRAPHICS ||
            memcmp(a->pixels, b->pixels, (size_t)a->width * a->height * 4) == 0) &&
           (a->kind != SCREEN_TEXT ||
            (a->rows == b->rows && a->cols == b->cols &&
             memcmp(a->cells, b->cells, (size_t)a->rows * a->cols * 2) == 0 &&
             memcmp(a->palette, b->palette, sizeof a->palette) == 0));
}

static void test_snapshot(void)
{
    struct snap s;
    dispi_mode(640, 480, 32, 0x41);
    memset(&other_memory, 0, sizeof other_memory);
    dispi(5, 3);
    lfb_put(1000000, 0x13579B);
    snap_save_init(&s);
    vga_snap(&v, &s);
    CHECK(s.len < 600000, "only pages with something in them: %zu bytes", s.len);
    snap_free(&s);
    copy_by_snapshot();
    memset(&fresh, 0, sizeof fresh);
    fresh.pixels = fresh_pixels;
    vga_screen(&w, &fresh);
    look();
    CHECK(same_picture(&scr, &fresh), "the copy shows the same");
    CHECK(w.linear && w.linear_offset == 0x30000, "and has the same window");
    memset(memory.bytes, 0, VGA_MEMORY);
    copy_by_snapshot();
    CHECK(memcmp(memory.bytes, other_memory.bytes, VGA_MEMORY) == 0, "pages that became zero");
}

static uint32_t seed = 12345;

static unsigned chance(unsigned n)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 10) % n;
}

/* Anything a guest can do to the chip. */
static void anything(void)
{
    switch (chance(12)) {
    case 0: reg(0x3C4, chance(6), chance(256)); break;
    case 1: reg(0x3D4, 0x11, chance(128)); break;
    case 2: reg(0x3D4, chance(26), chance(256)); break;
    case 3: reg(0x3CE, chance(10), chance(256)); break;
    case 4: attr(chance(21), chance(256)); break;
    case 5: dispi(chance(12), chance(4) ? chance(2000) : chance(65536)); break;
    case 6:
        dispi_mode(8 + chance(1700), chance(1300),
                   (const unsigned[]){4, 8, 15, 16, 24, 32}[chance(6)], chance(256));
        break;
    case 7: out8(0x3C2, chance(4) ? 0x63 : chance(256)); break;
    case 8: lfb_put(chance(VGA_MEMORY / 4) * 4, seed); break;
    case 9: k.now += chance(30000000); break;
    case 10: dispi(4, 0); break;
    default:
        for (unsigned n = chance(64); n; n--)
            poke(0xA0000 + chance(0x8000) * 4, seed, 4);
    }
    (void)vga_mem_ops.read(&v, chance(0x8000) * 4, 4);
}

static void test_hostile(void)
{
    unsigned wrong = 0, outside = 0, shown[3] = {0};
    setup();
    for (unsigned round = 0; round < 1500; round++) {
        for (unsigned n = chance(8) + 1; n; n--)
            anything();
        if (chance(3) == 0) { /* something to see, more often than not */
            reg(0x3C4, 0, 3);
            reg(0x3C4, 1, chance(2) ? 1 : 9);
            reg(0x3D4, 0x17, 0x80 | chance(128));
            attr(chance(16), chance(64));
        }
        look();
        if (round % 5)
            continue;
        memset(&fresh, 0, sizeof fresh);
        fresh.pixels = fresh_pixels;
        vga_screen(&v, &fresh);
        wrong += !same_picture(&scr, &fresh);
        outside += scr.width * scr.scale_x > SCREEN_MAX_WIDTH ||
                   scr.height * scr.scale_y > SCREEN_MAX_HEIGHT || scr.rows > SCREEN_MAX_ROWS ||
                   scr.cols > SCREEN_MAX_COLS || scr.dirty_last > scr.height;
        shown[scr.kind]++;
    }
    CHECK(wrong == 0, "%u pictures depend on earlier looks", wrong);
    CHECK(outside == 0, "%u are larger than any may be", outside);
    CHECK(shown[SCREEN_GRAPHICS] > 50 && shown[SCREEN_TEXT] + shown[SCREEN_BLANK] > 10,
          "graphics %u, text %u, blank %u", shown[SCREEN_GRAPHICS], shown[SCREEN_TEXT],
          shown[SCREEN_BLANK]);
    memset(&other_memory, 0, sizeof other_memory);
    copy_by_snapshot();
    memset(&fresh, 0, sizeof fresh);
    fresh.pixels = fresh_pixels;
    vga_screen(&w, &fresh);
    look();
    CHECK(same_picture(&scr, &fresh), "and a snapshot of all that shows the same");
}

int main(void)
{
    test_planes();
    test_start_address();
    test_cga();
    test_256();
    test_changes();
    test_depths();
    test_dispi();
    test_snapshot();
    test_hostile();
    return report_end();
}
