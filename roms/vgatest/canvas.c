/* SPDX-License-Identifier: MIT */
/*
 * canvas.c - one pixel, in each kind of video memory. Slow and plain: what is tested is the
 * memory, not the drawing. put_planes uses write mode 2 with the bit mask and the latches.
 */
#include "vgatest.h"

u32 pitch, bank;
volatile u8 *lfb;

void put_cga4(int x, int y, u32 c)
{
    volatile u8 *p = video(0xb8000 + (u32)(y & 1) * 0x2000 + (u32)(y >> 1) * 80 + (u32)(x >> 2));
    u32 at = 6 - 2 * (x & 3);

    *p = (u8)((*p & ~(3u << at)) | (c & 3) << at);
}

void put_cga2(int x, int y, u32 c)
{
    volatile u8 *p = video(0xb8000 + (u32)(y & 1) * 0x2000 + (u32)(y >> 1) * 80 + (u32)(x >> 3));
    u32 at = 7 - (x & 7);

    *p = (u8)((*p & ~(1u << at)) | (c & 1) << at);
}

void put_planes(int x, int y, u32 c)
{
    volatile u8 *p = video(0xa0000 + (u32)y * pitch + (u32)(x >> 3));

    reg(GC, 5, 0x02);
    reg(GC, 8, (u8)(0x80 >> (x & 7)));
    (void)*p; /* the latches */
    *p = (u8)c;
}

/* The same for a row of pixels, by the byte where it can be. */
void span_planes(int x, int y, int w, u32 c)
{
    for (; w > 0 && x % 8; w--)
        put_planes(x++, y, c);
    if (w >= 8) {
        reg(GC, 5, 0x02);
        reg(GC, 8, 0xff);
    }
    for (; w >= 8; w -= 8, x += 8)
        *video(0xa0000 + (u32)y * pitch + (u32)(x >> 3)) = (u8)c;
    for (; w > 0; w--)
        put_planes(x++, y, c);
}

void put_chain4(int x, int y, u32 c)
{
    *video(0xa0000 + (u32)y * pitch + (u32)x) = (u8)c;
}

void put_unchained(int x, int y, u32 c)
{
    reg(SEQ, 2, (u8)(1 << (x & 3)));
    *video(0xa0000 + (u32)y * pitch + (u32)(x >> 2)) = (u8)c;
}

void put_lfb8(int x, int y, u32 c)
{
    lfb[(u32)y * pitch + (u32)x] = (u8)c;
}

void put_lfb15(int x, int y, u32 c)
{
    *(volatile u16 *)(lfb + (u32)y * pitch + (u32)x * 2) =
        (u16)((c >> 9 & 0x7c00) | (c >> 6 & 0x3e0) | (c >> 3 & 0x1f));
}

void put_lfb16(int x, int y, u32 c)
{
    *(volatile u16 *)(lfb + (u32)y * pitch + (u32)x * 2) =
        (u16)((c >> 8 & 0xf800) | (c >> 5 & 0x7e0) | (c >> 3 & 0x1f));
}

void put_lfb24(int x, int y, u32 c)
{
    volatile u8 *p = lfb + (u32)y * pitch + (u32)x * 3;

    p[0] = (u8)c;
    p[1] = (u8)(c >> 8);
    p[2] = (u8)(c >> 16);
}

void put_lfb32(int x, int y, u32 c)
{
    *(volatile u32 *)(lfb + (u32)y * pitch + (u32)x * 4) = c;
}

void put_bank8(int x, int y, u32 c)
{
    u32 at = (u32)y * pitch + (u32)x;

    if (bank != at >> 16) {
        bank = at >> 16;
        out16(0x1ce, 5);
        out16(0x1cf, (u16)bank);
    }
    *video(0xa0000 + (at & 0xffff)) = (u8)c;
}

static u32 pci_read(u32 slot, u32 offset)
{
    out32(0xcf8, 0x80000000u | slot << 11 | offset);
    return in32(0xcfc);
}

/* The frame buffer of the display interface: a PCI display's first memory range, else the address
   that the interface documents for a card on the ISA bus. */
void find_lfb(void)
{
    lfb = (volatile u8 *)0xe0000000;
    for (u32 slot = 0; slot < 32; slot++) {
        if (pci_read(slot, 0) != 0x11111234)
            continue;
        lfb = (volatile u8 *)(pci_read(slot, 0x10) & ~15u);
    }
}
