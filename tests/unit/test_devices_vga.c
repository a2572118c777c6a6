/* SPDX-License-Identifier: MIT */
/* test_devices_vga.c - the VGA: text mode 3, planar memory, registers, retrace. */
#include "devices/vga.h"

#include "base/clock.h"
#include "base/screen.h"
#include "base/snap.h"
#include "devices/vga_font.h"
#include "mmu/bus.h"
#include "tests/report.h"

#include <stdlib.h>
#include <string.h>

static struct clock k;
static struct vga v, w;
static struct vga_memory memory, other_memory; /* zero pages until touched */
static struct screen scr;
static uint32_t pixels[SCREEN_MAX_WIDTH * SCREEN_MAX_HEIGHT];

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

static unsigned get(unsigned port, unsigned index)
{
    out8(port, index);
    return in8(port + 1);
}

static void attr(unsigned index, unsigned value)
{
    in8(0x3DA);
    out8(0x3C0, index);
    out8(0x3C0, value);
    in8(0x3DA);
    out8(0x3C0, 0x20);
}

static void poke(unsigned addr, unsigned value, unsigned size)
{
    vga_mem_ops.write(&v, addr - 0xA0000, value, size);
}

static unsigned peek(unsigned addr, unsigned size)
{
    return vga_mem_ops.read(&v, addr - 0xA0000, size);
}

