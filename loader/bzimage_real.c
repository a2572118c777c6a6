/* SPDX-License-Identifier: MIT */
/*
 * bzimage_real.c - the 16-bit entry of Linux kernels: their own real-mode code, loaded as a boot loader
 * loads it, is entered by the BIOS of roms/bios, which makes its vectors and data area before.
 *
 * Source: Linux Documentation/arch/x86/boot.rst, "Memory Layout", "Sample Boot Configuration" and
 * "Special Command Line Options". Low memory then is, with the segment's base B = 10000h, or 90000h
 * for kernels that know no other place (before 2.02, and every zImage, which is loaded at 10000h):
 *
 *     B      the first sector and the setup code, as in the file, with the header's answers
 *            heap and stack, up to B + E000h (B + 9800h)
 *     20000  the command line (before 2.02 it lies at B + 9800h)
 *     9fc40  in the EBDA: how many ranges of memory there are, and which (roms/bios/bios.inc)
 *
 * The BIOS finds the segment in BX and the stack's end in CX.
 */
#include "loader/bzimage_setup.h"

#include "loader/bzimage.h"
#include "loader/image.h"
#include "loader/memmap.h"

#include <stdlib.h>
#include <string.h>

enum {
    OLD_BASE = 0x90000,
    OLD_HEAP_END = 0x9800,
    NEW_BASE = 0x10000,
    NEW_HEAP_END = 0xe000,
    NEW_CMDLINE = 0x20000,
    STACK = 0x200, /* heap_end_ptr leaves so much for it */

    MAP_AT = 0x9fc40, /* behind what the EBDA begins with */
    MAP_ENTRY = 20,

    BIOS_SEGMENT = 0xf000,
    BIOS_ENTER = 0xe000,
};

/* vga=: a number, or one of three words; 0xffff is the mode that the screen is in. */
static uint16_t video_mode(const char *cmdline)
{
    static const struct {
        const char *word;
        uint16_t mode;
    } words[] = {{"normal", 0xffff}, {"ext", 0xfffe}, {"ask", 0xfffd}};
    const char *value = bzimage_video(cmdline);

    for (size_t i = 0; value && i < ARRAY_LEN(words); i++)
        if (strncmp(value, words[i].word, strlen(words[i].word)) == 0)
            return words[i].mode;
    return value ? (uint16_t)strtoul(value, NULL, 0) : 0xffff;
}

const char *bzimage_video(const char *cmdline)
{
    const char *value = NULL;

    for (const char *at = cmdline; (at = strstr(at, "vga=")); at += 4)
        if (at == cmdline || at[-1] == ' ')
            value = at + 4;
    return value;
}

/* Does the command line lie in the segment's own 64 KiB? */
static bool is_old(const struct setup *s)
{
    return s->version < 0x0202 || !s->high;
}

bool bzimage_has_real(const struct setup *s)
{
    return s->code <= (is_old(s) ? OLD_HEAP_END : NEW_HEAP_END) - STACK;
}

static void put_answers(uint8_t *header, const struct setup *s, const char *cmdline)
{
    unsigned heap_end = is_old(s) ? OLD_HEAP_END : NEW_HEAP_END;

    setup_answer(header);
    bytes_put16(header + VID_MODE, video_mode(cmdline));
    if (s->high) /* else it is where the setup code moves the kernel to */
        bytes_put32(header + CODE32_START, s->entry);
    if (s->version >= 0x0201) {
        header[LOADFLAGS] |= CAN_USE_HEAP;
        bytes_put16(header + HEAP_END_PTR, (uint16_t)(heap_end - STACK));
    }
    if (s->version >= 0x0202) {
        bytes_put32(header + CMD_LINE_PTR, is_old(s) ? OLD_BASE + OLD_HEAP_END : NEW_CMDLINE);
    } else {
        bytes_put16(header + OLD_CL_MAGIC, 0xa33f);
        bytes_put16(header + OLD_CL_OFFSET, OLD_HEAP_END);
        bytes_put16(header + SETUP_MOVE_SIZE, (uint16_t)(OLD_HEAP_END + strlen(cmdline) + 1));
    }
}

/* What INT 15h says of memory. */
static bool place_map(struct plan *p, struct error *err)
{
    struct firmware_range map[MEMMAP_ENTRIES];
    unsigned n = memmap_fill(map, p->memory);
    uint8_t *block = plan_alloc(p, 2 + n * MAP_ENTRY, err);

    if (!block)
        return false;
    bytes_put16(block, (uint16_t)n);
    for (unsigned i = 0; i < n; i++) {
        uint8_t *entry = block + 2 + i * MAP_ENTRY;

        bytes_put32(entry, (uint32_t)map[i].base);
        bytes_put32(entry + 8, (uint32_t)map[i].size);
        bytes_put32(entry + 12, (uint32_t)(map[i].size >> 32));
        bytes_put32(entry + 16, map[i].kind);
    }
    return plan_place(p, MAP_AT, block, 2 + n * MAP_ENTRY, 0, err, "the memory map");
}

uint8_t *bzimage_real(struct plan *p, const struct setup *s, const struct bzimage_request *r,
                      struct error *err)
{
    phys_t base = is_old(s) ? OLD_BASE : NEW_BASE;
    phys_t heap_end = is_old(s) ? OLD_HEAP_END : NEW_HEAP_END;
    size_t length = strlen(r->cmdline) + 1;
    uint8_t *code = plan_alloc(p, s->code, err);
    uint8_t *cmdline = plan_alloc(p, length, err);

    if (!code || !cmdline)
        return NULL;
    memcpy(code, r->file.data, s->code);
    memcpy(cmdline, r->cmdline, length);
    put_answers(code, s, r->cmdline);
    if (!plan_place(p, base, code, s->code, heap_end - s->code, err, "the real-mode code") ||
        !plan_place(p, is_old(s) ? base + heap_end : NEW_CMDLINE, cmdline, length, 0, err,
                    "the command line") ||
        !place_map(p, err))
        return NULL;
    p->services = true;
    p->entry.protected_mode = false;
    p->entry.cs = BIOS_SEGMENT;
    p->entry.eip = BIOS_ENTER;
    p->entry.ebx = base >> 4;
    p->entry.ecx = heap_end;
    return code;
}
