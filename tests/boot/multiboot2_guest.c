/* SPDX-License-Identifier: MIT */
/*
 * multiboot2_guest.c - a kernel with a multiboot 2 header, for any loader: it says on COM1 what it was
 * told, paints the frame buffer that it asked for, and writes to port F4h: 0 when the boot
 * information was whole, else the number of what was not.
 * Source: Multiboot2 Specification version 2.0.
 */
#include "tests/boot/multiboot_guest.h"

/* clang-format off */
__asm__(".section .multiboot, \"a\"\n"
        ".balign 8\n"
        "header: .long 0xe85250d6, 0, header_end - header, -(0xe85250d6 + (header_end - header))\n"
        "1: .short 1, 0; .long 2f - 1b, 1, 3, 4, 6, 8, 9\n" /* information that has to be known */
        "2: .balign 8; .short 5, 0; .long 20, 800, 600, 32\n"
        ".balign 8; .short 6, 1; .long 8\n"
        ".balign 8; .short 1234, 1; .long 8\n"              /* optional, and nobody's */
        ".balign 8; .short 0, 0; .long 8\n"
        "header_end:\n"
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

static u32 sum(u32 from, u32 to)
{
    u32 s = 0;

    for (const u8 *p = (const u8 *)from; p < (const u8 *)to; p++)
        s = s * 31 + *p;
    return s;
}

static int same(const char *a, const char *b)
{
    while (*a && *a == *b)
        a++, b++;
    return *a == *b;
}

static void map(const u8 *fields, const u8 *end)
{
    u32 entry_size = word(fields);
    u32 usable = 0, before = 0, ordered = 1;

    for (const u8 *e = fields + 8; e < end; e += entry_size) {
        if (word(e) < before)
            ordered = 0;
        before = word(e);
        if (word(e + 16) == 1)
            usable++;
        if (word(e + 16) == 1 && word(e) == 0x100000)
            put("map: memory above 1 MiB\n");
    }
    put(ordered && usable >= 2 ? "map: ordered\n" : "map: WRONG\n");
}

/* Does a symbol of this kernel's own table have the address that the compiler knows? */
static void sections(const u8 *fields)
{
    u32 count = word(fields), size = word(fields + 4);

    for (u32 i = 0; i < count; i++) {
        const u8 *s = fields + 12 + i * size, *names = fields + 12 + word(s + 24) * size;

        if (word(s + 4) != 2) /* SHT_SYMTAB */
            continue;
        for (u32 at = word(s + 12); at < word(s + 12) + word(s + 20); at += 16) {
            const char *name = (const char *)(word(names + 12) + word((const u8 *)at));

            if (same(name, "guest_main"))
                put(word((const u8 *)at + 4) == (u32)__builtin_return_address(0) ||
                            word((const u8 *)at + 4) >= 0x100000
                        ? "sections: guest_main is found\n"
                        : "sections: WRONG\n");
        }
    }
}

void guest_main(u32 magic, const u8 *info);

void guest_main(u32 magic, const u8 *info)
{
    u32 size = word(info), seen = 0;
    const u8 *tag;

    if (magic != 0x36d76289)
        finish(1);
    if (((u32)info & 7) || word(info + 4))
        finish(2);
    for (tag = info + 8; tag < info + size && word(tag); tag += (word(tag + 4) + 7) & ~7u) {
        u32 type = word(tag);
        const u8 *fields = tag + 8;

        if (word(tag + 4) < 8)
            finish(3);
        if (type < 32)
            seen |= 1u << type;
        if (type == 1) {
            put("cmdline: ");
            put((const char *)fields);
            put("\n");
        } else if (type == 3) {
            put("module: ");
            put((const char *)fields + 8);
            field("size", word(fields + 4) - word(fields), 10);
            field("sum", sum(word(fields), word(fields + 4)), 16);
            field("page", word(fields) & 4095, 10);
            put("\n");
        } else if (type == 4) {
            put(word(fields) >= 600 && word(fields) <= 640 ? "lower memory\n"
                                                           : "lower memory: WRONG\n");
        } else if (type == 6) {
            map(fields, tag + word(tag + 4));
        } else if (type == 8) {
            paint(fields, fields + 24);
        } else if (type == 7) {
            put_vbe(fields + 8, fields + 8 + 512);
        } else if (type == 14) {
            u32 total = 0;

            for (u32 i = 0; i < 20; i++)
                total += fields[i];
            put(fields[0] != 'R' || fields[7] != ' ' || (total & 0xff) || !word(fields + 16)
                    ? "acpi: WRONG\n"
                    : "acpi: a root pointer\n");
        } else if (type == 9) {
            sections(fields);
        }
    }
    if (tag + 8 != info + size)
        finish(4);
    finish((seen & 0x356) == 0x356 ? 0 : 5); /* 1 and 2, 4, 6, 8, 9 */
}
