/* SPDX-License-Identifier: MIT */
/*
 * multiboot1_info.c - the multiboot 1 information structure, Multiboot Specification version
 * 0.6.96, 3.3:
 *
 *     0 flags        4 mem_lower    8 mem_upper   12 boot_device  16 cmdline
 *    20 mods_count  24 mods_addr   28 syms (16)   44 mmap_length  48 mmap_addr
 *    52 drives (8)  60 config      64 loader name 68 apm          72 vbe (16)
 *    88 framebuffer (30: address 8, pitch, width, height, bits per pixel, type, 2 unused, colours)
 *
 * The colours are where the structure of the specification's multiboot.h has them, and GRUB puts them:
 * on a 4-byte boundary. The drawing in 3.3 has them two bytes lower.
 *
 * The block holds, in this order: the structure, the memory map, the module list, for a frame buffer
 * VBE's two blocks, the strings.
 */
#include "loader/multiboot1_info.h"

#include "loader/bytes.h"
#include "loader/image.h"
#include "loader/memmap.h"

#include <string.h>

enum {
    INFO_SIZE = 120,
    MAP_ENTRY = 24, /* its own size field, base, length, type */
    MODULE_ENTRY = 16,

    HAS_MEMORY = 1 << 0,
    HAS_CMDLINE = 1 << 2,
    HAS_MODULES = 1 << 3,
    HAS_SECTIONS = 1 << 5,
    HAS_MAP = 1 << 6,
    HAS_NAME = 1 << 9,
    HAS_VBE = 1 << 11,
    HAS_FRAMEBUFFER = 1 << 12,
};

static const char loader_name[] = "emu386";

static size_t vbe_size(const struct multiboot1_info *info)
{
    return info->frame.width ? VBE_CONTROL + VBE_MODE : 0;
}

size_t multiboot1_info_size(const struct multiboot1_info *info)
{
    size_t size =
        INFO_SIZE + MEMMAP_ENTRIES * MAP_ENTRY + (size_t)info->placed.modules * MODULE_ENTRY;

    size += vbe_size(info) + strlen(info->cmdline) + 1 + sizeof loader_name;
    for (unsigned i = 0; i < info->placed.modules; i++)
        size += strlen(info->placed.module[i].string) + 1;
    return size;
}

static uint8_t *put_map_entry(uint8_t *to, uint32_t base, uint32_t length, uint32_t type)
{
    bytes_put32(to, MAP_ENTRY - 4); /* the field does not count itself */
    bytes_put32(to + 4, base);
    bytes_put32(to + 8, 0);
    bytes_put32(to + 12, length);
    bytes_put32(to + 16, 0);
    bytes_put32(to + 20, type);
    return to + MAP_ENTRY;
}

static unsigned put_map(uint8_t *to, uint32_t memory)
{
    struct firmware_range map[MEMMAP_ENTRIES];
    unsigned n = memmap_fill(map, memory);

    for (unsigned i = 0; i < n; i++)
        to = put_map_entry(to, (uint32_t)map[i].base, (uint32_t)map[i].size, map[i].kind);
    return n * MAP_ENTRY;
}

/* The fields from byte 72 on; the blocks are at `vbe`. */
static void put_vbe(const struct multiboot1_info *info, uint8_t *block, phys_t at, size_t vbe)
{
    bytes_put32(block + 72, at + (phys_t)vbe);
    bytes_put32(block + 76, at + (phys_t)vbe + VBE_CONTROL);
    bytes_put16(block + 80, vbe_number(&info->frame));
    vbe_put_control(block + vbe, at + (phys_t)vbe, &info->frame);
    vbe_put_mode(block + vbe + VBE_CONTROL, &info->frame);
}

/* Copies a string to *next and returns the guest's address of it. */
static phys_t put_string(uint8_t *block, phys_t at, size_t *next, const char *text)
{
    phys_t where = at + (phys_t)*next;

    memcpy(block + *next, text, strlen(text) + 1);
    *next += strlen(text) + 1;
    return where;
}

void multiboot1_info_write(const struct multiboot1_info *info, uint8_t *block, phys_t at)
{
    size_t map = INFO_SIZE;
    size_t modules = map + MEMMAP_ENTRIES * MAP_ENTRY;
    size_t vbe = modules + (size_t)info->placed.modules * MODULE_ENTRY;
    size_t strings = vbe + vbe_size(info);
    uint32_t flags = HAS_MEMORY | HAS_CMDLINE | HAS_MODULES | HAS_MAP | HAS_NAME;

    bytes_put32(block + 4, FIRMWARE_EBDA / 1024);
    bytes_put32(block + 8, (info->memory - PLAN_HIGH_BASE) / 1024);
    bytes_put32(block + 16, put_string(block, at, &strings, info->cmdline));
    bytes_put32(block + 20, info->placed.modules);
    bytes_put32(block + 24, at + (phys_t)modules);
    for (unsigned i = 0; i < info->placed.modules; i++) {
        uint8_t *entry = block + modules + (size_t)i * MODULE_ENTRY;

        bytes_put32(entry, info->placed.module[i].start);
        bytes_put32(entry + 4, info->placed.module[i].end);
        bytes_put32(entry + 8, put_string(block, at, &strings, info->placed.module[i].string));
    }
    if (info->placed.sections) {
        flags |= HAS_SECTIONS;
        bytes_put32(block + 28, info->placed.sections);
        bytes_put32(block + 32, 40);
        bytes_put32(block + 36, info->placed.section_table);
        bytes_put32(block + 40, info->placed.section_names);
    }
    bytes_put32(block + 44, put_map(block + map, info->memory));
    bytes_put32(block + 48, at + (phys_t)map);
    bytes_put32(block + 64, put_string(block, at, &strings, loader_name));
    if (info->video) {
        flags |= HAS_FRAMEBUFFER;
        frame_put(block + 88, &info->frame);
    }
    if (info->frame.width) {
        flags |= HAS_VBE;
        put_vbe(info, block, at, vbe);
    }
    bytes_put32(block, flags);
}
