/* SPDX-License-Identifier: MIT */
/*
 * multiboot_guest.h - what the kernels of both versions of multiboot share: speaking on COM1, ending by port
 * F4h, and a picture in a frame buffer.
 */
#ifndef TESTS_BOOT_MULTIBOOT_GUEST_H
#define TESTS_BOOT_MULTIBOOT_GUEST_H

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;

enum { COM1 = 0x3f8, EXIT = 0xf4 };

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

static inline void put(const char *text)
{
    for (; *text; text++) {
        while (!(in8(COM1 + 5) & 0x20))
            ;
        out8(COM1, (u8)*text);
    }
}

static inline void put_number(u32 n, u32 base)
{
    char text[12], *at = text + 11;

    *at = 0;
    do
        *--at = "0123456789abcdef"[n % base];
    while (n /= base);
    put(at);
}

static inline void field(const char *name, u32 n, u32 base)
{
    put(" ");
    put(name);
    put("=");
    put_number(n, base);
}

static inline void finish(u8 code)
{
    put(code ? "FAILED\n" : "whole\n");
    for (;;)
        out8(EXIT, code);
}

static inline u32 word(const u8 *at)
{
    return *(const u32 *)at;
}

/* A ModeInfoBlock of VBE: the same screen. */
static inline void put_vbe(const u8 *control, const u8 *mode)
{
    put(word(control) == 0x41534556 ? "vbe: VESA" : "vbe: WRONG");
    field("attributes", mode[0] & 0x99, 16);
    field("width", word(mode + 18) & 0xffff, 10);
    field("height", word(mode + 18) >> 16, 10);
    field("depth", mode[25], 10);
    field("model", mode[27], 10);
    field("pitch", word(mode + 16) & 0xffff, 10);
    field("red", mode[32], 10);
    field("green", mode[34], 10);
    field("blue", mode[36], 10);
    put("\n");
}

/* Describes the frame buffer, and fills one of colours with a picture; `colours` are at `layout`. */
static inline void paint(const u8 *buffer, const u8 *layout)
{
    u8 *screen = (u8 *)(__UINTPTR_TYPE__)word(buffer);
    u32 pitch = word(buffer + 8), width = word(buffer + 12), height = word(buffer + 16);
    u32 bytes = (buffer[20] + 7u) / 8;

    put("framebuffer:");
    field("width", width, 10);
    field("height", height, 10);
    field("depth", buffer[20], 10);
    field("type", buffer[21], 10);
    if (buffer[21] == 1) {
        field("red", layout[0], 10);
        field("green", layout[2], 10);
        field("blue", layout[4], 10);
        for (u32 y = 0; y < height; y++) {
            for (u32 x = 0; x < width; x++) {
                u32 pixel = (x * ((1u << layout[1]) - 1) / width) << layout[0] |
                            (y * ((1u << layout[3]) - 1) / height) << layout[2] |
                            (1u << (layout[5] - 1)) << layout[4];

                for (u32 n = 0; n < bytes; n++)
                    screen[y * pitch + x * bytes + n] = (u8)(pixel >> 8 * n);
            }
        }
    }
    put("\n");
}

#endif
