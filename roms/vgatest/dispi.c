/* SPDX-License-Identifier: MIT */
/*
 * dispi.c - the Bochs display interface: frame buffers of every depth, the bank window, a picture
 * larger than the screen, planes, and what the registers refuse.
 */
#include "vgatest.h"

enum { ID, XRES, YRES, BPP, ENABLE, BANK, VIRT_WIDTH, VIRT_HEIGHT, X_OFFSET, Y_OFFSET };

static void dispi(u16 index, u16 value)
{
    out16(0x1ce, index);
    out16(0x1cf, value);
}

static u16 dispi_get(u16 index)
{
    out16(0x1ce, index);
    return in16(0x1cf);
}

void dispi_off(void)
{
    dispi(ENABLE, 0);
}

void dispi_mode(u32 w, u32 h, u32 bpp)
{
    dispi_off();
    dispi(XRES, (u16)w);
    dispi(YRES, (u16)h);
    dispi(BPP, (u16)bpp);
    dispi(ENABLE, bpp == 8 ? 0x61 : 0x41); /* 8 bits: with a DAC of 8 bits as well */
    pitch = w * ((bpp + 7) / 8);
    bank = 0;
}

static char *number(char *at, u32 n)
{
    if (n >= 10)
        at = number(at, n / 10);
    *at++ = (char)('0' + n % 10);
    *at = 0;
    return at;
}

static const char *title_of(u32 w, u32 h, u32 bpp)
{
    static char title[64];
    char *at = number(title, w);

    for (const char *s = " x "; *s; s++)
        *at++ = *s;
    at = number(at, h);
    for (const char *s = ", "; *s; s++)
        *at++ = *s;
    at = number(at, bpp);
    for (const char *s = " bits"; (*at = *s); s++)
        at++;
    return title;
}

void dispi_lfb(u32 w, u32 h, u32 bpp)
{
    struct canvas c = {(int)w, (int)h, bpp == 8 ? 256 : 0, 0};

    c.put = bpp == 8    ? put_lfb8
            : bpp == 15 ? put_lfb15
            : bpp == 16 ? put_lfb16
            : bpp == 24 ? put_lfb24
                        : put_lfb32;
    dispi_mode(w, h, bpp);
    if (bpp == 8)
        dac_256(8);
    scene(&c, title_of(w, h, bpp));
}

void dispi_bank(void)
{
    static const struct canvas c = {640, 480, 256, put_bank8};

    dispi_mode(640, 480, 8);
    dac_256(8);
    scene(&c, "640 x 480 through 64 KiB at A0000h");
    dispi(BANK, 0);
    check("the window shows the frame buffer", *video(0xa0000) == lfb[0] && lfb[0] == 15);
    dispi(BANK, 2);
    *video(0xa0123) = 0x5a;
    check("bank 2 begins at 128 KiB", lfb[0x20123] == 0x5a);
    lfb[0x2fffe] = 0xc3;
    check("and is the same memory", *video(0xafffe) == 0xc3);
    *video(0xa0123) = lfb[0x20122];
    lfb[0x2fffe] = lfb[0x2fffd];
}

void dispi_virtual(void)
{
    static const struct canvas c = {800, 600, 0, put_lfb16};

    dispi_mode(640, 480, 16);
    dispi(VIRT_WIDTH, 800);
    pitch = 1600;
    dispi(X_OFFSET, 38);
    dispi(Y_OFFSET, 21);
    for (u32 i = 0; i < 800 * 600 * 2; i += 4)
        *(volatile u32 *)(lfb + i) = 0;
    scene(&c, "800 x 600 seen through 640 x 480 at 38, 21");
}

/* Four planes, as mode 12h, in another size. */
void dispi_planes(void)
{
    static const struct canvas c = {800, 600, 16, put_planes};

    mode_set(&mode_12);
    dac_ega();
    dispi_mode(800, 600, 4);
    check("a depth of 4 bits is accepted", dispi_get(BPP) == 4);
    reg(SEQ, 2, 0x0f);
    reg(SEQ, 4, 0x06);
    reg(GC, 6, 0x05);
    pitch = 100;
    scene(&c, "800 x 600, 4 planes");
}

void dispi_checks(void)
{
    dispi_off();
    check("the interface is there", (dispi_get(ID) & 0xfff0) == 0xb0c0);
    dispi(ENABLE, 2);
    check("it says what it can do at most", dispi_get(XRES) >= 1600 && dispi_get(BPP) >= 32);
    dispi(ENABLE, 0);
    dispi(XRES, 640);
    dispi(YRES, 480);
    dispi(BPP, 32);
    check("registers read back", dispi_get(XRES) == 640 && dispi_get(BPP) == 32);
    dispi(ENABLE, 0x41);
    check("the row is as long as the screen", dispi_get(VIRT_WIDTH) == 640);
    lfb[0] = 0x77;
    check("the frame buffer is memory", lfb[0] == 0x77);
    dispi(ENABLE, 0);
    dispi(ENABLE, 0x41 | 0x80);
    check("bit 7 keeps the picture", lfb[0] == 0x77);
    dispi(ENABLE, 0);
    dispi(ENABLE, 0x41);
    check("and without it it is cleared", lfb[0] == 0);
    dispi_off();
}
