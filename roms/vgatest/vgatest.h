/* SPDX-License-Identifier: MIT */
/*
 * vgatest.h - what the files of the VGA test share. Everything is done with registers and memory;
 * no BIOS is called. Source: IBM PS/2 Hardware Interface Technical Reference, "Video Subsystem";
 * Bochs, "VBE display interface".
 */
#ifndef VGATEST_H
#define VGATEST_H

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;

static inline void out8(u16 port, u8 value)
{
    __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static inline u8 in8(u16 port)
{
    u8 value;

    __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static inline void out16(u16 port, u16 value)
{
    __asm__ volatile("outw %0, %1" : : "a"(value), "Nd"(port));
}

static inline u16 in16(u16 port)
{
    u16 value;

    __asm__ volatile("inw %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static inline void out32(u16 port, u32 value)
{
    __asm__ volatile("outl %0, %1" : : "a"(value), "Nd"(port));
}

static inline u32 in32(u16 port)
{
    u32 value;

    __asm__ volatile("inl %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

/* An index register and its data register, in one word write. */
static inline void reg(u16 port, u8 index, u8 value)
{
    out16(port, (u16)(value << 8 | index));
}

enum { SEQ = 0x3c4, CRTC = 0x3d4, GC = 0x3ce, MONO_CRTC = 0x3b4 };

static inline volatile u8 *video(u32 at)
{
    return (volatile u8 *)at;
}

/* main.c */
void say(const char *text);
void check(const char *what, int ok); /* a fact about reading; failures are said and counted */

/* modes.c */
struct mode {
    u8 misc, seq[4], crtc[25], gc[9], attr[20]; /* sequencer 1-4; attribute 0-13h */
};
extern const struct mode mode_01, mode_03, mode_03_350, mode_03_200, mode_07, mode_04, mode_06,
    mode_0d, mode_0e, mode_0f, mode_10, mode_11, mode_12, mode_13, mode_x, mode_x400, mode_360;
void mode_set(const struct mode *m);
void attr_set(u8 index, u8 value);
void dac_set(u8 index, u8 r, u8 g, u8 b); /* as the DAC takes them: 6 or 8 bits */
void dac_ega(void);
void dac_cga(void);
void dac_mono(void);
void dac_256(unsigned bits); /* 16 colours, 16 greys, 14 rows of hues */
void wait_retrace(void);

/* canvas.c: pixels of the current mode, whatever its memory looks like */
struct canvas {
    int w, h;
    u32 colours; /* 2, 4, 16, 256; 0: 0xRRGGBB */
    void (*put)(int x, int y, u32 c);
};
extern u32 pitch; /* bytes (cells, chained bytes) from row to row */
extern u32 bank;  /* put_bank8: the one that is in the window */
void put_cga4(int x, int y, u32 c);
void put_cga2(int x, int y, u32 c);
void put_planes(int x, int y, u32 c);
void span_planes(int x, int y, int w, u32 c);
void put_chain4(int x, int y, u32 c);
void put_unchained(int x, int y, u32 c);
void put_lfb8(int x, int y, u32 c);
void put_lfb15(int x, int y, u32 c);
void put_lfb16(int x, int y, u32 c);
void put_lfb24(int x, int y, u32 c);
void put_lfb32(int x, int y, u32 c);
void put_bank8(int x, int y, u32 c);
extern volatile u8 *lfb;
void find_lfb(void);

/* scene.c */
extern const u8 font_8x16[256][16];
u8 glyph_row(u8 ch, unsigned height, unsigned y); /* of the font squeezed to 8, 14 or 16 rows */
u32 ink(const struct canvas *c, unsigned n);      /* one of 16 colours, as near as there is */
void text_at(const struct canvas *c, int x, int y, const char *text, u32 colour, unsigned height);
void box(const struct canvas *c, int x, int y, int w, int h, u32 colour);
void scene(const struct canvas *c, const char *title);

/* text.c, planar.c, dispi.c: the tests themselves */
void show_text(const struct mode *m, unsigned cols, unsigned rows, unsigned font,
               const char *title);
void text_512(void);
void text_cursor(void);
void text_mono(void);
void text_smooth(void);
void text_split(void);
void planar_features(void);
void planar_split(void);
void planar_pan(void);
void chain4_split(void);
void unchained_pages(void);
void dispi_mode(u32 w, u32 h, u32 bpp);
void dispi_off(void);
void dispi_lfb(u32 w, u32 h, u32 bpp);
void dispi_bank(void);
void dispi_virtual(void);
void dispi_planes(void);
void dispi_checks(void);

/* motion.c: the whole screen, 60 times a second */
void motion(const char *kind, u32 frames);
extern volatile u32 ticks;

#endif
