/* SPDX-License-Identifier: MIT */
/*
 * motion.c - redraws the whole screen 60 times a second, in step with the 8254, and sleeps in
 * between: what is left to measure is the cost of showing it.
 */
#include "vgatest.h"

static void start_timer(u32 hz)
{
    u32 count = 1193182 / hz;

    out8(0x20, 0x11);
    out8(0x21, 0x20);
    out8(0x21, 0x04);
    out8(0x21, 0x01);
    out8(0x21, 0xfe);
    out8(0xa1, 0xff);
    out8(0x43, 0x36);
    out8(0x40, (u8)count);
    out8(0x40, (u8)(count >> 8));
    __asm__ volatile("sti");
}

static void fill(volatile void *at, u32 dwords, u32 value)
{
    __asm__ volatile("rep stosl" : "+D"(at), "+c"(dwords) : "a"(value) : "memory");
}

static void frame_lfb(u32 frame, u32 bytes)
{
    for (u32 y = 0; y < 480; y++)
        fill(lfb + y * 640 * bytes, 160 * bytes, (y + frame) * 0x00030201 * 4);
}

/* Bars that move: one plane pattern after the other through set/reset. */
static void frame_planes(u32 frame)
{
    reg(GC, 1, 0x0f);
    for (u32 y = 0; y < 480; y++) {
        reg(GC, 0, (u8)((y + frame) >> 3 & 15));
        fill(video(0xa0000 + y * 80), 20, 0);
    }
}

static void frame_bytes(u32 frame)
{
    for (u32 y = 0; y < 200; y++)
        fill(video(0xa0000 + y * 320), 80, ((y + frame) & 0xff) * 0x01010101);
}

void motion(const char *kind, u32 frames)
{
    u32 last = 0;

    if (kind[0] == '8' || kind[0] == '3')
        dispi_mode(640, 480, kind[0] == '8' ? 8 : 32);
    else
        mode_set(kind[1] == '2' ? &mode_12 : &mode_13);
    if (kind[0] == '8' || kind[1] == '3')
        dac_256(kind[0] == '8' ? 8 : 6);
    else
        dac_ega();
    start_timer(60);
    for (u32 n = 0; n < frames; n++) {
        while (ticks == last)
            __asm__ volatile("hlt");
        last = ticks;
        if (kind[0] == '8' || kind[0] == '3')
            frame_lfb(n, kind[0] == '8' ? 1 : 4);
        else if (kind[1] == '2')
            frame_planes(n);
        else
            frame_bytes(n);
    }
    __asm__ volatile("cli");
}
