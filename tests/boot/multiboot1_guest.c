/* SPDX-License-Identifier: MIT */
/*
 * multiboot1_guest.c - a kernel with a multiboot 1 header that asks for a frame buffer, for any loader: it
 * says on COM1 what it was told of the screen and of memory, paints, and writes to port F4h: 0 when that
 * was whole, else the number of what was not.
 * Source: Multiboot Specification 0.6.96.
 */
#include "tests/boot/multiboot_guest.h"

/* clang-format off */
__asm__(".section .multiboot, \"a\"\n"
        ".balign 4\n"
        ".long 0x1badb002, 7, -(0x1badb002 + 7), 0, 0, 0, 0, 0\n"
        ".long 0, 640, 480, 16\n"
        ".text\n"
        ".globl _start\n"
        "_start: mov $stack + 16384, %esp\n"
        "push %ebx; push %eax\n"
        "call guest_main\n"
        ".bss\n"
        ".balign 16\n"
        "stack: .skip 16384\n"
        ".text\n");
/* clang-format on */

void guest_main(u32 magic, const u8 *info);

void guest_main(u32 magic, const u8 *info)
{
    u32 flags = word(info);

    if (magic != 0x2badb002)
        finish(1);
    if ((flags & 0x1845) != 0x1845) /* memory, command line, map, VBE, frame buffer */
        finish(2);
    put(word(info + 4) >= 600 && word(info + 4) <= 640 ? "lower memory\n"
                                                       : "lower memory: WRONG\n");
    put_vbe((const u8 *)word(info + 72), (const u8 *)word(info + 76));
    if (word((const u8 *)word(info + 76) + 40) != word(info + 88))
        finish(3);
    if ((word(info + 80) & 0x1ff) != 0x111 || word(info + 92))
        finish(4);
    paint(info + 88, info + 112); /* as in multiboot.h */
    finish(0);
}
