/* SPDX-License-Identifier: MIT */
/*
 * multiboot2_info.c - the tags of multiboot2_info.h. A tag is its type, its size without the
 * padding behind it, and its fields; the list begins with its own size and ends with type 0.
 *
 * The fields of the ELF tag are words of 32 bits: so GRUB writes them and so kernels read them,
 * while the specification's drawing has 16 bits (a little-endian count reads the same).
 */
#include "loader/multiboot2_info.h"

#include "loader/bytes.h"
#include "loader/elf.h"
#include "loader/memmap.h"
#include "machine/machine.h"

#include <string.h>

enum {
    TAG_END = 0,
    TAG_CMDLINE = 1,
    TAG_LOADER_NAME = 2,
    TAG_MODULE = 3,
    TAG_MEMORY = 4,
    TAG_MAP = 6,
    TAG_VBE = 7,
    TAG_FRAMEBUFFER = 8,
    TAG_SECTIONS = 9,
    TAG_ACPI_OLD = 14,
    TAG_LOAD_BASE = 21,

    LIST_HEAD = 8,
    TAG_HEAD = 8,
    MAP_ENTRY = 24,
};

static const char loader_name[] = "emu386";

struct list {
    uint8_t *block; /* zeroed memory */
    size_t used;    /* bytes of it, a multiple of 8 */
};

/* The fields of a new tag. */
static uint8_t *put_tag(struct list *l, uint32_t type, size_t fields)
{
    uint8_t *tag = l->block + l->used;

    bytes_put32(tag, type);
    bytes_put32(tag + 4, (uint32_t)(TAG_HEAD + fields));
    l->used += (TAG_HEAD + fields + 7) & ~(size_t)7;
    return tag + TAG_HEAD;
}

static void put_text(struct list *l, uint32_t type, const char *text)
{
    size_t size = strlen(text) + 1;

    memcpy(put_tag(l, type, size), text, size);
}

static void put_modules(struct list *l, const struct multiboot_placed *placed)
{
    for (unsigned i = 0; i < placed->modules; i++) {
        const struct multiboot_module *m = &placed->module[i];
        size_t size = strlen(m->string) + 1;
        uint8_t *fields = put_tag(l, TAG_MODULE, 8 + size);

        bytes_put32(fields, m->start);
        bytes_put32(fields + 4, m->end);
        memcpy(fields + 8, m->string, size);
    }
}

static void put_memory(struct list *l, uint32_t memory)
{
    struct firmware_range map[MEMMAP_ENTRIES];
    unsigned n = memmap_fill(map, memory);
    uint8_t *fields = put_tag(l, TAG_MEMORY, 8);

    bytes_put32(fields, FIRMWARE_EBDA / 1024);
    bytes_put32(fields + 4, (memory - 0x100000) / 1024);
    fields = put_tag(l, TAG_MAP, 8 + n * MAP_ENTRY);
    bytes_put32(fields, MAP_ENTRY);
    for (unsigned i = 0; i < n; i++) {
        uint8_t *entry = fields + 8 + i * MAP_ENTRY;

        bytes_put32(entry, (uint32_t)map[i].base);
        bytes_put32(entry + 8, (uint32_t)map[i].size);
        bytes_put32(entry + 16, map[i].kind);
    }
}

static void put_sections(struct list *l, const struct multiboot_placed *placed)
{
    size_t headers = (size_t)placed->sections * ELF_SECTION_SIZE;
    uint8_t *fields;

    if (!placed->sections)
        return;
    fields = put_tag(l, TAG_SECTIONS, 12 + headers);
    bytes_put32(fields, placed->sections);
    bytes_put32(fields + 4, ELF_SECTION_SIZE);
    bytes_put32(fields + 8, placed->section_names);
    memcpy(fields + 12, placed->section, headers);
}

static void put_framebuffer(struct list *l, const struct frame *f)
{
    frame_put(put_tag(l, TAG_FRAMEBUFFER, f->width ? FRAME_FIELDS : FRAME_TEXT_FIELDS), f);
}

static void put_vbe(struct list *l, const struct multiboot2_info *info)
{
    uint8_t *fields;

    if (info->frame.width == 0)
        return;
    fields = put_tag(l, TAG_VBE, 8 + VBE_CONTROL + VBE_MODE);
    bytes_put16(fields, vbe_number(&info->frame));
    vbe_put_control(fields + 8, info->at + (phys_t)(fields + 8 - l->block), &info->frame);
    vbe_put_mode(fields + 8 + VBE_CONTROL, &info->frame);
}

size_t multiboot2_info_room(const struct multiboot2_info *info)
{
    /* every tag but those counted below has at most 64 bytes */
    size_t size = 9 * 64 + MEMMAP_ENTRIES * MAP_ENTRY + strlen(info->cmdline) + 1;

    size += 16 + VBE_CONTROL + VBE_MODE;
    size += (size_t)info->placed.sections * ELF_SECTION_SIZE;
    for (unsigned i = 0; i < info->placed.modules; i++)
        size += 24 + strlen(info->placed.module[i].string) + 1;
    return size;
}

size_t multiboot2_info_write(const struct multiboot2_info *info, uint8_t *block, size_t *rsdp)
{
    struct list l = {block, LIST_HEAD};

    put_text(&l, TAG_CMDLINE, info->cmdline);
    put_text(&l, TAG_LOADER_NAME, loader_name);
    put_modules(&l, &info->placed);
    put_memory(&l, info->memory);
    put_sections(&l, &info->placed);
    put_vbe(&l, info);
    put_framebuffer(&l, &info->frame);
    if (info->acpi)
        *rsdp = (size_t)(put_tag(&l, TAG_ACPI_OLD, ACPI_RSDP) - block);
    if (info->relocated)
        bytes_put32(put_tag(&l, TAG_LOAD_BASE, 4), info->load_base);
    put_tag(&l, TAG_END, 0);
    bytes_put32(block, (uint32_t)l.used);
    return l.used;
}