static uint32_t cell(unsigned n)
{
    const uint8_t *b = memory.bytes + 4 * n;
    return b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

static void cell_put(unsigned n, uint32_t planes)
{
    for (unsigned p = 0; p < 4; p++)
        memory.bytes[4 * n + p] = (uint8_t)(planes >> 8 * p);
    memory.dirty[n / 1024] = 0xFF;
}

static void setup(void)
{
    clock_init(&k);
    memset(&memory, 0, sizeof memory);
    memset(&scr, 0, sizeof scr);
    scr.pixels = pixels;
    vga_init(&v, &k, &(struct vga_board){.memory = &memory}, NULL);
    vga_set_text_mode(&v);
}

/* One vertical retrace further. */
static void next_frame(void)
{
    while (in8(0x3DA) & 8)
        k.now += 20000;
    while (!(in8(0x3DA) & 8))
        k.now += 20000;
}

static void test_text(void)
{
    setup();
    vga_screen(&v, &scr);
    CHECK(scr.kind == SCREEN_TEXT && scr.cols == 80 && scr.rows == 25, "80 by 25");
    CHECK(scr.cell_w == 9 && scr.cell_h == 16, "9 by 16 dots");
    CHECK(scr.cells[0].ch == ' ' && scr.cells[1999].attr == 7, "clear");
    CHECK(memcmp(scr.font[0]['A'], vga_font_8x16['A'], 16) == 0, "the font is in plane 2");
    CHECK(memcmp(scr.font[0]['A'], scr.font[1]['A'], 32) == 0, "one font for both");
    CHECK(scr.palette[7] == 0xAAAAAA && scr.palette[6] == 0xAA5500, "colours of the EGA");
    CHECK(scr.palette[15] == 0xFFFFFF && scr.palette[1] == 0x0000AA, "bright and blue");
    CHECK(scr.blink && scr.line_graphics, "blinking and line graphics");
    CHECK(scr.cursor_on && scr.cursor_row == 0 && scr.cursor_col == 0, "cursor at home");
    CHECK(scr.cursor_top == 13 && scr.cursor_bottom == 14, "its shape");
    poke(0xB8000 + 2 * (3 * 80 + 5), 0x1F41, 2);
    poke(0xB8000 + 2 * (3 * 80 + 6), 0x4E43, 2);
    CHECK(peek(0xB8000 + 2 * (3 * 80 + 5), 4) == 0x4E431F41, "read back");
    vga_screen(&v, &scr);
    CHECK(scr.cells[245].ch == 'A' && scr.cells[245].attr == 0x1F, "a character");
    CHECK(scr.cells[246].ch == 'C' && scr.cells[246].attr == 0x4E, "the next");
    reg(0x3D4, 0x0E, 0);
    reg(0x3D4, 0x0F, 81);
    vga_screen(&v, &scr);
    CHECK(scr.cursor_row == 1 && scr.cursor_col == 1, "cursor moves");
    reg(0x3D4, 0x0A, 0x2D);
    vga_screen(&v, &scr);
    CHECK(!scr.cursor_on, "and can be switched off");
    reg(0x3D4, 0x0D, 80);
    vga_screen(&v, &scr);
    CHECK(scr.cells[245].ch == 'A', "a new start address waits for the retrace");
    next_frame();
    vga_screen(&v, &scr);
    CHECK(scr.cells[165].ch == 'A', "then it scrolls by one row");
    attr(0x10, 0x04);
    vga_screen(&v, &scr);
    CHECK(!scr.blink, "bright backgrounds");
    reg(0x3D4, 0x09, 0x47);
    vga_screen(&v, &scr);
    CHECK(scr.rows == 50 && scr.cell_h == 8, "50 lines");
    reg(0x3C4, 1, 1);
    vga_screen(&v, &scr);
    CHECK(scr.cell_w == 8, "8 dots");
    reg(0x3C4, 1, 0x21);
    vga_screen(&v, &scr);
    CHECK(scr.kind == SCREEN_BLANK, "screen off");
    CHECK(peek(0xBFFFF, 1) == 0x07 && peek(0xBFFFE, 1) == 0x20, "cleared to the window's end");
    CHECK(peek(0xA0000, 1) == 0xFF && peek(0xB0000, 1) == 0xFF, "no other window");
}

static void test_split(void)
{
    setup();
    for (unsigned row = 0; row < 60; row++)
        poke(0xB8000 + 160 * row, 0x0700 + row, 2);
    reg(0x3D4, 0x0C, 800 >> 8);
    reg(0x3D4, 0x0D, 800 & 255);
    reg(0x3D4, 0x11, 0x0E); /* lift the protection */
    reg(0x3D4, 0x07, 0x0F); /* line compare = 159: ten rows */
    reg(0x3D4, 0x09, 0x0F);
    reg(0x3D4, 0x18, 159);
    next_frame();
    vga_screen(&v, &scr);
    CHECK(scr.cells[0].ch == 10 && scr.cells[9 * 80].ch == 19, "upper part scrolled");
    CHECK(scr.cells[10 * 80].ch == 0 && scr.cells[24 * 80].ch == 14, "lower part from 0");
}

static void test_font_load(void)
{
    setup();
    reg(0x3C4, 2, 4);
    reg(0x3C4, 4, 7);
    reg(0x3CE, 4, 2);
    reg(0x3CE, 5, 0);
    reg(0x3CE, 6, 0);
    for (unsigned i = 0; i < 16; i++)
        poke(0xA0000 + 0x4000 + 'Z' * 32 + i, 0xA0 + i, 1);
    CHECK(peek(0xA0000 + 0x4000 + 'Z' * 32 + 5, 1) == 0xA5, "plane 2 reads back");
    reg(0x3C4, 2, 3);
    reg(0x3C4, 4, 2);
    reg(0x3CE, 4, 0);
    reg(0x3CE, 5, 0x10);
    reg(0x3CE, 6, 0x0E);
    reg(0x3C4, 3, 0x04); /* map A (attribute bit 3 set) = second 16 KiB */
    vga_screen(&v, &scr);
    CHECK(scr.font[1]['Z'][0] == 0xA0 && scr.font[1]['Z'][15] == 0xAF, "second font");
    CHECK(memcmp(scr.font[0]['Z'], vga_font_8x16['Z'], 16) == 0, "first font untouched");
    CHECK(scr.cells[0].ch == ' ', "and the text");
}

static void test_planes(void)
{
    setup();
    reg(0x3C4, 2, 0x0F);
    reg(0x3C4, 4, 0x06);
    reg(0x3CE, 5, 0);
    reg(0x3CE, 6, 0x05);
    cell_put(100, 0x44332211);
    for (unsigned p = 0; p < 4; p++) {
        reg(0x3CE, 4, p);
        CHECK(peek(0xA0000 + 100, 1) == 0x11 * (p + 1), "read mode 0, plane %u", p);
    }
    CHECK(v.latch == 0x44332211, "latches");
    reg(0x3CE, 5, 1);
    poke(0xA0000 + 101, 0xFF, 1);
    CHECK(cell(101) == 0x44332211, "write mode 1 copies the latches");
    reg(0x3CE, 5, 0);
    reg(0x3CE, 8, 0x0F);
    poke(0xA0000 + 102, 0xA5, 1);
    CHECK(cell(102) == 0x45352515, "bit mask: %08x", cell(102));
    reg(0x3CE, 3, 0x18);
    reg(0x3CE, 8, 0xFF);
    poke(0xA0000 + 103, 0xFF, 1);
    CHECK(cell(103) == ~0x44332211u, "exclusive or");
    reg(0x3CE, 3, 0x04);
    poke(0xA0000 + 104, 0x1F, 1);
    CHECK(cell(104) == 0xF1F1F1F1, "rotate by four");
    reg(0x3CE, 3, 0);
    reg(0x3CE, 0, 0x05);
    reg(0x3CE, 1, 0x03);
    poke(0xA0000 + 105, 0x3C, 1);
    CHECK(cell(105) == 0x3C3C00FF, "set/reset in planes 0 and 1");
    reg(0x3C4, 2, 0x08);
    poke(0xA0000 + 105, 0x77, 1);
    CHECK(cell(105) == 0x773C00FF, "map mask");
    reg(0x3C4, 2, 0x0F);
    reg(0x3CE, 5, 2);
    poke(0xA0000 + 106, 0x0A, 1);
    CHECK(cell(106) == 0xFF00FF00, "write mode 2");
    reg(0x3CE, 5, 3);
    reg(0x3CE, 8, 0xF0);
    cell_put(107, 0);
    peek(0xA0000 + 107, 1);
    poke(0xA0000 + 107, 0x3C, 1);
    CHECK(cell(107) == 0x00300030, "write mode 3: %08x", cell(107));
    reg(0x3CE, 5, 8);
    reg(0x3CE, 2, 0x05);
    reg(0x3CE, 7, 0x0F);
    CHECK(peek(0xA0000 + 107, 1) == 0x30, "read mode 1: colour 5 is there");
    reg(0x3CE, 7, 0x00);
    CHECK(peek(0xA0000 + 107, 1) == 0xFF, "no plane counts: everything matches");
    setup();
    reg(0x3C4, 2, 0x0F);
    reg(0x3C4, 4, 0x0E);
    reg(0x3CE, 5, 0x40);
    reg(0x3CE, 6, 0x05);
    poke(0xA0000 + 0x200, 0x44332211, 4);
    CHECK(cell(0x200) == 0x44332211, "chain 4");
    CHECK(peek(0xA0000 + 0x202, 1) == 0x33, "reads as well");
}

static void test_registers(void)
{
    setup();
    CHECK(get(0x3D4, 0x01) == 0x4F && get(0x3C4, 4) == 2 && get(0x3CE, 6) == 0x0E, "mode 3");
    reg(0x3D4, 0x01, 0x27);
    CHECK(get(0x3D4, 0x01) == 0x4F, "registers 0-7 are protected");
    reg(0x3D4, 0x07, 0x0F);
    CHECK(get(0x3D4, 0x07) == 0x0F, "but line compare bit 8");
    CHECK(get(0x3B4, 0x01) == 0xFF, "colour: nothing at 3B4h");
    out8(0x3C2, 0x66);
    CHECK(get(0x3B4, 0x01) == 0x4F && get(0x3D4, 0x01) == 0xFF, "mono: the other way round");
    out8(0x3C2, 0x67);
    CHECK(in8(0x3CC) == 0x67, "misc output");
    CHECK(get(0x3D4, 0x30) == 0 && get(0x3C4, 7) == 0 && get(0x3CE, 15) == 0, "beyond the end");
    reg(0x3D4, 0x3F, 1);
    out8(0x3C8, 255);
    for (unsigned i = 1; i <= 6; i++)
        out8(0x3C9, 0xC0 + i);
    out8(0x3C7, 255);
    CHECK(in8(0x3C7) == 3, "DAC reads");
    CHECK(in8(0x3C9) == 1 && in8(0x3C9) == 2 && in8(0x3C9) == 3, "six bits");
    CHECK(in8(0x3C9) == 4, "wraps to colour 0");
    in8(0x3DA);
    out8(0x3C0, 0x32);
    out8(0x3C0, 0x05);
    out8(0x3C0, 0x20 | 0x12);
    CHECK(in8(0x3C1) == 0x05, "attribute registers read back");
    in8(0x3DA);
    out8(0x3C0, 0x3F);
    out8(0x3C0, 0x77);
    CHECK(in8(0x3C1) == 0, "attribute beyond the end");
}

static void test_retrace(void)
{
    setup();
    unsigned frames = 0, last = 0, blank = 0, samples = 0;
    for (uint64_t t = 0; t < CLOCK_HZ_NUM / CLOCK_HZ_DEN; t += 20000) {
        k.now = t;
        unsigned s = in8(0x3DA);
        frames += (s & 8) && !last;
        last = s & 8;
        blank += s & 1;
        samples++;
        if ((s & 8) && !(s & 1))
            CHECK(false, "retrace in the picture");
    }
    CHECK(frames == 70, "%u retraces a second", frames);
    CHECK(blank * 100 / samples >= 24 && blank * 100 / samples <= 31, "%u of %u blank", blank,
          samples);
}

static unsigned retraces_in_a_second(void)
{
    unsigned n = 0, last = 0;
    for (uint64_t t = 0; t < CLOCK_HZ_NUM / CLOCK_HZ_DEN; t += 20000) {
        unsigned now;
        k.now = t;
        now = in8(0x3DA) & 8;
        n += now && !last;
        last = now;
    }
    return n;
}

static void test_refresh(void)
{
    setup();
    reg(0x3D4, 0x11, 0x0C); /* 525 lines of 800 dots, as in mode 12h */
    reg(0x3D4, 0x06, 0x0B);
    reg(0x3D4, 0x07, 0x3E);
    reg(0x3D4, 0x10, 0xEA);
    reg(0x3D4, 0x12, 0xDF);
    reg(0x3C4, 1, 0x01);
    out8(0x3C2, 0xE3);
    CHECK(retraces_in_a_second() == 60, "480 lines at 60 Hz: %u", retraces_in_a_second());
    reg(0x3C4, 1, 0x09);
    CHECK(retraces_in_a_second() == 30, "half the dot clock, half the rate");
    reg(0x3C4, 1, 0x01);
    reg(0x3D4, 0x17, 0xA7);
    CHECK(retraces_in_a_second() == 30, "twice the lines, half the rate");
}

static void test_hostile(void)
{
    uint32_t seed = 7;
    setup();
    for (unsigned i = 0; i < 200000; i++) {
        seed = seed * 1664525u + 1013904223u;
        unsigned r = seed >> 8;
        if (r & 1)
            vga_port_ops.write(&v, r >> 1 & 0x2F, r >> 8, 1);
        else if (r & 2)
            vga_mem_ops.write(&v, r >> 3 & 0x1FFFC, seed, 4);
        else
            (void)(vga_port_ops.read(&v, r >> 4 & 0x2F, 1) + vga_mem_ops.read(&v, r & 0x1FFFC, 4));
        if (i % 2000 == 0)
            vga_screen(&v, &scr);
    }
    CHECK(scr.rows <= SCREEN_MAX_ROWS && scr.cols <= SCREEN_MAX_COLS, "within the screen");
    struct snap s, l;
    snap_save_init(&s);
    vga_snap(&v, &s);
    vga_init(&w, &k, &(struct vga_board){.memory = &other_memory}, NULL);
    snap_load_init(&l, s.buf, s.len);
    vga_snap(&w, &l);
    CHECK(snap_ok(&l) && memcmp(memory.bytes, other_memory.bytes, VGA_MEMORY) == 0 &&
              memcmp(v.dac, w.dac, sizeof v.dac) == 0 && v.latch == w.latch,
          "snapshot");
    snap_free(&s);
}

int main(void)
{
    test_text();
    test_split();
    test_font_load();
    test_planes();
    test_registers();
    test_retrace();
    test_refresh();
    test_hostile();
    return report_end();
}
